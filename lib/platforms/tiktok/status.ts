import type { Campaign, EntityStatus } from '../../model/structure.ts'
import type { TikTokAdGroup, TikTokCampaign } from './schema.ts'

type Stated = Pick<TikTokCampaign | TikTokAdGroup, 'operation_status' | 'secondary_status'>

/** Secondary statuses that an ad group has for good; a schedule that is over may be lengthened. */
const REMOVED = new Set(['CAMPAIGN_STATUS_DELETE', 'ADGROUP_STATUS_DELETE', 'ADGROUP_STATUS_CAMPAIGN_DELETE'])
const NOT_RUNNING = new Set([
  'CAMPAIGN_STATUS_DISABLE',
  'CAMPAIGN_STATUS_AWAITING_RELEASE',
  'ADGROUP_STATUS_DISABLE',
  'ADGROUP_STATUS_CAMPAIGN_DISABLE',
  'ADGROUP_STATUS_TIME_DONE',
])

/**
 * The status that takes effect: an ad group of a paused campaign is paused. What does not deliver for another reason (in
 * review, out of budget) may spend at any moment, so that it counts as active.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1757239620352002 (statuses)
 */
export function statusOf({ operation_status, secondary_status }: Stated): EntityStatus {
  const secondary = secondary_status ?? ''
  if (operation_status === 'DELETE' || operation_status === 'FROZEN' || REMOVED.has(secondary)) return 'removed'
  return operation_status === 'DISABLE' || NOT_RUNNING.has(secondary) ? 'paused' : 'active'
}

/** Campaigns and ad groups that stand still for something that a person must see to. */
const STOPPED = new Set([
  'ADVERTISER_ACCOUNT_PUNISH',
  'ADVERTISER_CONTRACT_PENDING',
  'CAMPAIGN_STATUS_ADVERTISER_AUDIT',
  'CAMPAIGN_STATUS_ADVERTISER_AUDIT_DENY',
  'CAMPAIGN_STATUS_IDENTITY_USED_BY_GMV_MAX_AD',
  'ADGROUP_STATUS_ADVERTISER_AUDIT',
  'ADGROUP_STATUS_ADVERTISER_AUDIT_DENY',
  'ADGROUP_STATUS_ASSET_AUTHORIZATION_LOST',
  'ADGROUP_STATUS_BALANCE_EXCEED',
  'ADGROUP_STATUS_CREATE',
  'ADGROUP_STATUS_FROZEN',
  'ADGROUP_STATUS_IDENTITY_USED_BY_GMV_MAX_AD',
  'ADGROUP_STATUS_PIXEL_UNBIND',
  'ADGROUP_STATUS_TRANSCODING_FAIL',
])
const DISAPPROVED = new Set([
  'ADGROUP_STATUS_AUDIT_DENY',
  'ADGROUP_STATUS_INDUSTRY_QUALIFICATION_DENY',
  'ADGROUP_STATUS_INDUSTRY_QUALIFICATION_EXPIRED',
  'ADGROUP_STATUS_INDUSTRY_QUALIFICATION_MISSING',
  'ADGROUP_STATUS_REVIEW_PARTIALLY_APPROVED',
])

/** Stopped: the campaign, or all of its running ad groups. Disapproved: any of them. */
export function troubleOf(campaign: Stated, adGroups: readonly Stated[]): Pick<Campaign, 'trouble'> {
  if (statusOf(campaign) !== 'active') return {}
  const own = campaign.secondary_status ?? ''
  const running = adGroups.filter((adGroup) => statusOf(adGroup) === 'active')
  const statuses = running.map(({ secondary_status }) => secondary_status ?? '')
  const isStopped = (status: string): boolean => STOPPED.has(status) || status === 'ADGROUP_STATUS_AUDIT_DENY'
  if (STOPPED.has(own)) return { trouble: { kind: 'stopped', reasons: [own] } }
  if (statuses.length > 0 && statuses.every(isStopped))
    return { trouble: { kind: 'stopped', reasons: [...new Set(statuses)] } }
  const denied = [...new Set(statuses.filter((status) => DISAPPROVED.has(status)))]
  return denied.length > 0 ? { trouble: { kind: 'disapproved', reasons: denied } } : {}
}
