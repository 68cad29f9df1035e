import type { ChangeDecision } from '../model/plan.ts'
import { larger, type Money, mainUnits, times } from '../units/money.ts'
import { effectOfMove } from './effect.ts'
import type { BudgetQuestion } from './holds.ts'
import { leastToday } from './spent-today.ts'
import { amountText } from './words.ts'

/** Name of what binds an order back to the caps. */
export const CAPS = 'caps'

/**
 * A budget that somebody set outside the caps goes back to the cap, in one step; where the platform takes no cut below
 * what is spent already, as far as it does. Undefined when that is no cut worth making: the next pull asks again.
 */
export function cutBack(question: BudgetQuestion, cap: Money): ChangeDecision | undefined {
  const { budget, lever, membership, estimate, observation, capabilities } = question
  const normal = capabilities.normalise(lever.kind, { kind: 'money', amount: cap })
  const to = larger(normal.kind === 'money' ? normal.amount : cap, leastToday(question))
  const { deadband } = observation.policy.policy.guardrails
  if (to.micros > times(budget.amount, 1 - deadband, 'down').micros) return undefined
  const short =
    to.micros > cap.micros ? `, as far as the platform lets it go today, on its way to ${amountText(cap)}` : ''
  return {
    kind: 'change',
    change: { lever, from: { kind: 'money', amount: budget.amount }, to: { kind: 'money', amount: to } },
    name: budget.name,
    class: membership.class,
    expected: effectOfMove(question, mainUnits(budget.amount), mainUnits(to)),
    binding: [{ name: CAPS, detail: 'an edit from outside Sluice went past the caps' }],
    why: `Somebody set it to ${amountText(budget.amount)}, outside the caps; it goes back to ${amountText(to)}${short}.`,
    maturity: estimate?.maturity ?? 0,
  }
}
