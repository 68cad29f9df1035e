/** Fields of campaigns, their budgets and ad groups. */
import type { WorldAdGroup, WorldBudget, WorldCampaign, WorldStrategy } from '../../world.ts'
import {
  channelEnum,
  isBudgetRemoved,
  primaryStatus,
  referenceCount,
  servingStatus,
  statusEnum,
  strategyEnum,
  systemStatus,
} from './campaign-state.ts'
import { type Field, fieldsOf, type Row } from './field.ts'
import { adGroupName, budgetName, campaignName } from './names.ts'

const budget = fieldsOf<WorldBudget>('campaign_budget', 'ATTRIBUTE', (r) => r.budget)
const campaign = fieldsOf<WorldCampaign>('campaign', 'ATTRIBUTE', (r) => r.campaign)
const adGroup = fieldsOf<WorldAdGroup>('ad_group', 'ATTRIBUTE', (r) => r.adGroup)

const isDaily = (b: WorldBudget): boolean => b.period === 'daily'

export const BUDGET_FIELDS: readonly Field[] = [
  budget('resource_name', 'RESOURCE_NAME', ['immutable', 'implicit'], (b, r) => budgetName(r.account.id, b.id)),
  budget('id', 'INT64', ['output'], (b) => b.id),
  budget('name', 'STRING', [], (b) => b.name),
  budget('amount_micros', 'INT64', [], (b) => (isDaily(b) ? b.amountMicros : undefined)),
  budget('total_amount_micros', 'INT64', [], (b) => (isDaily(b) ? undefined : b.amountMicros)),
  budget('status', 'ENUM:BudgetStatus', ['output', 'implicit'], (b, r) =>
    isBudgetRemoved(r.account, b) ? 'REMOVED' : 'ENABLED',
  ),
  budget('delivery_method', 'ENUM:BudgetDeliveryMethod', ['implicit'], () => 'STANDARD'),
  budget('explicitly_shared', 'BOOLEAN', [], (b) => b.owner === 'shared'),
  budget('reference_count', 'INT64', ['output'], (b, r) => BigInt(referenceCount(r.account, b))),
  budget('has_recommended_budget', 'BOOLEAN', ['output'], () => false),
  budget('recommended_budget_amount_micros', 'INT64', ['output'], () => undefined),
  budget('period', 'ENUM:BudgetPeriod', ['immutable', 'implicit'], (b) => (isDaily(b) ? 'DAILY' : 'CUSTOM_PERIOD')),
  budget('type', 'ENUM:BudgetType', ['immutable', 'implicit'], () => 'STANDARD'),
  budget('aligned_bidding_strategy_id', 'INT64', ['implicit'], () => undefined),
]

/** Target of the campaign's strategy, where it is stated in `form` and belongs to this kind of strategy. */
function target<K extends WorldStrategy['kind'], V>(
  form: 'maximize' | 'target',
  kind: K,
  value: (s: WorldStrategy) => V,
) {
  return (c: WorldCampaign, r: Row): V | undefined =>
    c.strategy.kind === kind && r.view.scheme(r.account, c) === form ? value(c.strategy) : undefined
}
const cpa = (s: WorldStrategy): bigint | undefined => s.targetCpaMicros
const roas = (s: WorldStrategy): number | undefined => s.targetRoas

