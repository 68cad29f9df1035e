/** What one campaign may get: a wish, and the bounds that it is kept in. Main units per day, all ≥ 0. */
export interface Wish {
  readonly wish: number
  readonly low: number
  readonly high: number
}

/** Halvings of the scale: 60 take any sensible range to the last bit of a double that matters here. */
const HALVINGS = 60

const scaled = (wish: Wish, scale: number): number => Math.max(wish.low, Math.min(wish.high, scale * wish.wish))

const sumAt = (wishes: readonly Wish[], scale: number): number =>
  wishes.reduce((sum, wish) => sum + scaled(wish, scale), 0)

/** Smallest scale, among powers of two, at which the wishes take `total` or everything that they may. */
function scaleAbove(wishes: readonly Wish[], total: number): number {
  let scale = 1
  for (let k = 0; k < 200 && sumAt(wishes, scale) < total; k += 1) scale *= 2
  return scale
}

/**
 * Scales all wishes by one factor so that, each kept in its bounds, they sum to `total`.
 *
 * When the lower bounds alone exceed the total they are scaled down to it; when the upper bounds do not reach it, the
 * rest stays unspent.
 *
 * @param total main units, ≥ 0
 * @returns one budget per wish, in the same order
 */
export function spread(wishes: readonly Wish[], total: number): readonly number[] {
  const least = wishes.reduce((sum, wish) => sum + wish.low, 0)
  if (least >= total) return wishes.map((wish) => (least > 0 ? (wish.low * total) / least : 0))
  let below = 0
  let above = scaleAbove(wishes, total)
  for (let k = 0; k < HALVINGS; k += 1) {
    const middle = (below + above) / 2
    if (sumAt(wishes, middle) < total) below = middle
    else above = middle
  }
  return wishes.map((wish) => scaled(wish, above))
}
