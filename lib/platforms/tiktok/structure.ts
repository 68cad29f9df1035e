import type { AccountRef, AdGroupId, BudgetId, CampaignId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { AccountStructure, AdGroup, BudgetHolder, Campaign } from '../../model/structure.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AccountDate } from '../../units/calendar.ts'
import { type AccountBasics, basicsOf, blockersOf, prepaidLeft, readAdvertiser } from './account.ts'
import type { Api } from './api.ts'
import { adGroupBudget, campaignBudget, type OwnBudget } from './budgets.ts'
import { experimentsIn } from './experiments.ts'
import { kindOf } from './families.ts'
import { type GmvMaxPart, readGmvMax } from './gmv-max.ts'
import type { Listing, Listings } from './listing.ts'
import type { TikTokAdGroup, TikTokCampaign } from './schema.ts'
import { statusOf, troubleOf } from './status.ts'
import { campaignStrategy, learningOf, strategyOf, worstLearning } from './strategy.ts'
import { lastEnd, startsOn } from './time.ts'

/** The account, its campaigns, ad groups, budgets and split tests, as they stand now. */
export async function readStructure(
  api: Api,
  listings: Listings,
  clock: Clock,
  account: AccountRef,
): Promise<AccountStructure> {
  const { id } = account
  const [advertiser, listing] = await Promise.all([readAdvertiser(api, id), listings.read(id)])
  const basics = basicsOf(advertiser)
  const gmvMax = await readGmvMax(api, id, listing.gmvMax, basics.currency)
  const left = prepaidLeft(advertiser, listing.adGroups, basics.currency)
  return {
    account,
    name: advertiser.name,
    ...basics,
    readAt: clock.now(),
    blockers: blockersOf(advertiser.status),
    ...(left && { remainingSpendCap: left }),
    ...translate(listing, gmvMax, basics),
    experiments: experimentsIn(listing),
  }
}

type Translated = Pick<AccountStructure, 'campaigns' | 'adGroups' | 'budgets'>

/** TikTok's campaigns and ad groups as ours, GMV Max campaigns with them. */
export function translate(
  { campaigns, adGroups, gmvMax }: Pick<Listing, 'campaigns' | 'adGroups' | 'gmvMax'>,
  gmvMaxParts: readonly GmvMaxPart[],
  basics: AccountBasics,
): Translated {
  const separate = new Set(gmvMax.map((campaign) => campaign.campaign_id))
  const ordinary = campaigns.filter((campaign) => !separate.has(campaign.campaign_id))
  const byCampaign = Map.groupBy(adGroups, (adGroup) => adGroup.campaign_id)
  refuseOrphans(new Set([...separate, ...ordinary.map((campaign) => campaign.campaign_id)]), adGroups)
  const parts = ordinary.map((campaign) =>
    translateCampaign(campaign, byCampaign.get(campaign.campaign_id) ?? [], basics),
  )
  const budgets = [...parts.flatMap((part) => part.budgets), ...gmvMaxParts.flatMap((part) => part.budget ?? [])]
  refuseTwins(budgets)
  return {
    campaigns: [...parts.map((part) => part.campaign), ...gmvMaxParts.map((part) => part.campaign)],
    adGroups: parts.flatMap((part) => part.adGroups),
    budgets,
  }
}

/** Budgets have the ids of what holds them: a campaign and an ad group of one id could not be told apart. */
function refuseTwins(budgets: readonly BudgetHolder[]): void {
  const seen = new Set<string>()
  for (const { id } of budgets) {
    if (seen.has(id))
      throw new PlatformError({ kind: 'unreadable', detail: `${id}: two objects of this id have budgets` })
    seen.add(id)
  }
}

/** Two listings a moment apart can disagree. */
function refuseOrphans(listed: ReadonlySet<string>, adGroups: readonly TikTokAdGroup[]): void {
  const orphan = adGroups.find((adGroup) => !listed.has(adGroup.campaign_id) && statusOf(adGroup) !== 'removed')
  if (!orphan) return
  const detail = `ad group ${orphan.adgroup_id}: its campaign ${orphan.campaign_id} is not among the account's campaigns`
  throw new PlatformError({ kind: 'transient', detail })
}

function translateCampaign(
  campaign: TikTokCampaign,
  adGroups: readonly TikTokAdGroup[],
  basics: AccountBasics,
): { campaign: Campaign; adGroups: readonly AdGroup[]; budgets: readonly BudgetHolder[] } {
  const { currency } = basics
  const own = campaignBudget(campaign, currency)
  const held = own ? [campaignHolder(campaign, adGroups, own, basics)] : []
  const ofAdGroups = adGroups.flatMap((adGroup) => {
    const budget = adGroupBudget(adGroup, campaign, currency)
    return budget ? [adGroupHolder(adGroup, budget, basics)] : []
  })
  const budgetOf = new Map(ofAdGroups.map((budget) => [budget.adGroup, budget.id]))
  const governing = campaign.budget_optimize_on ? campaign : undefined
  return {
    campaign: toCampaign(campaign, adGroups, held[0]?.id, basics),
    adGroups: adGroups.map((adGroup) => {
      const budget = budgetOf.get(adGroup.adgroup_id as AdGroupId)
      return {
        id: adGroup.adgroup_id as AdGroupId,
        campaign: adGroup.campaign_id as CampaignId,
        name: adGroup.adgroup_name,
        status: statusOf(adGroup),
        ...(budget && { budget }),
        strategy: strategyOf(adGroup, governing, currency),
        learning: learningOf(adGroup),
      }
    }),
    budgets: [...held, ...ofAdGroups],
  }
}

function toCampaign(
  campaign: TikTokCampaign,
  adGroups: readonly TikTokAdGroup[],
  budget: BudgetId | undefined,
  { currency, zone }: AccountBasics,
): Campaign {
  const present = adGroups.filter((adGroup) => statusOf(adGroup) !== 'removed')
  const governing = campaign.budget_optimize_on ? campaign : undefined
  const strategies = present.map((adGroup) => strategyOf(adGroup, governing, currency))
  const from = startsOn(present, zone)
  const to = lastEnd(present, zone)
  return {
    id: campaign.campaign_id as CampaignId,
    name: campaign.campaign_name,
    kind: kindOf(campaign),
    status: statusOf(campaign),
    ...troubleOf(campaign, present),
    ...(budget && { budget }),
    strategy: campaignStrategy(strategies),
    learning: worstLearning(present.map(learningOf)),
    ...(from && { startsOn: from }),
    ...(to && { endsOn: to }),
    deviceMultipliers: {},
  }
}

/** A TikTok budget has no id of its own: it is addressed by the object that holds it. */
const campaignHolder = (
  campaign: TikTokCampaign,
  adGroups: readonly TikTokAdGroup[],
  own: OwnBudget,
  { zone }: AccountBasics,
): BudgetHolder => ({
  id: campaign.campaign_id as BudgetId,
  name: campaign.campaign_name,
  owner: 'campaign',
  ...own,
  campaigns: [campaign.campaign_id as CampaignId],
  status: statusOf(campaign),
  ...endOf(own, lastEnd(adGroups, zone)),
})

const adGroupHolder = (adGroup: TikTokAdGroup, own: OwnBudget, { zone }: AccountBasics): BudgetHolder => ({
  id: adGroup.adgroup_id as BudgetId,
  name: adGroup.adgroup_name,
  owner: 'ad-group',
  ...own,
  campaigns: [adGroup.campaign_id as CampaignId],
  adGroup: adGroup.adgroup_id as AdGroupId,
  status: statusOf(adGroup),
  ...endOf(own, lastEnd([adGroup], zone)),
})

const endOf = ({ period }: OwnBudget, end: AccountDate | undefined): Pick<BudgetHolder, 'endsOn'> =>
  period === 'lifetime' && end ? { endsOn: end } : {}
