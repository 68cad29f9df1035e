import { fromMainUnits, mainUnits } from '../../units/money.ts'
import { convertBack } from '../../units/rates.ts'
import { lastingLimits, OF_ONE_DECISION } from '../guardrails.ts'
import { intersect, type Limit } from '../interval.ts'
import { contextOf } from '../move-budgets.ts'
import { type Position, positionOf } from '../position.ts'
import type { MovableBudget } from './budget.ts'

/**
 * Guardrails of one decision, which many decisions pass: where a budget binds, its best recent day grows with it. What
 * limits delivery is reckoned with as a ceiling on spend.
 */
const PASSING: ReadonlySet<string> = new Set([...OF_ONE_DECISION, 'headroom', 'not-limited-by-budget'])

/** What a budget may come to when it has been moved as often as it takes. */
export interface LongRun {
  readonly budget: MovableBudget
  readonly position: Position
  /** Spend per day, main units of the base currency. */
  readonly least: number
  readonly most: number
  readonly floor: Limit
  /** Named `total` where only the total bounds it. */
  readonly cap: Limit
}

/** @param total what the portfolio spends per day, main units of the base currency, > 0 */
export function longRunOf(budget: MovableBudget, total: number): LongRun {
  const { question, ceiling } = budget
  const { policy } = question.observation.policy
  const context = contextOf(question, fromMainUnits(total, policy.baseCurrency, 'down'))
  const lasting = lastingLimits(context).filter(({ name }) => !PASSING.has(name))
  // Wide enough to be no bound, whatever share of its budget is delivered.
  const wide = convertBack(fromMainUnits(2 * total, policy.baseCurrency, 'up'), context.rate, 'up')
  const limits = [...lasting, { name: TOTAL, detail: '', atMost: wide }]
  const position = positionOf(question, limits)
  const { floor, ceiling: upper } = intersect(limits)
  const room = Math.min(position.atMost, ceiling)
  // What cannot spend its least budget spends what it can.
  const least = Math.min(position.atLeast, room)
  const allowed = mainUnits(upper.atMost) * position.baseUnits * position.delivery
  const own = room < allowed ? spendsNoMore(question.limited) : upper
  const cap = room > total ? { name: TOTAL, detail: '' } : own
  return { budget, position, least, most: Math.max(least, Math.min(room, total)), floor, cap }
}

export const TOTAL = 'total'
const spendsNoMore = (limited: MovableBudget['question']['limited']): Limit => ({
  name: 'not-limited-by-budget',
  detail: limited?.isBinding
    ? `its ${limited.by} limits what it spends: more budget would bring nothing`
    : 'it does not spend the budget that it has: more budget would bring nothing',
})
