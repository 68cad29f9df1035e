import type { View } from '../controller.ts'

const WINDOW_DAYS = 56
/** Conversions by which each weekday's factor is shrunk to 1. */
const PRIOR_CONVERSIONS = 40
/** Elasticity that spend is discounted by: without it, a day that got more money would look like a better day. */
const ELASTICITY = 0.6

/** Weekday of a past day, Monday = 0. */
export const weekdayOf = (view: View, day: number): number => (((view.weekday - (view.day - day)) % 7) + 7) % 7

/** Sums per weekday of one platform: conversions, and what its campaigns' own levels would have given. */
function sums(view: View, members: readonly number[]): { readonly seen: number[]; readonly expected: number[] } {
  const seen = Array.from({ length: 7 }, () => 0)
  const expected = Array.from({ length: 7 }, () => 0)
  for (const i of members) {
    const past = (view.past[i] ?? []).slice(Math.max(0, view.day - WINDOW_DAYS), view.day)
    const first = view.day - past.length
    const days = past.map((day, k) => ({ ...day, weekday: weekdayOf(view, first + k) })).filter((day) => day.reported)
    const effort = days.reduce((sum, { spend }) => sum + spend ** ELASTICITY, 0)
    const conversions = days.reduce((sum, day) => sum + day.conversions, 0)
    if (!(effort > 0)) continue
    for (const { weekday, spend, conversions: count } of days) {
      seen[weekday]! += count
      expected[weekday]! += (conversions * spend ** ELASTICITY) / effort
    }
  }
  return { seen, expected }
}

/** Demand by weekday against a normal day, per platform, mean about 1. */
export function weekdayFactors(view: View): ReadonlyMap<number, readonly number[]> {
  const platforms = [...new Set(view.campaigns.map(({ platform }) => platform))]
  return new Map(
    platforms.map((platform) => {
      const members = view.campaigns.map((_, i) => i).filter((i) => view.campaigns[i]!.platform === platform)
      const { seen, expected } = sums(view, members)
      return [platform, seen.map((count, k) => (count + PRIOR_CONVERSIONS) / (expected[k]! + PRIOR_CONVERSIONS))]
    }),
  )
}
