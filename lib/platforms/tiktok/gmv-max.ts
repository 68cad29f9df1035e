import type { AccountId, BudgetId, CampaignId } from '../../model/account.ts'
import type { BudgetHolder, Campaign } from '../../model/structure.ts'
import type { CurrencyCode } from '../../units/money.ts'
import { amountOf } from './account.ts'
import type { Api } from './api.ts'
import { GMV_MAX } from './families.ts'
import { gmvMaxInfoSchema, type TikTokGmvMax } from './schema.ts'
import { statusOf } from './status.ts'

export interface GmvMaxPart {
  readonly campaign: Campaign
  readonly budget: BudgetHolder | undefined
}

/** What the details of one campaign say, where it was asked. */
export interface GmvMaxInfo {
  readonly budget?: number | null | undefined
  readonly roas_bid?: number | null | undefined
}

/** GMV Max campaigns with their daily budgets, which only the details of each tell; those of deleted ones are left. */
export async function readGmvMax(
  api: Api,
  account: AccountId,
  listed: readonly TikTokGmvMax[],
  currency: CurrencyCode,
): Promise<readonly GmvMaxPart[]> {
  const parts: GmvMaxPart[] = []
  for (const campaign of listed) {
    const info = statusOf(campaign) === 'removed' ? {} : await readGmvMaxInfo(api, account, campaign.campaign_id)
    parts.push(toPart(campaign, info, currency))
  }
  return parts
}

export const readGmvMaxInfo = (api: Api, account: AccountId, campaign: string): Promise<GmvMaxInfo> =>
  api.get(
    { account, path: 'campaign/gmv_max/info/', query: { advertiser_id: account, campaign_id: campaign } },
    gmvMaxInfoSchema,
  )

export function toPart(campaign: TikTokGmvMax, { budget, roas_bid }: GmvMaxInfo, currency: CurrencyCode): GmvMaxPart {
  const id = campaign.campaign_id as CampaignId
  const status = statusOf(campaign)
  const holder: BudgetHolder | undefined = budget
    ? {
        id: campaign.campaign_id as BudgetId,
        name: campaign.campaign_name,
        owner: 'campaign',
        period: 'daily',
        amount: amountOf(budget, currency),
        campaigns: [id],
        status,
      }
    : undefined
  return {
    campaign: {
      id,
      name: campaign.campaign_name,
      kind: GMV_MAX,
      status,
      ...(holder && { budget: holder.id }),
      strategy: roas_bid ? { kind: 'target-roas', targetRoas: roas_bid } : { kind: 'max-value' },
      learning: 'unknown',
      deviceMultipliers: {},
    },
    budget: holder,
  }
}
