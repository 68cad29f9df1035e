import type { ControllerKind, View } from '../controller.ts'
import { deliverable } from './delivery.ts'
import { evenTotal, isLive, isSeasoned, launchBudget } from './past.ts'
import { spread, type Wish } from './spread.ts'

/** One run of one policy: budgets that it would like, by campaign; only their proportions count. */
export type Wishes = (view: View) => readonly number[]

/** Largest daily change that platforms take without learning anew: what a careful team keeps to. */
export const LEARNING_STEP = 0.2

const NOTHING: Wish = { wish: 0, low: 0, high: 0 }

/**
 * @param step largest change of a budget in a day, as a share of it; a campaign that cannot deliver may be cut further,
 * and one from a budget of nothing may start at any
 */
function wishOf(view: View, i: number, wish: number, step: number): Wish {
  if (!isLive(view, i)) return NOTHING
  const { minimum } = view.campaigns[i]!
  if (!isSeasoned(view, i)) return pinned(Math.max(minimum, launchBudget(view, i)))
  const inForce = view.budgets[i] ?? 0
  const most = inForce > 0 ? (1 + step) * inForce : Number.POSITIVE_INFINITY
  const high = Math.max(minimum, Math.min(deliverable(view, i), most))
  const low = Math.max(minimum, Math.min(high, Math.max(0, 1 - step) * inForce))
  return { wish: Number.isFinite(wish) && wish > 0 ? wish : 0, low, high }
}

const pinned = (budget: number): Wish => ({ wish: budget, low: budget, high: budget })

/** Budgets of the day from wished proportions: even pacing, minimums, launch budgets, steps, and the delivery guard. */
export const budgetsOf = (view: View, wishes: readonly number[], step = Number.POSITIVE_INFINITY): readonly number[] =>
  spread(
    view.campaigns.map((_, i) => wishOf(view, i, wishes[i] ?? 0, step)),
    evenTotal(view),
  )

/** The same with a total of its own for each platform: money never moves between them. */
export function budgetsByPlatform(
  view: View,
  wishes: readonly number[],
  shares: ReadonlyMap<number, number>,
  step = Number.POSITIVE_INFINITY,
) {
  const budgets = view.campaigns.map(() => 0)
  for (const [platform, share] of shares) {
    const members = view.campaigns.map((_, i) => i).filter((i) => view.campaigns[i]!.platform === platform)
    const own = spread(
      members.map((i) => wishOf(view, i, wishes[i] ?? 0, step)),
      share * evenTotal(view),
    )
    members.forEach((i, k) => {
      budgets[i] = own[k]!
    })
  }
  return budgets
}

/** A baseline out of its policy; what a policy leaves to all of them alike is added here. */
export const baseline = (name: string, what: string, start: () => Wishes, step?: number): ControllerKind => ({
  name,
  what,
  start: () => {
    const wishes = start()
    return { decide: (view) => budgetsOf(view, wishes(view), step) }
  },
})
