import type { BudgetEstimate } from '../model/estimates.ts'
import type { Goal } from '../model/policy.ts'

/** What one claimed conversion of a budget counts, incremental, in the base currency where it is value. */
export interface Worth {
  /** Towards what is to be as large as possible: conversions, value, or value × margin. */
  readonly objective: number
  /** Towards what ceilings and floors count: conversions, or value. */
  readonly outcome: number
}

/** @param baseUnits base currency per main unit of the account's */
export function worthOf(goal: Goal, estimate: BudgetEstimate, baseUnits: number): Worth {
  const { mean } = estimate.incrementality
  if (goal.kind === 'conversions') return { objective: mean, outcome: mean }
  const value = mean * estimate.valuePerConversion * baseUnits
  return { objective: goal.kind === 'profit' ? goal.margin * value : value, outcome: value }
}
