import type { Clock } from '../../lib/ports/clock.ts'
import { type Instant, instant, isoInstant, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { type Config, isLoopback } from './config.ts'

/** Instants this close to the present are the present, for whoever writes down a command before running it. */
const TOLERANCE_MS = 5 * MINUTE_MS

/**
 * The clock of a command: the machine's, or one that stands at the instant that was asked for.
 *
 * @param at `now` or ISO 8601 with its zone, such as `2026-11-21T02:00:00Z`
 * @throws RangeError for another text; Error where real platforms would be told budgets of another time
 */
export function clockAt(at: string, config: Config, machine: Clock): Clock {
  if (at === 'now') return machine
  const asked = parsed(at)
  const real = config.connections.find(({ endpoints }) => !isPretend(endpoints))
  if (real && Math.abs(asked - machine.now()) > TOLERANCE_MS)
    throw new Error(
      `--at ${isoInstant(asked)} is refused: connection ${real.account} leads to the platform itself, where it is ${isoInstant(machine.now())}; leave --at out, or give the connection endpoints on this machine`,
    )
  // Beside real platforms time must pass: a turn that was held up has to notice.
  const ahead = asked - machine.now()
  return real ? { now: () => later(machine.now(), ahead) } : { now: () => asked }
}

function parsed(at: string): Instant {
  try {
    return instant(at)
  } catch {
    throw new RangeError(`--at "${at}" must be now, or an instant such as 2026-11-21T02:00:00Z`)
  }
}

/** Whether all that is talked to is on this machine. */
export const isAllPretend = ({ connections }: Pick<Config, 'connections'>): boolean =>
  connections.every(({ endpoints }) => isPretend(endpoints))

const isPretend = (endpoints: Readonly<Record<string, string>> = {}): boolean =>
  endpoints.api !== undefined && Object.values(endpoints).every(isLoopback)
