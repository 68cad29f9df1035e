import { marginalConversionsAt } from '../../measure/response-curve.ts'
import type { AccountKey, PlatformId } from '../../model/account.ts'
import type { Estimates } from '../../model/estimates.ts'
import type { Observation } from '../../model/observation.ts'
import type { BindingGuardrail, ExpectedEffect } from '../../model/plan.ts'
import type { Goal } from '../../model/policy.ts'
import { daysBetween } from '../../units/calendar.ts'
import type { CurrencyCode } from '../../units/money.ts'
import type { CapabilitiesOf } from '../capabilities-of.ts'
import { worthOf } from '../worth.ts'
import { type ForecastBudget, forecastBudgets } from './budget.ts'
import { caveatsOf } from './caveats.ts'
import { claimedChange, type Interval80, incrementalOf, outcomeInterval, seenUpTo } from './doubt.ts'
import { conversionsWantingInAll } from './enough-data.ts'
import { type SteadySplit, steadySplit } from './steady-split.ts'

/** Spend of a portfolio, some of it or one budget, and the incremental outcome that it brings, both per day. */
export interface Outlook {
  /** Main units of the base currency. */
  readonly spend: number
  /** In the forecast's unit, with its 80 % interval; profit has its spend taken off. */
  readonly outcome: Interval80
}

export interface CampaignOutlook extends Outlook {
  readonly budget: ForecastBudget
  /** Objective per further main unit of spend here. */
  readonly marginalReturn: number
  /** Bounds of its own that it lies at. */
  readonly limits: readonly BindingGuardrail[]
  /** It spends more than was ever seen to work: its interval is wider for it. */
  readonly isBeyondSeen: boolean
}

/** The portfolio at one daily total. */
export interface ForecastPoint extends Outlook {
  readonly kind: 'point'
  readonly total: number
  readonly unspent: number
  readonly unspentBecause: readonly string[]
  /** Objective per further main unit of the total; 0 where more would bring nothing. */
  readonly marginalReturn: number
  readonly binding: readonly BindingGuardrail[]
  readonly campaigns: readonly CampaignOutlook[]
  /** Spends and means add up to the portfolio's; intervals do not. */
  readonly accounts: ReadonlyMap<AccountKey, Outlook>
  readonly platforms: ReadonlyMap<PlatformId, Outlook>
  /** Share of the spend that goes to campaigns beyond what was seen. */
  readonly beyondSeenShare: number
}

/** A daily total that the portfolio cannot be brought down to. */
export interface ImpossibleTotal {
  readonly kind: 'impossible'
  readonly total: number
  readonly least: number
  readonly detail: string
}

export interface Forecast {
  readonly kind: 'forecast'
  readonly goal: Goal
  readonly unit: ExpectedEffect['unit']
  readonly currency: CurrencyCode
  /** For the mean of so many days from today. */
  readonly days: number
  /** While nothing is moved. */
  readonly standing: ForecastPoint
  readonly points: readonly (ForecastPoint | ImpossibleTotal)[]
  /** What it does not reckon with, in words. */
  readonly caveats: readonly string[]
}

export interface NoForecast {
  readonly kind: 'none'
  readonly why: string
}

/** Looked ahead where no day of the flight is left. */
const DAYS_AHEAD = 28

/**
 * What daily totals would bring once budgets have followed them: for each the best split over all managed budgets under
 * every lasting limit of the policy, with the incremental outcome of an ordinary day and its 80 % interval.
 *
 * Steady states: how many daily steps it takes to get there is not asked, and neither what is in the way only today
 * (freezes, learning phases, holds, the mode). The intervals are of what is to be expected, not of one day's noise:
 * incrementality is common to all campaigns of a class (or of a lift test), level and shape are each campaign's own,
 * levels may drift until the middle of the days that are looked ahead.
 *
 * @param totals main units of the base currency per day, > 0, in any order
 * @throws Error when an exchange rate is missing; RangeError when a total is not positive
 */
