import type { AccountKey } from '../model/account.ts'
import type { BudgetEstimate, Estimates } from '../model/estimates.ts'
import type { BudgetForecast } from '../model/evidence.ts'
import { budgetMembership } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import { addDays } from '../units/calendar.ts'
import { observedDays } from './breaks/account-days.ts'
import { brokenDates, type DataBreak } from './breaks/data-break.ts'
import { findBreaks } from './breaks/find-breaks.ts'
import type { BudgetDay } from './budget-days.ts'
import { dayOfWeekFactors } from './day-of-week.ts'
import { budgetedDays, type Delivery, deliveryRatio, learnDelivery } from './delivery.ts'
import { forecastEvidence } from './evidence/simulations.ts'
import { type CompletionOf, hasLift, incrementalityOf, type OrderScale, orderScale } from './incremental.ts'
import { type LagEstimate, learnLag, visibleShare } from './lag/development.ts'
import { lagSources } from './lag/source.ts'
import { type CurveFit, type CurvePoint, fitResponseCurves, referenceSpend } from './response-fit.ts'
import { POOL_CONVERSIONS, type Pool, pointsOf, poolRates, type Series, seriesOf } from './series.ts'
import { type ValueVariance, valueVariances } from './value-variance.ts'

const RECENT_DAYS = 14
const DELIVERABLE_DAYS = 3
const HISTORY_DAYS = 90

/**
 * Beliefs about every budget of a portfolio, from an observation alone: conversion lag, breaks in the data, day of week,
 * response curves, delivery, incrementality. Stateless; a budget without a day of spend has no estimate.
 */
export function estimate(observation: Observation): Estimates {
  const counting = countingOf(observation)
  const series = observation.accounts.flatMap((account) => {
    const { lag, breaks } = counting.get(account.account)!
    return seriesOf(observation, account, lag, breaks)
  })
  const weekdays = weekdaysOf(series)
  const before = spendBeforeFlight(observation, series)
  const pooled = poolRates(series)
  const varianceOf = valueVariances(series)
  const told = forecastsOf(observation)
  const fits = fitResponseCurves(
    series.map((one) => {
      const days = pointsOf(one, weekdays.of(one.account))
      const priorRate = pooled(one).conversionsPerUnit
      return { days, pool: one.account.account, priorRate, ...shapeTold(told(one), days) }
    }),
  )
  const scale = orderScale(observation, (account, age) => visibleShare(counting.get(account)!.lag.count, age))
  const delivery = learnDelivery(budgetedDays(series))
  const budgets = series.flatMap((one, index) => {
    const fit = fits[index]
    if (!fit) return []
    return [estimateBudget(observation, one, fit, pooled(one), varianceOf(one), before[index] ?? 0, scale, delivery)]
  })
  return {
    budgets,
    spendNoise: delivery.noise,
    dayOfWeek: weekdays.all,
    weekdays: new Map(observation.accounts.map((account) => [account.account, weekdays.of(account)])),
    completion: new Map([...counting].map(([account, { lag }]) => [account, [...lag.count.visible]])),
    valueCompletion: new Map([...counting].map(([account, { lag }]) => [account, [...lag.value.visible]])),
    breaks: [...counting.values()].flatMap(({ breaks }) => breaks),
  }
}

/** Share of a day's conversions that is visible at an age, account by account, as estimates take it. */
export function completionOf(observation: Observation): CompletionOf {
  const counting = countingOf(observation)
  return (account, age) => visibleShare(counting.get(account)!.lag.count, age)
}

interface Counting {
  readonly lag: LagEstimate
  readonly breaks: readonly DataBreak[]
}

/** How each account counts. Where days turn out to be broken, the lag is learned again without them. */
function countingOf(observation: Observation): ReadonlyMap<AccountKey, Counting> {
  const { events } = observation.policy.policy
  const learn = (leaveOut?: ReadonlyMap<AccountKey, readonly DataBreak[]>): readonly LagEstimate[] =>
    learnLag(
      lagSources(observation, ({ account, today }) => ({
        leaveOut: brokenDates(leaveOut?.get(account) ?? [], addDays(today, -HISTORY_DAYS), HISTORY_DAYS),
      })),
    )
  const first = learn()
  const breaks = new Map(
    observation.accounts.map((account, i) => [
      account.account,
      findBreaks(observedDays(observation, account), first[i]!.count, events),
    ]),
  )
  const isBroken = [...breaks.values()].some((found) => found.length > 0)
  const lags = isBroken ? learn(breaks) : first
  return new Map(
    observation.accounts.map(({ account }, i) => [account, { lag: lags[i]!, breaks: breaks.get(account) ?? [] }]),
  )
}

