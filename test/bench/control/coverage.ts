/** Whether what Sluice predicts for a budget's coming week comes true as often as its 80 % interval says. */
import type { Loop } from '../../../lib/control/loop.ts'
import { decisionLever } from '../../../lib/model/plan.ts'
import { daysBetween } from '../../../lib/units/calendar.ts'
import { campaignIndex, DAY_0 } from './platform.ts'
import { PORTFOLIO } from './policy.ts'
import type { World } from './world.ts'

/** Claimed conversions of one campaign over some days, as predicted for a spend. */
export interface Predicted {
  readonly campaign: number
  readonly from: number
  readonly days: number
  readonly spend: number
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** Of less than this nearly every interval of whole numbers from nothing up holds what came. */
const LEAST_MEAN = 1
/** How far from the spend that it was made for a prediction still speaks of what happened. */
const SPEND_TOLERANCE = 0.25

/** What the newest plan predicts. */
export async function predictionsOf(loop: Loop): Promise<readonly Predicted[]> {
  const header = await loop.plans.latest(PORTFOLIO)
  if (!header) return []
  const decisions = await loop.plans.decisions(header)
  return decisions.flatMap((decision) => {
    const { prediction } = decision
    const { kind, id } = decisionLever(decision)
    if (!prediction || kind !== 'daily-budget' || prediction.spend <= 0) return []
    const { from, days, spend, conversions } = prediction
    return [
      {
        campaign: campaignIndex(id),
        from: daysBetween(DAY_0, from),
        days,
        spend,
        mean: conversions.mean,
        low: conversions.low,
        high: conversions.high,
      },
    ]
  })
}

/**
 * Share of predictions of a conversion and more whose interval holds the claims that came in the end, of campaigns that
 * spent within a quarter of what was predicted for; undefined when there is none.
 */
export function coverage(world: World, predicted: readonly Predicted[]): number | undefined {
  let [checked, covered] = [0, 0]
  for (const { campaign, from, days, spend, mean, low, high } of predicted) {
    if (from + days > world.truth.days || mean < LEAST_MEAN) continue
    let [spent, claimed] = [0, 0]
    for (let day = from; day < from + days; day++) {
      spent += world.spend[campaign]![day]!
      claimed += world.claimed(campaign, day)
    }
    if (Math.abs(spent - spend) > SPEND_TOLERANCE * spend) continue
    checked += 1
    if (low <= claimed && claimed <= high) covered += 1
  }
  return checked === 0 ? undefined : covered / checked
}
