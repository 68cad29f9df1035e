import type { Clock } from '../../lib/ports/clock.ts'
import type { Instant } from '../../lib/units/calendar.ts'

/** The one place where Sluice asks the machine for the time. */
export const systemClock: Clock = { now: () => Date.now() as Instant }
