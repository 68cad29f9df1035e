import { criticalPrice, type Frame, spendAt } from './critical-price.ts'
import { type Indexes, indexesFor } from './hull.ts'
import { buyTies } from './ties.ts'

/**
 * Best allocation of the hulls under the limits of the groups: what is spent follows from prices of money, one in each
 * group that a limit of its own holds apart.
 */
export interface Priced {
  /** By place: marginal return that spend there has to bring. */
  readonly price: Float64Array
  /** By place: spend. */
  readonly amount: Float64Array
  readonly spend: Float64Array
  /** By lever: points of its table on either side of its spend; equal when it is at a point. */
  readonly left: Indexes
  readonly right: Indexes
  /** By place, at the price outside: spend on what is steeper, and on all that is at least as steep; own limits aside. */
  readonly low: Float64Array
  readonly high: Float64Array
}

export function pricedFor(levers: number, groups: number, longest: number): Priced {
  return {
    price: new Float64Array(groups),
    amount: new Float64Array(groups),
    spend: new Float64Array(levers),
    left: indexesFor(longest, levers),
    right: indexesFor(longest, levers),
    low: new Float64Array(groups),
    high: new Float64Array(groups),
  }
}

/** By place: least and most that members allow (`bare`), and with the group's own limits. */
export interface Reach {
  readonly least: Float64Array
  readonly most: Float64Array
  readonly bareLeast: Float64Array
  readonly bareMost: Float64Array
}

export function reachOf(frame: Frame): Reach {
  const { tree, hulls } = frame
  const places = (): Float64Array => new Float64Array(tree.group.length)
  const [least, most, bareLeast, bareMost] = [places(), places(), places(), places()]
  for (let r = 0; r < hulls.count.length; r++) {
    const home = tree.home[r]!
    bareLeast[home]! += spendAt(frame, r, 0)
    bareMost[home]! += spendAt(frame, r, hulls.count[r]! - 1)
  }
  for (let p = tree.group.length - 1; p >= 0; p--) {
    least[p] = Math.max(tree.minimum[p]!, bareLeast[p]!)
    most[p] = Math.min(tree.maximum[p]!, bareMost[p]!)
    if (p === 0) continue
    bareLeast[tree.parent[p]!]! += least[p]!
    bareMost[tree.parent[p]!]! += most[p]!
  }
  return { least, most, bareLeast, bareMost }
}

/**
 * Fills `into` with the best allocation; the limits must be satisfiable. From the root inwards: at the price outside a
 * group either keeps its own limits, and takes that price, or its limit is met exactly, at a price that is then found
 * for it alone.
 */
export function allocateByPrice(frame: Frame, into: Priced): Priced {
  const { tree } = frame
  takePrice(frame, into, 0, 0)
  for (let p = 0; p < tree.group.length; p++) {
    const outside = p === 0 ? 0 : into.price[tree.parent[p]!]!
    const [least, most] = [tree.minimum[p]!, tree.maximum[p]!]
    into.price[p] = outside
    if (p === 0) into.amount[0] = Math.min(most, Math.max(least, into.low[0]!))
    if (into.low[p]! > most) takePrice(frame, into, p, criticalPrice(frame, p, 'steeper', most, true))
    else if (into.high[p]! < least) takePrice(frame, into, p, criticalPrice(frame, p, 'flatter', least, false))
    share(frame, into, p)
  }
  return into
}

/** Hands a group's spend on: to its own levers, then to the groups in it. */
function share(frame: Frame, into: Priced, place: number): void {
  const { tree } = frame
  const { amount, low, high } = into
  settle(frame, into, place)
  let rest = amount[place]! - low[place]!
  rest -= buyTies(frame, into, place, rest)
  for (let q = place + 1; q < tree.end[place]!; q = tree.end[q]!) {
    const [least, most] = [tree.minimum[q]!, tree.maximum[q]!]
    const from = Math.min(most, Math.max(least, low[q]!))
    const more = Math.max(0, Math.min(rest, Math.min(most, Math.max(least, high[q]!)) - from))
    amount[q] = from + more
    rest -= more
  }
}

/** Sets the price within a group, with what everything in it spends at that. */
function takePrice(frame: Frame, into: Priced, place: number, price: number): void {
  const { tree, hulls, steeper, upToPrice } = frame
  const { start, slope, spend, count } = hulls
  const { low, high } = into
  const end = tree.end[place]!
  into.price[place] = price
  for (let p = place; p < end; p++) {
    low[p] = 0
    high[p] = 0
  }
  for (let r = tree.from[place]!; r < tree.from[end]!; r++) {
    const at = start[r]!
    const top = at + count[r]! - 1
    let from = at
    let to = top
    while (from < to) {
      const middle = (from + to) >>> 1
      if (slope[middle]! > price) from = middle + 1
      else to = middle
    }
    steeper[r] = from - at
    low[tree.home[r]!]! += spend[from]!
    while (from < top && slope[from]! === price) from += 1
    upToPrice[r] = from - at
    high[tree.home[r]!]! += spend[from]!
  }
  for (let p = end - 1; p > place; p--) {
    const [least, most] = [tree.minimum[p]!, tree.maximum[p]!]
    low[tree.parent[p]!]! += Math.min(most, Math.max(least, low[p]!))
    high[tree.parent[p]!]! += Math.min(most, Math.max(least, high[p]!))
  }
}

/** A group's own levers with what is steeper than its price. */
function settle({ tree, hulls, steeper }: Frame, into: Priced, place: number): void {
  for (let r = tree.from[place]!; r < tree.from[place + 1]!; r++) {
    const lever = tree.members[r]!
    const at = hulls.start[r]! + steeper[r]!
    into.left[lever] = hulls.vertex[at]!
    into.right[lever] = hulls.vertex[at]!
    into.spend[lever] = hulls.spend[at]!
  }
}
