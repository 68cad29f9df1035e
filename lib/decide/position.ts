import { isLimitedByBudget } from '../measure/delivery.ts'
import { conversionChange, conversionsAt } from '../measure/response-curve.ts'
import type { BudgetEstimate } from '../model/estimates.ts'
import { canSpend } from '../model/membership.ts'
import { raiseOn } from '../model/scheduled-raise.ts'
import { add, fromMainUnits, type Money, mainUnits } from '../units/money.ts'
import { convert, type ExchangeRate } from '../units/rates.ts'
import { baseUnitsOf, rateOf } from './base-rate.ts'
import type { BudgetQuestion } from './holds.ts'
import { intersect, type Limit } from './interval.ts'
import { pushedOn } from './spent-today.ts'
import { type Worth, worthOf } from './worth.ts'

export type Movable = BudgetQuestion & { readonly estimate: BudgetEstimate }

/** A budget that may move, as the allocation sees it. Spend is in main units of the base currency per day. */
export interface Position {
  readonly movable: Movable
  readonly limits: readonly Limit[]
  readonly rate: ExchangeRate
  /** Base currency per main unit of the account's. */
  readonly baseUnits: number
  /** Spend per unit of budget that is to be expected. */
  readonly delivery: number
  readonly atLeast: number
  readonly atMost: number
  readonly standing: number
  /** Further than this, more budget brings nothing: it spends no more than it does. */
  readonly ceiling: number
  readonly worth: Worth
}

/** A budget that does not bind cannot spend more than it does. A few per cent leave it room to show otherwise. */
export const HEADROOM = 1.03

/** @param limits of its daily budget; they must leave a value */
export function positionOf(movable: Movable, limits: readonly Limit[]): Position {
  const { estimate, budget, observation } = movable
  const rate = rateOf(movable)
  const baseUnits = baseUnitsOf(rate)
  const { delivery } = estimate
  // What a target or bid leaves unused of a budget is no spend that could be saved.
  const most = movable.limited?.isBinding ? estimate.deliverablePerDay * baseUnits : Number.POSITIVE_INFINITY
  const toBase = (amount: Money): number => Math.min(most, mainUnits(amount) * baseUnits * delivery)
  const { floor, ceiling } = intersect(limits)
  return {
    movable,
    limits,
    rate,
    baseUnits,
    delivery,
    atLeast: toBase(floor.atLeast),
    atMost: toBase(ceiling.atMost),
    standing: toBase(budget.amount),
    ceiling: isLimitedByBudget(estimate) ? Number.POSITIVE_INFINITY : HEADROOM * estimate.deliverablePerDay * baseUnits,
    worth: worthOf(observation.policy.policy.goal, estimate, baseUnits),
  }
}

/** Claimed conversions per day at a spend in the base currency. */
export const claimedAt = ({ movable, baseUnits, ceiling }: Position, spend: number): number =>
  conversionsAt(movable.estimate.curve, Math.min(spend, ceiling) / baseUnits)

/**
 * What is not known of a raise, counted as if part of it were good news: claimed conversions per day that a spend above
 * where the budget stands may bring beyond the mean, per unit of boldness (standard deviations). Cuts get none: there is
 * nothing to be found out there that is worth having.
 */
export const hopeAt = ({ movable, baseUnits, ceiling, standing }: Position, spend: number): number =>
  spend > standing && standing < ceiling
    ? conversionChange(movable.estimate.curve, standing / baseUnits, Math.min(spend, ceiling) / baseUnits).sd
    : 0

/** A budget that stays as it is: what it will spend and bring, base currency per day. */
export interface Fixture {
  readonly question: BudgetQuestion
  readonly spend: number
  readonly objective: number
  readonly outcome: number
}

/** What a schedule raises a budget to on the day that is decided for. */
function raisedLevel(question: BudgetQuestion): Money | undefined {
  const { budget, state } = question
  const raise = raiseOn(state?.raises, pushedOn(question), budget.amount)
  return raise.micros > 0n ? add(budget.amount, raise) : undefined
}

/** @param dayTarget no budget is taken to spend more than the whole portfolio should */
export function fixtureOf(question: BudgetQuestion, dayTarget: Money): Fixture {
  const { estimate } = question
  const rate = rateOf(question)
  const none = { question, spend: 0, objective: 0, outcome: 0 }
  if (!canSpend(question.account.structure, question.budget)) return none
  const level = question.stepsTo ?? raisedLevel(question) ?? (question.state?.event?.stoodAt && question.budget.amount)
  // What has no history yet is taken to spend what it may.
  if (!estimate)
    return question.budget.period === 'daily'
      ? {
          ...none,
          spend: Math.min(mainUnits(level ?? question.budget.amount) * baseUnitsOf(rate), mainUnits(dayTarget)),
        }
      : none
  // What stands at another level than its recent days is not told by them.
  const ownSpend = level ? mainUnits(level) * estimate.delivery : estimate.recentSpendPerDay
  const own = fromMainUnits(ownSpend, rate.from, 'half-even')
  const spend = Math.min(mainUnits(convert(own, rate, 'up')), mainUnits(dayTarget))
  const { objective, outcome } = worthOf(question.observation.policy.policy.goal, estimate, baseUnitsOf(rate))
  const claimed = conversionsAt(estimate.curve, ownSpend)
  return { question, spend, objective: objective * claimed, outcome: outcome * claimed }
}
