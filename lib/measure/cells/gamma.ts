/**
 * The distribution function of the standard normal, to 2e-7.
 *
 * Source: Abramowitz and Stegun 1964, formula 7.1.26.
 */
function normalBelow(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const tail = (series * Math.exp(-x * x)) / 2
  return z < 0 ? tail : 1 - tail
}

/**
 * Probability that a Gamma distributed quantity is below `x`: its cube root is nearly normal.
 *
 * Within 0.01 for shapes (mean² / sd²) of 1 and more.
 *
 * @param mean > 0
 * @param sd ≥ 0
 * @see Wilson and Hilferty 1931, "The distribution of chi-square"
 */
export function gammaBelow(mean: number, sd: number, x: number): number {
  if (sd === 0) return x > mean ? 1 : 0
  if (x <= 0) return 0
  const ninth = (sd / mean) ** 2 / 9
  return normalBelow((Math.cbrt(x / mean) - 1 + ninth) / Math.sqrt(ninth))
}
