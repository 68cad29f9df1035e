import type { AccountId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { RequestUse } from '../../ports/limiter.ts'
import type { Api } from './api.ts'
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

/** Reads single entities, of which only the id is known. */
export interface Places {
  /** `undefined`: gone, or never there. @throws PlatformError, also for an entity of another account */
  find(account: AccountId, id: string, use: RequestUse): Promise<Found | undefined>
}

export function entityPlaces(api: Api): Places {
  const parents = new Map<string, ParentCampaign>()
  // Saves asking for a campaign as an ad squad each time.
  const kinds = new Map<string, Found['kind']>()

  async function campaign(account: AccountId, id: string, use: RequestUse): Promise<SnapCampaign | undefined> {
    const reading = {
      account,
      use,
      path: `campaigns/${id}`,
      many: 'campaigns',
      one: 'campaign',
      schema: campaignSchema,
    }
    const found = await api.one(reading)
    if (!found || found.deleted === true) return undefined
    if (found.id !== id) throw unreadable(`campaigns/${id}: the answer is about another`)
    if (found.ad_account_id !== account) throw foreign(id, account)
    parents.set(id, parentOf(found))
    return found
  }

  async function adSquad(account: AccountId, id: string, use: RequestUse): Promise<Found | undefined> {
    const reading = { account, use, path: `adsquads/${id}`, many: 'adsquads', one: 'adsquad', schema: adSquadSchema }
    const found = await api.one(reading)
    if (!found || found.deleted === true) return undefined
    if (found.id !== id) throw unreadable(`adsquads/${id}: the answer is about another`)
    const read = parents.has(found.campaign_id) ? undefined : await campaign(account, found.campaign_id, use)
    const above = parents.get(found.campaign_id) ?? (read && parentOf(read))
    if (!above) return undefined
    if (above.account !== account) throw foreign(id, account)
    return { kind: 'adsquad', adSquad: found, above }
  }

  return {
    async find(account, id, use) {
      const order =
        kinds.get(id) === 'campaign' ? (['campaign', 'adsquad'] as const) : (['adsquad', 'campaign'] as const)
      for (const kind of order) {
        const found = kind === 'adsquad' ? await adSquad(account, id, use) : asFound(await campaign(account, id, use))
        if (!found) continue
        kinds.set(id, kind)
        return found
      }
      return undefined
    },
  }
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
