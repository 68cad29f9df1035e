import { gammaQuantile } from './gamma-quantile.ts'

/** Half the width of an 80 % interval of a normal distribution, in standard deviations. */
export const Z80 = 1.2815515655446004

/**
 * 80 % interval of a quantity that cannot be negative: of the gamma law with this mean and standard deviation.
 *
 * @param mean ≥ 0
 * @param sd ≥ 0
 */
export const positiveInterval = (mean: number, sd: number): { readonly low: number; readonly high: number } => ({
  low: gammaQuantile(mean, sd, -Z80),
  high: gammaQuantile(mean, sd, Z80),
})
