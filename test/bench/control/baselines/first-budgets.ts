import type { Wishes } from './guarded.ts'
import { isLive, launchBudget } from './past.ts'

/** Remembers the budget that was in force when each campaign was first seen running; 0 before. */
export function firstBudgets(): Wishes {
  const first = new Map<string, number>()
  return (view) =>
    view.campaigns.map(({ id }, i) => {
      if (isLive(view, i) && !first.has(id)) first.set(id, launchBudget(view, i))
      return first.get(id) ?? 0
    })
}
