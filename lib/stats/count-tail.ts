import { incompleteBeta } from './incomplete-beta.ts'

/** A count is never believed to vary less than this many times its mean. */
const LEAST_DISPERSION = 1.000001

/** Parameters of the negative binomial law with that mean and variance: its size, and its success probability. */
function negativeBinomial(mean: number, variance: number): { size: number; success: number } {
  const size = mean ** 2 / (Math.max(variance, LEAST_DISPERSION * mean) - mean)
  return { size, success: size / (size + mean) }
}

/**
 * Probability that an overdispersed count is as low as `count` or lower: negative binomial of the given mean and
 * variance.
 *
 * @param count ≥ 0; fractional counts lie between their neighbours
 * @param mean > 0
 * @param variance a variance below the mean counts as the mean
 * @see DLMF 8.17.24 for the sum as an incomplete beta function
 */
export function atMost(count: number, mean: number, variance: number): number {
  const { size, success } = negativeBinomial(mean, variance)
  return incompleteBeta(success, size, count + 1)
}

/** Probability that it is as high as `count` or higher; the arguments as of `atMost`. */
export function atLeast(count: number, mean: number, variance: number): number {
  if (count <= 0) return 1
  const { size, success } = negativeBinomial(mean, variance)
  return incompleteBeta(1 - success, count, size)
}
