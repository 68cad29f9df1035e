import type { View } from '../controller.ts'
import { deliverable } from './delivery.ts'
import { chooseLevels } from './knapsack.ts'
import { evenTotal, isLive, isSeasoned, launchBudget } from './past.ts'

/** Units that the day's money is cut into for the knapsack; more for many campaigns, so that small ones keep several levels. */
const UNITS = 600
const UNITS_PER_CAMPAIGN = 10

/** What a campaign may be given, in main units, and what each level is thought to bring. */
export interface Ladder {
  readonly budgets: readonly number[]
  readonly values: readonly number[]
}

/** Whether a ladder is asked for: campaigns without data keep their launch budget and are not chosen for. */
export const isChosen = (view: View, i: number): boolean => isLive(view, i) && isSeasoned(view, i)

/** Levels at or under what the campaign can deliver; the lowest always. */
export const reachable = (view: View, i: number, budgets: readonly number[]): readonly number[] => {
  const most = deliverable(view, i)
  return budgets.filter((budget, k) => k === 0 || budget <= most)
}

/**
 * Best level of each campaign for the day's money. Rounds costs to units, the cheapest level down, so that ladders
 * whose cheapest levels fit the money always have an answer; others fall back to their cheapest levels.
 */
export function chosenBudgets(view: View, ladders: readonly (Ladder | undefined)[]): readonly number[] {
  const launched = view.campaigns.map((_, i) => (isLive(view, i) ? launchBudget(view, i) : 0))
  const fixed = launched.reduce((sum, budget, i) => sum + (ladders[i] === undefined ? budget : 0), 0)
  const open = ladders.flatMap((ladder, i) => (ladder === undefined ? [] : [{ ladder, i }]))
  const units = Math.max(UNITS, UNITS_PER_CAMPAIGN * open.length)
  const unit = Math.max(evenTotal(view) - fixed, 0) / units
  const levels = open.map(({ ladder }) =>
    ladder.budgets.map((budget, k) => ({ cost: costOf(budget, unit, k), value: ladder.values[k]! })),
  )
  const cheapest = levels.reduce((sum, own) => sum + own[0]!.cost, 0)
  const chosen = cheapest <= units ? chosenOrCheapest(levels, units) : levels.map(() => 0)
  const budgets = [...launched]
  open.forEach(({ ladder, i }, k) => {
    budgets[i] = ladder.budgets[chosen[k]!]!
  })
  return budgets
}

/** Draws of which a campaign's are no numbers have no best combination: then the cheapest levels stand. */
function chosenOrCheapest(levels: Parameters<typeof chooseLevels>[0], units: number): readonly number[] {
  try {
    return chooseLevels(levels, units)
  } catch (error) {
    if (error instanceof RangeError) return levels.map(() => 0)
    throw error
  }
}

const costOf = (budget: number, unit: number, level: number): number => {
  if (unit <= 0) return budget > 0 ? Number.MAX_SAFE_INTEGER : 0
  return level === 0 ? Math.floor(budget / unit) : Math.round(budget / unit)
}
