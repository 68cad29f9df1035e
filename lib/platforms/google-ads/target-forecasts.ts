import * as z from 'zod'
import type { AccountRef, CampaignId } from '../../model/account.ts'
import type { TargetForecast, TargetForecastPoint } from '../../model/evidence.ts'
import { accountDate, daysBetween } from '../../units/calendar.ts'
import { ownAccount } from './account.ts'
import { unitsOf } from './amounts.ts'
import type { GoogleAdsRest } from './rest.ts'
import { digits, isoDate, micros, real, unreadable } from './schema.ts'

/** proto3 leaves out what is 0; a target of 0 is none, and there is no simulation of one. */
const brought = {
  costMicros: micros.refine((cost) => cost >= 0n).default(0n),
  biddableConversions: real.min(0).default(0),
  biddableConversionsValue: real.min(0).default(0),
}
const cpaPoint = z.object({ targetCpaMicros: micros.refine((target) => target > 0n), ...brought })
const roasPoint = z.object({ targetRoas: real.positive(), ...brought })
const row = z.object({
  campaignSimulation: z.object({
    campaignId: digits,
    type: z.enum(['TARGET_CPA', 'TARGET_ROAS']),
    startDate: isoDate,
    endDate: isoDate,
    targetCpaPointList: z.object({ points: z.array(cpaPoint).default([]) }).optional(),
    targetRoasPointList: z.object({ points: z.array(roasPoint).default([]) }).optional(),
  }),
})
type Simulation = z.infer<typeof row>['campaignSimulation']

/**
 * https://developers.google.com/google-ads/api/fields/v25/campaign_simulation; target CPA of search, display, Demand Gen and
 * Performance Max, target ROAS of search, shopping and Performance Max. Left out is `SCALING`: it multiplies the targets of ad
 * groups, and says of no target what it is.
 */
const QUERY =
  'SELECT campaign_simulation.campaign_id, campaign_simulation.type, campaign_simulation.start_date, ' +
  'campaign_simulation.end_date, campaign_simulation.target_cpa_point_list.points, ' +
  'campaign_simulation.target_roas_point_list.points FROM campaign_simulation ' +
  "WHERE campaign_simulation.type IN ('TARGET_CPA', 'TARGET_ROAS') " +
  "AND campaign_simulation.modification_method IN ('UNIFORM', 'DEFAULT')"

/** Spend and conversions are of all days that the simulation replays. */
function pointsOf(simulation: Simulation): readonly TargetForecastPoint[] {
  const { type, startDate, endDate, targetCpaPointList, targetRoasPointList } = simulation
  const days = daysBetween(accountDate(startDate), accountDate(endDate)) + 1
  if (days < 1) throw unreadable(`simulation of campaign ${simulation.campaignId}: ${endDate} is before ${startDate}`)
  const told =
    type === 'TARGET_CPA'
      ? (targetCpaPointList?.points ?? []).map((point) => ({ ...point, target: unitsOf(point.targetCpaMicros) }))
      : (targetRoasPointList?.points ?? []).map((point) => ({ ...point, target: point.targetRoas }))
  return told
    .map(({ target, costMicros, biddableConversions, biddableConversionsValue }) => ({
      target,
      spend: unitsOf(costMicros) / days,
      conversions: biddableConversions / days,
      value: biddableConversionsValue / days,
    }))
    .toSorted((a, b) => a.target - b.target)
}

function forecastOf(simulations: readonly Simulation[]): readonly TargetForecast[] {
  const newest = simulations.reduce((a, b) => (b.endDate > a.endDate ? b : a))
  const { campaignId, type, startDate, endDate } = newest
  const points = pointsOf(newest)
  if (points.length < 2) return []
  return [
    {
      campaign: campaignId as CampaignId,
      kind: type === 'TARGET_CPA' ? 'target-cpa' : 'target-roas',
      from: accountDate(startDate),
      to: accountDate(endDate),
      points,
    },
  ]
}

/**
 * Google's target simulations: what it says that campaigns would have spent and brought at other targets on the days that it
 * replays. Of several of one campaign and kind the newest.
 *
 * @throws PlatformError
 */
export async function readTargetForecasts(
  rest: GoogleAdsRest,
  account: AccountRef,
): Promise<readonly TargetForecast[]> {
  const rows = await rest.rows(ownAccount(account), QUERY, row)
  const simulations = rows.map(({ campaignSimulation }) => campaignSimulation)
  return [...Map.groupBy(simulations, ({ campaignId, type }) => `${campaignId} ${type}`).values()].flatMap(forecastOf)
}
