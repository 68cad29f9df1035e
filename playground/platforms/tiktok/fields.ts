import type { Instant } from '../../../lib/units/calendar.ts'
import type { WorldBudget } from '../../world.ts'
import { unknownField } from './errors.ts'
import { toFloat } from './money.ts'
import {
  type AdGroupNode,
  adGroupBudget,
  adGroupStatus,
  type CampaignNode,
  campaignBudget,
  campaignStatus,
  isSmartPlus,
  objectiveOf,
  operationStatus,
  productSourceOf,
  scheduleOf,
  splitTestOf,
  utcText,
} from './nodes.ts'
import { biddingOf, bidFields, strategyOf } from './strategies.ts'

export type Shown = Readonly<Record<string, unknown>>

const modeOf = (budget: WorldBudget | undefined, daily: string): string => {
  if (!budget) return 'BUDGET_MODE_INFINITE'
  return budget.period === 'lifetime' ? 'BUDGET_MODE_TOTAL' : daily
}

const amountOf = (budget: WorldBudget | undefined, currency: string): number =>
  budget ? toFloat(budget.amountMicros, currency) : 0

/** A campaign as `/campaign/get/` shows it. `budget_optimize_on` and the bids come with campaign budgets only. */
export function campaignFields(node: CampaignNode): Shown {
  const { account, campaign } = node
  const budget = campaignBudget(node)
  const bidding = biddingOf(campaign.strategy)
  return {
    advertiser_id: account.id,
    campaign_id: campaign.id,
    campaign_name: campaign.name,
    campaign_type: 'REGULAR_CAMPAIGN',
    objective_type: objectiveOf(campaign),
    ...(productSourceOf(campaign) && { campaign_product_source: productSourceOf(campaign) }),
    is_smart_performance_campaign: isSmartPlus(campaign),
    is_search_campaign: campaign.kind === 'search',
    is_new_structure: true,
    budget_mode: modeOf(budget, 'BUDGET_MODE_DYNAMIC_DAILY_BUDGET'),
    budget: amountOf(budget, account.currency),
    ...(budget && {
      budget_optimize_on: true,
      bid_type: bidding.bid_type,
      deep_bid_type: bidding.deep_bid_type,
      optimization_goal: bidding.optimization_goal,
      roas_bid: bidFields(campaign.strategy, account.currency).roas_bid,
    }),
    operation_status: operationStatus(campaign.status),
    secondary_status: campaignStatus(node),
    create_time: scheduleOf(node).schedule_start_time,
    modify_time: scheduleOf(node).schedule_start_time,
  }
}

/** An ad group as `/adgroup/get/` shows it; under a campaign budget its own reads 0 and infinite. */
export function adGroupFields(node: AdGroupNode, now: Instant): Shown {
  const { account, campaign, adGroup } = node
  const budget = adGroupBudget(node)
  const strategy = strategyOf(node)
  const test = splitTestOf(node, now)
  return {
    advertiser_id: account.id,
    campaign_id: campaign.id,
    campaign_name: campaign.name,
    adgroup_id: adGroup.id,
    adgroup_name: adGroup.name,
    is_smart_performance_campaign: isSmartPlus(campaign),
    budget_mode: modeOf(budget, 'BUDGET_MODE_DAY'),
    budget: amountOf(budget, account.currency),
    scheduled_budget: 0,
    ...scheduleOf(node),
    ...biddingOf(strategy),
    ...bidFields(strategy, account.currency),
    deep_cpa_bid: 0,
    pacing: 'PACING_MODE_SMOOTH',
    click_attribution_window: 'SEVEN_DAYS',
    view_attribution_window: 'ONE_DAY',
    attribution_event_count: 'EVERY',
    optimization_event: 'SHOPPING',
    skip_learning_phase: false,
    operation_status: operationStatus(adGroup.status),
    secondary_status: adGroupStatus(node),
    ...(test && { split_test_group_id: test.id }),
    create_time: scheduleOf(node).schedule_start_time,
    modify_time: utcText(adGroup.learning.lastSignificantEdit),
  }
}

/** A GMV Max campaign in its listing, which says nothing of budgets. */
export const gmvMaxFields = (node: CampaignNode): Shown => ({
  advertiser_id: node.account.id,
  campaign_id: node.campaign.id,
  campaign_name: node.campaign.name,
  objective_type: 'PRODUCT_SALES',
  operation_status: operationStatus(node.campaign.status),
  secondary_status: campaignStatus(node),
  create_time: scheduleOf(node).schedule_start_time,
  modify_time: scheduleOf(node).schedule_start_time,
})

export const gmvMaxDetails = (node: CampaignNode): Shown => ({
  ...gmvMaxFields(node),
  shopping_ads_type: 'PRODUCT',
  optimization_goal: 'VALUE',
  deep_bid_type: 'VO_MIN_ROAS',
  roas_bid: node.campaign.strategy.targetRoas ?? 0,
  budget: amountOf(campaignBudget(node), node.account.currency),
  schedule_type: scheduleOf(node).schedule_type,
  schedule_start_time: scheduleOf(node).schedule_start_time,
})

/** @throws TikTokError 40002 for a field that the object does not have, whether or not this one has it */
export function selected(shown: Shown, fields: readonly string[] | undefined, known: ReadonlySet<string>): Shown {
  if (!fields) return shown
  for (const field of fields) if (!known.has(field)) throw unknownField('fields', field)
  return Object.fromEntries(Object.entries(shown).filter(([name]) => fields.includes(name)))
}

const CBO_FIELDS = ['budget_optimize_on', 'bid_type', 'deep_bid_type', 'optimization_goal', 'roas_bid']
/** Names of all fields, those that come only with some objects included. */
export const campaignFieldNames = (shown: Shown): ReadonlySet<string> =>
  new Set([...Object.keys(shown), ...CBO_FIELDS, 'campaign_product_source'])
export const adGroupFieldNames = (shown: Shown): ReadonlySet<string> =>
  new Set([...Object.keys(shown), 'split_test_group_id'])