/** The platforms' own forecasts, by budget. */
function forecastsOf({ accounts }: Observation): (one: Series) => BudgetForecast | undefined {
  const all = new Map(
    accounts.map(({ account, forecasts = [] }) => [account, new Map(forecasts.map((one) => [one.budget, one]))]),
  )
  return ({ account, budget }) => all.get(account.account)?.get(budget.id)
}

function shapeTold(
  forecast: BudgetForecast | undefined,
  days: readonly CurvePoint[],
): { readonly shapeEvidence?: readonly number[] } {
  const shapeEvidence = forecast && forecastEvidence(forecast, referenceSpend(days))
  return shapeEvidence ? { shapeEvidence } : {}
}

/** Demand by day of week, of the portfolio and of each account, which is pulled towards it. */
function weekdaysOf(series: readonly Series[]): {
  readonly all: readonly number[]
  readonly of: (account: AccountObservation) => readonly number[]
} {
  const factorsOf = (some: readonly Series[], centre?: readonly number[]): readonly number[] =>
    dayOfWeekFactors(
      some.map(({ usable }) => usable),
      centre,
    )
  const all = factorsOf(series)
  const byAccount = Map.groupBy(series, ({ account }) => account)
  const own = new Map([...byAccount].map(([account, some]) => [account, factorsOf(some, all)]))
  return { all, of: (account) => own.get(account) ?? all }
}

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

function estimateBudget(
  observation: Observation,
  { account, budget, days, usable, lag, rate }: Series,
  { curve, noise }: CurveFit,
  pool: Pool,
  valueVariance: ValueVariance,
  originalShare: number,
  scale: OrderScale,
  delivery: Delivery,
): BudgetEstimate {
  const recent = days.filter(({ ageDays }) => ageDays <= RECENT_DAYS)
  const spent = recent.reduce((a, d) => a + d.spend, 0)
  const { policy } = observation.policy
  const incrementality = incrementalityOf(policy, scale, account, budget)
  const member = budgetMembership(policy, account.structure, budget, account.today)
  return {
    account: account.account,
    budget: budget.id,
    curve,
    noise,
    incrementality,
    hasLift: hasLift(incrementality),
    deliveryRatio: deliveryRatio(recent, budget, account),
    delivery: delivery.of({
      account: account.account,
      platform: account.structure.account.platform,
      budget: budget.id,
    }),
    maturity: maturityOf(recent, lag),
    conversionsSeen: usable.reduce((a, d) => a + d.conversions, 0),
    // The policy's prediction is in the base currency.
    ...(member?.valuePerConversion === undefined
      ? { valuePerConversion: worthOf(usable, lag, pool), valueVariance }
      : { valuePerConversion: member.valuePerConversion / rate }),
    recentSpendPerDay: recent.length > 0 ? spent / recent.length : 0,
    deliverablePerDay: recent.slice(-DELIVERABLE_DAYS).reduce((most, { spend }) => Math.max(most, spend), 0),
    bestRecentDay: recent.reduce((most, { spend }) => Math.max(most, spend), 0),
    originalShare,
  }
}

/**
 * Value per conversion, both as they will be in the end (returns take back value as well), pulled towards the account's.
 */
function worthOf(days: Series['usable'], { count, value }: LagEstimate, pool: Pool): number {
  let [worth, conversions] = [0, 0]
  for (const day of days) {
    worth += day.value / visibleShare(value, day.seenAge ?? day.ageDays)
    conversions += day.conversions / visibleShare(count, day.seenAge ?? day.ageDays)
  }
  return (worth + POOL_CONVERSIONS * pool.valuePerConversion) / (conversions + POOL_CONVERSIONS)
}

/** Share of the recent days' eventual conversions that is visible by now, by spend; where returns are to come, at most 1. */
function maturityOf(recent: readonly BudgetDay[], { count }: LagEstimate): number {
  const spend = recent.reduce((a, d) => a + d.spend, 0)
  if (spend === 0) return 0
  return recent.reduce((a, d) => a + d.spend * Math.min(1, visibleShare(count, d.seenAge ?? d.ageDays)), 0) / spend
}
