import { addDays, dateAt, type Instant, isoInstant, SECOND_MS, startOfDay } from '../../../lib/units/calendar.ts'
import type {
  CampaignKind,
  WorldAccount,
  WorldAdGroup,
  WorldBudget,
  WorldCampaign,
  WorldExperiment,
} from '../../world.ts'

export interface CampaignNode {
  readonly account: WorldAccount
  readonly campaign: WorldCampaign
}
export interface AdGroupNode extends CampaignNode {
  readonly adGroup: WorldAdGroup
}

export const isGmvMax = ({ kind }: WorldCampaign): boolean => kind === 'gmv-max'
export const isSmartPlus = ({ kind }: WorldCampaign): boolean => kind === 'smart-plus'

/** Campaigns that the ordinary endpoints list: GMV Max has endpoints of its own. */
export const campaignNodes = (account: WorldAccount): readonly CampaignNode[] =>
  [...account.campaigns.values()].filter((campaign) => !isGmvMax(campaign)).map((campaign) => ({ account, campaign }))

export const gmvMaxNodes = (account: WorldAccount): readonly CampaignNode[] =>
  [...account.campaigns.values()].filter(isGmvMax).map((campaign) => ({ account, campaign }))

export const adGroupsOf = ({ account, campaign }: CampaignNode): readonly AdGroupNode[] =>
  [...campaign.adGroups.values()].map((adGroup) => ({ account, campaign, adGroup }))

export const adGroupNodes = (account: WorldAccount): readonly AdGroupNode[] =>
  campaignNodes(account).flatMap(adGroupsOf)

/** The budget that a campaign holds under campaign budget optimisation (CBO). */
export const campaignBudget = ({ account, campaign }: CampaignNode): WorldBudget | undefined =>
  campaign.budgetId === undefined ? undefined : account.budgets.get(campaign.budgetId)

export const adGroupBudget = ({ account, adGroup }: AdGroupNode): WorldBudget | undefined =>
  adGroup.budgetId === undefined ? undefined : account.budgets.get(adGroup.budgetId)

const OBJECTIVES: Readonly<Partial<Record<CampaignKind, string>>> = {
  shopping: 'PRODUCT_SALES',
  'gmv-max': 'PRODUCT_SALES',
}
export const objectiveOf = ({ kind }: WorldCampaign): string => OBJECTIVES[kind] ?? 'WEB_CONVERSIONS'
/** `PRODUCT_SALES` alone tells where the products are sold. */
export const productSourceOf = (campaign: WorldCampaign): string | undefined =>
  objectiveOf(campaign) === 'PRODUCT_SALES' ? 'STORE' : undefined

/** A prepaid account is one with a cap: what is left of it is its balance. Every other one pays afterwards. */
export const balanceMicros = ({ spendCapMicros, spentMicros }: WorldAccount): bigint => {
  if (spendCapMicros === undefined) return 0n
  const left = spendCapMicros - spentMicros()
  return left > 0n ? left : 0n
}

const isOutOfBalance = (account: WorldAccount): boolean =>
  account.spendCapMicros !== undefined && balanceMicros(account) === 0n

export function campaignStatus({ account, campaign }: CampaignNode): string {
  if (campaign.status === 'removed') return 'CAMPAIGN_STATUS_DELETE'
  if (account.status === 'suspended') return 'ADVERTISER_ACCOUNT_PUNISH'
  return campaign.status === 'paused' ? 'CAMPAIGN_STATUS_DISABLE' : 'CAMPAIGN_STATUS_ENABLE'
}

export function adGroupStatus({ account, campaign, adGroup }: AdGroupNode): string {
  if (adGroup.status === 'removed') return 'ADGROUP_STATUS_DELETE'
  if (campaign.status === 'removed') return 'ADGROUP_STATUS_CAMPAIGN_DELETE'
  if (account.status === 'suspended') return 'ADVERTISER_ACCOUNT_PUNISH'
  if (adGroup.status === 'paused') return 'ADGROUP_STATUS_DISABLE'
  if (campaign.status === 'paused') return 'ADGROUP_STATUS_CAMPAIGN_DISABLE'
  return isOutOfBalance(account) ? 'ADGROUP_STATUS_BALANCE_EXCEED' : 'ADGROUP_STATUS_DELIVERY_OK'
}

const PRIMARY: Readonly<Record<string, (secondary: string) => boolean>> = {
  STATUS_ALL: () => true,
  STATUS_NOT_DELETE: (secondary) => !secondary.endsWith('_DELETE'),
  STATUS_DELETE: (secondary) => secondary.endsWith('_DELETE'),
  STATUS_DISABLE: (secondary) => secondary.endsWith('_DISABLE'),
  STATUS_DELIVERY_OK: (secondary) => secondary.endsWith('_ENABLE') || secondary.endsWith('_DELIVERY_OK'),
  STATUS_NOT_DELIVERY: (secondary) => secondary.endsWith('_PUNISH') || secondary.endsWith('_EXCEED'),
}
export const PRIMARY_STATUSES: readonly string[] = Object.keys(PRIMARY)
export const hasPrimaryStatus = (secondary: string, primary: string): boolean => PRIMARY[primary]?.(secondary) ?? false

export const operationStatus = (status: 'active' | 'paused' | 'removed'): string =>
  status === 'active' ? 'ENABLE' : 'DISABLE'

/** The split test that a campaign is in today. */
export function splitTestOf({ account, campaign }: CampaignNode, now: Instant): WorldExperiment | undefined {
  const today = dateAt(now, account.zone)
  return account.experiments.find(
    ({ baseCampaignId, armCampaignIds, from, to }) =>
      from <= today && today <= to && [baseCampaignId, ...armCampaignIds].includes(campaign.id),
  )
}

/** `2026-11-21 06:00:00`, UTC. */
export const utcText = (at: Instant): string => isoInstant(at).slice(0, 19).replace('T', ' ')

const FAR_AWAY_DAYS = 3_650

/** An ad group runs as long as its campaign; one without an end gets an end ten years away. */
export function scheduleOf({ account, campaign }: CampaignNode): Readonly<Record<string, string>> {
  const { startDate, endDate } = campaign
  const lastDate = endDate ?? addDays(startDate, FAR_AWAY_DAYS)
  const end = (startOfDay(addDays(lastDate, 1), account.zone) - SECOND_MS) as Instant
  return {
    schedule_type: endDate === undefined ? 'SCHEDULE_FROM_NOW' : 'SCHEDULE_START_END',
    schedule_start_time: utcText(startOfDay(startDate, account.zone)),
    schedule_end_time: utcText(end),
  }
}
