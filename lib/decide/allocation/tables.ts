import type { Curves } from './problem.ts'

/** By lever: its table, linear between points. */
export function valuesAt(curves: Curves, table: Float64Array, spend: Float64Array): Float64Array {
  const values = new Float64Array(spend.length)
  for (let i = 0; i < values.length; i++) values[i] = valueAt(curves, table, i, spend[i]!)
  return values
}

export function valueAt({ offset, spend }: Curves, table: Float64Array, lever: number, at: number): number {
  const from = offset[lever]!
  const end = offset[lever + 1]!
  const j = from + segmentAt(spend, from, end, at)
  if (j + 1 === end || at === spend[j]!) return table[j]!
  return table[j]! + ((at - spend[j]!) / (spend[j + 1]! - spend[j]!)) * (table[j + 1]! - table[j]!)
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
