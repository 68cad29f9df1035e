import type { View } from '../controller.ts'
import { baseline, LEARNING_STEP } from './guarded.ts'
import { evenTotal, isLive, isSeasoned, launchBudget, trail } from './past.ts'
import { periodic } from './periodic.ts'

const PERIOD_DAYS = 7
/** Bounds of one period's budget against the spend of the last. */
const LEAST = 0.5
const MOST = 2

/** Gives each campaign its lower bound, then the rest of the day in order of last period's return, each up to its upper bound. */
export function greedyBudgets(view: View): readonly number[] {
  const last = view.campaigns.map((_, i) => trail(view, i, PERIOD_DAYS))
  const usual = last.map(({ spend, days }, i) => (days > 0 ? spend / days : launchBudget(view, i)))
  const budgets = usual.map((spend, i) =>
    isLive(view, i) ? Math.max(view.campaigns[i]!.minimum, isSeasoned(view, i) ? LEAST * spend : spend) : 0,
  )
  let left = evenTotal(view) - budgets.reduce((sum, budget) => sum + budget, 0)
  const returns = last.map(({ reward, spend }) => (spend > 0 ? reward / spend : 0))
  const order = budgets.map((_, i) => i).filter((i) => isLive(view, i) && isSeasoned(view, i))
  for (const i of order.toSorted((a, b) => returns[b]! - returns[a]!)) {
    const more = Math.max(0, Math.min(left, MOST * usual[i]! - budgets[i]!))
    budgets[i]! += more
    left -= more
  }
  return budgets
}

export const greedyLast = baseline(
  'greedy-last',
  "Knows last week's conversions per spend: each week the best get twice their spend until the money ends, the others half.",
  () => periodic(PERIOD_DAYS, greedyBudgets),
  LEARNING_STEP,
)
