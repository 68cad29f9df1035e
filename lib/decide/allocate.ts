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
const ROUNDS = 12

/**
 * Splits `total` so that the marginal return is equal wherever a bound does not forbid it, which is optimal for concave
 * responses (Karush–Kuhn–Tucker): every spend follows from the price of money by bisection on its own curve, and the
 * price by bisection on the total.
 *
 * A group limits by how much its members may grow together beyond where they stand: the day is charged by its highest
 * budget, so that a cut makes no room today. Where it binds, growth of its members costs a premium on top of the price.
 *
 * @param total what the candidates together should spend, ≥ 0; bounds win over it
 * @param rooms by group: most that the sum of `perGroupUnit · max(0, spend − standing)` may be, ≥ 0
 * @returns spend per candidate, within its bounds; no room exceeded; never above `total` unless the lower bounds are;
 *   sums to `total` where bounds and rooms allow it and no curve has a straight stretch at the very price
 */
export function allocate(candidates: readonly Candidate[], total: number, rooms: readonly number[]): Allocation {
  const highest = Math.max(0, ...candidates.map((c) => c.marginal(c.atLeast)))
  const members = rooms.map((_, group) => candidates.filter((c) => c.groups.includes(group)))
  const premiums = rooms.map(() => 0)
  const sumAt = (price: number): number => candidates.reduce((sum, c) => sum + spendAt(c, price, premiums), 0)
  const priceNow = (): number => (sumAt(0) <= total ? 0 : bisect(0, highest, (price) => sumAt(price) > total))

  let price = priceNow()
  for (let round = 0; round < ROUNDS; round++) {
    if (!raisePremiums(members, rooms, premiums, price, highest)) break
    price = priceNow()
  }
  // A lower price makes growth dearer to stop: the rooms have the last word.
  raisePremiums(members, rooms, premiums, price, highest)
  return { spend: candidates.map((c) => spendAt(c, price, premiums)), marginalReturn: price }
}

/** Raises the premium of every group that outgrows its room until it does not. @returns whether any had to be raised */
function raisePremiums(
  members: readonly (readonly Candidate[])[],
  rooms: readonly number[],
  premiums: number[],
  price: number,
  highest: number,
): boolean {
  let raised = false
  for (const [group, room] of rooms.entries()) {
    const growthAt = (premium: number): number => {
      premiums[group] = premium
      return members[group]!.reduce((sum, c) => sum + growthOf(c, spendAt(c, price, premiums)), 0)
    }
    const before = premiums[group] ?? 0
    if (growthAt(before) <= room) continue
    premiums[group] = bisect(before, highest, (premium) => growthAt(premium) > room)
    raised = true
  }
  return raised
}

const growthOf = ({ standing, perGroupUnit }: Candidate, spend: number): number =>
  perGroupUnit * Math.max(0, spend - standing)

/**
 * Largest spend within bounds at which one more unit still brings what it costs: the price up to where the candidate
 * stands, and the price with its groups' premiums beyond.
 */
function spendAt(candidate: Candidate, price: number, premiums: readonly number[]): number {
  const { atLeast, atMost, standing, groups } = candidate
  const premium = groups.reduce((sum, group) => sum + (premiums[group] ?? 0), 0)
  if (premium === 0) return atPrice(candidate, price, atLeast, atMost)
  const foot = Math.min(atMost, Math.max(atLeast, standing))
  if (candidate.marginal(foot) > price + premium) return atPrice(candidate, price + premium, foot, atMost)
  return atPrice(candidate, price, atLeast, foot)
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
