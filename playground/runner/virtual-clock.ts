import { type Instant, isoInstant } from '../../lib/units/calendar.ts'

/** The present of a pretend world: stands still until it is set, and never goes back. */
export interface VirtualClock {
  now(): Instant
  /** @throws RangeError for an instant before the present one */
  set(to: Instant): void
}

export function virtualClock(start: Instant): VirtualClock {
  let present = start
  return {
    now: () => present,
    set(to) {
      if (to < present)
        throw new RangeError(`the clock shows ${isoInstant(present)} and cannot be set back to ${isoInstant(to)}`)
      present = to
    },
  }
}
