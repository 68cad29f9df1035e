import { type AccountDate, endOfDay, HOUR_MS, hourAt, later, startOfDay, type TimeZone } from '../../units/calendar.ts'

/** How an account's day is usually spent, by the hour of the wall clock. */
export interface HourlyProfile {
  /** 24 shares of a day's spend, sum 1, each > 0. */
  readonly shares: readonly number[]
  /**
   * How uneven days are: the standard deviation of a day's total as projected from its first half, as a share. From a part
   * F of the day it is this times √((1−F)/F), as for independent increments.
   */
  readonly spread: number
}

/** Days of even spend that a profile starts from. */
const PRIOR_DAYS = 2
const PRIOR_SPREAD = 0.15
const PRIOR_SPREAD_DAYS = 5

/**
 * @param days spend of complete days of 24 hours by wall-clock hour, main units; days without spend say nothing
 */
export function hourlyProfile(days: readonly (readonly number[])[]): HourlyProfile {
  const known = days.filter((hours) => hours.length === 24 && total(hours) > 0)
  const shares = Array.from({ length: 24 }, (_, hour) => {
    const seen = known.reduce((sum, hours) => sum + (hours[hour] ?? 0) / total(hours), 0)
    return (seen + PRIOR_DAYS / 24) / (known.length + PRIOR_DAYS)
  })
  const half = halfOf(shares)
  const squares = known.reduce((sum, hours) => {
    const projected = total(hours.slice(0, half.hours)) / half.share / total(hours)
    return sum + (projected - 1) ** 2
  }, 0)
  const spread = Math.sqrt(
    (squares * (half.share / (1 - half.share)) + PRIOR_SPREAD_DAYS * PRIOR_SPREAD ** 2) /
      (known.length + PRIOR_SPREAD_DAYS),
  )
  return { shares, spread }
}

/** The first hours that hold half of a day's spend, and how much they hold. */
function halfOf(shares: readonly number[]): { hours: number; share: number } {
  let share = 0
  for (const [hour, one] of shares.entries()) {
    share += one
    if (share >= 0.5) return { hours: hour + 1, share: Math.min(share, 0.95) }
  }
  return { hours: 24, share: 0.95 }
}

/**
 * Share of a date's spend that is expected in its first hours: a day of 25 hours has one of the clock's hours twice, one
 * of 23 lacks one.
 *
 * @param hoursGone whole hours since the account's midnight, as the clock ran
 */
export function shareGone({ shares }: HourlyProfile, date: AccountDate, zone: TimeZone, hoursGone: number): number {
  const all = hoursOf(date, zone).map((hour) => shares[hour] ?? 0)
  return total(all.slice(0, hoursGone)) / total(all)
}

/** The wall clock's hours of a date in the order in which they pass: 23, 24 or 25 of them. */
export function hoursOf(date: AccountDate, zone: TimeZone): readonly number[] {
  const start = startOfDay(date, zone)
  const hours = Math.round((endOfDay(date, zone) - start) / HOUR_MS)
  return Array.from({ length: hours }, (_, i) => hourAt(later(start, i * HOUR_MS), zone))
}

const total = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0)
