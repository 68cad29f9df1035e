import { Temporal } from 'temporal-polyfill'
import type { AccountDate, Instant, TimeZone } from '../../../lib/units/calendar.ts'
import { addDays, dayNumber, dayOfWeek } from '../../../lib/units/calendar.ts'

/** `yyyy-MM-dd HH:mm:ss.ffffff` on the account's wall clock: the form of `change_event.change_date_time`. */
export function localDateTime(at: Instant, zone: TimeZone): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDateTime()
  return local.toString({ fractionalSecondDigits: 6 }).replace('T', ' ')
}

/** Instant of a `yyyy-MM-dd HH:mm:ss` on the account's wall clock, or nothing when it is not such a text. */
export function instantOfLocal(text: string, zone: TimeZone): Instant | undefined {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) return undefined
  try {
    const local = Temporal.PlainDateTime.from(text.replace(' ', 'T'), { overflow: 'reject' })
    return local.toZonedDateTime(zone).epochMilliseconds as Instant
  } catch {
    return undefined
  }
}

const dateOf = (year: number, month: number, day: number): AccountDate =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10) as AccountDate

const yearOf = (date: AccountDate): number => Number(date.slice(0, 4))
const monthIndex = (date: AccountDate): number => Number(date.slice(5, 7)) - 1

export type Period = 'week' | 'month' | 'quarter' | 'year'

/** First day of the period that holds `date`; weeks begin on Monday. */
export function startOfPeriod(date: AccountDate, period: Period): AccountDate {
  switch (period) {
    case 'week':
      return addDays(date, 1 - dayOfWeek(date))
    case 'month':
      return dateOf(yearOf(date), monthIndex(date), 1)
    case 'quarter':
      return dateOf(yearOf(date), monthIndex(date) - (monthIndex(date) % 3), 1)
    case 'year':
      return dateOf(yearOf(date), 0, 1)
  }
}

/** Last day of the period that begins with `start`. */
export function endOfPeriod(start: AccountDate, period: Period): AccountDate {
  switch (period) {
    case 'week':
      return addDays(start, 6)
    case 'month':
      return addDays(dateOf(yearOf(start), monthIndex(start) + 1, 1), -1)
    case 'quarter':
      return addDays(dateOf(yearOf(start), monthIndex(start) + 3, 1), -1)
    case 'year':
      return dateOf(yearOf(start), 11, 31)
  }
}

/** The date `months` calendar months before, clipped to the end of a shorter month. */
export const monthsBefore = (date: AccountDate, months: number): AccountDate =>
  Temporal.PlainDate.from(date).subtract({ months }).toString() as AccountDate

export interface DateRange {
  readonly from: AccountDate
  readonly to: AccountDate
}

const range = (from: AccountDate, to: AccountDate): DateRange => ({ from, to })
const sundayBefore = (date: AccountDate): AccountDate => addDays(date, -(dayOfWeek(date) % 7))

/** The ranges that DURING knows, by their names; "last" ranges end before `today`. */
export function duringRange(name: string, today: AccountDate): DateRange | undefined {
  const yesterday = addDays(today, -1)
  const monday = startOfPeriod(today, 'week')
  const sunday = sundayBefore(today)
  const lastMonth = startOfPeriod(addDays(startOfPeriod(today, 'month'), -1), 'month')
  switch (name) {
    case 'TODAY':
      return range(today, today)
    case 'YESTERDAY':
      return range(yesterday, yesterday)
    case 'LAST_7_DAYS':
      return range(addDays(today, -7), yesterday)
    case 'LAST_14_DAYS':
      return range(addDays(today, -14), yesterday)
    case 'LAST_30_DAYS':
      return range(addDays(today, -30), yesterday)
    case 'LAST_BUSINESS_WEEK':
      return range(addDays(monday, -7), addDays(monday, -3))
    case 'LAST_WEEK_MON_SUN':
      return range(addDays(monday, -7), addDays(monday, -1))
    case 'LAST_WEEK_SUN_SAT':
      return range(addDays(sunday, -7), addDays(sunday, -1))
    case 'THIS_WEEK_MON_TODAY':
      return range(monday, today)
    case 'THIS_WEEK_SUN_TODAY':
      return range(sunday, today)
    case 'THIS_MONTH':
      return range(startOfPeriod(today, 'month'), today)
    case 'LAST_MONTH':
      return range(lastMonth, endOfPeriod(lastMonth, 'month'))
    default:
      return undefined
  }
}

const WEEKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const
export const weekdayName = (date: AccountDate): string => WEEKDAYS[dayOfWeek(date) - 1] ?? 'UNKNOWN'

/** Whether `text` is a date that exists, as yyyy-MM-dd. */
export function isDate(text: string): text is AccountDate {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(dayNumber(text as AccountDate)) && exists(text)
}

const exists = (text: string): boolean => new Date(`${text}T00:00:00Z`).toISOString().startsWith(text)
