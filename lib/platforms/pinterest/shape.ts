import type { AccountId, CampaignId } from '../../model/account.ts'
import type { AccountStructure } from '../../model/structure.ts'
import type { Clock } from '../../ports/clock.ts'
import { type Instant, MINUTE_MS } from '../../units/calendar.ts'
import type { CurrencyCode } from '../../units/money.ts'
import type { Api } from './api.ts'
import { type Level, listAdGroups, listCampaigns } from './entities.ts'
import { translate } from './structure.ts'

/** At which level an account is reported, and of which entities: reports are asked for by id. */
export interface Shape {
  readonly level: Level
  /** Every entity of that level, with its campaign. */
  readonly campaignOf: ReadonlyMap<string, CampaignId>
}

export interface Shapes {
  of(account: AccountId): Promise<Shape>
  /** Spares the next report two listings of its own. */
  remember(structure: Pick<AccountStructure, 'account' | 'campaigns' | 'adGroups' | 'budgets'>): void
}

/** A pull reads the structure and then the report. */
const REMEMBERED_MS = 15 * MINUTE_MS

/** Budgets of ad groups ask for rows by ad group; campaigns with their own budget need only campaign rows. */
export function shapeOf({
  campaigns,
  adGroups,
  budgets,
}: Pick<AccountStructure, 'campaigns' | 'adGroups' | 'budgets'>): Shape {
  if (budgets.some((budget) => budget.owner === 'ad-group'))
    return { level: 'ad-group', campaignOf: new Map(adGroups.map((adGroup) => [adGroup.id, adGroup.campaign])) }
  return { level: 'campaign', campaignOf: new Map(campaigns.map((campaign) => [campaign.id, campaign.id])) }
}

export function accountShapes(api: Api, clock: Clock, currency: (account: AccountId) => Promise<CurrencyCode>): Shapes {
  const known = new Map<AccountId, { readonly shape: Shape; readonly at: Instant }>()
  const keep = (account: AccountId, shape: Shape): Shape => {
    known.set(account, { shape, at: clock.now() })
    return shape
  }
  return {
    async of(account) {
      const remembered = known.get(account)
      if (remembered && clock.now() - remembered.at < REMEMBERED_MS) return remembered.shape
      const campaigns = await listCampaigns(api, account)
      const adGroups = await listAdGroups(api, account)
      return keep(account, shapeOf(translate(campaigns, adGroups, await currency(account))))
    },
    remember: (structure) => {
      keep(structure.account.id, shapeOf(structure))
    },
  }
}
