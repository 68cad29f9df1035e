import type { ControllerKind, View } from '../controller.ts'
import { deliverable } from './delivery.ts'
import { evenTotal, isLive, isSeasoned, launchBudget } from './past.ts'
import { spread, type Wish } from './spread.ts'

/** One run of one policy: budgets that it would like, by campaign; only their proportions count. */
export type Wishes = (view: View) => readonly number[]

const NOTHING: Wish = { wish: 0, low: 0, high: 0 }

function wishOf(view: View, i: number, wish: number): Wish {
  if (!isLive(view, i)) return NOTHING
  const low = view.campaigns[i]!.minimum
  if (!isSeasoned(view, i)) return pinned(Math.max(low, launchBudget(view, i)))
  return { wish: Number.isFinite(wish) && wish > 0 ? wish : 0, low, high: deliverable(view, i) }
}

const pinned = (budget: number): Wish => ({ wish: budget, low: budget, high: budget })

/** Budgets of the day from wished proportions: even pacing, minimums, launch budgets, and the delivery guard. */
export const budgetsOf = (view: View, wishes: readonly number[]): readonly number[] =>
  spread(
    view.campaigns.map((_, i) => wishOf(view, i, wishes[i] ?? 0)),
    evenTotal(view),
  )

/** The same with a total of its own for each platform: money never moves between them. */
export function budgetsByPlatform(view: View, wishes: readonly number[], shares: ReadonlyMap<number, number>) {
  const budgets = view.campaigns.map(() => 0)
  for (const [platform, share] of shares) {
    const members = view.campaigns.map((_, i) => i).filter((i) => view.campaigns[i]!.platform === platform)
    const own = spread(
      members.map((i) => wishOf(view, i, wishes[i] ?? 0)),
      share * evenTotal(view),
    )
    members.forEach((i, k) => {
      budgets[i] = own[k]!
    })
  }
  return budgets
}

/** A baseline out of its policy; what a policy leaves to all of them alike is added here. */
export const baseline = (name: string, what: string, start: () => Wishes): ControllerKind => ({
  name,
  what,
  start: () => {
    const wishes = start()
    return { decide: (view) => budgetsOf(view, wishes(view)) }
  },
})
