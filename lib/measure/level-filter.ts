/**
 * Follows the level of one budget's response through its days: the logarithm of the level is a constant plus a deviation
 * that wanders and comes back (an Ornstein–Uhlenbeck process, seen day by day); counts are noisy and overdispersed around
 * it. An extended Kalman filter with two states; each day is predicted from the days before it, and how well is the
 * evidence for the shape under which it was predicted (Harvey 1989, "Forecasting, structural time series models and the
 * Kalman filter", ch. 3).
 */

/** The days of one budget in columns, oldest first. */
export interface Series {
  readonly pool: string
  /** Main currency units at which the curve is anchored. */
  readonly reference: number
  /** Conversions per day at the reference spend that its pool would bring. */
  readonly priorLevel: number
  readonly count: number
  /** Spend over reference. */
  readonly relative: Float64Array
  readonly conversions: Float64Array
  readonly exposure: Float64Array
  /** Days since the day before it in the series. */
  readonly gap: Float64Array
  /** Days from the last one to today. */
  readonly lastAge: number
}

/** How levels move and counts scatter; common to a portfolio. */
export interface Noise {
  /** Stationary variance of the deviation, in logarithms. */
  readonly driftVariance: number
  /** What is left of a deviation a day later, 0 to 1. */
  readonly keep: number
  /** Variance over mean of daily counts, ≥ 1. */
  readonly overdispersion: number
}

export interface Filtered {
  /** Logarithm of how well the days were predicted, up to a constant. */
  readonly evidence: number
  /** Logarithm of today's level: mean and variance. */
  readonly logLevel: number
  readonly variance: number
}

/** How far a budget's level may lie from its pool's, in logarithms. */
const LEVEL_VARIANCE = 1
/** No day counts as further off than five standard deviations, or moves a level by more than e^1.5. */
const FURTHEST_SQUARE = 25
const FURTHEST_SHIFT = 1.5
const NEWTON_STEPS = 3

/**
 * By how much a day's count shifts the logarithm of the level: the mode of its posterior (Laplace), by Newton's method.
 * Taken linearly instead, good days would count for more than bad ones, and levels would be believed too high.
 */
function mostLikelyShift(seen: number, expected: number, overdispersion: number, doubt: number): number {
  // The innermost step of all learning: what stays the same is worked out once, and the first step, from 0, without e^0.
  const pull = seen / overdispersion
  const tie = 1 / doubt
  const first = expected / overdispersion
  let shift = within((pull - first) / (first + tie))
  for (let i = 1; i < NEWTON_STEPS; i++) {
    const rate = (expected * Math.exp(shift)) / overdispersion
    const slope = pull - rate - shift / doubt
    shift = within(shift + slope / (rate + tie))
  }
  return shift
}

const within = (shift: number): number => Math.max(-FURTHEST_SHIFT, Math.min(FURTHEST_SHIFT, shift))

/**
 * @param logResponses logarithm of the relative response on each day, under the shape that is tried
 */
export function followLevel(series: Series, logResponses: Float64Array, noise: Noise): Filtered {
  const { driftVariance, keep, overdispersion } = noise
  const { count, gap: gaps, conversions, exposure } = series
  let mean = Math.log(series.priorLevel)
  let deviation = 0
  let meanVariance = LEVEL_VARIANCE
  let deviationVariance = driftVariance
  let covariance = 0
  let evidence = 0
  const freshVariance = driftVariance * (1 - keep * keep)
  for (let t = 0; t < count; t++) {
    const gap = gaps[t]!
    if (gap > 0) {
      const kept = gap === 1 ? keep : keep ** gap
      deviation *= kept
      covariance *= kept
      const fresh = gap === 1 ? freshVariance : driftVariance * (1 - kept * kept)
      deviationVariance = deviationVariance * kept * kept + fresh
    }
    const doubt = meanVariance + deviationVariance + 2 * covariance
    const expected = Math.exp(Math.min(50, mean + deviation + logResponses[t]!)) * exposure[t]!
    const seen = conversions[t]!
    const miss = seen - expected
    const variance = overdispersion * expected + expected * expected * doubt
    evidence -= 0.5 * (Math.log(variance) + Math.min(FURTHEST_SQUARE, (miss * miss) / variance))
    const shift = mostLikelyShift(seen, expected, overdispersion, doubt)
    const total = doubt + overdispersion / Math.max(expected * Math.exp(shift), 1e-6)
    const ofMean = meanVariance + covariance
    const ofDeviation = deviationVariance + covariance
    mean += (ofMean / doubt) * shift
    deviation += (ofDeviation / doubt) * shift
    meanVariance = Math.max(1e-9, meanVariance - (ofMean * ofMean) / total)
    deviationVariance = Math.max(0, deviationVariance - (ofDeviation * ofDeviation) / total)
    covariance -= (ofMean * ofDeviation) / total
  }
  const kept = keep ** series.lastAge
  const deviationNow = deviationVariance * kept * kept + driftVariance * (1 - kept * kept)
  return {
    evidence,
    logLevel: mean + deviation * kept,
    variance: Math.max(1e-6, meanVariance + deviationNow + 2 * covariance * kept),
  }
}

const DRIFT_SDS = [0.03, 0.08, 0.15, 0.25, 0.4, 0.7] as const
const HALF_LIVES = [8, 25, 80] as const
const OVERDISPERSIONS = [1.05, 1.2, 1.4, 1.65, 2, 2.5, 3.2, 4.5] as const
const FIRST_GUESS: Noise = { driftVariance: 0.15 ** 2, keep: 0.5 ** (1 / 25), overdispersion: 1.4 }

/** Budgets that the noise is learned from: the busiest, which tell the most of it. */
const BUDGETS_HEARD = 40

/**
 * The noise under which the budgets' days are predicted best: overdispersion, drift and overdispersion again, each from a
 * grid.
 *
 * @param responses per series: logarithms of the relative response under a shape that none is far from
 */
export function learnNoise(series: readonly Series[], responses: readonly Float64Array[]): Noise {
  const busy = series
    .map((one, i) => ({ one, response: responses[i]!, seen: one.conversions.reduce((a, b) => a + b, 0) }))
    .sort((a, b) => b.seen - a.seen)
    .slice(0, BUDGETS_HEARD)
  // The grids overlap: what was found best of one is tried again in the next.
  const known = new Map<string, number>()
  const score = (noise: Noise): number => {
    const name = `${noise.driftVariance} ${noise.keep} ${noise.overdispersion}`
    const found =
      known.get(name) ?? busy.reduce((sum, { one, response }) => sum + followLevel(one, response, noise).evidence, 0)
    known.set(name, found)
    return found
  }
  const drifts = DRIFT_SDS.flatMap((sd) =>
    HALF_LIVES.map((days) => ({ driftVariance: sd * sd, keep: 0.5 ** (1 / days) })),
  )
  const dispersed = (from: Noise): Noise =>
    bestOf(
      OVERDISPERSIONS.map((overdispersion) => ({ ...from, overdispersion })),
      score,
    )
  const first = dispersed(FIRST_GUESS)
  return dispersed(
    bestOf(
      drifts.map((drift) => ({ ...first, ...drift })),
      score,
    ),
  )
}

function bestOf(candidates: readonly Noise[], score: (noise: Noise) => number): Noise {
  let [best, most] = [candidates[0]!, Number.NEGATIVE_INFINITY]
  for (const one of candidates) {
    const found = score(one)
    if (found > most) [best, most] = [one, found]
  }
  return best
}
