import type { AccountId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { RequestUse } from '../../ports/limiter.ts'
import { type Api, LIST_LIMIT } from './api.ts'
import { isSmart } from './budgets.ts'
import { adSquadSchema, campaignSchema, type SnapAdSquad, type SnapCampaign } from './schema.ts'

/** An entity as it was just read. */
export type Found =
  | { readonly kind: 'campaign'; readonly campaign: SnapCampaign }
  | { readonly kind: 'adsquad'; readonly adSquad: SnapAdSquad; readonly above: ParentCampaign }

/** What of a campaign never changes. */
export interface ParentCampaign {
  readonly id: string
  readonly account: string
  readonly isSmart: boolean
  readonly isReserved: boolean
}

/** Reads entities of which only the id is known. */
export interface Places {
  /** `undefined`: gone, or never there. @throws PlatformError, also for an entity of another account */
  find(account: AccountId, id: string, use: RequestUse): Promise<Found | undefined>
  /** The same of many, by their ids: out of the account's lists where they are more than a handful. */
  findAll(account: AccountId, ids: readonly string[], use: RequestUse): Promise<ReadonlyMap<string, Found>>
}

const CAMPAIGN = { many: 'campaigns', one: 'campaign', schema: campaignSchema } as const
const AD_SQUAD = { many: 'adsquads', one: 'adsquad', schema: adSquadSchema } as const

/** A few at a time: Snapchat serves ten requests a second, and has no way to ask for several entities by their ids. */
const AT_ONCE = 4
/** Singly an ad squad takes a request, and one more for its campaign; a list a thousand entities. */
const LISTED_FROM = 10

/** @param listedFrom so many ids asked for at once are looked for in lists */
export function entityPlaces(api: Api, listedFrom = LISTED_FROM): Places {
  const parents = new Map<string, ParentCampaign>()
  // Saves asking for a campaign as an ad squad each time.
  const kinds = new Map<string, Found['kind']>()

  async function campaign(account: AccountId, id: string, use: RequestUse): Promise<SnapCampaign | undefined> {
    const found = await api.one({ ...CAMPAIGN, account, use, path: `campaigns/${id}` })
    if (!found || found.deleted === true) return undefined
    if (found.id !== id) throw unreadable(`campaigns/${id}: the answer is about another`)
    if (found.ad_account_id !== account) throw foreign(id, account)
    parents.set(id, parentOf(found))
    return found
  }

  async function adSquad(account: AccountId, id: string, use: RequestUse): Promise<Found | undefined> {
    const found = await api.one({ ...AD_SQUAD, account, use, path: `adsquads/${id}` })
    if (!found || found.deleted === true) return undefined
    if (found.id !== id) throw unreadable(`adsquads/${id}: the answer is about another`)
    const read = parents.has(found.campaign_id) ? undefined : await campaign(account, found.campaign_id, use)
    const above = parents.get(found.campaign_id) ?? (read && parentOf(read))
    if (!above) return undefined
    if (above.account !== account) throw foreign(id, account)
    return { kind: 'adsquad', adSquad: found, above }
  }

  async function find(account: AccountId, id: string, use: RequestUse): Promise<Found | undefined> {
    const order = kinds.get(id) === 'campaign' ? (['campaign', 'adsquad'] as const) : (['adsquad', 'campaign'] as const)
    for (const kind of order) {
      const found = kind === 'adsquad' ? await adSquad(account, id, use) : asFound(await campaign(account, id, use))
      if (!found) continue
      kinds.set(id, kind)
      return found
    }
    return undefined
  }

  return {
    find,
    async findAll(account, ids, use) {
      const listed = ids.length < listedFrom ? [] : await readListed(api, account, new Set(ids), use)
      for (const one of listed) {
        const above = one.kind === 'campaign' ? parentOf(one.campaign) : one.above
        parents.set(above.id, above)
        kinds.set(idOf(one), one.kind)
      }
      const found = new Map(listed.map((one) => [idOf(one), one]))
      // That something is in no list is no proof that it is gone: it is asked for by its id.
      const rest = ids.filter((id) => !found.has(id))
      for (const one of await readEach(rest, (id) => find(account, id, use))) found.set(idOf(one), one)
      return found
    },
  }
}

async function readEach(
  ids: readonly string[],
  find: (id: string) => Promise<Found | undefined>,
): Promise<readonly Found[]> {
  const found: Found[] = []
  for (let start = 0; start < ids.length; start += AT_ONCE)
    for (const one of await Promise.all(ids.slice(start, start + AT_ONCE).map(find))) if (one) found.push(one)
  return found
}

const idOf = (found: Found): string => (found.kind === 'campaign' ? found.campaign.id : found.adSquad.id)

/**
 * Those of the ids that the account lists as there: campaigns, and ad squads of campaigns that are. Ad squads are listed only
 * where an id is no campaign's.
 *
 * @throws PlatformError when a list is not whole, names an entity twice, or one of another account
 */
async function readListed(
  api: Api,
  account: AccountId,
  ids: ReadonlySet<string>,
  use: RequestUse,
): Promise<readonly Found[]> {
  const listing = { account, use, query: LIST_LIMIT }
  const under = `adaccounts/${account}`
  const campaigns = await api.all({ ...CAMPAIGN, ...listing, path: `${under}/campaigns` })
  const stranger = campaigns.find((campaign) => campaign.ad_account_id !== account)
  if (stranger) throw foreign(stranger.id, account)
  const byId = onceEach(campaigns)
  const found: Found[] = [...byId.values()]
    .filter(({ id, deleted }) => ids.has(id) && deleted !== true)
    .map((campaign) => ({ kind: 'campaign', campaign }))
  if (found.length === ids.size) return found
  const adSquads = await api.all({ ...AD_SQUAD, ...listing, path: `${under}/adsquads` })
  for (const adSquad of onceEach(adSquads).values()) {
    const above = byId.get(adSquad.campaign_id)
    if (ids.has(adSquad.id) && adSquad.deleted !== true && above && above.deleted !== true)
      found.push({ kind: 'adsquad', adSquad, above: parentOf(above) })
  }
  return found
}

function onceEach<T extends { readonly id: string }>(entities: readonly T[]): ReadonlyMap<string, T> {
  const byId = new Map(entities.map((one) => [one.id, one]))
  if (byId.size < entities.length) throw unreadable('the same entity is listed twice')
  return byId
}

const asFound = (campaign: SnapCampaign | undefined): Found | undefined => campaign && { kind: 'campaign', campaign }

const parentOf = (campaign: SnapCampaign): ParentCampaign => ({
  id: campaign.id,
  account: campaign.ad_account_id,
  isSmart: isSmart(campaign),
  isReserved: campaign.buy_model === 'RESERVED',
})

const unreadable = (detail: string) => new PlatformError({ kind: 'unreadable', detail })
const foreign = (id: string, account: string) =>
  new PlatformError({ kind: 'rejected', code: 'wrong-account', detail: `${id} does not belong to account ${account}` })
