import * as z from 'zod'
import { type AccountDate, dateAt, type Instant, instant, type TimeZone } from '../../units/calendar.ts'

/** Beyond four-digit years there are no account dates. */
const EARLIEST = Date.UTC(1900, 0, 1)
const LATEST = Date.UTC(9999, 0, 1)

function instantOf(value: string | number): Instant | undefined {
  if (typeof value === 'number' || /^-?\d{1,12}$/.test(value)) return (Number(value) * 1_000) as Instant
  try {
    return instant(value)
  } catch {
    return undefined
  }
}

/** Graph's times are text such as `2026-11-21T06:00:00+0100`, and seconds since 1970 on some edges. */
export const time = z.union([z.string(), z.number().int()]).transform((value, context): Instant => {
  const at = instantOf(value)
  if (at !== undefined && at >= EARLIEST && at < LATEST) return at
  context.addIssue({ code: 'custom', message: 'must be a time such as 2026-11-21T06:00:00+0100' })
  return z.NEVER
})

/** Graph writes "no end" as the start of 1970 on some objects. */
export const realTime = (at: Instant | undefined): Instant | undefined => (at === undefined || at <= 0 ? undefined : at)

export const startDate = (at: Instant | undefined, zone: TimeZone): AccountDate | undefined =>
  realTime(at) && dateAt(at as Instant, zone)

/** The last day that has any time before `at`: what ends at midnight ends on the day before. */
export const lastDate = (at: Instant | undefined, zone: TimeZone): AccountDate | undefined =>
  realTime(at) && dateAt(((at as number) - 1) as Instant, zone)
