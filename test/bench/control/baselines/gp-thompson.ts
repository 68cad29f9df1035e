import type { View } from '../controller.ts'
import { normal } from '../random.ts'
import { observations, platformRates } from './curves.ts'
import { type Observation, usualSpend } from './fit.ts'
import { drawn, type Measurement, type Process, posterior } from './gaussian-process.ts'
import { baseline, LEARNING_STEP } from './guarded.ts'
import { chosenBudgets, isChosen, type Ladder, reachable } from './levels.ts'
import { weekdayFactors } from './weekdays.ts'
import { worths } from './worth.ts'

/** Elasticity of the mean function: what more spend is thought to bring before data says otherwise. */
const ELASTICITY = 0.6
/** Spread of the relative deviation from the mean function, and the distance in log spend over which it keeps. */
const DEVIATION = 0.35
const REACH = 0.7
/** Measurements closer than this in log spend are one. */
const BIN = 0.06
/** Levels, as multiples of recent spend. */
const MULTIPLES = [0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.12, 1.25, 1.4, 1.6, 1.8, 2]
const PAST = { window: 60, halfLife: 21, dispersion: 1.5, strength: 5 } as const

/** Relative deviations are stationary in log spend; the function is zero at zero spend, and its spread grows with it. */
export const RESPONSE: Process = {
  mean: (x) => x ** ELASTICITY,
  covariance: (x, other) => {
    const apart = Math.log(x / other) / REACH
    return DEVIATION ** 2 * (x * other) ** ELASTICITY * Math.exp((-apart * apart) / 2)
  },
}

/** Days of like spend as one measurement each, in multiples of usual spend and of the usual day's conversions. */
export function measurements(days: readonly Observation[], usual: number, level: number): readonly Measurement[] {
  const bins = new Map<number, { weight: number; spend: number; conversions: number }>()
  for (const { spend, conversions, demand, weight } of days) {
    if (!(spend > 0)) continue
    const key = Math.round(Math.log(spend / usual) / BIN)
    const bin = bins.get(key) ?? { weight: 0, spend: 0, conversions: 0 }
    bin.weight += weight * demand
    bin.spend += weight * demand * spend
    bin.conversions += weight * conversions
    bins.set(key, bin)
  }
  return [...bins.values()].map(({ weight, spend, conversions }) => {
    const x = spend / weight / usual
    return { x, y: conversions / weight / level, noise: (PAST.dispersion * x ** ELASTICITY) / (level * weight) }
  })
}

/** Conversions of a usual day: the campaign's own, shrunk to its platform's rate. */
function levelOf(days: readonly Observation[], usual: number, rate: number): number {
  let seen = PAST.strength
  let expected = PAST.strength / (rate * usual)
  for (const { spend, conversions, demand, weight } of days) {
    seen += weight * conversions
    expected += weight * demand * (spend / usual) ** ELASTICITY
  }
  return seen / expected
}

function ladderOf(
  view: View,
  i: number,
  days: readonly Observation[],
  rate: number,
  worth: number,
): Ladder | undefined {
  const usual = usualSpend(days)
  if (!isChosen(view, i) || !(usual > 0 && rate > 0)) return undefined
  const level = levelOf(days, usual, rate)
  const recent = usualSpend(days.slice(-7)) || usual
  const budgets = reachable(
    view,
    i,
    MULTIPLES.map((multiple) => multiple * recent),
  )
  const beliefs = posterior(
    RESPONSE,
    measurements(days, usual, level),
    budgets.map((budget) => budget / usual),
  )
  const sample = drawn(beliefs, () => normal(view.random))
  return { budgets, values: rising(sample).map((value) => value * level * worth) }
}

/** More money never brings less: each level is worth at least what the one below it is. A draw that is no number says nothing. */
export function rising(values: ArrayLike<number>): readonly number[] {
  let most = 0
  return Array.from(values, (value) => {
    if (value > most) most = value
    return most
  })
}

function sampled(view: View): readonly number[] {
  const rates = platformRates(view, PAST.window)
  const weekdays = weekdayFactors(view)
  const worth = worths(view)
  const ladders = view.campaigns.map(({ platform }, i) => {
    const days = observations(view, i, PAST, weekdays.get(platform) ?? [])
    return ladderOf(view, i, days, rates.get(platform) ?? 0, worth[i]!)
  })
  return chosenBudgets(view, ladders)
}

export const gpThompsonKnapsack = baseline(
  'gp-thompson-knapsack',
  'Knows sixty days: a Gaussian process of conversions over spend per campaign, one function drawn from each, and the best levels by knapsack.',
  () => sampled,
  LEARNING_STEP,
)
