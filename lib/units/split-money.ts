import { type Money, money } from './money.ts'

const WEIGHT_SCALE = 1e12

/**
 * Splits `total` in proportion to `weights`, to the micro: the parts always sum to `total`.
 *
 * What is left over after rounding down goes, one micro each, to the largest remainders, ties to the earlier part
 * (largest-remainder apportionment).
 *
 * @param weights finite and ≥ 0, at least one positive; any scale
 * @returns one part per weight, in the same order, each ≥ 0
 * @throws RangeError when `total` is negative or the weights break their rule
 */
export function splitMoney(total: Money, weights: readonly number[]): readonly Money[] {
  if (total.micros < 0n) throw new RangeError(`cannot split a negative total of ${total.micros} micros`)
  const sum = weights.reduce((a, b) => a + b, 0)
  if (!(sum > 0) || !Number.isFinite(sum) || weights.some((w) => !(w >= 0)))
    throw new RangeError('weights must be finite and ≥ 0, with a positive sum')

  const integers = weights.map((w) => BigInt(Math.round((w / sum) * WEIGHT_SCALE)))
  const whole = integers.reduce((a, b) => a + b, 0n)
  const shares = integers.map((w, index) => {
    const product = total.micros * w
    return { index, floor: product / whole, remainder: product % whole }
  })
  const left = total.micros - shares.reduce((a, { floor }) => a + floor, 0n)
  const byRemainder = shares.toSorted((a, b) => Number(b.remainder - a.remainder) || a.index - b.index)
  const lucky = new Set(byRemainder.slice(0, Number(left)).map(({ index }) => index))
  return shares.map(({ floor, index }) => money(floor + (lucky.has(index) ? 1n : 0n), total.currency))
}
