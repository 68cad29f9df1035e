import * as z from 'zod'
import type { AccountRef, BudgetId } from '../../model/account.ts'
import type { BudgetForecast, ForecastPoint } from '../../model/evidence.ts'
import { accountDate, daysBetween } from '../../units/calendar.ts'
import { ownAccount } from './account.ts'
import { unitsOf } from './amounts.ts'
import type { GoogleAdsRest } from './rest.ts'
import { digits, idOf, isoDate, micros, real, resourceName } from './schema.ts'

/** proto3 leaves out what is 0. */
const point = z.object({
  budgetAmountMicros: micros,
  costMicros: micros.default(0n),
  biddableConversions: real.min(0).default(0),
})
const row = z.object({
  campaign: z.object({ campaignBudget: resourceName.optional() }),
  campaignSimulation: z.object({
    campaignId: digits,
    startDate: isoDate,
    endDate: isoDate,
    budgetPointList: z.object({ points: z.array(point).default([]) }).optional(),
  }),
})
type Simulated = z.infer<typeof row>

/** https://developers.google.com/google-ads/api/fields/v25/campaign_simulation; budgets of search, shopping, Performance Max. */
const QUERY =
  'SELECT campaign.campaign_budget, campaign_simulation.campaign_id, campaign_simulation.start_date, ' +
  'campaign_simulation.end_date, campaign_simulation.budget_point_list.points FROM campaign_simulation ' +
  "WHERE campaign_simulation.type = 'BUDGET'"

/** Spend and conversions are of all days that the simulation replays, the budget is of one. */
function pointsOf({
  campaignSimulation: { startDate, endDate, budgetPointList },
}: Simulated): readonly ForecastPoint[] {
  const days = Math.max(1, daysBetween(accountDate(startDate), accountDate(endDate)) + 1)
  return (budgetPointList?.points ?? [])
    .map(({ budgetAmountMicros, costMicros, biddableConversions }) => ({
      dailyBudget: unitsOf(budgetAmountMicros),
      spend: unitsOf(costMicros) / days,
      conversions: biddableConversions / days,
    }))
    .toSorted((a, b) => a.dailyBudget - b.dailyBudget)
}

const latest = (simulations: readonly Simulated[]): Simulated =>
  simulations.reduce((a, b) => (b.campaignSimulation.endDate > a.campaignSimulation.endDate ? b : a))

/**
 * Google's budget simulations: what it says other budgets would have brought on the days that it replays. Of several of
 * one campaign the newest; none of a budget that campaigns share, because a simulation moves it for one of them alone.
 *
 * @throws PlatformError
 */
export async function readForecasts(rest: GoogleAdsRest, account: AccountRef): Promise<readonly BudgetForecast[]> {
  const rows = await rest.rows(ownAccount(account), QUERY, row)
  const byBudget = Map.groupBy(rows, ({ campaign }) => campaign.campaignBudget)
  return [...byBudget].flatMap(([budget, own]) => {
    const campaigns = new Set(own.map(({ campaignSimulation }) => campaignSimulation.campaignId))
    const points = campaigns.size === 1 ? pointsOf(latest(own)) : []
    return budget === undefined || points.length < 2 ? [] : [{ budget: idOf(budget) as BudgetId, points }]
  })
}
