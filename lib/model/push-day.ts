import { type AccountDate, addDays, dateAt, dayElapsed, type Instant, type TimeZone } from '../units/calendar.ts'

/**
 * Daily changes are pushed in this first share of an account's day: platforms let a day spend by its highest budget, so a
 * change is cheapest when the day is young. A decision that comes later is pushed after the next midnight.
 */
export const PUSH_UNTIL_SHARE = 0.5

/** The account date on which a daily decision taken at `now` is pushed. */
export const pushDate = (now: Instant, zone: TimeZone): AccountDate =>
  dayElapsed(now, zone) < PUSH_UNTIL_SHARE ? dateAt(now, zone) : addDays(dateAt(now, zone), 1)
