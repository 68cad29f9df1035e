import { elasticityAt } from '../measure/response-curve.ts'
import type { BudgetEstimate } from '../model/estimates.ts'

/** How long one variation stands, so that what it brings can be told from a day's noise. */
const STANDS_DAYS = 3
const LEAST = 0.03
const MOST = 0.1
/** Spread of an elasticity at which the usual variation is made; what is better known is varied less. */
const TYPICAL_DOUBT = 0.2

export interface Dithered {
  /** Where the allocation puts it, main units of the base currency per day. */
  readonly spend: number
  /** In main units of the account's currency, at which the curve is read. */
  readonly ownSpend: number
  readonly estimate: BudgetEstimate
  /** Share by which it may move either way, ≥ 0; absent: any. What cannot move is paired with nothing. */
  readonly room?: number
  /** Budgets of one account are varied against each other, so that the account's total hardly moves. */
  readonly account: string
  readonly id: string
}

/**
 * By which factor each budget is varied on purpose, so that its elasticity can be learned: up or down in pairs within an
 * account, drawn anew every three days, most where the elasticity is known least and the counts are large enough to show
 * it. What a variation of δ costs is e·(1−e)·δ² of the budget's outcome (second-order Taylor term of a Michaelis–Menten
 * curve; of a power it is half of that); all are scaled down together to the share that the policy allows.
 *
 * Random, and yet the same for the same inputs: the draw is a hash of the day and the budget's name.
 *
 * @param day number of the day, any origin
 * @param maxCost largest share of the outcome to give up, ≥ 0
 * @returns one factor per budget, 1 where nothing is varied
 */
export function dither(budgets: readonly Dithered[], day: number, maxCost: number): readonly number[] {
  const period = Math.floor(day / STANDS_DAYS)
  const size = budgets.map(variation)
  const cost = budgets.map(({ estimate, ownSpend }, i) => costOf(estimate, ownSpend, size[i] ?? 0))
  const outcome = budgets.map(({ estimate, ownSpend }) => levelOf(estimate, ownSpend))
  const share = total(cost) / Math.max(total(outcome), Number.MIN_VALUE)
  const scale = share > maxCost ? Math.sqrt(maxCost / share) : 1
  const signs = balancedSigns(budgets, size, period)
  return budgets.map((_, i) => 1 + scale * (size[i] ?? 0) * (signs[i] ?? 0))
}

const total = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0)

function variation({ estimate, ownSpend, room = MOST }: Dithered): number {
  if (room <= 0) return 0
  const doubt = elasticityAt(estimate.curve, ownSpend).sd
  const size = Math.min(MOST, room, Math.max(LEAST, (MOST * doubt) / TYPICAL_DOUBT))
  // With n conversions the elasticity's standard error is about 1/(δ√n): below this there is nothing to be seen.
  return size * Math.sqrt(estimate.conversionsSeen) >= 1.5 ? size : 0
}

const levelOf = ({ curve }: BudgetEstimate, spend: number): number => {
  const [one] = curve.shapes
  return one ? (one.gammaShape / one.gammaRate) * Math.min(1, spend / curve.referenceSpend) : 0
}

function costOf(estimate: BudgetEstimate, spend: number, size: number): number {
  const e = Math.min(0.9, Math.max(0.1, elasticityAt(estimate.curve, spend).mean))
  return e * (1 - e) * size * size * levelOf(estimate, spend)
}

/** +1 and −1 in pairs of neighbours by size within each account, in an order and with signs that the hash decides. */
function balancedSigns(budgets: readonly Dithered[], size: readonly number[], period: number): readonly number[] {
  const signs = budgets.map(() => 0)
  const varied = [...budgets.keys()].filter((i) => size[i]! > 0)
  const byAccount = Map.groupBy(varied, (i) => budgets[i]!.account)
  for (const [account, own] of byAccount) {
    const bySize = own.toSorted(
      (i, j) => budgets[j]!.spend - budgets[i]!.spend || (budgets[i]!.id < budgets[j]!.id ? -1 : 1),
    )
    for (let k = 0; k < bySize.length; k += 2) {
      const sign = hash(`${account}/${budgets[bySize[k]!]!.id}/${period}`) % 2 === 0 ? 1 : -1
      signs[bySize[k]!] = sign
      const partner = bySize[k + 1]
      if (partner !== undefined) signs[partner] = -sign
    }
  }
  return signs
}

/** FNV-1a with a final mix, 32 bits: spread evenly enough for a coin, and the same on every machine. */
function hash(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x45d9f3b)
  return (h ^ (h >>> 16)) >>> 0
}
