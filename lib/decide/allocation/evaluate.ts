import { excessOf } from './lagrangian.ts'
import type { Model } from './model.ts'
import { valuesAt } from './tables.ts'

/** What curves, not hulls, bring. */
export interface Evaluation {
  readonly objective: number
  /** By coupling. */
  readonly excess: Float64Array
  readonly keeps: boolean
}

export function evaluate(model: Model, spend: Float64Array): Evaluation {
  const outcome = valuesAt(model.curves, model.outcome, spend)
  const objective =
    model.outcome === model.curves.objective ? outcome : valuesAt(model.curves, model.curves.objective, spend)
  const excess = excessOf(model, spend, outcome)
  let sum = 0
  for (let i = 0; i < objective.length; i++) sum += objective[i]!
  return { objective: sum, excess, keeps: excess.every((x, k) => x <= model.tolerance[k]!) }
}
