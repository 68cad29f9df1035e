import { conversionChange, conversionsAt, conversionsWithDoubt } from '../measure/response-curve.ts'
import { accountKey } from '../model/account.ts'
import type { BudgetEstimate, Estimates } from '../model/estimates.ts'
import type { Observation } from '../model/observation.ts'
import type { Policy } from '../model/policy.ts'
import { larger, sum as sumOf } from '../units/money.ts'
import { convert } from '../units/rates.ts'
import { rateOf } from './base-rate.ts'
import type { CapabilitiesOf } from './capabilities-of.ts'
import { approached } from './flight-approach.ts'
import { hasCeiling, isMarginal, withoutCeilings } from './flight-ceilings.ts'
import { type ForecastBudget, forecastBudgets, isMovable, type MovableBudget } from './forecast/budget.ts'
import { longRunOf } from './forecast/long-run-bounds.ts'
import { steadySplit } from './forecast/steady-split.ts'
import { type SpendLimits, sizeOf, type WorthSpending } from './pacing/landing.ts'
import type { TargetPath } from './pacing/path.ts'
import { portfolioGroups } from './portfolio-groups.ts'
import { overDelivery, worstDay } from './proposed-caps.ts'
import { worthOf } from './worth.ts'

/** What bounds the rest of a flight beside the steps. */
export type FlightLimits = Pick<SpendLimits, 'atMost' | 'atLeast'> & { readonly worth?: WorthSpending }

export interface FlightTerms {
  readonly path: TargetPath
  /** What the budgets spend as they stand, base currency per day. */
  readonly standing: number
}

/** So many times what is asked of a day counts as more money than anybody will ask for. */
const PLENTY = 3
/** Nearer than this to what could be spent, a ceiling leaves everything. */
const NOTHING_LEFT = 1e-3

/**
 * What the rest of the flight can be made to spend, and what is worth spending of it: where the split of plenty of money
 * comes to lie under the lasting limits of the policy, with its ceilings and without, and how far budgets get towards it
 * day by day.
 */
export function flightLimits(
  observation: Observation,
  estimates: Estimates,
  capabilitiesOf: CapabilitiesOf,
  terms: FlightTerms,
): FlightLimits {
  const budgets = forecastBudgets(observation, estimates, capabilitiesOf)
  const plenty = PLENTY * Math.max(terms.standing, mostAsked(terms.path))
  if (!(plenty > 0) || budgets.length === 0) return {}
  const free = withCapsOf(observation, capabilitiesOf)
  const { policy } = free.policy
  const splitOf = (asked: Policy, of = budgets, fine = true): readonly number[] | undefined => {
    const found = steadySplit(under(free, asked), capabilitiesOf, of, plenty, fine)
    return found.kind === 'split' ? found.spend : undefined
  }
  // Only how much there is of it is asked.
  const room = splitOf(withoutCeilings(policy), budgets, false)
  // What cannot be brought down to plenty is bounded from below alone.
  const most = room && sum(room) < plenty * (1 - NOTHING_LEFT) ? sum(room) : undefined
  const bounds = { atLeast: leastOf(observation, budgets, plenty), ...(most === undefined ? {} : { atMost: most }) }
  const worthwhile = hasCeiling(policy) ? splitOf(policy) : undefined
  if (!worthwhile || sum(worthwhile) >= (most ?? plenty) * (1 - NOTHING_LEFT)) return bounds
  const days = terms.path.days.length
  const scaled = splitOf(policy, budgets.map(promising))
  const perDay = approached(free, budgets, worthwhile, plenty, days)
  return { ...bounds, worth: { perDay, ...doubtOf(policy, budgets, worthwhile, scaled ?? worthwhile, days) } }
}

const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0)

/** Of the days that remain, per ordinary day. */
const mostAsked = (path: TargetPath): number =>
  Math.max(
    0,
    ...path.days.map(({ target, reserved }, i) => {
      const size = sizeOf(path, i)
      return size > 0 ? (target - reserved) / size : 0
    }),
  )

const under = (observation: Observation, policy: Policy): Observation => ({
  ...observation,
  policy: { ...observation.policy, policy },
})

