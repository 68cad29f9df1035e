import * as z from 'zod'
import { type AccountDate, dateAt, type Instant, instant, type TimeZone } from '../../units/calendar.ts'

/** Graph's times are text such as `2026-11-21T06:00:00+0100`, and seconds since 1970 on some edges. */
export const time = z.union([z.string(), z.number()]).transform((value, context): Instant => {
  const seconds = Number(value)
  if (Number.isFinite(seconds) && value !== '') return (seconds * 1_000) as Instant
  try {
    return instant(String(value))
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a time such as 2026-11-21T06:00:00+0100' })
    return z.NEVER
  }
})

/** Graph writes "no end" as the start of 1970 on some objects. */
export const realTime = (at: Instant | undefined): Instant | undefined => (at === undefined || at <= 0 ? undefined : at)

export const startDate = (at: Instant | undefined, zone: TimeZone): AccountDate | undefined =>
  realTime(at) && dateAt(at as Instant, zone)

/** The last day that has any time before `at`: what ends at midnight ends on the day before. */
export const lastDate = (at: Instant | undefined, zone: TimeZone): AccountDate | undefined =>
  realTime(at) && dateAt(((at as number) - 1) as Instant, zone)
