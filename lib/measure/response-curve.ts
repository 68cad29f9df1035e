import type { ResponseCurve, ShapeWeight } from '../model/estimates.ts'
import { logGamma } from '../stats/log-gamma.ts'

/**
 * Elasticities at the reference spend that a curve may have, with their prior weights: how many per cent more come of
 * one per cent more spend. 1 is a straight line. Weights follow what measured advertising curves look like: most between
 * a quarter and four fifths.
 */
const ELASTICITIES = [0.12, 0.25, 0.4, 0.55, 0.7, 0.82, 0.92, 1] as const
const PRIOR_WEIGHTS = [0.04, 0.09, 0.17, 0.22, 0.2, 0.15, 0.09, 0.04] as const
/** Pseudo-conversions that pull a budget's level towards its platform's. */
const PRIOR_CONVERSIONS = 1.5
/** Recent days count more: half as much after this many. */
const HALF_LIFE_DAYS = 21

/** One complete day of a budget. */
export interface CurvePoint {
  /** Main currency units, ≥ 0. */
  readonly spend: number
  /** Claimed conversions visible so far, ≥ 0. */
  readonly conversions: number
  /** What multiplies the expectation apart from spend: day of week × share of conversions visible by now; > 0. */
  readonly exposure: number
  readonly ageDays: number
}

/**
 * Relative response at relative spend `z` (1 at z = 1): Michaelis–Menten `z (1+K) / (z+K)`, concave, zero at zero.
 *
 * @param halfway K; undefined is the straight line
 */
export const relativeResponse = (z: number, halfway: number | undefined): number =>
  halfway === undefined ? z : (z * (1 + halfway)) / (z + halfway)

const relativeSlope = (z: number, halfway: number | undefined): number =>
  halfway === undefined ? 1 : ((1 + halfway) * halfway) / (z + halfway) ** 2

/** K of the Michaelis–Menten curve whose elasticity at z = 1 is `e`: e = K / (1 + K). */
const halfwayOf = (e: number): number | undefined => (e === 1 ? undefined : e / (1 - e))

const recency = (ageDays: number): number => 2 ** (-ageDays / HALF_LIFE_DAYS)

/**
 * Learns a budget's response curve from its days: for each shape on the grid the level has a Gamma posterior (counts are
 * Poisson given the level, thinned by `overdispersion`), and the shapes are weighed by their marginal likelihood.
 *
 * Recomputed from the data each time, so that restatements, late pulls and replays leave no trace.
 *
 * @param priorRate conversions per main currency unit of the surrounding pool, > 0
 * @param overdispersion variance over mean of the daily counts, ≥ 1
 * @returns undefined without a day of spend
 */
export function fitResponseCurve(
  days: readonly CurvePoint[],
  priorRate: number,
  overdispersion: number,
): ResponseCurve | undefined {
  const spent = days.filter(({ spend }) => spend > 0)
  const weight = spent.reduce((a, { ageDays }) => a + recency(ageDays), 0)
  if (weight === 0) return undefined
  const referenceSpend = spent.reduce((a, { ageDays, spend }) => a + recency(ageDays) * spend, 0) / weight
  const priorLevel = priorRate * referenceSpend

  const fits = ELASTICITIES.map((e, i) =>
    fitShape(spent, referenceSpend, halfwayOf(e), priorLevel, overdispersion, PRIOR_WEIGHTS[i] ?? 0),
  )
  const best = Math.max(...fits.map(({ logWeight }) => logWeight))
  const total = fits.reduce((a, { logWeight }) => a + Math.exp(logWeight - best), 0)
  const shapes = fits.map(
    ({ logWeight, shape }): ShapeWeight => ({ ...shape, weight: Math.exp(logWeight - best) / total }),
  )
  return { referenceSpend, shapes }
}

function fitShape(
  days: readonly CurvePoint[],
  referenceSpend: number,
  halfway: number | undefined,
  priorLevel: number,
  overdispersion: number,
  priorWeight: number,
): { logWeight: number; shape: Omit<ShapeWeight, 'weight'> } {
  const priorShape = PRIOR_CONVERSIONS
  const priorRate = priorShape / priorLevel
  let counts = 0
  let exposures = 0
  let logResponses = 0
  for (const { spend, conversions, exposure, ageDays } of days) {
    const w = recency(ageDays) / overdispersion
    const response = relativeResponse(spend / referenceSpend, halfway)
    counts += w * conversions
    exposures += w * response * exposure
    logResponses += w * conversions * Math.log(response)
  }
  const gammaShape = priorShape + counts
  const gammaRate = priorRate + exposures
  const logWeight =
    Math.log(priorWeight) +
    logResponses +
    logGamma(gammaShape) -
    gammaShape * Math.log(gammaRate) +
    priorShape * Math.log(priorRate)
  return { logWeight, shape: { ...(halfway === undefined ? {} : { halfway }), gammaShape, gammaRate } }
}

/** Expected conversions per day at a steady daily spend, main currency units ≥ 0. Concave in `spend`. */
export const conversionsAt = (curve: ResponseCurve, spend: number): number =>
  curve.shapes.reduce(
    (sum, { weight, gammaShape, gammaRate, halfway }) =>
      sum + weight * (gammaShape / gammaRate) * relativeResponse(spend / curve.referenceSpend, halfway),
    0,
  )

/** Expected further conversions per further main unit of daily spend, at `spend`. */
export const marginalConversionsAt = (curve: ResponseCurve, spend: number): number =>
  curve.shapes.reduce(
    (sum, { weight, gammaShape, gammaRate, halfway }) =>
      sum +
      (weight * (gammaShape / gammaRate) * relativeSlope(spend / curve.referenceSpend, halfway)) / curve.referenceSpend,
    0,
  )

/**
 * Change in conversions per day when daily spend goes from one value to another: posterior mean and standard deviation,
 * with the uncertainty of both the level and the shape.
 */
export function conversionChange(curve: ResponseCurve, from: number, to: number): { mean: number; sd: number } {
  let mean = 0
  let square = 0
  for (const { weight, gammaShape, gammaRate, halfway } of curve.shapes) {
    const change =
      relativeResponse(to / curve.referenceSpend, halfway) - relativeResponse(from / curve.referenceSpend, halfway)
    const level = gammaShape / gammaRate
    mean += weight * level * change
    square += weight * change * change * (level * level + gammaShape / gammaRate ** 2)
  }
  return { mean, sd: Math.sqrt(Math.max(0, square - mean * mean)) }
}
