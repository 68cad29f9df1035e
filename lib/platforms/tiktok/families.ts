import type { TikTokCampaign } from './schema.ts'

/**
 * Campaigns that endpoints of their own steer, by our word for their kind, and what TikTok calls them. They are read and
 * counted; an ordinary update of one is refused, or does nothing.
 */
const STEERED_ELSEWHERE: ReadonlyMap<string, string> = new Map([
  ['smart-plus', 'a Smart+ campaign: only the Smart+ endpoints steer it, and TikTok raises its budgets by itself'],
  ['gmv-max', 'a GMV Max campaign: only the GMV Max endpoints steer it'],
  ['reservation', 'a reservation: its budget and price are agreed beforehand'],
  ['automated', 'automated in a way that is not known here'],
])
export const GMV_MAX = 'gmv-max'

type Kinds = Pick<
  TikTokCampaign,
  'objective_type' | 'campaign_automation_type' | 'is_smart_performance_campaign' | 'is_search_campaign'
>

const SMART_PLUS = new Set(['SMART_PLUS', 'UPGRADED_SMART_PLUS'])
const RESERVED = new Set(['RF_REACH', 'TOPVIEW_REACH'])

/** Our word for the kind of a campaign. */
export function kindOf(campaign: Kinds): string {
  const automation = campaign.campaign_automation_type || 'MANUAL'
  if (campaign.is_smart_performance_campaign || SMART_PLUS.has(automation)) return 'smart-plus'
  if (automation !== 'MANUAL') return 'automated'
  if (RESERVED.has(campaign.objective_type ?? '')) return 'reservation'
  return campaign.is_search_campaign ? 'search' : 'social'
}

/** Why the ordinary endpoints do not move a campaign of this kind; `undefined` where they do. */
export const steeredElsewhere = (kind: string, id: string): string | undefined => {
  const what = STEERED_ELSEWHERE.get(kind)
  return what === undefined ? undefined : `${id} is ${what}`
}
