import type { Curves, GrowthRooms } from './problem.ts'

/** The tables with a point where each lever that counts in a room stands: what growth costs begins there. */
export function withStanding(curves: Curves, { of, standing }: GrowthRooms): Curves {
  const levers = of.length
  const offset = new Int32Array(levers + 1)
  const at = new Int32Array(levers).fill(-1)
  for (let i = 0; i < levers; i++) {
    const from = curves.offset[i]!
    const to = curves.offset[i + 1]!
    if (of[i]! >= 0) at[i] = placeOf(curves.spend, from, to, standing[i]!)
    offset[i + 1] = offset[i]! + to - from + (at[i]! >= 0 ? 1 : 0)
  }
  const copy = (table: Float64Array, inserted: (lever: number, at: number) => number): Float64Array => {
    const copied = new Float64Array(offset[levers]!)
    for (let i = 0; i < levers; i++) {
      const [from, to] = [curves.offset[i]!, curves.offset[i + 1]!]
      const split = at[i]! >= 0 ? at[i]! : to
      copied.set(table.subarray(from, split), offset[i]!)
      if (at[i]! < 0) continue
      copied[offset[i]! + split - from] = inserted(i, split)
      copied.set(table.subarray(split, to), offset[i]! + split - from + 1)
    }
    return copied
  }
  const between = (table: Float64Array) =>
    copy(table, (i, j) => {
      const share = (standing[i]! - curves.spend[j - 1]!) / (curves.spend[j]! - curves.spend[j - 1]!)
      return table[j - 1]! + share * (table[j]! - table[j - 1]!)
    })
  return {
    offset,
    spend: copy(curves.spend, (i) => standing[i]!),
    objective: between(curves.objective),
    ...(curves.outcome ? { outcome: between(curves.outcome) } : {}),
  }
}

/** Index of the first point beyond `spend`; −1 when it lies outside the table or at a point of it. */
function placeOf(table: Float64Array, from: number, to: number, spend: number): number {
  if (!(spend > table[from]! && spend < table[to - 1]!)) return -1
  let low = from
  let high = to - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (table[middle]! <= spend) low = middle
    else high = middle
  }
  return table[low] === spend ? -1 : high
}
