import type { AccountKey, BudgetId, PlatformId } from '../model/account.ts'
import type { BudgetEstimate } from '../model/estimates.ts'
import { type LeverState, valueOn } from '../model/lever-state.ts'
import type { AccountObservation } from '../model/observation.ts'
import { perObject } from '../model/per-object.ts'
import { raiseInForce } from '../model/scheduled-raise.ts'
import type { BudgetHolder } from '../model/structure.ts'
import type { BudgetDay } from './budget-days.ts'

/** Below this share of its budget spent, the budget is not what limits the spend. */
export const BINDING_DELIVERY = 0.88

export const isLimitedByBudget = ({ deliveryRatio }: Pick<BudgetEstimate, 'deliveryRatio'>): boolean =>
  deliveryRatio === undefined || deliveryRatio >= BINDING_DELIVERY

/** Days that a budget, and that its account and platform, look back; and those by which the noise of days is learned. */
const OWN_DAYS = 4
const ACCOUNT_DAYS = 7
const NOISE_DAYS = 14
/** Days that pull a ratio towards what it is taken to be beforehand. */
const PRIOR_DAYS = 3
const LEAST = 0.7
const MOST = 1.3

/** A complete day of a budget: what it stood at when the day was over, and what was spent. */
export interface BudgetedDay {
  readonly account: AccountKey
  readonly platform: PlatformId
  readonly budget: BudgetId
  /** 1: yesterday. */
  readonly ageDays: number
  /** Main units of one currency for all; budgeted > 0. */
  readonly budgeted: number
  readonly spent: number
}

export interface Delivery {
  /** Spend per unit of budget that is to be expected of a budget, within 0.7 to 1.3. */
  readonly of: (one: Pick<BudgetedDay, 'account' | 'platform' | 'budget'>) => number
  /** Standard deviation of a day's spend, of all budgets that bind, about what was to be expected of it; as a share. */
  readonly noise: number
}

/**
 * How much of a budget is spent: Google may overspend a day, Meta seldom spends all. A budget's last four days are pulled
 * towards its account, the account's last week towards its platform's, and that towards 1, each by three of its own days.
 *
 * Of accounts and platforms only budgets that bind tell: what one leaves that its target or bid limits is its own affair.
 */
export function learnDelivery(days: readonly BudgetedDay[]): Delivery {
  const byBudget = Map.groupBy(days, keyOf)
  const binding = [...byBudget.values()].filter((own) => rawRatio(latest(own)) >= BINDING_DELIVERY).flat()
  const lately = binding.filter(({ ageDays }) => ageDays <= ACCOUNT_DAYS)
  const platforms = ratios(
    Map.groupBy(lately, ({ platform }) => platform),
    () => 1,
  )
  const accounts = ratios(
    Map.groupBy(lately, ({ account }) => account),
    ({ platform }) => platforms.get(platform) ?? 1,
  )
  const priorOf = ({ account, platform }: Pick<BudgetedDay, 'account' | 'platform'>): number =>
    accounts.get(account) ?? platforms.get(platform) ?? 1
  const own = ratios(new Map([...byBudget].map(([key, some]) => [key, latest(some)])), priorOf)
  const of: Delivery['of'] = (one) => own.get(keyOf(one)) ?? priorOf(one)
  return { of, noise: noiseOf(binding, of) }
}

const keyOf = ({ account, budget }: Pick<BudgetedDay, 'account' | 'budget'>): string => `${account}/${budget}`

const latest = (days: readonly BudgetedDay[]): readonly BudgetedDay[] =>
  days.toSorted((a, b) => a.ageDays - b.ageDays).slice(0, OWN_DAYS)

const rawRatio = (days: readonly BudgetedDay[]): number =>
  sum(days.map(({ spent }) => spent)) / sum(days.map(({ budgeted }) => budgeted))

function ratios<K>(
  groups: ReadonlyMap<K, readonly BudgetedDay[]>,
  priorOf: (one: BudgetedDay) => number,
): ReadonlyMap<K, number> {
  return new Map([...groups].map(([key, days]) => [key, shrunk(days, priorOf(days[0]!))]))
}

