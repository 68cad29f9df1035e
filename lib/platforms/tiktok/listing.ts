import type { AccountId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import type { Clock } from '../../ports/clock.ts'
import { type Instant, MINUTE_MS } from '../../units/calendar.ts'
import type { Api } from './api.ts'
import { isNotGranted } from './failures.ts'
import {
  adGroupSchema,
  campaignSchema,
  gmvMaxSchema,
  type TikTokAdGroup,
  type TikTokCampaign,
  type TikTokGmvMax,
} from './schema.ts'

/** Everything that an account lists, deleted things included: their past spend still counts. */
export interface Listing {
  readonly campaigns: readonly TikTokCampaign[]
  readonly adGroups: readonly TikTokAdGroup[]
  readonly gmvMax: readonly TikTokGmvMax[]
  /** Campaigns in a split test between campaigns. */
  readonly inSplitTests: readonly string[]
}

export interface Listings {
  /** As it stands now. */
  read(account: AccountId): Promise<Listing>
  /** What a pull's structure has just read spares its report a listing of its own. */
  recent(account: AccountId): Promise<Listing>
}

const REMEMBERED_MS = 15 * MINUTE_MS

export function listingsOf(api: Api, clock: Clock): Listings {
  const known = new Map<AccountId, { readonly listing: Listing; readonly at: Instant }>()
  const read = async (account: AccountId): Promise<Listing> => {
    const listing = await readListing(api, account)
    known.set(account, { listing, at: clock.now() })
    return listing
  }
  return {
    read,
    async recent(account) {
      const remembered = known.get(account)
      return remembered && clock.now() - remembered.at < REMEMBERED_MS ? remembered.listing : read(account)
    },
  }
}

/** Without it what is deleted is left out. */
const ALL = { primary_status: 'STATUS_ALL' }

async function readListing(api: Api, account: AccountId): Promise<Listing> {
  const [campaigns, adGroups, inSplitTests, gmvMax] = await Promise.all([
    listCampaigns(api, account, ALL),
    listAdGroups(api, account, ALL),
    listCampaigns(api, account, { split_test_enabled: true }),
    listGmvMax(api, account),
  ])
  return { campaigns, adGroups, gmvMax, inSplitTests: inSplitTests.map((campaign) => campaign.campaign_id) }
}

type Filtering = Readonly<Record<string, unknown>>

export async function listCampaigns(
  api: Api,
  account: AccountId,
  filtering: Filtering,
  use: RequestUse = 'read',
): Promise<readonly TikTokCampaign[]> {
  const query = { advertiser_id: account, filtering }
  const keyOf = (campaign: TikTokCampaign) => campaign.campaign_id
  return (await api.list({ account, path: 'campaign/get/', query, use, keyOf }, campaignSchema)).elements
}

export async function listAdGroups(
  api: Api,
  account: AccountId,
  filtering: Filtering,
  use: RequestUse = 'read',
): Promise<readonly TikTokAdGroup[]> {
  const query = { advertiser_id: account, filtering }
  const keyOf = (adGroup: TikTokAdGroup) => adGroup.adgroup_id
  return (await api.list({ account, path: 'adgroup/get/', query, use, keyOf }, adGroupSchema)).elements
}

const GMV_MAX_TYPES = ['PRODUCT_GMV_MAX', 'LIVE_GMV_MAX']
const GMV_MAX_PAGE = 100

/** None where the application was not granted the scope of GMV Max: an application without it sees no such campaign. */
export async function listGmvMax(
  api: Api,
  account: AccountId,
  filtering: Filtering = {},
  use: RequestUse = 'read',
): Promise<readonly TikTokGmvMax[]> {
  const query = { advertiser_id: account, filtering: { gmv_max_promotion_types: GMV_MAX_TYPES, ...filtering } }
  const keyOf = (campaign: TikTokGmvMax) => campaign.campaign_id
  try {
    const path = 'gmv_max/campaign/get/'
    return (await api.list({ account, path, query, use, pageSize: GMV_MAX_PAGE, keyOf }, gmvMaxSchema)).elements
  } catch (error) {
    if (error instanceof PlatformError && isNotGranted(error.failure)) return []
    throw error
  }
}
