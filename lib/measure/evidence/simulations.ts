import type { BudgetForecast, ForecastPoint } from '../../model/evidence.ts'
import { relativeResponse, SHAPES } from '../response-shape.ts'

/**
 * How far a platform's forecast of other budgets is taken to be from the truth. Its elasticity is off as a whole: too high
 * on the whole, because a platform sells budgets, and by as much again as says little between one campaign and the next.
 * All points of a forecast share that error, so that many of them are worth no more than a few. Each point is off a little
 * by itself. An assumption: no platform publishes how its forecasts fared.
 */
export const ELASTICITY_BIAS = 0.08
export const ELASTICITY_SD = 0.2
export const POINT_SD = 0.05
/** Chance that a forecast is worth nothing: it bounds what a wrong one can do, however sure of itself it is. */
export const WORTHLESS = 0.25
/** Spends closer together than this ratio are one: a budget that does not bind brings the same spend again. */
const LEAST_RATIO = 1.05
/** From least to most spend, least ratio that says anything of a shape. */
const LEAST_SPAN = 1.2

/**
 * What a forecast says of the shape of a budget's response: a log likelihood for each of `SHAPES`, in their order. Only
 * how conversions grow with spend is looked at, never how many there are: levels are learned from what happened.
 *
 * Log conversions over those at the point next to `reference`, against what each shape says, with errors ε of the points
 * and one error β of the elasticity: `y − m = β x + ε`, `x` the log ratio of spend, so that the covariance is
 * `σ² I + τ² x xᵀ`. Mixed with the chance that the forecast is worth nothing, no shape falls by more than that chance's
 * logarithm under the average, and none rises by more than the logarithm of its own prior over it.
 *
 * @param reference main units per day at which the shapes are relative, > 0
 * @returns undefined where the forecast says nothing: fewer than two spends that differ by a fifth, or no conversions
 */
export function forecastEvidence({ points }: BudgetForecast, reference: number): readonly number[] | undefined {
  const usable = distinct(points)
  const base = nearest(usable, reference)
  if (!base || !(reference > 0) || usable.at(-1)!.spend < LEAST_SPAN * usable[0]!.spend) return undefined
  const others = usable.filter((one) => one !== base)
  const x = others.map(({ spend }) => Math.log(spend / base.spend))
  const y = others.map(({ conversions }) => Math.log(conversions / base.conversions))
  const logs = SHAPES.map((shape) => {
    const at = (spend: number): number => Math.log(relativeResponse(spend / reference, shape))
    const from = at(base.spend)
    return logDensity(
      x,
      others.map(({ spend }, i) => y[i]! - (at(spend) - from) - ELASTICITY_BIAS * x[i]!),
    )
  })
  return tempered(logs)
}

/** Points with spend and conversions, by rising spend; of those that hardly differ in spend the mean. */
function distinct(points: readonly ForecastPoint[]): readonly ForecastPoint[] {
  const sound = points
    .filter(({ spend, conversions }) => isSound(spend) && isSound(conversions))
    .toSorted((a, b) => a.spend - b.spend)
  const groups: ForecastPoint[][] = []
  for (const point of sound) {
    const group = groups.at(-1)
    if (group && point.spend < LEAST_RATIO * group[0]!.spend) group.push(point)
    else groups.push([point])
  }
  return groups.map(meanOf)
}

const isSound = (amount: number): boolean => Number.isFinite(amount) && amount > 0

function meanOf(group: readonly ForecastPoint[]): ForecastPoint {
  const mean = (of: (point: ForecastPoint) => number): number =>
    group.reduce((sum, point) => sum + of(point), 0) / group.length
  return {
    dailyBudget: mean(({ dailyBudget }) => dailyBudget),
    spend: mean(({ spend }) => spend),
    conversions: mean(({ conversions }) => conversions),
  }
}

const nearest = (points: readonly ForecastPoint[], spend: number): ForecastPoint | undefined =>
  points.reduce<ForecastPoint | undefined>((best, one) => {
    const off = (point: ForecastPoint): number => Math.abs(Math.log(point.spend / spend))
    return best === undefined || off(one) < off(best) ? one : best
  }, undefined)

/** Normal with covariance σ² I + τ² x xᵀ, without what all shapes share (Sherman–Morrison). */
function logDensity(x: readonly number[], misses: readonly number[]): number {
  let [squares, along, length] = [0, 0, 0]
  for (const [i, miss] of misses.entries()) {
    squares += miss * miss
    along += miss * x[i]!
    length += x[i]! * x[i]!
  }
  const shared = ELASTICITY_SD ** 2 / (POINT_SD ** 2 + ELASTICITY_SD ** 2 * length)
  return -(squares - shared * along * along) / (2 * POINT_SD ** 2)
}

/** Mixed with "worth nothing", which is equally likely under all shapes. */
function tempered(logs: readonly number[]): readonly number[] {
  const most = Math.max(...logs)
  const likelihoods = logs.map((log) => Math.exp(log - most))
  const average = likelihoods.reduce((sum, likelihood, k) => sum + likelihood * SHAPES[k]!.prior, 0)
  return likelihoods.map((likelihood) => Math.log(WORTHLESS + ((1 - WORTHLESS) * likelihood) / average))
}
