import type { BudgetEstimate } from '../model/estimates.ts'
import type { Prediction } from '../model/plan.ts'
import { positiveInterval } from '../stats/gamma-interval.ts'
import { type AccountDate, addDays, dayOfWeek } from '../units/calendar.ts'
import { conversionsWithDoubt } from './response-curve.ts'

/** How far ahead predictions look: a whole week, so that weekdays cancel. */
export const PREDICTED_DAYS = 7

/**
 * What a budget's campaigns will claim over the coming week at a steady spend, once it is mature: the curve's doubt, what
 * the level may drift meanwhile, and the noise of the counts themselves; of its value besides, that conversions differ in
 * value, and how little their mean is known.
 *
 * @param spendPerDay main units of the account's currency, ≥ 0
 * @param weekdays relative demand by day of week, Monday first
 * @param from first account date that is meant
 * @param demand of an account date against a normal day; 1 where no event is known
 */
export function predictClaims(
  estimate: BudgetEstimate,
  spendPerDay: number,
  weekdays: readonly number[],
  from: AccountDate,
  demand: (date: AccountDate) => number = () => 1,
): Prediction {
  let days = 0
  for (let i = 0; i < PREDICTED_DAYS; i++) {
    const date = addDays(from, i)
    days += (weekdays[dayOfWeek(date) - 1] ?? 1) * demand(date)
  }
  const { mean, sd } = conversionsWithDoubt(estimate.curve, spendPerDay)
  const total = mean * days
  const { overdispersion, driftVariance, keep } = estimate.noise
  // What the level may drift by the middle of the week.
  const drift = total * total * driftVariance * (1 - keep ** PREDICTED_DAYS)
  const spread = Math.sqrt((sd * days) ** 2 + drift + overdispersion * total)
  return {
    from,
    days: PREDICTED_DAYS,
    spend: spendPerDay * PREDICTED_DAYS,
    conversions: { mean: total, ...wholeInterval(total, spread) },
    ...valueTold(estimate, total, spread),
  }
}

/** Half of a whole number's width: a count stands for what lies half to either side of it. */
const HALF = 0.5

/**
 * 80 % interval of a count: the smooth one holds too many whole numbers by half of one at either end. Where it reaches
 * nearly down to nothing, nothing is in it.
 */
function wholeInterval(mean: number, sd: number): { readonly low: number; readonly high: number } {
  const { low, high } = positiveInterval(mean, sd)
  return { low: low < 1 ? 0 : Math.min(mean, low + HALF), high: Math.max(mean, high - HALF) }
}

/** @param spread standard deviation of the count */
function valueTold(
  { valuePerConversion, valueVariance }: BudgetEstimate,
  conversions: number,
  spread: number,
): Pick<Prediction, 'value'> {
  if (!valueVariance || !(valuePerConversion > 0)) return {}
  const { ofOne, ofMean } = valueVariance
  const sd = valuePerConversion * Math.sqrt(spread ** 2 + conversions * ofOne + conversions ** 2 * ofMean)
  const mean = conversions * valuePerConversion
  return { value: { mean, ...positiveInterval(mean, sd) } }
}
