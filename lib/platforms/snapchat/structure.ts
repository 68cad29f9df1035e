import type { AccountId, AccountRef, AdGroupId, BudgetId, CampaignId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { AccountStructure, AdGroup, BudgetHolder, Campaign, EntityStatus } from '../../model/structure.ts'
import type { Clock } from '../../ports/clock.ts'
import { money } from '../../units/money.ts'
import { type AccountBasics, basicsOf, blockersOf, readAccount, readRemaining } from './account.ts'
import { type Api, LIST_LIMIT } from './api.ts'
import { adSquadBudget, campaignBudget, isSmart, type OwnBudget } from './budgets.ts'
import { adSquadSchema, campaignSchema, lastDate, type SnapAdSquad, type SnapCampaign, startDate } from './schema.ts'
import { campaignStrategy, strategyOf } from './strategy.ts'

/** Everything that the account lists, as Snapchat has it. */
export interface Listing {
  readonly campaigns: readonly SnapCampaign[]
  readonly adSquads: readonly SnapAdSquad[]
}

/** Deleted ones too: what they spent still counts. @throws PlatformError */
export async function readListing(api: Api, account: AccountId): Promise<Listing> {
  const query = { ...LIST_LIMIT, read_deleted_entities: 'true' }
  const under = `adaccounts/${account}`
  const [campaigns, adSquads] = await Promise.all([
    api.all({ account, path: `${under}/campaigns`, query, many: 'campaigns', one: 'campaign', schema: campaignSchema }),
    api.all({ account, path: `${under}/adsquads`, query, many: 'adsquads', one: 'adsquad', schema: adSquadSchema }),
  ])
  return checked(account, { campaigns, adSquads })
}

/** Two listings a moment apart can disagree; the next reading then has both. */
function checked(account: AccountId, listing: Listing): Listing {
  const { campaigns, adSquads } = listing
  const listed = new Set(campaigns.map(({ id }) => id))
  // Of both kinds together: budgets are addressed by what holds them.
  if (new Set([...campaigns, ...adSquads].map(({ id }) => id)).size < campaigns.length + adSquads.length)
    throw unreadable('the same entity is listed twice')
  if (campaigns.some((campaign) => campaign.ad_account_id !== account))
    throw unreadable('a campaign of another account is listed')
  const orphan = adSquads.find((one) => !listed.has(one.campaign_id) && one.deleted !== true)
  if (!orphan) return listing
  const detail = `ad squad ${orphan.id}: its campaign ${orphan.campaign_id} is not among the account's campaigns`
  throw new PlatformError({ kind: 'transient', detail })
}

const unreadable = (detail: string) => new PlatformError({ kind: 'unreadable', detail })

export interface StructureRead {
  readonly structure: AccountStructure
  readonly listing: Listing
}

/** The account, its campaigns, ad squads and budgets as they stand now. Snapchat's API tells nothing of split tests. */
export async function readStructure(api: Api, clock: Clock, account: AccountRef): Promise<StructureRead> {
  const [{ account: read }, listing] = await Promise.all([readAccount(api, account.id), readListing(api, account.id)])
  const basics = basicsOf(read)
  const remaining = await readRemaining(api, read, basics)
  const structure: AccountStructure = {
    account,
    name: read.name,
    ...basics,
    readAt: clock.now(),
    blockers: blockersOf(read),
    ...(remaining && { remainingSpendCap: remaining }),
    ...translate(listing, basics),
    experiments: [],
  }
  return { structure, listing }
}

type Translated = Pick<AccountStructure, 'campaigns' | 'adGroups' | 'budgets'>

/** Snapchat's campaigns and ad squads as ours. A budget is on the campaign or on its ad squads, never on both. */
export function translate({ campaigns, adSquads }: Listing, basics: AccountBasics): Translated {
  const byCampaign = Map.groupBy(adSquads, (adSquad) => adSquad.campaign_id)
  const parts = campaigns.map((campaign) => translateCampaign(campaign, byCampaign.get(campaign.id) ?? [], basics))
  return {
    campaigns: parts.map((part) => part.campaign),
    adGroups: parts.flatMap((part) => part.adGroups),
    budgets: parts.flatMap((part) => part.budgets),
  }
}

interface CampaignParts {
  readonly campaign: Campaign
  readonly adGroups: readonly AdGroup[]
  readonly budgets: readonly BudgetHolder[]
}

function translateCampaign(
  campaign: SnapCampaign,
  adSquads: readonly SnapAdSquad[],
  basics: AccountBasics,
): CampaignParts {
  const own = campaignBudget(campaign)
  const budgets = own
    ? [campaignHolder(campaign, adSquads, own, basics)]
    : isSmart(campaign)
      ? []
      : adSquads.flatMap((adSquad) => adSquadHolder(adSquad, campaign, basics) ?? [])
  const held = new Set<string>(budgets.map(({ id }) => id))
  return {
    campaign: toCampaign(campaign, adSquads, own && (campaign.id as BudgetId), basics),
    adGroups: adSquads.map((adSquad) => toAdGroup(adSquad, campaign, held.has(adSquad.id), basics)),
    budgets,
  }
}

function toCampaign(
  campaign: SnapCampaign,
  adSquads: readonly SnapAdSquad[],
  budget: BudgetId | undefined,
  { currency, zone }: AccountBasics,
): Campaign {
  const present = adSquads.filter((adSquad) => ownStatus(adSquad) !== 'removed')
  const startsOn = startDate(campaign.start_time, zone)
  const endsOn = lastDate(campaign.end_time, zone)
  return {
    id: campaign.id as CampaignId,
    name: campaign.name,
    kind: campaign.buy_model === 'RESERVED' ? RESERVED : 'social',
    status: ownStatus(campaign),
    ...troubleOf(campaign),
    ...(budget && { budget }),
    strategy: campaignStrategy(present.map((adSquad) => strategyOf(adSquad, currency))),
    // The API has no field for it.
    learning: 'unknown',
    ...(startsOn && { startsOn }),
    ...(endsOn && { endsOn }),
    deviceMultipliers: {},
  }
}

/** Bought in advance for a fixed price ("Reach and Frequency"): counted, and nothing but its status is steered. */
export const RESERVED = 'reserved'

const toAdGroup = (
  adSquad: SnapAdSquad,
  campaign: SnapCampaign,
  holdsBudget: boolean,
  { currency }: AccountBasics,
): AdGroup => ({
  id: adSquad.id as AdGroupId,
  campaign: adSquad.campaign_id as CampaignId,
  name: adSquad.name,
  status: statusUnder(adSquad, campaign),
  ...(holdsBudget && { budget: adSquad.id as BudgetId }),
  strategy: strategyOf(adSquad, currency),
  learning: 'unknown',
})

/** The switch of an entity. What is named otherwise than the documents name it may spend, so that it counts as active. */
export function ownStatus({ status, deleted }: Pick<SnapCampaign, 'status' | 'deleted'>): EntityStatus {
  if (deleted === true) return 'removed'
  return status === 'PAUSED' ? 'paused' : 'active'
}

/** The status that takes effect: an ad squad of a paused campaign is paused. */
function statusUnder(adSquad: SnapAdSquad, campaign: SnapCampaign): EntityStatus {
  const [own, above] = [ownStatus(adSquad), ownStatus(campaign)]
  if (own === 'removed' || above === 'removed') return 'removed'
  return own === 'paused' ? own : above
}

/**
 * Codes that say no more than the switch, the dates or the parent do, or that today's budget is used up.
 *
 * @see https://developers.snap.com/api/marketing-api/Ads-API/delivery-status
 */
const EXPECTED =
  /^INVALID_(NOT_(EFFECTIVE_)?ACTIVE|(EFFECTIVE_)?(START|END)_TIME|EFFECTIVE_DELETED|OVER_BUDGET_\w*DAILY\w*)$/

/** Why a campaign that is switched on does not deliver, in Snapchat's words. */
function troubleOf(campaign: SnapCampaign): Pick<Campaign, 'trouble'> {
  if (ownStatus(campaign) !== 'active') return {}
  const reasons = (campaign.delivery_status ?? []).filter(
    (code) => code.startsWith('INVALID_') && !isExpected(code, campaign),
  )
  return reasons.length > 0 ? { trouble: { kind: 'stopped', reasons } } : {}
}

/** A campaign's daily cap that is used up is no budget of ours: it keeps budgets under it from being spent. */
const isExpected = (code: string, campaign: SnapCampaign): boolean =>
  EXPECTED.test(code) && (isSmart(campaign) || !code.includes('OVER_BUDGET'))

function campaignHolder(
  campaign: SnapCampaign,
  adSquads: readonly SnapAdSquad[],
  own: OwnBudget,
  basics: AccountBasics,
): BudgetHolder {
  // A campaign's lifetime budget ends with its last ad squad where the campaign itself has no end.
  const ends = adSquads.map((adSquad) => lastDate(adSquad.end_time, basics.zone))
  const lastEnd = ends.every((end) => end !== undefined) ? ends.toSorted().at(-1) : undefined
  const endsOn = lastDate(campaign.end_time, basics.zone) ?? lastEnd
  return {
    // A Snapchat budget has no id of its own: it is addressed by the object that holds it.
    id: campaign.id as BudgetId,
    name: campaign.name,
    owner: 'campaign',
    period: own.period,
    amount: money(own.micros, basics.currency),
    campaigns: [campaign.id as CampaignId],
    status: ownStatus(campaign),
    ...(own.period === 'lifetime' && endsOn && { endsOn }),
  }
}

function adSquadHolder(adSquad: SnapAdSquad, campaign: SnapCampaign, basics: AccountBasics): BudgetHolder | undefined {
  const own = adSquadBudget(adSquad)
  if (!own) return undefined
  const endsOn = lastDate(adSquad.end_time ?? campaign.end_time, basics.zone)
  return {
    id: adSquad.id as BudgetId,
    name: adSquad.name,
    owner: 'ad-group',
    period: own.period,
    amount: money(own.micros, basics.currency),
    campaigns: [campaign.id as CampaignId],
    adGroup: adSquad.id as AdGroupId,
    status: statusUnder(adSquad, campaign),
    ...(own.period === 'lifetime' && endsOn && { endsOn }),
  }
}
