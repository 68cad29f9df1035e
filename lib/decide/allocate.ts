/** One budget as the allocator sees it; every amount in main units of the base currency per day. */
export interface Candidate {
  readonly atLeast: number
  readonly atMost: number
  /** Spend at today's budget: group limits count only what goes beyond it. */
  readonly standing: number
  /** What one unit of spend beyond `standing` counts in group limits (budget per spend). */
  readonly perGroupUnit: number
  /** Further outcome per further unit at a spend; must not rise with spend (concave response). */
  readonly marginal: (spend: number) => number
  /** Indexes of the groups that it counts towards. */
  readonly groups: readonly number[]
}

export interface Allocation {
  readonly spend: readonly number[]
  /** Worth of one more unit in all: the marginal return at which the money ran out; 0 when there is money left. */
  readonly marginalReturn: number
}

const HALVINGS = 40
/** Spend is found to this share of a candidate's range: far finer than any platform's smallest step. */
const FINENESS = 1e-7

/**
 * Splits `total` so that the marginal return is equal wherever a bound does not forbid it, which is optimal for concave
 * responses (Karush–Kuhn–Tucker): every spend follows from the price of money by bisection on its own curve, and the
 * price by bisection on the total.
 *
 * A group limits by how much its members may grow together beyond where they stand: the day is charged by its highest
 * budget, so that a cut makes no room today. Where it binds, growth of its members has a price of its own, at which the
 * room is just taken; it does not depend on the price of money, so that it is found once. Of groups that lie one within
 * the other the inner ones come first.
 *
 * @param total what the candidates together should spend, ≥ 0; bounds win over it
 * @param rooms by group: most that the sum of `perGroupUnit · max(0, spend − standing)` may be, ≥ 0
 * @returns spend per candidate, within its bounds; no room exceeded; never above `total` unless the lower bounds are;
 *   sums to `total` where bounds and rooms allow it and no curve has a straight stretch at the very price
 */
export function allocate(candidates: readonly Candidate[], total: number, rooms: readonly number[]): Allocation {
  const highest = candidates.reduce((most, c) => Math.max(most, c.marginal(c.atLeast)), 0)
  const ofGrowth = growthPrices(candidates, rooms, highest)
  const spendAt = (price: number): readonly number[] => candidates.map((c, i) => spendOf(c, price, ofGrowth[i] ?? 0))
  const sumAt = (price: number): number => spendAt(price).reduce((a, b) => a + b, 0)
  const price = sumAt(0) <= total ? 0 : bisect(0, highest, (one) => sumAt(one) > total)
  return { spend: spendAt(price), marginalReturn: price }
}

/** What growth costs each candidate at least: the highest of its groups' prices, 0 where none of them binds. */
function growthPrices(candidates: readonly Candidate[], rooms: readonly number[], highest: number): readonly number[] {
  const prices = candidates.map(() => 0)
  const membersOf = rooms.map((): number[] => [])
  for (const [i, { groups }] of candidates.entries()) for (const group of groups) membersOf[group]?.push(i)
  for (const [group, room] of rooms.entries()) {
    const members = membersOf[group] ?? []
    const growthAt = (price: number): number =>
      members.reduce((sum, i) => sum + growthOf(candidates[i]!, Math.max(price, prices[i]!)), 0)
    if (growthAt(0) <= room) continue
    const own = bisect(0, highest, (price) => growthAt(price) > room)
    for (const i of members) prices[i] = Math.max(own, prices[i]!)
  }
  return prices
}

/** What a candidate takes of its groups' rooms when growth costs `price`. */
const growthOf = (candidate: Candidate, price: number): number =>
  candidate.perGroupUnit *
  Math.max(0, atPrice(candidate, price, footOf(candidate), candidate.atMost) - candidate.standing)

const footOf = ({ atLeast, atMost, standing }: Candidate): number => Math.min(atMost, Math.max(atLeast, standing))

/**
 * Largest spend within bounds at which one more unit still brings what it costs: the price of money up to where the
 * candidate stands, and the price of growth beyond, if that is higher.
 */
function spendOf(candidate: Candidate, price: number, ofGrowth: number): number {
  if (ofGrowth <= price) return atPrice(candidate, price, candidate.atLeast, candidate.atMost)
  const foot = footOf(candidate)
  if (candidate.marginal(foot) > ofGrowth) return atPrice(candidate, ofGrowth, foot, candidate.atMost)
  return atPrice(candidate, price, candidate.atLeast, foot)
}

function atPrice({ marginal }: Candidate, price: number, atLeast: number, atMost: number): number {
  if (marginal(atLeast) <= price) return atLeast
  if (marginal(atMost) > price) return atMost
  return bisect(atLeast, atMost, (spend) => marginal(spend) > price, FINENESS)
}

/** Where `below` turns from true to false; returns the false side, so that a limit is met from below. */
function bisect(from: number, to: number, below: (at: number) => boolean, fineness = 0): number {
  let low = from
  let high = to
  const fine = fineness * (to - from)
  for (let i = 0; i < HALVINGS && high - low > fine; i++) {
    const middle = (low + high) / 2
    if (below(middle)) low = middle
    else high = middle
  }
  return high
}
