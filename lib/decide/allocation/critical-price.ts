import type { GroupTree } from './group-tree.ts'
import { type Hulls, type Indexes, indexesFor } from './hull.ts'

/** Hulls in their tree, with room to work in: made once, used for every search. Levers are named by their ranks. */
export interface Frame {
  readonly tree: GroupTree
  readonly hulls: Hulls
  /** Segments steeper than the price of the lever's group, and those at least as steep. */
  readonly steeper: Indexes
  readonly upToPrice: Indexes
  /** Segments that are still open in a search, from `low` up to, without, `high`. */
  readonly low: Indexes
  readonly high: Indexes
  readonly active: Int32Array
  /** By place in `active`: where the price tried last splits its segments. */
  readonly cut: Indexes
  /** By place: spend of levers without open segments, and of all at the price tried last. */
  readonly settled: Float64Array
  readonly sum: Float64Array
}

export function frameOf(tree: GroupTree, hulls: Hulls, longest: number): Frame {
  const levers = hulls.count.length
  const size = tree.group.length
  const indexes = (): Indexes => indexesFor(longest, levers)
  return {
    ...{ tree, hulls },
    steeper: indexes(),
    upToPrice: indexes(),
    low: indexes(),
    high: indexes(),
    active: new Int32Array(levers),
    cut: indexes(),
    settled: new Float64Array(size),
    sum: new Float64Array(size),
  }
}

/** Spend at a point of a hull. */
export const spendAt = ({ hulls }: Frame, rank: number, point: number): number =>
  hulls.spend[hulls.start[rank]! + point]!

/** Where a search looks: at all segments, or at those on one side of the price in force. */
export type Side = 'all' | 'steeper' | 'flatter'

/**
 * The highest slope at which what is bought in a group (every segment with at least that slope, the groups within it
 * kept to their own limits) goes beyond `target`, or reaches it: −Infinity when it never does.
 *
 * Selection over sorted rows: each try closes about half of the open segments, so that a search costs a few passes over
 * the levers however many points they have; the answer is a slope of the tables, exact.
 */
export function criticalPrice(frame: Frame, place: number, side: Side, target: number, beyond: boolean): number {
  let best = Number.NEGATIVE_INFINITY
  let open = begin(frame, place, side)
  // Where among the open slopes the answer is to be expected, from what the group spends at either end.
  let under = Number.NaN
  let over = Number.NaN
  while (open > 0) {
    const pivot = pivotOf(frame, open, (target - under) / (over - under))
    const sum = sumAt(frame, place, open, pivot)
    const enough = beyond ? sum > target : sum >= target
    if (enough) {
      best = pivot
      over = sum
    } else under = sum
    open = narrow(frame, open, pivot, enough)
  }
  return best
}

function begin(frame: Frame, place: number, side: Side): number {
  const { tree, hulls, steeper, upToPrice, low, high, active, settled } = frame
  const { start, count, spend } = hulls
  const end = tree.end[place]!
  let open = 0
  for (let p = place; p < end; p++) {
    let sum = 0
    for (let r = tree.from[p]!; r < tree.from[p + 1]!; r++) {
      const from = side === 'flatter' ? upToPrice[r]! : 0
      const to = side === 'steeper' ? steeper[r]! : count[r]! - 1
      if (from === to) sum += spend[start[r]! + from]!
      else {
        low[r] = from
        high[r] = to
        active[open] = r
        open += 1
      }
    }
    settled[p] = sum
  }
  return open
}

const SAMPLE = 512
const sample = new Float64Array(SAMPLE)

/**
 * An open slope a little beyond where the answer is expected, so that it lies in the smaller part: from a sample, whose
 * error is what "a little" covers (Floyd and Rivest 1975).
 *
 * @param expected share of the open segments, from the steepest on
 */
function pivotOf({ hulls, low, high, active }: Frame, open: number, expected: number): number {
  const size = Math.min(SAMPLE, open, 8 + (open >> 3))
  for (let k = 0; k < size; k++) {
    const r = active[Math.floor(((k + 0.5) * open) / size)]!
    const width = high[r]! - low[r]!
    sample[k] = hulls.slope[hulls.start[r]! + low[r]! + (open < 3 ? width >> 1 : (k * 7 + 3) % width)]!
  }
  sample.subarray(0, size).sort()
  const share = expected >= 0 && expected <= 1 ? expected : 0.5
  const aim = share + (share < 0.5 ? 1 : -1) / Math.sqrt(size)
  return sample[size - 1 - Math.min(size - 1, Math.max(0, Math.floor(aim * size)))]!
}

/** Spend of the group when every segment of at least this slope is bought. */
function sumAt(frame: Frame, place: number, open: number, price: number): number {
  const { tree, hulls, low, high, active, cut, settled, sum } = frame
  const { start, slope, spend } = hulls
  const { home, parent, minimum, maximum } = tree
  const end = tree.end[place]!
  for (let p = place; p < end; p++) sum[p] = settled[p]!
  for (let n = 0; n < open; n++) {
    const r = active[n]!
    const at = start[r]!
    let from = at + low[r]!
    let to = at + high[r]!
    while (from < to) {
      const middle = (from + to) >>> 1
      if (slope[middle]! >= price) from = middle + 1
      else to = middle
    }
    cut[n] = from - at
    sum[home[r]!]! += spend[from]!
  }
  for (let p = end - 1; p > place; p--) sum[parent[p]!]! += Math.min(maximum[p]!, Math.max(minimum[p]!, sum[p]!))
  return sum[place]!
}

/** Closes what the last try has decided; returns how many levers still have open segments. */
function narrow(frame: Frame, open: number, pivot: number, enough: boolean): number {
  const { tree, hulls, low, high, active, cut, settled } = frame
  const { start, slope, spend } = hulls
  let left = 0
  for (let n = 0; n < open; n++) {
    const r = active[n]!
    const at = start[r]!
    let split = cut[n]!
    if (enough) {
      while (split > low[r]! && slope[at + split - 1]! === pivot) split -= 1
      high[r] = split
    } else low[r] = split
    if (low[r]! < high[r]!) {
      active[left] = r
      left += 1
    } else settled[tree.home[r]!]! += spend[at + split]!
  }
  return left
}
