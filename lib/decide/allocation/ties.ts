import { type Frame, spendAt } from './critical-price.ts'
import type { Priced } from './price-tree.ts'

/** A lever's own segment at the very price of its group. */
interface Tie {
  readonly lever: number
  readonly width: number
  /** Spend at its end, and the point of the table. */
  readonly end: number
  readonly point: number
  /** Leads over points of the table, between which the curve lies lower. */
  readonly isBridge: boolean
}

function tiesOf(frame: Frame, into: Priced, place: number): readonly Tie[] {
  const { tree, hulls, steeper, upToPrice } = frame
  const ties: Tie[] = []
  for (let r = tree.from[place]!; r < tree.from[place + 1]!; r++) {
    if (steeper[r] === upToPrice[r]) continue
    const lever = tree.members[r]!
    const end = spendAt(frame, r, upToPrice[r]!)
    const point = hulls.vertex[hulls.start[r]! + upToPrice[r]!]!
    ties.push({ lever, width: end - into.spend[lever]!, end, point, isBridge: point - into.left[lever]! > 1 })
  }
  return ties
}

/**
 * Spends up to `rest` on a group's own segments at its very price: bridges over a hollow of the curve whole, as many as
 * fit, for halfway over they bring less than the hull says; then the others, all by the same share, so that equals get
 * equal amounts; a bridge in part only when nothing else is left. Returns what it spent.
 */
export function buyTies(frame: Frame, into: Priced, place: number, rest: number): number {
  if (!(rest > 0)) return 0
  const ties = tiesOf(frame, into, place)
  let left = rest
  let bridge: Tie | undefined
  for (const tie of ties)
    if (tie.isBridge && tie.width <= left) {
      left -= tie.width
      buy(into, tie, 1)
    } else if (tie.isBridge) bridge ??= tie
  const plain = ties.filter(({ isBridge }) => !isBridge)
  const width = plain.reduce((sum, tie) => sum + tie.width, 0)
  const share = width > 0 ? Math.min(1, left / width) : 0
  for (const tie of plain) buy(into, tie, share)
  left -= share * width
  if (bridge && left > 0) {
    buy(into, bridge, left / bridge.width)
    left = 0
  }
  return rest - left
}

function buy(into: Priced, { lever, width, end, point }: Tie, share: number): void {
  if (share <= 0) return
  into.right[lever] = point
  if (share === 1) into.left[lever] = point
  into.spend[lever] = share === 1 ? end : into.spend[lever]! + share * width
}
