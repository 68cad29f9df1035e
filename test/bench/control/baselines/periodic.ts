import type { View } from '../controller.ts'
import type { Wishes } from './guarded.ts'
import { isSeasoned } from './past.ts'

/** Plans anew every so many days and keeps its shares between; what had no data at the last plan keeps what is in force. */
export function periodic(days: number, plan: (view: View) => readonly number[]): Wishes {
  let next = Number.NEGATIVE_INFINITY
  let shares: readonly number[] = []
  let known: readonly boolean[] = []
  return (view) => {
    if (view.day >= next) {
      shares = plan(view)
      known = view.campaigns.map((_, i) => isSeasoned(view, i))
      next = view.day + days
    }
    return view.budgets.map((budget, i) => (known[i] ? (shares[i] ?? 0) : budget))
  }
}
