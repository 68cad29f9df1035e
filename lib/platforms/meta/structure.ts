import type { AccountId, AccountRef, AdGroupId, BudgetId, CampaignId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { AccountStructure, AdGroup, BudgetHolder, Campaign, EntityStatus } from '../../model/structure.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AccountDate } from '../../units/calendar.ts'
import { type AccountBasics, basicsOf, blockersOf, remainingCap } from './account.ts'
import { readExperiments } from './experiments.ts'
import type { Graph } from './graph.ts'
import {
  ACCOUNT_FIELDS,
  AD_SET_FIELDS,
  AD_SET_STATUSES,
  accountSchema,
  adSetSchema,
  CAMPAIGN_FIELDS,
  CAMPAIGN_STATUSES,
  campaignSchema,
  type MetaAdSet,
  type MetaCampaign,
  PAGE_SIZE,
} from './schema.ts'
import { adSetStrategy, campaignStrategy, learningOf, strategyOf, worstLearning } from './strategy.ts'
import { lastDate, startDate } from './time.ts'
import { fromMetaUnits } from './units.ts'

/** The account, its campaigns, ad sets, budgets and running studies, as they stand now. */
export async function readStructure(graph: Graph, clock: Clock, account: AccountRef): Promise<AccountStructure> {
  const { id } = account
  const [read, campaigns, adSets] = await Promise.all([
    graph.get(id, `act_${id}`, { fields: ACCOUNT_FIELDS }, accountSchema),
    listCampaigns(graph, id),
    listAdSets(graph, id),
  ])
  const basics = basicsOf(read)
  const experiments = await readExperiments(graph, id, { zone: basics.zone, now: clock.now() })
  const cap = remainingCap(read.spend_cap, read.amount_spent, basics.currency)
  return {
    account,
    name: read.name,
    ...basics,
    readAt: clock.now(),
    blockers: blockersOf(read.account_status, read.disable_reason),
    ...(cap && { remainingSpendCap: cap }),
    ...translate(campaigns, adSets, basics),
    experiments,
  }
}

const listCampaigns = (graph: Graph, id: AccountId): Promise<readonly MetaCampaign[]> =>
  graph.all(
    id,
    `act_${id}/campaigns`,
    { fields: CAMPAIGN_FIELDS, effective_status: CAMPAIGN_STATUSES, limit: PAGE_SIZE },
    campaignSchema,
  )

const listAdSets = (graph: Graph, id: AccountId): Promise<readonly MetaAdSet[]> =>
  graph.all(
    id,
    `act_${id}/adsets`,
    { fields: AD_SET_FIELDS, effective_status: AD_SET_STATUSES, limit: PAGE_SIZE },
    adSetSchema,
  )

type Translated = Pick<AccountStructure, 'campaigns' | 'adGroups' | 'budgets'>

/** Meta's campaigns and ad sets as ours. A budget is on the campaign or on its ad sets, never on both. */
export function translate(
  campaigns: readonly MetaCampaign[],
  adSets: readonly MetaAdSet[],
  basics: AccountBasics,
): Translated {
  const byCampaign = Map.groupBy(adSets, (adSet) => adSet.campaign_id)
  const parts = campaigns.map((campaign) => translateCampaign(campaign, byCampaign.get(campaign.id) ?? [], basics))
  refuseTwice([...campaigns, ...adSets])
  refuseOrphans(campaigns, adSets)
  return {
    campaigns: parts.map((part) => part.campaign),
    adGroups: parts.flatMap((part) => part.adGroups),
    budgets: parts.flatMap((part) => part.budgets),
  }
}

/** An object that moves while a list is paged through may come on two pages: the next reading has it once. */
function refuseTwice(listed: readonly { readonly id: string }[]): void {
  const seen = new Set<string>()
  for (const { id } of listed) {
    if (seen.has(id)) throw new PlatformError({ kind: 'transient', detail: `${id} was listed twice` })
    seen.add(id)
  }
}

/** Two listings a moment apart can disagree; archived ad sets also outlive a deleted campaign, and hold nothing. */
function refuseOrphans(campaigns: readonly MetaCampaign[], adSets: readonly MetaAdSet[]): void {
  const listed = new Set(campaigns.map((campaign) => campaign.id))
  const orphan = adSets.find((a) => !listed.has(a.campaign_id) && statusOf(a.effective_status) !== 'removed')
  if (!orphan) return
  const detail = `ad set ${orphan.id}: its campaign ${orphan.campaign_id} is not among the account's campaigns`
  throw new PlatformError({ kind: 'transient', detail })
}

function translateCampaign(
  campaign: MetaCampaign,
  adSets: readonly MetaAdSet[],
  basics: AccountBasics,
): { campaign: Campaign; adGroups: readonly AdGroup[]; budgets: readonly BudgetHolder[] } {
  const own = campaignBudget(campaign, adSets, basics)
  const adSetBudgets = own ? [] : adSets.flatMap((adSet) => adSetBudget(adSet, basics) ?? [])
  const held = new Map(adSetBudgets.map((budget) => [budget.adGroup, budget.id]))
  const governing = own && campaign
  return {
    campaign: toCampaign(campaign, adSets, own, basics),
    adGroups: adSets.map((adSet) => toAdGroup(adSet, held.get(adSet.id as AdGroupId), governing, basics)),
    budgets: own ? [own] : adSetBudgets,
  }
}

function toCampaign(
  campaign: MetaCampaign,
  adSets: readonly MetaAdSet[],
  budget: BudgetHolder | undefined,
  { currency, zone }: AccountBasics,
): Campaign {
  const present = adSets.filter((adSet) => statusOf(adSet.effective_status) !== 'removed')
  const strategies = present.map((adSet) => adSetStrategy(adSet, budget && campaign, currency))
  const startsOn = startDate(campaign.start_time, zone)
  const endsOn = lastDate(campaign.stop_time, zone)
  return {
    id: campaign.id as CampaignId,
    name: campaign.name,
    kind: 'social',
    status: statusOf(campaign.effective_status),
    ...troubleOf(campaign, present),
    ...(budget && { budget: budget.id }),
    strategy: present.length > 0 ? campaignStrategy(strategies) : strategyOf(campaign.bid_strategy, {}, currency),
    learning: worstLearning(present.map(learningOf)),
    ...(startsOn && { startsOn }),
    ...(endsOn && { endsOn }),
    deviceMultipliers: {},
  }
}

/** A running campaign with issues, or whose ad sets all have: Meta says no more of it in a listing. */
function troubleOf(campaign: MetaCampaign, adSets: readonly MetaAdSet[]): Pick<Campaign, 'trouble'> {
  if (statusOf(campaign.effective_status) !== 'active') return {}
  const running = adSets.filter((adSet) => statusOf(adSet.effective_status) === 'active')
  const isStopped = running.length > 0 && running.every((adSet) => adSet.effective_status === ISSUES)
  return campaign.effective_status === ISSUES || isStopped ? { trouble: { kind: 'stopped', reasons: [ISSUES] } } : {}
}

const ISSUES = 'WITH_ISSUES'

const toAdGroup = (
  adSet: MetaAdSet,
  budget: BudgetId | undefined,
  governing: MetaCampaign | undefined,
  { currency }: AccountBasics,
): AdGroup => ({
  id: adSet.id as AdGroupId,
  campaign: adSet.campaign_id as CampaignId,
  name: adSet.name,
  status: statusOf(adSet.effective_status),
  ...(budget && { budget }),
  strategy: adSetStrategy(adSet, governing, currency),
  learning: learningOf(adSet),
})

/**
 * The status that takes effect: an ad set of a paused campaign is paused. What Meta names otherwise (in review, with
 * issues) may spend at any moment, so that it counts as active.
 */
export function statusOf(effective: string): EntityStatus {
  if (effective === 'ARCHIVED' || effective === 'DELETED') return 'removed'
  return effective === 'PAUSED' || effective === 'CAMPAIGN_PAUSED' ? 'paused' : 'active'
}

/** The budget that an object itself holds. Graph writes the kind that is not used as "0", or not at all. */
export function ownBudget(
  of: Pick<MetaCampaign, 'id' | 'daily_budget' | 'lifetime_budget'>,
): { readonly period: 'daily' | 'lifetime'; readonly units: bigint } | undefined {
  const { daily_budget: daily = 0n, lifetime_budget: lifetime = 0n } = of
  if (daily > 0n && lifetime > 0n)
    throw new PlatformError({ kind: 'unreadable', detail: `${of.id}: has a daily_budget and a lifetime_budget` })
  if (daily > 0n) return { period: 'daily', units: daily }
  return lifetime > 0n ? { period: 'lifetime', units: lifetime } : undefined
}

function campaignBudget(
  campaign: MetaCampaign,
  adSets: readonly MetaAdSet[],
  basics: AccountBasics,
): BudgetHolder | undefined {
  // A campaign's lifetime budget ends with its last ad set where the campaign itself has no end.
  const ends = adSets.map((adSet) => lastDate(adSet.end_time, basics.zone))
  const lastEnd = ends.every((end) => end !== undefined) ? ends.toSorted().at(-1) : undefined
  return holder(campaign, 'campaign', lastDate(campaign.stop_time, basics.zone) ?? lastEnd, basics)
}

const adSetBudget = (adSet: MetaAdSet, basics: AccountBasics): BudgetHolder | undefined =>
  holder(adSet, 'ad-group', lastDate(adSet.end_time, basics.zone), basics)

function holder(
  of: MetaCampaign | MetaAdSet,
  owner: 'campaign' | 'ad-group',
  endsOn: AccountDate | undefined,
  { currency }: AccountBasics,
): BudgetHolder | undefined {
  const own = ownBudget(of)
  if (!own) return undefined
  const isLifetime = own.period === 'lifetime'
  return {
    // A Meta budget has no id of its own: it is addressed by the object that holds it.
    id: of.id as BudgetId,
    name: of.name,
    owner,
    period: own.period,
    amount: fromMetaUnits(own.units, currency),
    campaigns: [('campaign_id' in of ? of.campaign_id : of.id) as CampaignId],
    ...('campaign_id' in of && { adGroup: of.id as AdGroupId }),
    status: statusOf(of.effective_status),
    ...(isLifetime && endsOn && { endsOn }),
    ...(isLifetime && of.budget_remaining !== undefined && { remaining: fromMetaUnits(of.budget_remaining, currency) }),
  }
}
