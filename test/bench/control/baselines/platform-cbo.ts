import type { ControllerKind, View } from '../controller.ts'
import { type CurveModel, planned, WEEKLY } from './curve-fits.ts'
import { firstBudgets } from './first-budgets.ts'
import { budgetsByPlatform, LEARNING_STEP } from './guarded.ts'
import { evenTotal } from './past.ts'
import { periodic } from './periodic.ts'

/** A platform's own optimiser looks at fewer days, oftener. */
const MODEL: CurveModel = { ...WEEKLY, fit: { ...WEEKLY.fit, window: 42, halfLife: 14 } }
const EVERY_DAYS = 3

/** Share of all money by platform, from what its campaigns came with. */
export function platformShares(view: View, first: readonly number[]): ReadonlyMap<number, number> {
  const sums = new Map<number, number>()
  view.campaigns.forEach(({ platform }, i) => {
    sums.set(platform, (sums.get(platform) ?? 0) + (first[i] ?? 0))
  })
  const all = [...sums.values()].reduce((a, b) => a + b, 0)
  return new Map([...sums].map(([platform, sum]) => [platform, all > 0 ? sum / all : 1 / sums.size]))
}

/** Optimises each platform's campaigns among themselves. */
function plannedWithin(view: View, shares: ReadonlyMap<number, number>): readonly number[] {
  const parts = [...shares].map(([platform, share]) =>
    planned(view, MODEL, (i) => view.campaigns[i]!.platform === platform, share * evenTotal(view)),
  )
  return view.campaigns.map((_, i) => parts.reduce((sum, part) => sum + part[i]!, 0))
}

export const platformCbo: ControllerKind = {
  name: 'platform-cbo',
  what: 'Each platform knows six weeks of its own campaigns: it equals their marginal returns on fitted curves every third day; what a platform gets never changes.',
  start: () => {
    const first = firstBudgets()
    let shares: ReadonlyMap<number, number> = new Map()
    const within = periodic(EVERY_DAYS, (view) => plannedWithin(view, shares))
    return {
      decide: (view) => {
        shares = platformShares(view, first(view))
        return budgetsByPlatform(view, within(view), shares, LEARNING_STEP)
      },
    }
  },
}
