/**
 * Upper concave hulls of tables, lever after lever in an order in which those of one group lie side by side: a search
 * over a group then reads memory in one run.
 */
export interface Hulls {
  /** By rank: where its hull begins; one longer than there are levers. */
  readonly start: Int32Array
  /** By rank: points of its hull. */
  readonly count: Indexes
  /** Points of the hull, as indexes into the lever's own table, and their spend. */
  readonly vertex: Indexes
  readonly spend: Float64Array
  /** From a point of the hull to its next: falling within a lever. */
  readonly slope: Float64Array
}

/** Indexes into one lever's table: half the memory where tables are not huge. */
export type Indexes = Uint16Array | Int32Array

export const indexesFor = (longest: number, length: number): Indexes =>
  longest < 1 << 16 ? new Uint16Array(length) : new Int32Array(length)

/** @param order lever at each rank */
export function hullsFor(offset: Int32Array, order: Int32Array): Hulls {
  const start = new Int32Array(offset.length)
  let longest = 0
  for (let r = 0; r < order.length; r++) {
    const points = offset[order[r]! + 1]! - offset[order[r]!]!
    longest = Math.max(longest, points)
    start[r + 1] = start[r]! + points
  }
  const points = start[order.length]!
  return {
    start,
    count: indexesFor(longest, order.length),
    vertex: indexesFor(longest, points),
    spend: new Float64Array(points),
    slope: new Float64Array(points),
  }
}

/**
 * The monotone chain (Andrew 1979) over the points `first` to `last` of the table that begins at `table`.
 *
 * @throws RangeError when spend does not rise from point to point
 */
export function hullOf(
  hulls: Hulls,
  rank: number,
  spend: Float64Array,
  value: Float64Array,
  table: number,
  first: number,
  last: number,
): void {
  const { start, count, vertex, slope } = hulls
  const foot = start[rank]!
  let top = foot
  let topX = spend[table + first]!
  let topY = value[table + first]!
  let before = topX
  vertex[top] = first
  for (let j = first + 1; j <= last; j++) {
    const x = spend[table + j]!
    const y = value[table + j]!
    if (!(x > before)) throw new RangeError(`curves.spend: ${x} comes after ${before} at ${table + j}; it must rise`)
    before = x
    let rise = (y - topY) / (x - topX)
    while (top > foot && slope[top - 1]! <= rise) {
      top -= 1
      const at = table + vertex[top]!
      topX = spend[at]!
      topY = value[at]!
      rise = (y - topY) / (x - topX)
    }
    slope[top] = rise
    top += 1
    vertex[top] = j
    hulls.spend[top] = x
    topX = x
    topY = y
  }
  hulls.spend[foot] = spend[table + first]!
  count[rank] = top - foot + 1
}
