import { PlatformError } from '../../model/failure.ts'
import { type AccountDate, type Instant, instant, type TimeZone } from '../../units/calendar.ts'

/**
 * Ids for an IN list.
 *
 * @throws PlatformError `rejected` for an id that is not digits: it would be spliced into a query
 */
export function idList(ids: Iterable<string>): string {
  const unique = [...new Set(ids)]
  for (const id of unique) if (!isId(id)) throw new PlatformError(badId(id))
  return unique.join(', ')
}

export const isId = (id: string): boolean => /^\d{1,19}$/.test(id)
export const badId = (id: string) =>
  ({ kind: 'rejected', code: 'BAD_ID', detail: `id "${id.slice(0, 40)}" is not digits: no Google Ads id` }) as const

/** Both ends included. */
export const between = (from: AccountDate, to: AccountDate): string => `segments.date BETWEEN '${from}' AND '${to}'`

const clocks = new Map<TimeZone, Intl.DateTimeFormat>()
function wallClock(zone: TimeZone): Intl.DateTimeFormat {
  const options = { timeZone: zone, dateStyle: 'short', timeStyle: 'medium', hourCycle: 'h23' } as const
  const clock = clocks.get(zone) ?? new Intl.DateTimeFormat('sv-SE', options)
  clocks.set(zone, clock)
  return clock
}

/** `2026-11-21 06:00:00` on the account's own clock, the form of every date-time in Google Ads; seconds are cut. */
export const accountTime = (at: Instant, zone: TimeZone): string => wallClock(zone).format(at).replace(',', '')

const HOURS_MS = 3_600_000

/**
 * The instant that the account's clock showed `text` (`2026-11-21 06:00:00.123456`).
 *
 * Where the clock showed it twice (an hour in autumn), the first; where never (an hour in spring), as if the clock had
 * not been put forward.
 *
 * @throws RangeError for text of another form
 */
export function instantOf(text: string, zone: TimeZone): Instant {
  const match = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(\.\d+)?$/.exec(text)
  if (!match) throw new RangeError(`"${text}" is not a time of the form 2026-11-21 06:00:00`)
  const wall = `${match[1]} ${match[2]}`
  const asUtc = instant(`${match[1]}T${match[2]}Z`)
  const part = Math.floor(Number(`0${match[3] ?? ''}`) * 1000)
  // Offsets lie between −12 and +14 hours; the earliest instant with the right wall clock is wanted.
  const offsets = [offsetAt(asUtc - 14 * HOURS_MS, zone), offsetAt(asUtc + 14 * HOURS_MS, zone)]
  const found = offsets.map((offset) => (asUtc - offset) as Instant).sort((a, b) => a - b)
  const exact = found.find((at) => accountTime(at, zone) === wall)
  return ((exact ?? asUtc - (offsets[0] ?? 0)) + part) as Instant
}

function offsetAt(ms: number, zone: TimeZone): number {
  const whole = Math.floor(ms / 1000) * 1000
  return instant(`${accountTime(whole as Instant, zone).replace(' ', 'T')}Z`) - whole
}
