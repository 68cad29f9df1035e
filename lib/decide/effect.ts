import { conversionChange } from '../measure/response-curve.ts'
import type { BudgetEstimate } from '../model/estimates.ts'
import type { ExpectedEffect } from '../model/plan.ts'
import type { Goal } from '../model/policy.ts'
import { Z80 } from '../stats/gamma-interval.ts'
import { baseUnitsOf, rateOf } from './base-rate.ts'
import type { BudgetQuestion } from './holds.ts'
import { worthOf } from './worth.ts'

export const UNITS = { conversions: 'conversions-per-day', value: 'value-per-day', profit: 'profit-per-day' } as const

/** A change of a budget, in figures. */
export interface SpendChange {
  /** Of claimed conversions per day. */
  readonly mean: number
  readonly sd: number
  /** Of spend per day, main units of the base currency. */
  readonly spend: number
}

/** Of a budget's spend that goes from one amount per day to another, main units of its account's currency. */
export function effectOfMove(question: BudgetQuestion, before: number, after: number): ExpectedEffect {
  const { estimate, observation } = question
  const baseUnits = baseUnitsOf(rateOf(question))
  const change = estimate ? conversionChange(estimate.curve, before, after) : { mean: 0, sd: 0 }
  const spend = (after - before) * baseUnits
  return effectOf(observation.policy.policy.goal, { ...change, spend }, estimate, baseUnits)
}

/**
 * A change of claimed conversions as a change of incremental outcome: scaled by the campaign's incrementality, the spread
 * of both combined as for a product of independent quantities. Of profit, the further spend is taken off.
 *
 * @param baseUnits base currency per main unit of the account's, by which value is converted
 */
export function effectOf(
  goal: Goal,
  { mean, sd, spend }: SpendChange,
  estimate: BudgetEstimate | undefined,
  baseUnits: number,
): ExpectedEffect {
  const unit = UNITS[goal.kind]
  const cost = goal.kind === 'profit' ? spend : 0
  if (!estimate) {
    // Not −0, which is no effect for people and another number for hashes.
    const paid = 0 - cost
    return { unit, mean: paid, low: paid, high: paid }
  }
  const { incrementality } = estimate
  const perIncremental =
    incrementality.mean > 0 ? worthOf(goal, estimate, baseUnits).objective / incrementality.mean : 0
  const iotaSd = (incrementality.high - incrementality.low) / (2 * Z80)
  const centre = mean * incrementality.mean * perIncremental - cost
  const spread = perIncremental * Math.sqrt((sd * incrementality.mean) ** 2 + (mean * iotaSd) ** 2 + (sd * iotaSd) ** 2)
  return { unit, mean: centre, low: centre - Z80 * spread, high: centre + Z80 * spread }
}
