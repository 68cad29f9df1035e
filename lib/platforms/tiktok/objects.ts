import type { AccountId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import type { AccountStructure, Campaign } from '../../model/structure.ts'
import type { Api } from './api.ts'
import { type BudgetPeriod, periodOf } from './budgets.ts'
import { GONE } from './failures.ts'
import { GMV_MAX, kindOf, steeredElsewhere } from './families.ts'
import { listAdGroups, listCampaigns, listGmvMax } from './listing.ts'
import type { TikTokAdGroup, TikTokCampaign, TikTokGmvMax } from './schema.ts'

/** Ids of levers' objects. A budget's is that of a campaign or of an ad group: which of them is not known beforehand. */
export interface Wanted {
  readonly campaigns: readonly string[]
  readonly adGroups: readonly string[]
  readonly either: readonly string[]
}

/** By id; what is gone, deleted or another account's is in none of them. */
export interface Objects {
  readonly campaigns: ReadonlyMap<string, TikTokCampaign>
  /** Every one with its campaign among the campaigns. */
  readonly adGroups: ReadonlyMap<string, TikTokAdGroup>
  readonly gmvMax: ReadonlyMap<string, TikTokGmvMax>
}

export async function readObjects(api: Api, account: AccountId, wanted: Wanted, use: RequestUse): Promise<Objects> {
  const read = reader(api, account, use)
  const campaigns = await read.campaigns([...wanted.campaigns, ...wanted.either])
  const others = wanted.either.filter((id) => !campaigns.has(id))
  const adGroups = await read.adGroups([...wanted.adGroups, ...others])
  const parents = [...adGroups.values()].map((adGroup) => adGroup.campaign_id)
  const governing = await read.campaigns(parents.filter((id) => !campaigns.has(id)))
  const missing = [...wanted.campaigns.filter((id) => !campaigns.has(id)), ...others.filter((id) => !adGroups.has(id))]
  return { campaigns: new Map([...campaigns, ...governing]), adGroups, gmvMax: await read.gmvMax(missing) }
}

/** TikTok's own most of ids in one filter. */
const IDS_PER_CALL = 100

type ById<T> = (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>
interface Reader {
  readonly campaigns: ById<TikTokCampaign>
  readonly adGroups: ById<TikTokAdGroup>
  readonly gmvMax: ById<TikTokGmvMax>
}

const reader = (api: Api, account: AccountId, use: RequestUse): Reader => ({
  campaigns: byId(
    (campaign_ids) => listCampaigns(api, account, { campaign_ids }, use),
    (campaign) => campaign.campaign_id,
  ),
  adGroups: byId(
    (adgroup_ids) => listAdGroups(api, account, { adgroup_ids }, use),
    (adGroup) => adGroup.adgroup_id,
  ),
  gmvMax: byId(
    (campaign_ids) => listGmvMax(api, account, { campaign_ids }, use),
    (campaign) => campaign.campaign_id,
  ),
})

const byId =
  <T>(list: (ids: readonly string[]) => Promise<readonly T[]>, idOf: (one: T) => string): ById<T> =>
  async (ids) => {
    const wanted = [...new Set(ids)]
    const found = new Map<string, T>()
    for (let start = 0; start < wanted.length; start += IDS_PER_CALL)
      for (const one of await listSome(list, wanted.slice(start, start + IDS_PER_CALL))) found.set(idOf(one), one)
    return found
  }

/** One request, or, where it failed for an id that does not exist, the same again for either half. */
async function listSome<T>(
  list: (ids: readonly string[]) => Promise<readonly T[]>,
  ids: readonly string[],
): Promise<readonly T[]> {
  try {
    return await list(ids)
  } catch (error) {
    if (!isGone(error)) throw error
    if (ids.length === 1) return []
    const middle = Math.ceil(ids.length / 2)
    return [...(await listSome(list, ids.slice(0, middle))), ...(await listSome(list, ids.slice(middle)))]
  }
}

const isGone = (error: unknown): boolean =>
  error instanceof PlatformError && error.failure.kind === 'rejected' && error.failure.code === GONE

/** What decides where and whether a campaign or ad group may be written to, as it was last read. */
export interface KnownObject {
  readonly level: 'campaign' | 'ad-group'
  /** Why the ordinary endpoints do not move it. */
  readonly steered: string | undefined
  /** Whether the campaign's budget feeds it. */
  readonly isUnderCampaignBudget: boolean
  /** Of its own budget; `undefined`: it has none. TikTok has one field for the amount of either. */
  readonly period: BudgetPeriod | undefined
}

/** Kept by a process, so that a change that follows a reading needs none of its own. */
export interface Known {
  readonly byId: ReadonlyMap<string, KnownObject>
  rememberObjects(objects: Objects): void
  rememberStructure(structure: AccountStructure): void
}

export function openKnown(): Known {
  const byId = new Map<string, KnownObject>()
  const note = (id: string, level: KnownObject['level'], kind: string, campaign: string, budget: BudgetFacts): void => {
    byId.set(id, { level, steered: steeredElsewhere(kind, campaign), ...budget })
  }
  return {
    byId,
    rememberObjects({ campaigns, adGroups, gmvMax }) {
      for (const [id, campaign] of campaigns)
        note(id, 'campaign', kindOf(campaign), id, factsOf(campaign, campaign.budget_mode))
      for (const [id, { campaign_id, budget_mode }] of adGroups) {
        const parent = campaigns.get(campaign_id)
        // Without its campaign nothing says whose budget feeds it.
        if (parent) note(id, 'ad-group', kindOf(parent), campaign_id, factsOf(parent, budget_mode))
      }
      for (const id of gmvMax.keys())
        note(id, 'campaign', GMV_MAX, id, { isUnderCampaignBudget: true, period: 'daily' })
    },
    rememberStructure({ campaigns, adGroups, budgets }) {
      const parents = new Map(campaigns.map((campaign) => [campaign.id, campaign]))
      const periods = new Map<string, BudgetPeriod>(budgets.map(({ id, period }) => [id, period]))
      const facts = (id: string, { budget }: Pick<Campaign, 'budget'>): BudgetFacts => ({
        isUnderCampaignBudget: budget !== undefined,
        period: periods.get(id),
      })
      for (const campaign of campaigns)
        note(campaign.id, 'campaign', campaign.kind, campaign.id, facts(campaign.id, campaign))
      for (const { id, campaign } of adGroups) {
        const parent = parents.get(campaign)
        if (parent) note(id, 'ad-group', parent.kind, campaign, facts(id, parent))
      }
    },
  }
}

type BudgetFacts = Pick<KnownObject, 'isUnderCampaignBudget' | 'period'>

const factsOf = (campaign: TikTokCampaign, mode: TikTokAdGroup['budget_mode']): BudgetFacts => ({
  isUnderCampaignBudget: campaign.budget_optimize_on === true,
  period: periodOf(mode),
})
