import { Temporal } from 'temporal-polyfill'
import {
  type AccountDate,
  addDays,
  daysBetween,
  endOfDay,
  type Instant,
  startOfDay,
  type TimeZone,
} from '../../units/calendar.ts'

/** `2026-11-01T00:00:00.000-07:00`: with the offset that the zone has at that very instant. */
export const zonedText = (at: Instant, zone: TimeZone): string =>
  Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(zone)
    .toString({ timeZoneName: 'never', fractionalSecondDigits: 3 })

/** Account dates, both included. */
export interface DateWindow {
  readonly from: AccountDate
  readonly to: AccountDate
}

/** Shorter than the 31 days and the 7 days that one request may ask for, so that an hour more in autumn fits in. */
const DAYS_PER_REQUEST = { day: 30, hour: 6 } as const

/** The dates in pieces that one request each may ask for, in order. */
export function windowsOf({ from, to }: DateWindow, grain: 'day' | 'hour'): readonly DateWindow[] {
  const days = DAYS_PER_REQUEST[grain]
  const windows: DateWindow[] = []
  for (let start = from; daysBetween(start, to) >= 0; start = addDays(start, days)) {
    const end = addDays(start, days - 1)
    windows.push({ from: start, to: end < to ? end : to })
  }
  return windows
}

/** From the first instant of the first day to the first after the last day: local midnights, mostly. */
export const boundsOf = ({ from, to }: DateWindow, zone: TimeZone) => ({
  start_time: zonedText(startOfDay(from, zone), zone),
  end_time: zonedText(endOfDay(to, zone), zone),
})