export function forecast(
  observation: Observation,
  estimates: Estimates,
  capabilitiesOf: CapabilitiesOf,
  totals: readonly number[],
): Forecast | NoForecast {
  for (const total of totals)
    if (!(total > 0 && Number.isFinite(total))) throw new RangeError(`totals: ${total}; must be more than 0 and finite`)
  const budgets = forecastBudgets(observation, estimates, capabilitiesOf)
  const why = reasonForNone(budgets)
  if (why !== undefined) return { kind: 'none', why }
  const { goal, baseCurrency, flight } = observation.policy.policy
  const left = observation.today > flight.to ? 0 : daysBetween(larger(observation.today, flight.from), flight.to) + 1
  const days = left > 0 ? left : DAYS_AHEAD
  const pointAt = (total: number): ForecastPoint | ImpossibleTotal => {
    const split = steadySplit(observation, capabilitiesOf, budgets, total)
    if (split.kind === 'split') return pointOf(goal, days, budgets, total, split)
    return { kind: 'impossible', total, least: split.least, detail: split.detail }
  }
  return {
    kind: 'forecast',
    goal,
    unit: `${goal.kind}-per-day`,
    currency: baseCurrency,
    days,
    standing: pointOf(
      goal,
      days,
      budgets,
      sumOf(budgets, ({ standing }) => standing),
      asItStands(budgets),
    ),
    points: totals.map(pointAt),
    caveats: caveatsOf(observation, estimates),
  }
}

const larger = <T extends string>(a: T, b: T): T => (a > b ? a : b)
const sumOf = <T>(all: readonly T[], of: (one: T) => number): number => all.reduce((sum, one) => sum + of(one), 0)

function reasonForNone(budgets: readonly ForecastBudget[]): string | undefined {
  if (budgets.length === 0) return 'no campaign of the portfolio is running'
  const known = budgets.flatMap(({ question }) => question.estimate ?? [])
  const wanting = conversionsWantingInAll(known)
  if (wanting === 0) return undefined
  const seen = Math.floor(sumOf(known, ({ conversionsSeen }) => conversionsSeen))
  return `not enough data: its campaigns have brought ${seen} conversions together, and a forecast needs ${wanting} more`
}

const asItStands = (budgets: readonly ForecastBudget[]): SteadySplit => ({
  kind: 'split',
  spend: budgets.map(({ standing }) => standing),
  marginalReturn: 0,
  unspent: 0,
  unspentBecause: [],
  binding: [],
  ownLimits: [],
})

function pointOf(
  goal: Goal,
  days: number,
  budgets: readonly ForecastBudget[],
  total: number,
  split: SteadySplit,
): ForecastPoint {
  const campaigns = budgets.map((budget, i) => campaignOf(goal, days, budget, split.spend[i] ?? 0, split.ownLimits[i]))
  const together = outlookOf(goal, days, campaigns)
  const by = <K>(key: (one: CampaignOutlook) => K): ReadonlyMap<K, Outlook> =>
    new Map([...Map.groupBy(campaigns, key)].map(([name, own]) => [name, outlookOf(goal, days, own)]))
  const beyond = sumOf(campaigns, ({ isBeyondSeen, spend }) => (isBeyondSeen ? spend : 0))
  return {
    kind: 'point',
    total,
    ...together,
    unspent: split.unspent,
    unspentBecause: split.unspentBecause,
    marginalReturn: split.marginalReturn,
    binding: split.binding,
    campaigns,
    accounts: by(({ budget }) => budget.account),
    platforms: by(({ budget }) => budget.platform),
    beyondSeenShare: together.spend > 0 ? beyond / together.spend : 0,
  }
}

function campaignOf(
  goal: Goal,
  days: number,
  budget: ForecastBudget,
  spend: number,
  limits: readonly BindingGuardrail[] = [],
): CampaignOutlook {
  const { estimate } = budget.question
  const cost = goal.kind === 'profit' ? spend : 0
  const claimed = claimedChange(budget, 0, spend, days)
  const canSpendMore = estimate !== undefined && spend < budget.ceiling * (1 - 1e-9)
  return {
    budget,
    spend,
    outcome: outcomeInterval(incrementalOf([{ budget, claimed }]), cost),
    marginalReturn: canSpendMore
      ? (worthOf(goal, estimate, budget.baseUnits).objective *
          marginalConversionsAt(estimate.curve, spend / budget.baseUnits)) /
        budget.baseUnits
      : 0,
    limits,
    isBeyondSeen: estimate !== undefined && spend > seenUpTo(budget) * (1 + 1e-9),
  }
}

function outlookOf(
  goal: Goal,
  days: number,
  campaigns: readonly { readonly budget: ForecastBudget; readonly spend: number }[],
): Outlook {
  const spend = sumOf(campaigns, (one) => one.spend)
  const claims = campaigns.map(({ budget, spend: own }) => ({ budget, claimed: claimedChange(budget, 0, own, days) }))
  return { spend, outcome: outcomeInterval(incrementalOf(claims), goal.kind === 'profit' ? spend : 0) }
}
