import { accountKey, type CampaignId } from '../model/account.ts'
import type { BudgetEstimate, Estimates } from '../model/estimates.ts'
import { type LeverState, valueOn } from '../model/lever-state.ts'
import { budgetMembership, memberOf } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import { perObject } from '../model/per-object.ts'
import type { BudgetHolder } from '../model/structure.ts'
import { dayOfWeek } from '../units/calendar.ts'
import { accountRule, type BudgetDay, budgetDays } from './budget-days.ts'
import { completionAt, completionByAge } from './conversion-lag.ts'
import { dayOfWeekFactors } from './day-of-week.ts'
import { type CurveFit, type CurvePoint, fitResponseCurves } from './response-fit.ts'

/** Conversions that pull an account's rate towards the portfolio's. */
const POOL_CONVERSIONS = 20
const RECENT_DAYS = 14

interface Series {
  readonly account: AccountObservation
  readonly budget: BudgetHolder
  readonly days: readonly BudgetDay[]
  readonly completion: readonly number[]
  /** From the account's currency to the base currency. */
  readonly rate: number
}

/**
 * Beliefs about every budget of a portfolio, from an observation alone: conversion lag, day of week, response curve,
 * delivery. Stateless; a budget without a day of spend has no estimate.
 */
export function estimate(observation: Observation): Estimates {
  const completion = new Map(
    observation.accounts.map((account) => [
      account.account,
      completionByAge(account.revisions, accountRule(observation, account), account.today),
    ]),
  )
  const series = observation.accounts.flatMap((account) =>
    seriesOf(observation, account, completion.get(account.account) ?? [1]),
  )
  const weekdays = weekdaysOf(series)
  const before = spendBeforeFlight(observation, series)
  const pooled = poolRates(series)
  const fits = fitResponseCurves(
    series.map((one) => ({
      days: pointsOf(one, weekdays.of(one)),
      pool: one.account.account,
      priorRate: pooled(one).conversionsPerUnit,
    })),
  )
  const budgets = series.flatMap((one, index) => {
    const fit = fits[index]
    return fit ? [estimateBudget(observation, one, fit, pooled(one), before[index] ?? 0)] : []
  })
  return { budgets, dayOfWeek: weekdays.all, completion }
}

/** Demand by day of week, of the portfolio and of each account, which is pulled towards it. */
function weekdaysOf(series: readonly Series[]): {
  readonly all: readonly number[]
  readonly of: (one: Series) => readonly number[]
} {
  const factorsOf = (some: readonly Series[], centre?: readonly number[]): readonly number[] =>
    dayOfWeekFactors(
      some.map(({ days }) => days),
      (index, ageDays) => completionAt(some[index]?.completion ?? [1], ageDays),
      centre,
    )
  const all = factorsOf(series)
  const byAccount = Map.groupBy(series, ({ account }) => account)
  const own = new Map([...byAccount].map(([account, some]) => [account, factorsOf(some, all)]))
  return { all, of: ({ account }) => own.get(account) ?? all }
}

const pointsOf = ({ days, completion }: Series, weekdays: readonly number[]): readonly CurvePoint[] =>
  days.map((day) => ({
    spend: day.spend,
    conversions: day.conversions,
    exposure: (weekdays[dayOfWeek(day.date) - 1] ?? 1) * completionAt(completion, day.ageDays),
    ageDays: day.ageDays,
  }))

function seriesOf(
  observation: Observation,
  account: AccountObservation,
  completion: readonly number[],
): readonly Series[] {
  const days = budgetDays(account, accountRule(observation, account))
  const rate = observation.rates.find(({ from }) => from === account.structure.currency)
  const members = portfolioCampaigns(observation, account)
  return account.structure.budgets
    .filter(({ campaigns }) => campaigns.some((campaign) => members.has(campaign)))
    .map((budget) => ({
      account,
      budget,
      days: days.get(budget.id) ?? [],
      completion,
      rate: rate ? Number(rate.microsPerUnit) / 1e6 : Number.NaN,
    }))
}

/** Removed ones too: what they spent is part of what the others came with a share of. */
const portfolioCampaigns = (
  { policy }: Observation,
  { structure, today }: AccountObservation,
): ReadonlySet<CampaignId> =>
  new Set(
    structure.campaigns
      .filter((campaign) => memberOf(policy.policy, structure.account, campaign, today) !== undefined)
      .map(({ id }) => id),
  )

/** Each series' share of what all of them spent before the flight began (all they spent, if there is no day before). */
function spendBeforeFlight(observation: Observation, series: readonly Series[]): readonly number[] {
  const { from } = observation.policy.policy.flight
  const spend = (days: readonly BudgetDay[], rate: number): number => days.reduce((a, d) => a + d.spend, 0) * rate
  const before = series.map(({ days, rate }) =>
    spend(
      days.filter((d) => d.date < from),
      rate,
    ),
  )
  const useAll = before.every((amount) => amount === 0)
  const amounts = useAll ? series.map(({ days, rate }) => spend(days, rate)) : before
  const total = amounts.reduce((a, b) => a + b, 0)
  return amounts.map((amount) => (total > 0 ? amount / total : 0))
}

