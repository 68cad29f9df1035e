import type { View } from '../controller.ts'
import { observations, platformRates } from './curves.ts'
import { gammaDraw } from './draws.ts'
import { firstBudgets } from './first-budgets.ts'
import { type Observation, usualSpend } from './fit.ts'
import { baseline, LEARNING_STEP } from './guarded.ts'
import { chosenBudgets, isChosen, type Ladder, reachable } from './levels.ts'
import { weekdayFactors } from './weekdays.ts'
import { worths } from './worth.ts'

/** Arms of each campaign, as multiples of the budget it came with. */
const MULTIPLES = [0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4]
const PAST = { window: 60, halfLife: 21 } as const
const DISPERSION = 1.5
/** What an arm is believed to bring before it was pulled: this elasticity around the campaign's mean, for so many days. */
const ELASTICITY = 0.6
const PRIOR_DAYS = 1
/** Width of the upper bound in standard deviations. */
const WIDTH = 1

/** What is known of one arm: conversions per normal day follow Gamma(seen, days), in units of the dispersion. */
export interface Arm {
  readonly budget: number
  readonly seen: number
  readonly days: number
}

/** Arm whose budget is nearest to a spend, in logs. */
const nearest = (budgets: readonly number[], spend: number): number =>
  budgets.reduce(
    (best, budget, k) => (Math.abs(Math.log(budget / spend)) < Math.abs(Math.log(budgets[best]! / spend)) ? k : best),
    0,
  )

/** Every day's conversions on the arm that its spend was nearest to. @param mean conversions of a normal day at spend `usual` */
export function armsOf(
  budgets: readonly number[],
  days: readonly Observation[],
  usual: number,
  mean: number,
): readonly Arm[] {
  const arms = budgets.map((budget) => ({
    budget,
    seen: (PRIOR_DAYS * mean * (budget / usual) ** ELASTICITY) / DISPERSION,
    days: PRIOR_DAYS / DISPERSION,
  }))
  for (const { spend, conversions, demand, weight } of days) {
    if (!(spend > 0)) continue
    const arm = arms[nearest(budgets, spend)]!
    arm.seen += (weight * conversions) / DISPERSION
    arm.days += (weight * demand) / DISPERSION
  }
  return arms
}

/** Value of an arm to an index policy: a draw or an upper bound of its conversions per day. */
type Index = (arm: Arm, view: View) => number

export const thompson: Index = ({ seen, days }, { random }) => gammaDraw(seen, random) / days
export const upperBound: Index = ({ seen, days }) => (seen + WIDTH * Math.sqrt(seen)) / days

function ladderOf(view: View, i: number, first: number, days: readonly Observation[], rate: number, index: Index) {
  const usual = usualSpend(days)
  if (!isChosen(view, i) || !(usual > 0 && rate > 0 && first > 0)) return undefined
  const budgets = reachable(
    view,
    i,
    MULTIPLES.map((multiple) => multiple * first),
  )
  const effort = days.reduce((sum, day) => sum + day.weight * day.demand, 0)
  const conversions = days.reduce((sum, day) => sum + day.weight * day.conversions, 0)
  const mean = (conversions + rate * usual) / (effort + 1)
  return { budgets, values: armsOf(budgets, days, usual, mean).map((arm) => index(arm, view)) }
}

function discrete(index: Index) {
  const first = firstBudgets()
  return (view: View): readonly number[] => {
    const rates = platformRates(view, PAST.window)
    const weekdays = weekdayFactors(view)
    const worth = worths(view)
    const start = first(view)
    const ladders = view.campaigns.map(({ platform }, i): Ladder | undefined => {
      const days = observations(view, i, PAST, weekdays.get(platform) ?? [])
      const ladder = ladderOf(view, i, start[i]!, days, rates.get(platform) ?? 0, index)
      return ladder && { ...ladder, values: ladder.values.map((value) => value * worth[i]!) }
    })
    return chosenBudgets(view, ladders)
  }
}

export const discreteThompson = baseline(
  'discrete-thompson',
  'Knows sixty days: eight budget levels per campaign as arms with gamma beliefs, one draw of each, and the best levels by knapsack.',
  () => discrete(thompson),
  LEARNING_STEP,
)

export const discreteUcb = baseline(
  'discrete-ucb',
  'Knows sixty days: eight budget levels per campaign as arms, an upper bound of each, and the best levels by knapsack.',
  () => discrete(upperBound),
  LEARNING_STEP,
)
