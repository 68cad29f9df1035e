import type { AccountDay } from './account-days.ts'

/** What one account delivered on one day, by ad group and physical hour; the history has one slot per day. */
export interface DayPage {
  readonly day: AccountDay
  /** Physical hours of the day, or 1 where the day was stepped whole. */
  readonly slots: number
  /** Index `line · slots + slot`. Counting units of the account's currency. */
  readonly spend: Int32Array
  readonly clicks: Int32Array
  readonly impressions: Int32Array
  /** Index `line`. Expected conversions that the spend caused, net of what other campaigns would have had. */
  readonly expected: Float64Array
  /** Index `line`. Conversions drawn from that. */
  readonly drawn: Int32Array
  /** Index `line`. Expected value of `expected`, and value of `drawn`, in counting units of the shop's currency. */
  readonly expectedValue: Float64Array
  readonly drawnValue: Float64Array
}

export const newDayPage = (day: AccountDay, lines: number, isWhole: boolean): DayPage => {
  const slots = isWhole ? 1 : day.hours.length
  return {
    day,
    slots,
    spend: new Int32Array(lines * slots),
    clicks: new Int32Array(lines * slots),
    impressions: new Int32Array(lines * slots),
    expected: new Float64Array(lines),
    drawn: new Int32Array(lines),
    expectedValue: new Float64Array(lines),
    drawnValue: new Float64Array(lines),
  }
}

/** Sum of one line's slots below `slots`. */
export function sumOf(series: Int32Array, page: DayPage, line: number, slots: number): number {
  let sum = 0
  for (let i = line * page.slots; i < line * page.slots + Math.min(slots, page.slots); i++) sum += series[i]!
  return sum
}

/**
 * Splits a whole number over weights, parts summing to it: largest remainders, ties to the earlier part. The hours of a
 * history that was stepped by days.
 */
export function splitCount(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((a, b) => a + b, 0)
  const exact = weights.map((weight) => (total * weight) / sum)
  const parts = exact.map(Math.floor)
  const left = total - parts.reduce((a, b) => a + b, 0)
  const order = exact.map((_, i) => i).toSorted((a, b) => (exact[b]! % 1) - (exact[a]! % 1) || a - b)
  for (const i of order.slice(0, left)) parts[i]!++
  return parts
}
