import { groupOf } from '../../model/groups.ts'
import { canSpend } from '../../model/membership.ts'
import type { Observation } from '../../model/observation.ts'
import { type Money, mainUnits } from '../../units/money.ts'
import { baseUnitsOf, rateOf } from '../base-rate.ts'
import { SHARE_BOUND } from '../guardrails.ts'
import type { BudgetQuestion } from '../holds.ts'

/** Base currency per day. */
export const recentSpend = (question: BudgetQuestion): number =>
  question.estimate && canSpend(question.account.structure, question.budget)
    ? question.estimate.recentSpendPerDay * baseUnitsOf(rateOf(question))
    : 0

/**
 * Budgets whose spend a target limits, and that the day's money and the most that their groups may spend have room for as
 * they are. Where there is none, money comes before targets: then a budget is cut like any other.
 *
 * @param dayTarget what the portfolio is to spend
 */
export function leftToTargets(
  observation: Observation,
  questions: readonly BudgetQuestion[],
  dayTarget: Money,
): ReadonlySet<BudgetQuestion> {
  const { policy } = observation.policy
  const own = questions.filter(({ limited }) => limited?.by === 'target' && limited.isBinding)
  if (own.length === 0) return new Set()
  const total = mainUnits(dayTarget)
  const limits = [
    { most: total, has: questions },
    ...policy.groups.map((group) => ({
      most: Math.min(
        group.atMost ? mainUnits(group.atMost) : Number.POSITIVE_INFINITY,
        (group.atMostShare ?? Number.POSITIVE_INFINITY) * total,
      ),
      has: questions.filter(({ account, budget }) =>
        groupOf(policy, account.structure, budget, account.today).includes(group),
      ),
    })),
  ]
  const full = new Set(
    limits.filter((one) => leastOf(one.has, policy.guardrails.maxStepDown) > one.most).flatMap(({ has }) => has),
  )
  return new Set(own.filter((one) => !full.has(one) && !isPastShare(one, total)))
}

/** A class whose results are doubtful goes back to the share of spend that it came with. */
const isPastShare = (one: BudgetQuestion, total: number): boolean =>
  one.estimate !== undefined &&
  SHARE_BOUND.has(one.membership.class) &&
  !one.estimate.hasLift &&
  recentSpend(one) > one.estimate.originalShare * total

/** A day's target goes up and down with the week: money is short where so many steps of all others do not save enough. */
const STEPS = 3

/** The least that budgets spend when those that no target limits are all cut by some steps. */
const leastOf = (questions: readonly BudgetQuestion[], maxStepDown: number): number =>
  questions.reduce((sum, one) => {
    const step = one.limited?.isBinding ? 0 : Math.min(maxStepDown, one.capabilities.learningSafeStep)
    return sum + recentSpend(one) * (1 - step) ** STEPS
  }, 0)
