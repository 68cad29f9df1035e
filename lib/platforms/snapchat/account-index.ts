import type { AccountId } from '../../model/account.ts'
import type { Clock } from '../../ports/clock.ts'
import { type Instant, MINUTE_MS } from '../../units/calendar.ts'
import type { Api } from './api.ts'
import { adSquadBudget, isSmart } from './budgets.ts'
import { type Listing, readListing } from './structure.ts'

/** What reports and change logs need of an account's listing. */
export interface AccountIndex {
  /** Budgets of ad squads ask for rows by ad squad; campaigns with their own budget need only campaign rows. */
  readonly level: 'campaign' | 'adsquad'
  readonly campaignOf: ReadonlyMap<string, string>
  readonly entities: readonly IndexedEntity[]
}

export interface IndexedEntity {
  readonly kind: 'campaign' | 'adsquad'
  readonly id: string
  /** The campaign holds the budget: its amount is one, and no cap. */
  readonly isSmart: boolean
  readonly updatedAt: Instant | undefined
}

export interface Indexes {
  /** @param maxAgeMs of a listing that was read before */
  of(account: AccountId, maxAgeMs?: number): Promise<AccountIndex>
  /** Spares the next report a listing of its own. */
  remember(account: AccountId, listing: Listing): void
}

/** A pull reads the structure and then the report. */
const REMEMBERED_MS = 15 * MINUTE_MS

export function accountIndexes(api: Api, clock: Clock): Indexes {
  const known = new Map<AccountId, { readonly index: AccountIndex; readonly at: Instant }>()
  const keep = (account: AccountId, listing: Listing): AccountIndex => {
    const index = indexOf(listing)
    known.set(account, { index, at: clock.now() })
    return index
  }
  return {
    async of(account, maxAgeMs = REMEMBERED_MS) {
      const remembered = known.get(account)
      if (remembered && clock.now() - remembered.at < maxAgeMs) return remembered.index
      return keep(account, await readListing(api, account))
    },
    remember: (account, listing) => void keep(account, listing),
  }
}

export function indexOf({ campaigns, adSquads }: Listing): AccountIndex {
  const smart = new Set(campaigns.filter(isSmart).map(({ id }) => id))
  const holds = adSquads.some((one) => !smart.has(one.campaign_id) && adSquadBudget(one) !== undefined)
  return {
    level: holds ? 'adsquad' : 'campaign',
    campaignOf: new Map(adSquads.map(({ id, campaign_id }) => [id, campaign_id])),
    entities: [
      ...campaigns.map(({ id, updated_at: updatedAt }) => ({
        kind: 'campaign' as const,
        id,
        isSmart: smart.has(id),
        updatedAt,
      })),
      ...adSquads.map(({ id, campaign_id, updated_at: updatedAt }) => ({
        kind: 'adsquad' as const,
        id,
        isSmart: smart.has(campaign_id),
        updatedAt,
      })),
    ],
  }
}
