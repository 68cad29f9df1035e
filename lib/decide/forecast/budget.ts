import { accountRule, type BudgetDay, budgetDays } from '../../measure/budget-days.ts'
import { isLimitedByBudget } from '../../measure/delivery.ts'
import type { AccountKey, PlatformId } from '../../model/account.ts'
import type { BudgetEstimate, Estimates } from '../../model/estimates.ts'
import { canSpend } from '../../model/membership.ts'
import type { Observation } from '../../model/observation.ts'
import { mainUnits } from '../../units/money.ts'
import { baseUnitsOf, rateOf } from '../base-rate.ts'
import type { CapabilitiesOf } from '../capabilities-of.ts'
import type { Hold } from '../check.ts'
import { type BudgetQuestion, reasonToStay } from '../holds.ts'
import { HEADROOM, type Movable } from '../position.ts'
import { questionsOf } from '../questions.ts'
import { worthOf } from '../worth.ts'
import { conversionsWanting } from './enough-data.ts'

/** A running budget of the portfolio. Spend is in main units of the base currency per day. */
export interface ForecastBudget {
  readonly question: BudgetQuestion
  readonly account: AccountKey
  readonly platform: PlatformId
  /** Why it will not be moved; undefined: it takes part in the split. */
  readonly stays: Hold | undefined
  /** Base currency per main unit of the account's. */
  readonly baseUnits: number
  /** What it spends while nothing is moved. */
  readonly standing: number
  /** More than this it will not spend, whatever its budget: something else limits it. */
  readonly ceiling: number
  /** Mean spend of its best 14 days. */
  readonly bestFortnight: number
  /** Objective of one incremental conversion: 1, or value (times margin) in the base currency. */
  readonly perIncremental: number
  /** Budgets with the same source have the same incrementality, right or wrong for all of them at once. */
  readonly source: string
  /** Conversions that it has yet to bring until its level is known well enough; 0: enough. */
  readonly wanting: number
}

export type MovableBudget = ForecastBudget & { readonly question: Movable; readonly stays: undefined }

export const isMovable = (budget: ForecastBudget): budget is MovableBudget => budget.stays === undefined

/** Every budget of the portfolio that can spend: those that may be moved first. */
export function forecastBudgets(
  observation: Observation,
  estimates: Estimates,
  capabilitiesOf: CapabilitiesOf,
): readonly ForecastBudget[] {
  const days = new Map(
    observation.accounts.map((account) => [account, budgetDays(account, accountRule(observation, account))]),
  )
  const all = questionsOf(observation, estimates, capabilitiesOf)
    .filter(({ account, budget }) => canSpend(account.structure, budget))
    .map((question) => budgetOf(question, days.get(question.account)?.get(question.budget.id) ?? []))
  return [...all.filter(isMovable), ...all.filter((one) => !isMovable(one))]
}

function budgetOf(question: BudgetQuestion, days: readonly BudgetDay[]): ForecastBudget {
  const { account, estimate, observation, budget } = question
  const baseUnits = baseUnitsOf(rateOf(question))
  const stays = reasonToStay(question) ?? (estimate ? undefined : NO_HISTORY)
  const ceiling = estimate ? ceilingOf(estimate, question.limited) * baseUnits : Number.POSITIVE_INFINITY
  const asked = mainUnits(budget.amount) * baseUnits * (estimate?.delivery ?? 1)
  const whole = estimate && { ...estimate, incrementality: { mean: 1, low: 1, high: 1 } }
  return {
    question,
    account: account.account,
    platform: account.structure.account.platform,
    stays,
    baseUnits,
    standing:
      stays && (estimate || budget.period !== 'daily')
        ? (estimate?.recentSpendPerDay ?? 0) * baseUnits
        : Math.min(asked, ceiling),
    ceiling,
    bestFortnight: bestMean(days, FORTNIGHT) * baseUnits,
    perIncremental: whole ? worthOf(observation.policy.policy.goal, whole, baseUnits).objective : 0,
    source: sourceOf(question),
    wanting: conversionsWanting(estimate),
  }
}

/** What a target or bid leaves unused is found out by no budget: then it is what the last days came to, as in the day's split. */
function ceilingOf(estimate: BudgetEstimate, limited: BudgetQuestion['limited']): number {
  const most = HEADROOM * estimate.recentSpendPerDay
  if (limited?.isBinding) return Math.min(most, estimate.deliverablePerDay)
  return isLimitedByBudget(estimate) ? Number.POSITIVE_INFINITY : most
}

const NO_HISTORY: Hold = { reason: 'too-little-history', detail: 'it has not spent yet' }

const FORTNIGHT = 14

/** The largest mean spend of so many reported days in a row, main units of the account's currency; of fewer, their mean. */
export function bestMean(days: readonly Pick<BudgetDay, 'spend'>[], length: number): number {
  if (days.length === 0) return 0
  const width = Math.min(length, days.length)
  let sum = 0
  let best = 0
  for (const [i, { spend }] of days.entries()) {
    sum += spend - (days[i - width]?.spend ?? 0)
    if (i >= width - 1) best = Math.max(best, sum / width)
  }
  return best
}

/** A class's prior is one belief about all its campaigns, and a lift test one result about all that it matches. */
function sourceOf({ estimate, membership }: BudgetQuestion): string {
  if (!estimate) return ''
  const { mean, low, high } = estimate.incrementality
  return [estimate.hasLift ? 'lift' : membership.class, mean, low, high].join(' ')
}
