import type { ChangeDecision, HoldDecision } from '../../model/plan.ts'
import { compare, mainUnits } from '../../units/money.ts'
import { effectOfMove } from '../effect.ts'
import { hardLimits, headroom, reachOf, steps } from '../guardrails.ts'
import type { BudgetQuestion } from '../holds.ts'
import { above, eased, intersect } from '../interval.ts'
import { spentFloor, tooMuchSpent } from '../spent-today.ts'
import { amountText, changeText } from '../words.ts'

/**
 * The budget of a campaign that its target limits: it stays out of the split, so that two levers never pull at one campaign,
 * and is only brought down towards its headroom, or a bound of the policy, in the usual steps.
 */
export function besideTarget(question: BudgetQuestion): ChangeDecision | HoldDecision {
  const { observation, budget, lever, capabilities, membership, estimate } = question
  const { policy } = observation.policy
  const stands = { name: 'stands', detail: 'where it stands', atMost: budget.amount }
  const own = [...steps({ policy, budget, capabilities }), ...hardLimits(question)]
  const limits = [...eased(own, reachOf(own, question)), stands]
  const least = spentFloor(question)
  const { ceiling } = intersect(above(least, [...limits, ...headroom(question, limits)]))
  const normal = capabilities.normalise(lever.kind, { kind: 'money', amount: ceiling.atMost })
  const to = normal.kind === 'money' ? normal.amount : ceiling.atMost
  const moved = 1 - Number(to.micros) / Number(budget.amount.micros)
  if (moved <= 0 || moved < policy.guardrails.deadband)
    return least && ceiling.name !== stands.name && compare(to, least.atLeast) <= 0
      ? { ...holdOf(question), ...tooMuchSpent(question) }
      : holdOf(question)
  const [before, after] = [mainUnits(budget.amount), mainUnits(to)]
  const spent = Math.min(before, estimate?.recentSpendPerDay ?? 0)
  return {
    kind: 'change',
    change: { lever, from: { kind: 'money', amount: budget.amount }, to: { kind: 'money', amount: to } },
    name: budget.name,
    class: membership.class,
    expected: effectOfMove(question, spent, Math.min(after, spent)),
    // What it is brought down by is not spent: to lift the limit would bring nothing.
    binding: [{ name: ceiling.name, detail: ceiling.detail, worthPerUnit: 0 }],
    why: `${changeText(budget.amount, to)} to ${amountText(to)}: ${ceiling.detail}.`,
    maturity: estimate?.maturity ?? 0,
    limitedBy: 'target',
  }
}

const holdOf = ({ lever, budget, observation }: BudgetQuestion): HoldDecision => ({
  kind: 'hold',
  lever,
  name: budget.name,
  value: { kind: 'money', amount: budget.amount },
  reason: 'not-steered',
  detail: `its target limits what it spends${observation.policy.policy.targets === 'steer' ? ': the target is moved and the budget is not' : ', and the policy leaves targets as they are'}`,
  limitedBy: 'target',
})
