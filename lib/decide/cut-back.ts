import { conversionChange } from '../measure/response-curve.ts'
import type { ChangeDecision } from '../model/plan.ts'
import { type Money, mainUnits } from '../units/money.ts'
import { effectOf } from './effect.ts'
import type { BudgetQuestion } from './holds.ts'
import { amountText } from './words.ts'

/** A budget that somebody set outside the caps goes back to the cap, in one step. */
export function cutBack(
  { budget, lever, membership, estimate, observation }: BudgetQuestion,
  to: Money,
): ChangeDecision {
  const goal = observation.policy.policy.goal
  const change = estimate
    ? conversionChange(estimate.curve, mainUnits(budget.amount), mainUnits(to))
    : { mean: 0, sd: 0 }
  return {
    kind: 'change',
    change: { lever, from: { kind: 'money', amount: budget.amount }, to: { kind: 'money', amount: to } },
    name: budget.name,
    class: membership.class,
    expected: effectOf(goal, change, estimate),
    binding: [{ name: 'caps', detail: 'an edit from outside Sluice went past the caps' }],
    why: `Somebody set it to ${amountText(budget.amount)}, outside the caps; it goes back to ${amountText(to)}.`,
    maturity: estimate?.maturity ?? 0,
  }
}