interface Pool {
  /** Conversions per main unit of the account's currency. */
  readonly conversionsPerUnit: number
  readonly valuePerConversion: number
}

/** What a budget's account brings per unit of spend, pulled towards what all accounts bring. */
function poolRates(series: readonly Series[]): (one: Series) => Pool {
  const total = (some: readonly Series[]) => {
    const sums = { spend: 0, n: 0, value: 0, raw: 0 }
    for (const { days, completion, rate } of some)
      for (const day of days) {
        sums.spend += day.spend * rate
        sums.n += day.conversions / completionAt(completion, day.ageDays)
        sums.value += day.value * rate
        sums.raw += day.conversions
      }
    return sums
  }
  const all = total(series)
  const overall = all.spend > 0 ? Math.max(all.n, 0.5) / all.spend : 0
  const overallValue = all.raw > 0 ? all.value / all.raw : 0
  const byAccount = new Map<string, Pool>()
  for (const key of new Set(series.map(({ account }) => account.account))) {
    const own = series.filter(({ account }) => account.account === key)
    const sums = total(own)
    const rate = own[0]?.rate ?? 1
    const perBaseUnit = overall > 0 ? (sums.n + POOL_CONVERSIONS) / (sums.spend + POOL_CONVERSIONS / overall) : 0
    const value = (sums.value + POOL_CONVERSIONS * overallValue) / (sums.raw + POOL_CONVERSIONS)
    byAccount.set(key, { conversionsPerUnit: perBaseUnit * rate, valuePerConversion: value / rate })
  }
  return ({ account }) => byAccount.get(account.account) ?? { conversionsPerUnit: 0, valuePerConversion: 0 }
}

function estimateBudget(
  observation: Observation,
  { account, budget, days, completion }: Series,
  { curve, overdispersion, memory }: CurveFit,
  pool: Pool,
  originalShare: number,
): BudgetEstimate {
  const seen = days.reduce((a, d) => a + d.conversions, 0)
  const value = days.reduce((a, d) => a + d.value, 0)
  const recent = days.filter(({ ageDays }) => ageDays <= RECENT_DAYS)
  const spent = recent.reduce((a, d) => a + d.spend, 0)
  const policy = observation.policy.policy
  const member = budgetMembership(policy, account.structure, budget, account.today)
  return {
    account: accountKey(account.structure.account),
    budget: budget.id,
    curve,
    noise: { overdispersion, memory },
    incrementality: policy.incrementality[member?.class ?? 'opaque'],
    deliveryRatio: deliveryRatio(recent, budget, account),
    maturity: maturityOf(recent, completion),
    conversionsSeen: seen,
    valuePerConversion: (value + POOL_CONVERSIONS * pool.valuePerConversion) / (seen + POOL_CONVERSIONS),
    recentSpendPerDay: recent.length > 0 ? spent / recent.length : 0,
    originalShare,
  }
}

/** The first record of each budget. */
const budgetStates = perObject(({ levers }: AccountObservation): ReadonlyMap<string, LeverState> => {
  const states = new Map<string, LeverState>()
  for (const state of levers)
    if (state.lever.entity === 'budget' && !states.has(state.lever.id)) states.set(state.lever.id, state)
  return states
})

/** Days that a delivery ratio looks back. */
const DELIVERY_DAYS = 4

/**
 * Spend over budget on the last complete days, each by what the budget stood at when it was over. Undefined when what it
 * stood at is not known, or on a new campaign's first days: 0/0 must not read as "cannot spend".
 */
function deliveryRatio(
  recent: readonly BudgetDay[],
  budget: BudgetHolder,
  account: AccountObservation,
): number | undefined {
  if (budget.period !== 'daily') return undefined
  const state = budgetStates(account).get(budget.id)
  let spent = 0
  let allowed = 0
  for (const { date, spend } of recent.slice(-DELIVERY_DAYS)) {
    const value = state ? valueOn(state, date) : { kind: 'money' as const, amount: budget.amount }
    if (value?.kind !== 'money') continue
    spent += spend
    allowed += Number(value.amount.micros) / 1e6
  }
  return allowed > 0 ? spent / allowed : undefined
}

/** Share of the recent days' eventual conversions that is visible by now, by spend. */
function maturityOf(recent: readonly BudgetDay[], completion: readonly number[]): number {
  const spend = recent.reduce((a, d) => a + d.spend, 0)
  if (spend === 0) return 0
  return recent.reduce((a, d) => a + d.spend * completionAt(completion, d.ageDays), 0) / spend
}
