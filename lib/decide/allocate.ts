/** One budget as the allocator sees it; every amount in main units of the base currency per day. */
export interface Candidate {
  readonly atLeast: number
  readonly atMost: number
  /** Spend at today's budget. The group limits count it at no less: the day is charged by its highest budget. */
  readonly floorForGroups: number
  /** What one unit of spend counts as in group limits (budget per spend). */
  readonly perGroupUnit: number
  /** Further outcome per further unit at a spend; must not rise with spend (concave response). */
  readonly marginal: (spend: number) => number
  /** Indexes of the groups that it counts towards. */
  readonly groups: readonly number[]
}

export interface Allocation {
  readonly spend: readonly number[]
  /** Worth of one more unit in all: the marginal return at which the money ran out. */
  readonly marginalReturn: number
}

const HALVINGS = 60

/**
 * Splits `total` so that the marginal return is equal wherever a bound does not forbid it, which is optimal for concave
 * responses (Karush–Kuhn–Tucker). Bisects on the marginal return; for each value of it every candidate's spend follows
 * by bisection on its own curve.
 *
 * A group is a limit on the sum over its members of `perGroupUnit · max(spend, floorForGroups)`; where it binds, its members share a
 * higher marginal return of their own.
 *
 * @param total what the candidates together should spend, ≥ 0; bounds win over it
 * @param groupLimits upper limits, by group index
 * @returns spend per candidate, within its bounds; sums to `total`, never above it, where bounds and groups allow it
 *   and no curve has a straight stretch at the very price where the money runs out
 */
export function allocate(candidates: readonly Candidate[], total: number, groupLimits: readonly number[]): Allocation {
  const highest = Math.max(0, ...candidates.map((c) => c.marginal(c.atLeast)))
  const at = (price: number): readonly number[] => withinGroups(candidates, price, highest, groupLimits)
  const sumAt = (price: number): number => at(price).reduce((a, b) => a + b, 0)

  if (sumAt(0) <= total) return { spend: at(0), marginalReturn: 0 }
  const price = bisect(0, highest, (p) => sumAt(p) > total)
  return { spend: at(price), marginalReturn: price }
}

/** Spend of each candidate at a price of money, group limits applied from the narrowest need on. */
function withinGroups(
  candidates: readonly Candidate[],
  price: number,
  highest: number,
  groupLimits: readonly number[],
): readonly number[] {
  const prices = candidates.map(() => price)
  const spend = candidates.map((c) => spendAt(c, price))
  for (const [group, limit] of groupLimits.entries()) {
    const members = candidates.flatMap((c, i) => (c.groups.includes(group) ? [i] : []))
    const exposure = (at: number): number =>
      members.reduce((a, i) => {
        const c = candidates[i]!
        return a + c.perGroupUnit * Math.max(c.floorForGroups, spendAt(c, Math.max(at, prices[i] ?? 0)))
      }, 0)
    if (exposure(price) <= limit) continue
    const own = bisect(price, highest, (p) => exposure(p) > limit)
    for (const i of members) {
      prices[i] = Math.max(own, prices[i] ?? 0)
      spend[i] = spendAt(candidates[i]!, prices[i] ?? own)
    }
  }
  return spend
}

/** Largest spend within bounds at which one more unit still brings `price`. */
function spendAt({ atLeast, atMost, marginal }: Candidate, price: number): number {
  if (marginal(atLeast) <= price) return atLeast
  if (marginal(atMost) > price) return atMost
  return bisect(atLeast, atMost, (spend) => marginal(spend) > price)
}

/** Where `below` turns from true to false; returns the false side, so that a limit is met from below. */
function bisect(from: number, to: number, below: (at: number) => boolean): number {
  let low = from
  let high = to
  for (let i = 0; i < HALVINGS && high - low > 1e-12 * Math.abs(high); i++) {
    const middle = (low + high) / 2
    if (below(middle)) low = middle
    else high = middle
  }
  return high
}
