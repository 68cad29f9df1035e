/** Incremental conversions per day against spend per day: what the market knows and nobody else may read. */
export interface Curve {
  /** Conversions per day that no spend can exceed, > 0. */
  readonly ceiling: number
  /** Main units of spend per day that bring half of the ceiling, > 0. */
  readonly halfway: number
  /** At most 1: concave. Above 1: S-shaped, convex at low spend. > 0. */
  readonly shape: number
}

/**
 * Hill saturation, `ceiling · s^k / (s^k + h^k)`, with `s` the spend, `h` the halfway spend and `k` the shape.
 *
 * @param spend main units per day, ≥ 0
 * @returns expected incremental conversions per day, in [0, ceiling)
 * @see Jin et al. 2017, "Bayesian Methods for Media Mix Modeling with Carryover and Shape Effects"
 */
export function conversionsAt({ ceiling, halfway, shape }: Curve, spend: number): number {
  if (spend <= 0) return 0
  return ceiling / (1 + (halfway / spend) ** shape)
}

/** Further conversions per further main unit of spend at `spend` > 0: the curve's slope. */
export function marginalAt(curve: Curve, spend: number): number {
  const reached = conversionsAt(curve, spend) / curve.ceiling
  return (curve.ceiling * curve.shape * reached * (1 - reached)) / spend
}

/** The same curve for a part of the traffic, such as one arm of an experiment: half the traffic saturates at half the spend. */
export const partOf = (curve: Curve, share: number): Curve => ({
  ceiling: curve.ceiling * share,
  halfway: curve.halfway * share,
  shape: curve.shape,
})

/**
 * Largest daily spend at which a conversion costs at most `cost` on average; Infinity when no spend within a thousand
 * halfways costs more, 0 when even the cheapest spend costs more.
 *
 * The average cost of an S-shaped curve falls before it rises, so the search goes down from above: platforms that bid
 * to a target spend as much as the target lets them.
 *
 * @param level factor on the curve's conversions, > 0
 * @param cost main units per conversion, > 0
 */
export function spendAtCost(curve: Curve, level: number, cost: number): number {
  const dear = (spend: number): boolean => spend > cost * level * conversionsAt(curve, spend)
  let high = curve.halfway * 1000
  if (!dear(high)) return Number.POSITIVE_INFINITY
  let low = high
  while (low > curve.halfway * 1e-4 && dear(low)) low /= 1.25
  if (dear(low)) return 0
  high = low * 1.25
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    if (dear(middle)) high = middle
    else low = middle
  }
  return low
}
