import { excessOf } from './lagrangian.ts'
import type { Model } from './model.ts'
import { valueAt, valuesAt } from './tables.ts'

/** What curves, not hulls, bring. */
export interface Evaluation {
  readonly objective: number
  /** By coupling. */
  readonly excess: Float64Array
  readonly keeps: boolean
}

export function evaluate(model: Model, spend: Float64Array): Evaluation {
  const { curves, problem, tolerance } = model
  let objective = 0
  for (let i = 0; i < spend.length; i++) objective += valueAt(curves, curves.objective, i, spend[i]!)
  const outcome = problem.averages?.length ? valuesAt(curves, model.outcome, spend) : spend
  const excess = excessOf(model, spend, outcome)
  return { objective, excess, keeps: excess.every((x, k) => x <= tolerance[k]!) }
}
