import type { BudgetEstimate } from '../model/estimates.ts'
import type { ExpectedEffect } from '../model/plan.ts'
import type { Goal } from '../model/policy.ts'
import { Z80 } from '../stats/gamma-interval.ts'

/** What one claimed conversion counts towards the goal, before incrementality: 1, or its value in the account's main units. */
export const worthPerConversion = (goal: Goal, estimate: BudgetEstimate | undefined): number =>
  goal.kind === 'value' ? (estimate?.valuePerConversion ?? 0) : 1

/**
 * A change of claimed conversions as a change of incremental outcome: scaled by the class's incrementality, the spread of
 * both combined as for a product of independent quantities.
 *
 * @param baseUnits base currency per main unit of the account's, by which value is converted
 */
export function effectOf(
  goal: Goal,
  { mean, sd }: { readonly mean: number; readonly sd: number },
  estimate: BudgetEstimate | undefined,
  baseUnits: number,
): ExpectedEffect {
  const iota = estimate?.incrementality ?? { mean: 0, low: 0, high: 0 }
  const iotaSd = (iota.high - iota.low) / (2 * Z80)
  const worth = worthPerConversion(goal, estimate) * (goal.kind === 'value' ? baseUnits : 1)
  const centre = mean * iota.mean * worth
  const spread = worth * Math.sqrt((sd * iota.mean) ** 2 + (mean * iotaSd) ** 2 + (sd * iotaSd) ** 2)
  return {
    unit: goal.kind === 'value' ? 'value-per-day' : 'conversions-per-day',
    mean: centre,
    low: centre - Z80 * spread,
    high: centre + Z80 * spread,
  }
}
