import { Temporal } from 'temporal-polyfill'
import { type AccountDate, type Instant, instant, startOfDay, type TimeZone } from '../../../lib/units/calendar.ts'

/** `2026-11-21T11:00:00.000Z` */
export const utcText = (at: number): string => new Date(at).toISOString()

/** `2026-11-21T12:00:00.000+01:00`: as statistics write their bounds. */
export function zonedText(at: Instant, zone: TimeZone): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  return local.toString({ timeZoneName: 'never', fractionalSecondDigits: 3 })
}

export const dayStartText = (date: AccountDate, zone: TimeZone): string => utcText(startOfDay(date, zone))

/** `undefined` unless it is a time with its offset. */
export function timeIn(text: string): Instant | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)$/.test(text)) return undefined
  try {
    return instant(text)
  } catch {
    return undefined
  }
}
