import * as z from 'zod'
import type { AccountId } from '../../model/account.ts'
import { CRITERION_FIELDS, type CriterionRow, criterionRow, LISTED } from './criteria.ts'
import { idList } from './gaql.ts'
import type { GoogleAdsRest } from './rest.ts'
import { digits, factor, idOf, micros, resourceName } from './schema.ts'
import { targetFields, targets } from './strategies.ts'

/** Reads of just the entities that some levers sit on: for looking before a push, and for reading back after it. */

const budgetRow = z.object({
  campaignBudget: z.object({
    id: digits,
    status: z.string(),
    period: z.string(),
    amountMicros: micros.optional(),
    totalAmountMicros: micros.optional(),
  }),
})
const campaignRow = z.object({
  campaign: z.object({
    ...targets,
    id: digits,
    status: z.string(),
    biddingStrategy: resourceName.optional(),
    biddingStrategyType: z.string(),
  }),
})
const strategyRow = z.object({
  biddingStrategy: z.object({ ...targets, id: digits, type: z.string(), status: z.string().optional() }),
})
const adGroupRow = z.object({
  adGroup: z.object({
    id: digits,
    status: z.string(),
    targetCpaMicros: micros.optional(),
    targetRoas: factor.optional(),
  }),
})

export type BudgetNow = z.infer<typeof budgetRow>['campaignBudget']
export type CampaignNow = z.infer<typeof campaignRow>['campaign']
export type StrategyNow = z.infer<typeof strategyRow>['biddingStrategy']
export type AdGroupNow = z.infer<typeof adGroupRow>['adGroup']

/** Well below the length at which Google refuses an IN list (`FILTER_HAS_TOO_MANY_VALUES`). */
const CHUNK = 1_000

async function inChunks<T>(
  ids: readonly string[],
  read: (list: string) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const unique = [...new Set(ids)]
  const all: T[] = []
  for (let start = 0; start < unique.length; start += CHUNK)
    all.push(...(await read(idList(unique.slice(start, start + CHUNK)))))
  return all
}

const byId = <T extends { readonly id: string }>(all: readonly T[]): ReadonlyMap<string, T> =>
  new Map(all.map((one) => [one.id, one]))

/** @throws PlatformError */
export async function budgetsNow(rest: GoogleAdsRest, account: AccountId, ids: readonly string[]) {
  const select =
    'SELECT campaign_budget.id, campaign_budget.status, campaign_budget.period, campaign_budget.amount_micros, ' +
    'campaign_budget.total_amount_micros FROM campaign_budget WHERE campaign_budget.id IN'
  const rows = await inChunks(ids, (list) => rest.rows(account, `${select} (${list})`, budgetRow))
  return byId(rows.map(({ campaignBudget }) => campaignBudget))
}

/** @throws PlatformError */
export async function campaignsNow(rest: GoogleAdsRest, account: AccountId, ids: readonly string[]) {
  const select =
    'SELECT campaign.id, campaign.status, campaign.bidding_strategy, campaign.bidding_strategy_type, ' +
    `${targetFields('campaign')} FROM campaign WHERE campaign.id IN`
  const rows = await inChunks(ids, (list) => rest.rows(account, `${select} (${list})`, campaignRow))
  return byId(rows.map(({ campaign }) => campaign))
}

/** @throws PlatformError */
export async function strategiesNow(rest: GoogleAdsRest, account: AccountId, ids: readonly string[]) {
  const select =
    'SELECT bidding_strategy.id, bidding_strategy.type, bidding_strategy.status, ' +
    `${targetFields('bidding_strategy')} FROM bidding_strategy WHERE bidding_strategy.id IN`
  const rows = await inChunks(ids, (list) => rest.rows(account, `${select} (${list})`, strategyRow))
  return byId(rows.map(({ biddingStrategy }) => biddingStrategy))
}

/** @throws PlatformError */
export async function adGroupsNow(rest: GoogleAdsRest, account: AccountId, ids: readonly string[]) {
  const select =
    'SELECT ad_group.id, ad_group.status, ad_group.target_cpa_micros, ad_group.target_roas FROM ad_group ' +
    'WHERE ad_group.id IN'
  const rows = await inChunks(ids, (list) => rest.rows(account, `${select} (${list})`, adGroupRow))
  return byId(rows.map(({ adGroup }) => adGroup))
}

/** Device criteria of these campaigns. @throws PlatformError */
function devicesNow(
  rest: GoogleAdsRest,
  account: AccountId,
  campaigns: readonly string[],
): Promise<readonly CriterionRow[]> {
  const select =
    `SELECT ${CRITERION_FIELDS} FROM campaign_criterion WHERE campaign_criterion.type = 'DEVICE' ` +
    "AND campaign_criterion.status != 'REMOVED' AND campaign.id IN"
  return inChunks(campaigns, (list) => rest.rows(account, `${select} (${list})`, criterionRow))
}

/** Places, parts of the week and audiences with these ids, whichever campaigns list them. @throws PlatformError */
function listedNow(rest: GoogleAdsRest, account: AccountId, ids: readonly string[]): Promise<readonly CriterionRow[]> {
  const select = `SELECT ${CRITERION_FIELDS} FROM campaign_criterion WHERE ${LISTED} AND campaign_criterion.criterion_id IN`
  return inChunks(ids, (list) => rest.rows(account, `${select} (${list})`, criterionRow))
}

/** Everything that a set of levers sits on, as it stands. */
export interface Now {
  readonly budgets: ReadonlyMap<string, BudgetNow>
  readonly campaigns: ReadonlyMap<string, CampaignNow>
  readonly strategies: ReadonlyMap<string, StrategyNow>
  readonly adGroups: ReadonlyMap<string, AdGroupNow>
  /** By campaign: its device criteria, and those of the others that were asked for. */
  readonly criteria: ReadonlyMap<string, readonly CriterionRow[]>
}

export interface Wanted {
  readonly budgets: readonly string[]
  readonly campaigns: readonly string[]
  readonly strategies: readonly string[]
  readonly adGroups: readonly string[]
  /** Campaigns whose device criteria are wanted. */
  readonly devices: readonly string[]
  /** Ids of other criteria that are wanted. */
  readonly criteria: readonly string[]
}

/**
 * One query per kind of entity that is wanted, none for the others. With device criteria come the portfolio strategies
 * of their campaigns: these decide whether a modifier counts.
 *
 * @throws PlatformError
 */
export async function readNow(rest: GoogleAdsRest, account: AccountId, wanted: Wanted): Promise<Now> {
  const campaigns = await campaignsNow(rest, account, wanted.campaigns)
  const criteria = [
    ...(await devicesNow(rest, account, wanted.devices)),
    ...(await listedNow(rest, account, wanted.criteria)),
  ]
  const portfolios = wanted.devices.flatMap((id) => campaigns.get(id)?.biddingStrategy ?? []).map(idOf)
  return {
    campaigns,
    budgets: await budgetsNow(rest, account, wanted.budgets),
    strategies: await strategiesNow(rest, account, [...wanted.strategies, ...portfolios]),
    adGroups: await adGroupsNow(rest, account, wanted.adGroups),
    criteria: Map.groupBy(criteria, ({ campaign }) => campaign.id),
  }
}