/** A day of many budgets counts by its money, so that the days that pull are of the usual size. */
function shrunk(days: readonly BudgetedDay[], prior: number): number {
  const budgeted = sum(days.map((day) => day.budgeted))
  const pulling = (PRIOR_DAYS * budgeted) / new Set(days.map(({ ageDays }) => ageDays)).size
  const raw = (sum(days.map((day) => day.spent)) + pulling * prior) / (budgeted + pulling)
  return Math.min(MOST, Math.max(LEAST, raw))
}

/** Days of a whole portfolio lie closer to what is expected of them than those of one budget: their errors cancel. */
const PRIOR_NOISE = 0.07
const PRIOR_NOISE_DAYS = 4

function noiseOf(days: readonly BudgetedDay[], of: Delivery['of']): number {
  const recent = days.filter(({ ageDays }) => ageDays <= NOISE_DAYS)
  const errors = [...Map.groupBy(recent, ({ ageDays }) => ageDays).values()].map(
    (own) => sum(own.map(({ spent }) => spent)) / sum(own.map((day) => day.budgeted * of(day))) - 1,
  )
  const squares = sum(errors.map((error) => error ** 2))
  return Math.sqrt((squares + PRIOR_NOISE_DAYS * PRIOR_NOISE ** 2) / (errors.length + PRIOR_NOISE_DAYS))
}

/** In an order of their own, so that rounding does not depend on the order of the days. */
const sum = (amounts: readonly number[]): number => amounts.toSorted((a, b) => a - b).reduce((a, b) => a + b, 0)

/** A series of a budget, as far as its delivery is concerned. */
interface BudgetSeries {
  readonly account: AccountObservation
  readonly budget: BudgetHolder
  readonly days: readonly BudgetDay[]
  /** From the account's currency to the base currency. */
  readonly rate: number
}

/** What the delivery of a portfolio is learned from. Days of lifetime budgets say nothing, nor do those of a budget of 0. */
export const budgetedDays = (series: readonly BudgetSeries[]): readonly BudgetedDay[] =>
  series.flatMap(({ account, budget, days, rate }) => {
    const { platform } = account.structure.account
    const recent = days.filter(({ ageDays }) => ageDays <= NOISE_DAYS)
    return allowedOn(recent, budget, account).flatMap(({ day: { ageDays, spend }, allowed }) =>
      allowed > 0
        ? [
            {
              account: account.account,
              platform,
              budget: budget.id,
              ageDays,
              budgeted: allowed * rate,
              spent: spend * rate,
            },
          ]
        : [],
    )
  })

/** The first record of each budget. */
const budgetStates = perObject(({ levers }: AccountObservation): ReadonlyMap<string, LeverState> => {
  const states = new Map<string, LeverState>()
  for (const state of levers)
    if (state.lever.entity === 'budget' && !states.has(state.lever.id)) states.set(state.lever.id, state)
  return states
})

/**
 * Spend over budget on the last complete days, each by what the budget stood at when it was over. Undefined when what it
 * stood at is not known, or on a new campaign's first days: 0/0 must not read as "cannot spend".
 */
export function deliveryRatio(
  days: readonly BudgetDay[],
  budget: BudgetHolder,
  account: AccountObservation,
): number | undefined {
  const known = allowedOn(days.slice(-OWN_DAYS), budget, account)
  const spent = known.reduce((total, { day }) => total + day.spend, 0)
  const allowed = known.reduce((total, one) => total + one.allowed, 0)
  return allowed > 0 ? spent / allowed : undefined
}

/** The days of a daily budget of which it is known what it stood at, main units of the account's currency. */
function allowedOn(
  days: readonly BudgetDay[],
  budget: BudgetHolder,
  account: AccountObservation,
): readonly { readonly day: BudgetDay; readonly allowed: number }[] {
  if (budget.period !== 'daily') return []
  const state = budgetStates(account).get(budget.id)
  return days.flatMap((day) => {
    // What a schedule let a day spend, in part of it or in all, is not told by the budget.
    if (raiseInForce(state?.raises, day.date)) return []
    const value = state ? valueOn(state, day.date) : { kind: 'money' as const, amount: budget.amount }
    return value?.kind === 'money' ? [{ day, allowed: Number(value.amount.micros) / 1e6 }] : []
  })
}
