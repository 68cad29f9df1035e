import type { Curves } from './problem.ts'

/** By lever: its table, linear between points. */
export function valuesAt(curves: Curves, table: Float64Array, spend: Float64Array): Float64Array {
  const values = new Float64Array(spend.length)
  for (let i = 0; i < values.length; i++) {
    const from = curves.offset[i]!
    const j = from + segmentAt(curves.spend, from, curves.offset[i + 1]!, spend[i]!)
    const share =
      j + 1 < curves.offset[i + 1]! ? (spend[i]! - curves.spend[j]!) / (curves.spend[j + 1]! - curves.spend[j]!) : 0
    values[i] = share === 0 ? table[j]! : table[j]! + share * (table[j + 1]! - table[j]!)
  }
  return values
}

/** The last point of a table that lies at or below `spend`, from its first on. */
export function segmentAt(points: Float64Array, from: number, to: number, spend: number): number {
  let low = from
  let high = to
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (points[middle]! <= spend) low = middle
    else high = middle
  }
  return low - from
}
