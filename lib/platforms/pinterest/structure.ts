import type { AccountRef, AdGroupId, BudgetId, CampaignId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type {
  AccountStructure,
  AdGroup,
  BudgetHolder,
  Campaign,
  EntityStatus,
  WriteBlocker,
} from '../../model/structure.ts'
import type { Clock } from '../../ports/clock.ts'
import { type AccountDate, dateAt, type Instant, later } from '../../units/calendar.ts'
import { type CurrencyCode, type Money, money } from '../../units/money.ts'
import { currencyOf, readAccount, roleBlockers, ZONE } from './account.ts'
import type { Api } from './api.ts'
import { deviceMultipliers } from './devices.ts'
import { listAdGroups, listCampaigns } from './entities.ts'
import type { PinterestAdGroup, PinterestCampaign } from './schema.ts'
import { campaignStrategy, learningOf, strategyOf, worstLearning } from './strategy.ts'

/** The account, its campaigns, ad groups and budgets, as they stand now. The API knows of no split tests. */
export async function readStructure(api: Api, clock: Clock, account: AccountRef): Promise<AccountStructure> {
  const read = await readAccount(api, account.id)
  const currency = currencyOf(read)
  const campaigns = await listCampaigns(api, account.id)
  const adGroups = await listAdGroups(api, account.id)
  return {
    account,
    name: read.name ?? '',
    currency,
    zone: ZONE,
    readAt: clock.now(),
    blockers: [...roleBlockers(read), ...disabledBlockers([...campaigns, ...adGroups])],
    ...translate(campaigns, adGroups, currency),
    experiments: [],
  }
}

const DISABLED = 'ADVERTISER_DISABLED'

/** An account has no status of its own; what it holds tells that it was disabled. */
export const disabledBlockers = (
  entities: readonly Pick<PinterestCampaign, 'summary_status'>[],
): readonly WriteBlocker[] =>
  entities.some((entity) => entity.summary_status === DISABLED)
    ? [{ code: DISABLED, detail: 'the ad account is disabled by Pinterest: see Billing and Account status there' }]
    : []

type Translated = Pick<AccountStructure, 'campaigns' | 'adGroups' | 'budgets'>

/** Pinterest's campaigns and ad groups as ours. */
export function translate(
  campaigns: readonly PinterestCampaign[],
  adGroups: readonly PinterestAdGroup[],
  currency: CurrencyCode,
): Translated {
  const present = adGroups.filter(({ status }) => !isDraft(status))
  const byCampaign = Map.groupBy(present, (adGroup) => adGroup.campaign_id)
  const kept = campaigns.filter(({ status }) => !isDraft(status))
  refuseOrphans(kept, present)
  const parts = kept.map((campaign) => translateCampaign(campaign, byCampaign.get(campaign.id) ?? [], currency))
  return {
    campaigns: parts.map((part) => part.campaign),
    adGroups: parts.flatMap((part) => part.adGroups),
    budgets: distinct(parts.flatMap((part) => part.budgets)),
  }
}

/** A budget has the id of what holds it, so that a campaign and an ad group of one id could not be told apart. */
function distinct(budgets: readonly BudgetHolder[]): readonly BudgetHolder[] {
  const seen = new Set<string>()
  for (const { id } of budgets) {
    if (seen.has(id))
      throw new PlatformError({ kind: 'unreadable', detail: `budget ${id}: a campaign and an ad group hold one` })
    seen.add(id)
  }
  return budgets
}

const isDraft = (status: PinterestCampaign['status']): boolean => status === 'DRAFT' || status === 'DELETED_DRAFT'

/** Two listings a moment apart can disagree. */
function refuseOrphans(campaigns: readonly PinterestCampaign[], adGroups: readonly PinterestAdGroup[]): void {
  const listed = new Set(campaigns.map((campaign) => campaign.id))
  const orphan = adGroups.find(({ campaign_id, status }) => !listed.has(campaign_id) && statusOf(status) !== 'removed')
  if (!orphan) return
  const detail = `ad group ${orphan.id}: its campaign ${orphan.campaign_id} is not among the account's campaigns`
  throw new PlatformError({ kind: 'transient', detail })
}

interface Part extends Omit<Translated, 'campaigns'> {
  readonly campaign: Campaign
}

function translateCampaign(
  campaign: PinterestCampaign,
  adGroups: readonly PinterestAdGroup[],
  currency: CurrencyCode,
): Part {
  const budget = campaignHolder(campaign, currency)
  const parts = adGroups.map((adGroup) => {
    const own = campaign.is_campaign_budget_optimization ? undefined : adGroupHolder(adGroup, campaign, currency)
    return { own, adGroup: toAdGroup(adGroup, campaign, own?.id, currency) }
  })
  return {
    campaign: toCampaign(campaign, adGroups, budget?.id, currency),
    adGroups: parts.map((part) => part.adGroup),
    budgets: [...(budget ? [budget] : []), ...parts.flatMap(({ own }) => (own ? [own] : []))],
  }
}

function toCampaign(
  campaign: PinterestCampaign,
  adGroups: readonly PinterestAdGroup[],
  budget: BudgetId | undefined,
  currency: CurrencyCode,
): Campaign {
  const present = adGroups.filter(({ status }) => statusOf(status) !== 'removed')
  const startsOn = dateOf(campaign.start_time)
  const endsOn = lastDate(campaign.end_time)
  const isStopped = campaign.status === 'ACTIVE' && campaign.summary_status === DISABLED
  return {
    id: campaign.id as CampaignId,
    name: campaign.name ?? '',
    kind: kindOf(campaign),
    status: statusOf(campaign.status),
    ...(isStopped && { trouble: { kind: 'stopped', reasons: [DISABLED] } }),
    ...(budget && { budget }),
    strategy: campaignStrategy(present.map((adGroup) => strategyOf(adGroup, currency))),
    learning: worstLearning(present.map(learningOf)),
    ...(startsOn && { startsOn }),
    ...(endsOn && { endsOn }),
    deviceMultipliers: deviceMultipliers(campaign.bid_options?.app_type_multipliers),
  }
}

export const PERFORMANCE_PLUS = 'performance-plus'

/** Performance+ by its own name, which decides what it takes; others by their objective. */
export function kindOf(
  of: Pick<PinterestCampaign, 'is_performance_plus' | 'is_automated_campaign' | 'objective_type'>,
) {
  if (of.is_performance_plus || of.is_automated_campaign) return PERFORMANCE_PLUS
  return (of.objective_type ?? 'unknown').toLowerCase().replaceAll('_', '-')
}

function toAdGroup(
  adGroup: PinterestAdGroup,
  campaign: PinterestCampaign,
  budget: BudgetId | undefined,
  currency: CurrencyCode,
): AdGroup {
  const own = statusOf(adGroup.status)
  const above = statusOf(campaign.status)
  return {
    id: adGroup.id as AdGroupId,
    campaign: adGroup.campaign_id as CampaignId,
    name: adGroup.name ?? '',
    // What takes effect: an ad group of a paused campaign does not run.
    status: own === 'active' ? above : own,
    ...(budget && { budget }),
    strategy: strategyOf(adGroup, currency),
    learning: learningOf(adGroup),
  }
}

/** The own status, as it is set. */
export function statusOf(status: PinterestCampaign['status']): EntityStatus {
  if (status === 'ACTIVE') return 'active'
  return status === 'ARCHIVED' ? 'removed' : 'paused'
}

export interface OwnBudget {
  readonly period: 'daily' | 'lifetime'
  readonly micros: bigint
}

/**
 * The cap of a campaign that optimises its budget, which then is the budget; the cap of any other campaign is none.
 *
 * @throws PlatformError unreadable when it has two
 */
export function campaignBudget(campaign: PinterestCampaign): OwnBudget | undefined {
  const { daily_spend_cap: daily, lifetime_spend_cap: lifetime } = campaign
  if (!campaign.is_campaign_budget_optimization) return undefined
  if (daily !== undefined && lifetime !== undefined)
    throw new PlatformError({
      kind: 'unreadable',
      detail: `campaign ${campaign.id}: has a daily_spend_cap and a lifetime_spend_cap`,
    })
  if (daily !== undefined) return { period: 'daily', micros: daily }
  return lifetime === undefined ? undefined : { period: 'lifetime', micros: lifetime }
}

/** @throws PlatformError unreadable when it has an amount and no type */
export function adGroupBudget(adGroup: PinterestAdGroup): OwnBudget | undefined {
  const { budget_in_micro_currency: amount, budget_type: type } = adGroup
  // Under a campaign's optimised budget the amounts are Pinterest's own.
  if (amount === undefined || type === 'CBO_ADGROUP') return undefined
  if (!type)
    throw new PlatformError({ kind: 'unreadable', detail: `ad group ${adGroup.id}: a budget without a budget_type` })
  return { period: type === 'DAILY' ? 'daily' : 'lifetime', micros: amount }
}

function campaignHolder(campaign: PinterestCampaign, currency: CurrencyCode): BudgetHolder | undefined {
  const own = campaignBudget(campaign)
  if (!own) return undefined
  const endsOn = own.period === 'lifetime' ? lastDate(campaign.end_time) : undefined
  return {
    ...holder(campaign, own, currency),
    owner: 'campaign',
    campaigns: [campaign.id as CampaignId],
    status: statusOf(campaign.status),
    ...(endsOn && { endsOn }),
  }
}

function adGroupHolder(
  adGroup: PinterestAdGroup,
  campaign: PinterestCampaign,
  currency: CurrencyCode,
): BudgetHolder | undefined {
  const own = adGroupBudget(adGroup)
  if (!own) return undefined
  const endsOn = own.period === 'lifetime' ? lastDate(adGroup.end_time ?? campaign.end_time) : undefined
  const status = statusOf(adGroup.status)
  return {
    ...holder(adGroup, own, currency),
    owner: 'ad-group',
    campaigns: [campaign.id as CampaignId],
    adGroup: adGroup.id as AdGroupId,
    status: status === 'active' ? statusOf(campaign.status) : status,
    ...(endsOn && { endsOn }),
  }
}

// A budget has no id of its own: it is addressed by what holds it.
const holder = (
  of: { readonly id: string; readonly name?: string | null | undefined },
  own: OwnBudget,
  currency: CurrencyCode,
): { readonly id: BudgetId; readonly name: string; readonly period: OwnBudget['period']; readonly amount: Money } => ({
  id: of.id as BudgetId,
  name: of.name ?? '',
  period: own.period,
  amount: money(own.micros, currency),
})

const dateOf = (at: Instant | undefined): AccountDate | undefined => (at === undefined ? undefined : dateAt(at, ZONE))

/** The last day that has any time before `at`. */
const lastDate = (at: Instant | undefined): AccountDate | undefined =>
  at === undefined ? undefined : dateOf(later(at, -1))
