import type { Goal } from '../model/policy.ts'
import { claimedAt, type Position } from './position.ts'
import type { Split } from './split-day.ts'

/** What is expected to be given up of a day to learn from it. */
export interface ExplorationCost {
  /** Of the expected outcome, ≥ 0; of profit, of the profit. */
  readonly share: number
  /** Per day, in the objective of the goal: conversions, or value or profit in main units of the base currency. */
  readonly outcome: number
}

/**
 * What the day's experiments cost together: the leaning towards raises of which little is known, as the split has it, and
 * the variation of budgets in pairs. The second is the mean of a curve at both ends of its variation against its middle,
 * ½·|curvature|·δ² of it: which of a pair goes up is a coin's to say, so that slopes cancel out. Where a curve still bends
 * upwards, varying it costs nothing; what it may gain is not counted.
 *
 * @param factors by position, of the day's variation; 1: none
 */
export function explorationCost(
  goal: Goal,
  positions: readonly Position[],
  { safeSpend, spend, explorationCost: leaning }: Pick<Split, 'safeSpend' | 'spend' | 'explorationCost'>,
  factors: readonly number[],
): ExplorationCost {
  const price = goal.kind === 'profit' ? 1 : 0
  let [best, varied] = [0, 0]
  for (const [i, position] of positions.entries()) {
    const brings = (at: number): number => position.worth.objective * claimedAt(position, at)
    const size = Math.abs((factors[i] ?? 1) - 1)
    const middle = spend[i]!
    best += brings(safeSpend[i]!) - price * safeSpend[i]!
    varied += Math.max(0, brings(middle) - (brings(middle * (1 + size)) + brings(middle * (1 - size))) / 2)
  }
  if (!(best > 0)) return { share: 0, outcome: varied }
  return { share: leaning + varied / best, outcome: leaning * best + varied }
}
