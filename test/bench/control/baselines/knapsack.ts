/** One level that a campaign may be given. */
export interface Level {
  /** Whole units of money, ≥ 0. */
  readonly cost: number
  readonly value: number
}

/**
 * Multiple-choice knapsack by dynamic programming: one level per campaign, costs within `capacity`, greatest value.
 * O(campaigns · levels · capacity).
 *
 * @param campaigns levels of each, at least one each; the cheapest of all together must fit
 * @returns index of the level chosen for each campaign
 * @throws RangeError when even the cheapest levels do not fit
 * @see Nuara, Trovò, Gatti, Restelli 2018, "A Combinatorial-Bandit Algorithm for the Online Joint Bid/Budget Optimization"
 */
export function chooseLevels(campaigns: readonly (readonly Level[])[], capacity: number): readonly number[] {
  const choices = campaigns.map(() => new Int16Array(capacity + 1).fill(-1))
  let best = new Float64Array(capacity + 1)
  campaigns.forEach((levels, i) => {
    best = withCampaign(best, levels, choices[i]!)
  })
  if (best[capacity] === Number.NEGATIVE_INFINITY)
    throw new RangeError(
      `the cheapest level of every campaign costs more than ${capacity} units: add money or cheaper levels`,
    )
  return backtracked(campaigns, choices, capacity)
}

/** Best value at each capacity with one campaign more; notes the level taken. */
function withCampaign(before: Float64Array, levels: readonly Level[], choice: Int16Array) {
  const after = new Float64Array(before.length).fill(Number.NEGATIVE_INFINITY)
  levels.forEach(({ cost, value }, k) => {
    for (let b = cost; b < before.length; b += 1) {
      const sum = before[b - cost]! + value
      if (sum <= after[b]!) continue
      after[b] = sum
      choice[b] = k
    }
  })
  return after
}

function backtracked(
  campaigns: readonly (readonly Level[])[],
  choices: readonly Int16Array[],
  capacity: number,
): readonly number[] {
  const taken: number[] = campaigns.map(() => 0)
  let left = capacity
  for (let i = campaigns.length - 1; i >= 0; i -= 1) {
    taken[i] = choices[i]![left]!
    left -= campaigns[i]![taken[i]!]!.cost
  }
  return taken
}
