import { entitiesOf } from '../model/membership.ts'
import type { AccountObservation } from '../model/observation.ts'
import { perObject } from '../model/per-object.ts'
import { pushDate } from '../model/push-day.ts'
import type { AccountDate } from '../units/calendar.ts'
import { compare, type Money, money, smaller, times } from '../units/money.ts'
import { type Hold, hold } from './check.ts'
import { roundedUp } from './guardrails.ts'
import type { BudgetQuestion } from './holds.ts'
import type { Floor, Limit } from './interval.ts'
import { amountText } from './words.ts'

/** Spend goes on between the reading and the push: this much more is allowed for. */
const SPEND_MARGIN = 1.05

/** The account date on which a change is pushed: a daily decision's may have to wait for the next morning. */
export const pushedOn = ({ observation, account }: Pick<BudgetQuestion, 'observation' | 'account'>): AccountDate =>
  observation.occasion === 'daily' ? pushDate(observation.now, account.structure.zone) : account.today

/** What a budget has spent of its account's day by now. */
export function spentToday({ account, budget }: Pick<BudgetQuestion, 'account' | 'budget'>): Money {
  const spent = spentByEntity(account)
  const micros = entitiesOf(budget).reduce((sum, entity) => sum + (spent.get(entity) ?? 0n), 0n)
  return money(micros, budget.amount.currency)
}

/** Micros of campaigns, their ad groups' included, and of ad groups as `campaign/adGroup`. */
const spentByEntity = perObject(({ spentTodayMicros }: AccountObservation): ReadonlyMap<string, bigint> => {
  const spent = new Map<string, bigint>()
  for (const [key, micros] of spentTodayMicros)
    for (const entity of new Set([key, key.split('/', 1).join()])) spent.set(entity, (spent.get(entity) ?? 0n) + micros)
  return spent
})

/** The least that the platform lets the budget be for the rest of the day, by default; or so many times what is spent. */
export const leastToday = (question: BudgetQuestion, timesSpent = question.capabilities.cutFloorOfSpend): Money =>
  roundedUp(times(spentToday(question), timesSpent * SPEND_MARGIN, 'up'), question.capabilities)

/** The least new budget that the platform takes on the day of the push; undefined where any will do. */
export function leastNewBudget(question: BudgetQuestion): Money | undefined {
  if (pushedOn(question) !== question.account.today) return undefined
  const least = leastToday(question)
  return least.micros > 0n ? least : undefined
}

export const SPENT_TODAY = 'spent-today'

const ruleText = (question: BudgetQuestion): string => {
  const { cutFloorOfSpend, raiseFloorOfSpend } = question.capabilities
  const which = raiseFloorOfSpend ? 'no new budget' : 'no cut'
  return `${amountText(spentToday(question))} are spent today already, and the platform takes ${which} below ${cutFloorOfSpend} times that`
}

/**
 * How far down the rule lets a budget go: never above where it stands, because what has spent its day away is left as it is
 * and not raised for that.
 */
export function spentFloor(question: BudgetQuestion): Floor | undefined {
  const least = leastNewBudget(question)
  return least && ruleOf(question, smaller(least, question.budget.amount))
}

const ruleOf = (question: BudgetQuestion, atLeast: Money): Floor => ({
  name: SPENT_TODAY,
  detail: ruleText(question),
  atLeast,
})

/** What the platform asks of a new budget today, for one that was decided: where only cuts are bound, raises pass. */
export function spentRule(question: BudgetQuestion): readonly Limit[] {
  const least = question.capabilities.raiseFloorOfSpend ? leastNewBudget(question) : spentFloor(question)?.atLeast
  return least ? [ruleOf(question, least)] : []
}

/** Why a budget is not set to what was decided: the platform would refuse it today. */
export function refusedToday(question: BudgetQuestion, to: Money): Hold | undefined {
  const isRefused = spentRule(question).some(({ atLeast }) => atLeast && compare(to, atLeast) < 0)
  return isRefused ? hold(SPENT_TODAY, `${ruleText(question)}: ${amountText(to)} waits for another day`) : undefined
}

export const tooMuchSpent = (question: BudgetQuestion): Hold => hold(SPENT_TODAY, ruleText(question))
