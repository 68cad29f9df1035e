import { accountKey, type CampaignId } from '../model/account.ts'
import { demandFactor, eventsOf, excludedDates } from '../model/events.ts'
import { memberOf } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import type { BudgetHolder } from '../model/structure.ts'
import { addDays, dayOfWeek } from '../units/calendar.ts'
import { rateNumber } from '../units/rates.ts'
import { type DataBreak, isUsable, scaleOf } from './breaks/data-break.ts'
import { accountRule, type BudgetDay, budgetDays } from './budget-days.ts'
import { type LagEstimate, visibleShare } from './lag/development.ts'
import type { CurvePoint } from './response-fit.ts'

/** One budget of the portfolio with what is known of its account's counting. */
export interface Series {
  readonly account: AccountObservation
  readonly budget: BudgetHolder
  readonly days: readonly BudgetDay[]
  /** Days that say something about performance: no break in the data, no event that is left out. */
  readonly usable: readonly UsableDay[]
  readonly lag: LagEstimate
  /** From the account's currency to the base currency. */
  readonly rate: number
}

export interface UsableDay extends BudgetDay {
  /** What multiplies its expectation apart from spend and day of week: share visible by now, events, rule of counting. */
  readonly exposure: number
}

const HISTORY_DAYS = 90

export function seriesOf(
  observation: Observation,
  account: AccountObservation,
  lag: LagEstimate,
  breaks: readonly DataBreak[],
): readonly Series[] {
  const days = budgetDays(account, accountRule(observation, account))
  const rate = observation.rates.find(({ from }) => from === account.structure.currency)
  const members = portfolioCampaigns(observation, account)
  return account.structure.budgets
    .filter(({ campaigns }) => campaigns.some((campaign) => members.has(campaign)))
    .map((budget) => {
      const own = days.get(budget.id) ?? []
      return {
        account,
        budget,
        days: own,
        usable: usableDays(observation, account, budget, own, lag, breaks),
        lag,
        rate: rate ? rateNumber(rate) : Number.NaN,
      }
    })
}

function usableDays(
  { policy: { policy } }: Observation,
  { structure, today }: AccountObservation,
  budget: BudgetHolder,
  days: readonly BudgetDay[],
  { count }: LagEstimate,
  breaks: readonly DataBreak[],
): readonly UsableDay[] {
  const events = eventsOf(policy, structure, budget, today)
  const excluded = excludedDates(events, addDays(today, -HISTORY_DAYS), today)
  return days.flatMap((day) => {
    if (excluded.has(day.date) || !isUsable(breaks, day.date)) return []
    // Days before a change of the counting rule would count `scale` times as much under today's rule.
    const demand = events.length > 0 ? demandFactor(events, day.date) : 1
    return [
      { ...day, exposure: (visibleShare(count, day.seenAge ?? day.ageDays) * demand) / scaleOf(breaks, day.date) },
    ]
  })
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

export const pointsOf = ({ usable }: Series, weekdays: readonly number[]): readonly CurvePoint[] =>
  usable.map(({ spend, conversions, exposure, ageDays, date }) => ({
    spend,
    conversions,
    exposure: exposure * (weekdays[dayOfWeek(date) - 1] ?? 1),
    ageDays,
  }))

/** Conversions that pull an account's rate towards the portfolio's. */
export const POOL_CONVERSIONS = 20

export interface Pool {
  /** Conversions per main unit of the account's currency. */
  readonly conversionsPerUnit: number
  /** Both as they will be in the end: returns may take back value and leave the conversion, or come later than it. */
  readonly valuePerConversion: number
}

/** What a budget's account brings per unit of spend, pulled towards what all accounts bring. */
export function poolRates(series: readonly Series[]): (one: Series) => Pool {
  const total = (some: readonly Series[]) => {
    const sums = { spend: 0, n: 0, value: 0, count: 0 }
    for (const { usable, rate, lag } of some)
      for (const day of usable) {
        sums.spend += day.spend * rate
        sums.n += day.conversions / day.exposure
        const age = day.seenAge ?? day.ageDays
        sums.value += (day.value * rate) / visibleShare(lag.value, age)
        sums.count += day.conversions / visibleShare(lag.count, age)
      }
    return sums
  }
  const all = total(series)
  const overall = all.spend > 0 ? Math.max(all.n, 0.5) / all.spend : 0
  const overallValue = all.count > 0 ? all.value / all.count : 0
  const byAccount = new Map<string, Pool>()
  for (const [{ structure }, own] of Map.groupBy(series, ({ account }) => account)) {
    const sums = total(own)
    const rate = own[0]?.rate ?? 1
    const perBaseUnit = overall > 0 ? (sums.n + POOL_CONVERSIONS) / (sums.spend + POOL_CONVERSIONS / overall) : 0
    const value = (sums.value + POOL_CONVERSIONS * overallValue) / (sums.count + POOL_CONVERSIONS)
    byAccount.set(accountKey(structure.account), {
      conversionsPerUnit: perBaseUnit * rate,
      valuePerConversion: value / rate,
    })
  }
  return ({ account }) => byAccount.get(account.account) ?? { conversionsPerUnit: 0, valuePerConversion: 0 }
}
