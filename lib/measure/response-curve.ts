import type { ResponseCurve } from '../model/estimates.ts'
import { relativeResponse, relativeSlope } from './response-shape.ts'

/** Expected conversions per day at a steady daily spend, main currency units ≥ 0. Rises with `spend`; 0 at 0. */
export const conversionsAt = (curve: ResponseCurve, spend: number): number =>
  curve.shapes.reduce(
    (sum, one) =>
      sum + one.weight * (one.gammaShape / one.gammaRate) * relativeResponse(spend / curve.referenceSpend, one),
    0,
  )

/** Expected further conversions per further main unit of daily spend, at `spend`. */
export const marginalConversionsAt = (curve: ResponseCurve, spend: number): number =>
  curve.shapes.reduce(
    (sum, one) =>
      sum +
      (one.weight * (one.gammaShape / one.gammaRate) * relativeSlope(spend / curve.referenceSpend, one)) /
        curve.referenceSpend,
    0,
  )

/**
 * Change in conversions per day when daily spend goes from one value to another: posterior mean and standard deviation,
 * with the uncertainty of both the level and the shape.
 */
export const conversionChange = (curve: ResponseCurve, from: number, to: number): { mean: number; sd: number } =>
  moments(
    curve,
    (one) => relativeResponse(to / curve.referenceSpend, one) - relativeResponse(from / curve.referenceSpend, one),
  )

/** Conversions per day at a steady daily spend: posterior mean and standard deviation of the expectation. */
export const conversionsWithDoubt = (curve: ResponseCurve, spend: number): { mean: number; sd: number } =>
  moments(curve, (one) => relativeResponse(spend / curve.referenceSpend, one))

function moments(
  { shapes }: ResponseCurve,
  times: (one: ResponseCurve['shapes'][number]) => number,
): { mean: number; sd: number } {
  let mean = 0
  let square = 0
  for (const one of shapes) {
    const factor = times(one)
    const level = one.gammaShape / one.gammaRate
    mean += one.weight * level * factor
    square += one.weight * factor * factor * (level * level + one.gammaShape / one.gammaRate ** 2)
  }
  return { mean, sd: Math.sqrt(Math.max(0, square - mean * mean)) }
}

/** Elasticity at a spend: per cent more conversions for one per cent more spend. Posterior mean and standard deviation. */
export function elasticityAt(curve: ResponseCurve, spend: number): { mean: number; sd: number } {
  const z = spend / curve.referenceSpend
  let mean = 0
  let square = 0
  for (const one of curve.shapes) {
    const response = relativeResponse(z, one)
    const elasticity = response > 0 ? (z * relativeSlope(z, one)) / response : 1
    mean += one.weight * elasticity
    square += one.weight * elasticity * elasticity
  }
  return { mean, sd: Math.sqrt(Math.max(0, square - mean * mean)) }
}