export const CAMPAIGN_FIELDS: readonly Field[] = [
  campaign('resource_name', 'RESOURCE_NAME', ['immutable', 'implicit'], (c, r) => campaignName(r.account.id, c.id)),
  campaign('id', 'INT64', ['output'], (c) => c.id),
  campaign('name', 'STRING', [], (c) => c.name),
  campaign('status', 'ENUM:CampaignStatus', ['implicit'], (c) => statusEnum(c.status)),
  campaign('serving_status', 'ENUM:CampaignServingStatus', ['output', 'implicit'], (c, r) =>
    servingStatus(r.view, r.account, c),
  ),
  campaign(
    'primary_status',
    'ENUM:CampaignPrimaryStatus',
    ['output', 'implicit'],
    (c, r) => primaryStatus(r.view, r.account, c)[0],
  ),
  campaign(
    'primary_status_reasons',
    'ENUM:CampaignPrimaryStatusReason',
    ['output', 'repeated'],
    (c, r) => primaryStatus(r.view, r.account, c)[1],
  ),
  campaign('advertising_channel_type', 'ENUM:AdvertisingChannelType', ['immutable', 'implicit'], channelEnum),
  campaign('bidding_strategy_type', 'ENUM:BiddingStrategyType', ['output', 'implicit'], (c, r) =>
    strategyEnum(r.view, r.account, c),
  ),
  campaign('bidding_strategy_system_status', 'ENUM:BiddingStrategySystemStatus', ['output', 'implicit'], (c, r) =>
    systemStatus(r.account, c),
  ),
  campaign('bidding_strategy', 'RESOURCE_NAME', [], () => undefined),
  campaign('accessible_bidding_strategy', 'RESOURCE_NAME', ['output', 'implicit'], () => undefined),
  campaign('campaign_budget', 'RESOURCE_NAME', [], (c, r) => c.budgetId && budgetName(r.account.id, c.budgetId)),
  campaign('start_date_time', 'STRING', [], (c) => `${c.startDate} 00:00:00`),
  campaign('end_date_time', 'STRING', [], (c) => c.endDate && `${c.endDate} 23:59:59`),
  campaign('experiment_type', 'ENUM:CampaignExperimentType', ['output', 'implicit'], (c, r) =>
    r.view.experimentOf(r.account, c.id) ? 'EXPERIMENT' : 'BASE',
  ),
  campaign('base_campaign', 'RESOURCE_NAME', ['output'], (c, r) =>
    campaignName(r.account.id, r.view.experimentOf(r.account, c.id)?.baseCampaignId ?? c.id),
  ),
  campaign('maximize_conversions.target_cpa_micros', 'INT64', ['implicit'], target('maximize', 'target-cpa', cpa)),
  campaign('maximize_conversion_value.target_roas', 'DOUBLE', ['implicit'], target('maximize', 'target-roas', roas)),
  campaign('target_cpa.target_cpa_micros', 'INT64', [], target('target', 'target-cpa', cpa)),
  campaign('target_roas.target_roas', 'DOUBLE', [], target('target', 'target-roas', roas)),
  campaign('manual_cpc.enhanced_cpc_enabled', 'BOOLEAN', [], (c) =>
    c.strategy.kind === 'manual-cpc' ? false : undefined,
  ),
  campaign('contains_eu_political_advertising', 'ENUM:EuPoliticalAdvertisingStatus', ['implicit'], (_, r) =>
    r.view.euDeclarationMissing(r.account) ? 'UNSPECIFIED' : 'DOES_NOT_CONTAIN_EU_POLITICAL_ADVERTISING',
  ),
  campaign('missing_eu_political_advertising_declaration', 'BOOLEAN', ['output', 'implicit'], (_, r) =>
    r.view.euDeclarationMissing(r.account),
  ),
  campaign('labels', 'RESOURCE_NAME', ['output', 'repeated'], () => []),
]

const strategyOf = (g: WorldAdGroup, r: Row): WorldStrategy | undefined => g.strategy ?? r.campaign?.strategy
const sourceOf = (own: unknown): string => (own === undefined ? 'CAMPAIGN_BIDDING_STRATEGY' : 'AD_GROUP')

const AD_GROUP_TYPES: Readonly<Record<string, string>> = {
  SEARCH: 'SEARCH_STANDARD',
  DISPLAY: 'DISPLAY_STANDARD',
  SHOPPING: 'SHOPPING_PRODUCT_ADS',
  VIDEO: 'VIDEO_RESPONSIVE',
}

export const AD_GROUP_FIELDS: readonly Field[] = [
  adGroup('resource_name', 'RESOURCE_NAME', ['immutable', 'implicit'], (g, r) => adGroupName(r.account.id, g.id)),
  adGroup('id', 'INT64', ['output'], (g) => g.id),
  adGroup('name', 'STRING', [], (g) => g.name),
  adGroup('status', 'ENUM:AdGroupStatus', ['implicit'], (g) => statusEnum(g.status)),
  adGroup('type', 'ENUM:AdGroupType', ['immutable', 'implicit'], (_, r) =>
    r.campaign ? AD_GROUP_TYPES[channelEnum(r.campaign)] : undefined,
  ),
  adGroup(
    'campaign',
    'RESOURCE_NAME',
    ['immutable'],
    (_, r) => r.campaign && campaignName(r.account.id, r.campaign.id),
  ),
  adGroup('cpc_bid_micros', 'INT64', [], (g, r) => strategyOf(g, r)?.bidMicros),
  adGroup('target_cpa_micros', 'INT64', [], (g) => g.strategy?.targetCpaMicros),
  adGroup('target_roas', 'DOUBLE', [], (g) => g.strategy?.targetRoas),
  adGroup('effective_target_cpa_micros', 'INT64', ['output'], (g, r) => strategyOf(g, r)?.targetCpaMicros),
  adGroup('effective_target_cpa_source', 'ENUM:BiddingSource', ['output', 'implicit'], (g) =>
    sourceOf(g.strategy?.targetCpaMicros),
  ),
  adGroup('effective_target_roas', 'DOUBLE', ['output'], (g, r) => strategyOf(g, r)?.targetRoas),
  adGroup('effective_target_roas_source', 'ENUM:BiddingSource', ['output', 'implicit'], (g) =>
    sourceOf(g.strategy?.targetRoas),
  ),
]
