import { type Hill, hillShare } from './hill.ts'

/** One day that a curve is fitted to. */
export interface Observation {
  readonly spend: number
  readonly conversions: number
  /** How many normal days' worth of demand it was; multiplies the curve. */
  readonly demand: number
  /** How many days it counts for, in (0, 1]. */
  readonly weight: number
}

/** What is believed of a curve before its data; halfway and rate relative to the campaign's usual spend. */
export interface Prior {
  readonly logShape: number
  readonly logShapeSd: number
  readonly logHalfway: number
  readonly logHalfwaySd: number
  /** Conversions per day at the usual spend, and the number of conversions that this is worth. */
  readonly rate: number
  readonly strength: number
}

/** Where the search starts: concave and S-shaped, close to and far from saturation. */
const LOG_SHAPES = [-0.4, -0.1, 0.25, 0.6]
const LOG_HALFWAYS = [-1.2, -0.4, 0.4, 1.2, 2.2]
const POLISHED_STARTS = 2
/** Last step of the pattern search, in log units: finer than any data can tell. */
const LAST_STEP = 0.01
const FIRST_STEP = 0.3
/** Log shape and log halfway are kept in here: beyond, curves are lines and steps. */
const BOUNDS = { shape: [-1.2, 1.4], halfway: [-3, 4] } as const

interface Point {
  readonly logShape: number
  readonly logHalfway: number
  readonly loss: number
}

/** Spend that curves are scaled by: the weighted mean of the days that spent. */
export function usualSpend(observations: readonly Observation[]): number {
  let spend = 0
  let weight = 0
  for (const day of observations) {
    if (day.spend <= 0) continue
    spend += day.weight * day.spend
    weight += day.weight
  }
  return weight > 0 ? spend / weight : 0
}

/** Data of one fit in plain arrays: the innermost loops of the benchmark's slowest baselines. */
class Problem {
  readonly #z: Float64Array
  readonly #y: Float64Array
  readonly #exposure: Float64Array
  readonly #prior: Prior
  #conversions = 0

  /** @param dispersion variance of a day's count over its mean, ≥ 1 */
  constructor(observations: readonly Observation[], usual: number, dispersion: number, prior: Prior) {
    const days = observations.filter((day) => day.spend > 0 && day.weight > 0)
    this.#z = Float64Array.from(days, (day) => Math.log(day.spend / usual))
    this.#y = Float64Array.from(days, (day) => (day.weight * day.conversions) / dispersion)
    this.#exposure = Float64Array.from(days, (day) => (day.weight * day.demand) / dispersion)
    this.#prior = prior
    for (const y of this.#y) this.#conversions += y
  }

  /** Level that fits best at a shape, as a multiple of the curve with g(1) = 1; the prior counts as conversions at the usual spend. */
  level(logShape: number, logHalfway: number): number {
    const shape = Math.exp(logShape)
    const k = Math.exp(shape * logHalfway)
    let expected = 0
    for (let d = 0; d < this.#z.length; d += 1)
      expected += (this.#exposure[d]! * (1 + k)) / (1 + k * Math.exp(-shape * this.#z[d]!))
    return (this.#conversions + this.#prior.strength) / (expected + this.#prior.strength / this.#prior.rate)
  }

  /** Negative log posterior with the level at its best, up to a constant. */
  loss(logShape: number, logHalfway: number): number {
    const shape = Math.exp(logShape)
    const k = Math.exp(shape * logHalfway)
    let expected = 0
    let fitted = 0
    for (let d = 0; d < this.#z.length; d += 1) {
      const g = (1 + k) / (1 + k * Math.exp(-shape * this.#z[d]!))
      expected += this.#exposure[d]! * g
      if (this.#y[d]! > 0) fitted += this.#y[d]! * Math.log(g)
    }
    const prior = this.#prior
    const total = this.#conversions + prior.strength
    const level = total / (expected + prior.strength / prior.rate)
    const a = (logShape - prior.logShape) / prior.logShapeSd
    const b = (logHalfway - prior.logHalfway) / prior.logHalfwaySd
    return (a * a + b * b) / 2 - fitted - total * Math.log(level)
  }
}

const clip = (x: number, [low, high]: readonly [number, number]): number => Math.max(low, Math.min(high, x))

function pointAt(problem: Problem, shape: number, halfway: number): Point {
  const logShape = clip(shape, BOUNDS.shape)
  const logHalfway = clip(halfway, BOUNDS.halfway)
  return { logShape, logHalfway, loss: problem.loss(logShape, logHalfway) }
}

const DIRECTIONS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
  [1, 1],
  [-1, -1],
  [1, -1],
  [-1, 1],
] as const

/** Pattern search: takes any step that improves, halves the step when none does. */
function polished(problem: Problem, start: Point): Point {
  let best = start
  for (let step = FIRST_STEP; step > LAST_STEP; ) {
    const next = DIRECTIONS.map(([a, b]) => pointAt(problem, best.logShape + a * step, best.logHalfway + b * step))
    const found = next.reduce((one, other) => (other.loss < one.loss ? other : one))
    if (found.loss < best.loss - 1e-9) best = found
    else step /= 2
  }
  return best
}

/**
 * Hill curve of greatest posterior density: Poisson counts with a common dispersion, log-normal priors on shape and
 * halfway point, a gamma prior on the level. Starts from the best points of a grid of concave and S-shaped curves.
 *
 * @returns a curve in main units and conversions per normal day
 */
export function fitHill(observations: readonly Observation[], usual: number, dispersion: number, prior: Prior): Hill {
  const problem = new Problem(observations, usual, dispersion, prior)
  const starts = LOG_SHAPES.flatMap((shape) => LOG_HALFWAYS.map((halfway) => pointAt(problem, shape, halfway)))
  const best = starts
    .toSorted((a, b) => a.loss - b.loss)
    .slice(0, POLISHED_STARTS)
    .map((start) => polished(problem, start))
    .reduce((one, other) => (other.loss < one.loss ? other : one))
  const shape = Math.exp(best.logShape)
  const halfway = usual * Math.exp(best.logHalfway)
  const level = problem.level(best.logShape, best.logHalfway)
  return { ceiling: level / hillShare(usual, halfway, shape), halfway, shape }
}