/** Caps leave no room to grow; what stands beyond them is no reason for the split to cut, and is not cut by it. */
function withCapsOf(observation: Observation, capabilitiesOf: CapabilitiesOf): Observation {
  const { policy } = observation.policy
  const exposures = observation.accounts.map((account) => ({
    account,
    worst: worstDay(account, overDelivery(observation, account, capabilitiesOf)),
  }))
  const factor = Math.max(1, ...observation.accounts.map((one) => overDelivery(observation, one, capabilitiesOf)))
  const inBase = sumOf(
    observation.accounts.map((account) => convert(worstDay(account, factor), rateOf({ observation, account }), 'up')),
    policy.baseCurrency,
  )
  const accounts = policy.accounts.map((one) => {
    const own = exposures.find(({ account }) => account.account === accountKey(one.account))
    return own && one.dayCap?.currency === own.worst.currency ? { ...one, dayCap: larger(one.dayCap, own.worst) } : one
  })
  return under(observation, {
    ...policy,
    accounts,
    ...(policy.dayCap ? { dayCap: larger(policy.dayCap, inBase) } : {}),
  })
}

/** The least that budgets, what is not moved and minimums of groups come to. */
function leastOf(observation: Observation, budgets: readonly ForecastBudget[], plenty: number): number {
  const levers = budgets.map((one) => {
    if (!isMovable(one)) return { question: one.question, least: one.standing, most: one.standing }
    const { least, most } = longRunOf(one, plenty)
    return { question: one.question, least, most }
  })
  // With next to nothing to spend, shares ask for nothing, and the total gives way to what is asked for.
  return portfolioGroups(observation, levers, Number.MIN_VALUE, []).terms[0]?.atMost ?? 0
}

/** By so much curves are lifted to see how what is worth spending moves with them. */
const LIFT = 0.1

const promising = (budget: ForecastBudget): ForecastBudget =>
  isMovable(budget)
    ? ({
        ...budget,
        question: { ...budget.question, estimate: lifted(budget.question.estimate) },
      } satisfies MovableBudget)
    : budget

const lifted = (estimate: BudgetEstimate): BudgetEstimate => ({
  ...estimate,
  curve: {
    ...estimate.curve,
    shapes: estimate.curve.shapes.map((one) => ({ ...one, gammaShape: one.gammaShape * (1 + LIFT) })),
  },
})

/**
 * Standard deviation of the logarithm of what is worth spending: by how much it follows what curves promise, times the
 * doubt of that, each curve's own: of the whole where a ceiling is on average, else of what the next tenth brings. And how
 * long it takes to have seen as many conversions as the belief rests on.
 */
function doubtOf(
  policy: Policy,
  budgets: readonly ForecastBudget[],
  spend: readonly number[],
  lifted: readonly number[],
  days: number,
): Pick<WorthSpending, 'doubt' | 'learnedOver'> {
  const followed = Math.max(0, Math.log(sum(lifted) / sum(spend)) / Math.log(1 + LIFT))
  let [all, variance, seen, perDay] = [0, 0, 0, 0]
  for (const [i, { question, baseUnits }] of budgets.entries()) {
    const { estimate } = question
    const own = (spend[i] ?? 0) / baseUnits
    if (!estimate || !(own > 0)) continue
    const { curve, noise } = estimate
    const { mean, sd } = isMarginal(policy) ? conversionChange(curve, own, 1.1 * own) : conversionsWithDoubt(curve, own)
    const drift = mean ** 2 * noise.driftVariance * (1 - noise.keep ** days)
    const { outcome } = worthOf(policy.goal, estimate, baseUnits)
    all += outcome * mean
    variance += outcome ** 2 * (sd ** 2 + drift)
    seen += outcome * curve.shapes.reduce((sum, { weight, gammaShape }) => sum + weight * gammaShape, 0)
    perDay += (outcome * conversionsAt(curve, own)) / noise.overdispersion
  }
  return {
    doubt: all > 0 ? (followed * Math.sqrt(variance)) / all : 0,
    learnedOver: perDay > 0 ? seen / perDay : days,
  }
}
