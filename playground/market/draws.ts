import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator'

/**
 * What a stream of draws is for. Each purpose has a stream of its own, so that drawing more for one leaves all others
 * as they were.
 */
export const PURPOSE = {
  generate: 1,
  drift: 2,
  delivery: 3,
  frailty: 4,
  traffic: 5,
  count: 6,
  conversion: 7,
  clicks: 8,
  organicCount: 9,
  organicOrder: 10,
  claimer: 11,
  simulation: 12,
  targetSimulation: 13,
  clickWorth: 14,
} as const

export type Purpose = (typeof PURPOSE)[keyof typeof PURPOSE]

/** A 32-bit key of a text (FNV-1a): the same text has the same key in every run. */
export function textKey(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash | 0
}

/** One round of mixing in which every input bit moves about half of the output bits (MurmurHash3's finaliser). */
function mix(word: number): number {
  let h = word
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}

/**
 * A fresh stream for one seed, entity, purpose and time. Because the key names all four, what one campaign draws for an
 * hour cannot depend on how much another campaign spends: two runs that differ in budgets only are comparable.
 */
export function stream(seed: number, entity: number, purpose: Purpose, time: number): RandomGenerator {
  const a = mix(Math.imul(seed, 0x9e3779b1) ^ entity)
  const b = mix(a ^ Math.imul(purpose, 0x85ebca77))
  const c = mix(b ^ Math.imul(time, 0xc2b2ae3d))
  return xoroshiro128plusFromState([c, mix(c ^ a ^ 0x27d4eb2f), mix(c + 0x165667b1), mix(c ^ b ^ 0x2545f491) | 1])
}

const TWO_POW_MINUS_32 = 2 ** -32
/** Uniform in (0, 1), never an end point, with 32 bits. */
export const uniform = (of: RandomGenerator): number => ((of.next() >>> 0) + 0.5) * TWO_POW_MINUS_32

/** Standard normal draw; takes exactly one number from the stream. */
export const normal = (of: RandomGenerator): number => normalQuantile(uniform(of))

/** Lognormal draw with the given mean and standard deviation of the logarithm; takes one number. */
export const lognormalWithMean = (of: RandomGenerator, mean: number, logSd: number): number =>
  mean * Math.exp(logSd * normal(of) - (logSd * logSd) / 2)

const ratio = (x: number, top: readonly number[], bottom: readonly number[]): number =>
  top.reduce((sum, c) => sum * x + c, 0) / bottom.reduce((sum, c) => sum * x + c, 0)

const TAIL_TOP = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
]
const TAIL_BOTTOM = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1]
const MIDDLE_TOP = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
]
const MIDDLE_BOTTOM = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1, 1,
]
const TAIL = 0.02425

/**
 * Quantile of the standard normal distribution, relative error below 1.2e-9 (P. J. Acklam's rational approximation).
 *
 * @param p in (0, 1)
 */
export function normalQuantile(p: number): number {
  if (p < TAIL) return ratio(Math.sqrt(-2 * Math.log(p)), TAIL_TOP, TAIL_BOTTOM)
  if (p > 1 - TAIL) return -ratio(Math.sqrt(-2 * Math.log(1 - p)), TAIL_TOP, TAIL_BOTTOM)
  const q = p - 0.5
  return q * ratio(q * q, MIDDLE_TOP, MIDDLE_BOTTOM)
}

const LARGE_MEAN = 60

/**
 * Quantile of the Poisson distribution: exact by summation below a mean of 60, Cornish-Fisher to the first order above.
 * Never falls when `mean` rises at the same `p`, which is what couples two runs with different budgets.
 *
 * @param mean ≥ 0
 * @param p in (0, 1)
 */
export function poissonQuantile(mean: number, p: number): number {
  if (mean <= 0) return 0
  if (mean > LARGE_MEAN) {
    const z = normalQuantile(p)
    return Math.max(0, Math.floor(mean + Math.sqrt(mean) * z + (z * z - 1) / 6 + 0.5))
  }
  let count = 0
  let term = Math.exp(-mean)
  let below = term
  while (below < p && count < 400) {
    count++
    term *= mean / count
    below += term
  }
  return count
}

/**
 * Gamma draw with mean 1 and variance `variance` (Marsaglia and Tsang 2000); 1 when the variance is 0. A Poisson count
 * whose mean is multiplied by it is negative binomial with variance `m + variance · m²`.
 *
 * @param variance ≥ 0
 */
export function gammaWithMeanOne(of: RandomGenerator, variance: number): number {
  if (variance <= 0) return 1
  const shape = 1 / variance
  // Below shape 1 the method needs the next shape up and a correction by a power of a uniform number.
  const boost = shape < 1 ? uniform(of) ** (1 / shape) : 1
  const d = (shape < 1 ? shape + 1 : shape) - 1 / 3
  const c = 1 / Math.sqrt(9 * d)
  for (;;) {
    const z = normal(of)
    const v = (1 + c * z) ** 3
    if (v > 0 && Math.log(uniform(of)) < (z * z) / 2 + d - d * v + d * Math.log(v)) return (d * v * boost) / shape
  }
}
