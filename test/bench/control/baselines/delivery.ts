import type { CampaignDay, View } from '../controller.ts'

/** A campaign that spent less of its budget than this, on two days running, cannot spend what it has. */
const DELIVERED_LEAST = 0.88
/** What such a campaign gets at most, against what it delivered. */
const HEADROOM = 1.03

const fellShort = (day: CampaignDay | undefined): day is CampaignDay =>
  day?.reported === true && day.budget > 0 && day.spend < DELIVERED_LEAST * day.budget

/**
 * The most that campaign `i` can use: the delivery guard, the same for every baseline.
 *
 * A day that was not reported, or had no budget, says nothing: a campaign without data is not one that cannot spend.
 *
 * @returns main units per day, never below the platform's minimum; Infinity where nothing limits it
 */
export function deliverable(view: View, i: number): number {
  const past = view.past[i] ?? []
  const last = past[view.day - 1]
  const before = past[view.day - 2]
  if (!fellShort(last) || !fellShort(before)) return Number.POSITIVE_INFINITY
  return Math.max(view.campaigns[i]!.minimum, HEADROOM * Math.max(last.spend, before.spend))
}
