import { addDays, dateAt, type Instant, startOfDay } from '../../../lib/units/calendar.ts'
import type {
  Device,
  World,
  WorldAccount,
  WorldAdGroup,
  WorldBudget,
  WorldCampaign,
  WorldStrategy,
} from '../../world.ts'

export interface CampaignNode {
  readonly level: 'campaign'
  readonly account: WorldAccount
  readonly campaign: WorldCampaign
}
export interface AdGroupNode {
  readonly level: 'ad-group'
  readonly account: WorldAccount
  readonly campaign: WorldCampaign
  readonly adGroup: WorldAdGroup
}
export type Node = CampaignNode | AdGroupNode

/** What the world does not know and the twin remembers. */
export interface Memory {
  /** Factors by campaign and app type. */
  readonly appTypes: Map<string, Readonly<Record<string, number>>>
  /** Bid multipliers of ad groups. */
  readonly multipliers: Map<string, number>
}

export const nodeId = (node: Node): string => (node.level === 'campaign' ? node.campaign.id : node.adGroup.id)

const byId = (a: Node, b: Node): number => {
  const [x, y] = [BigInt(nodeId(a)), BigInt(nodeId(b))]
  return x < y ? -1 : x > y ? 1 : 0
}

export const campaignsOf = (account: WorldAccount): readonly CampaignNode[] =>
  [...account.campaigns.values()].map((campaign) => ({ level: 'campaign', account, campaign }) as const).toSorted(byId)

export const adGroupsOf = (account: WorldAccount): readonly AdGroupNode[] =>
  [...account.campaigns.values()]
    .flatMap((campaign) =>
      [...campaign.adGroups.values()].map((adGroup) => ({ level: 'ad-group', account, campaign, adGroup }) as const),
    )
    .toSorted(byId)

export function ownBudget(node: Node): WorldBudget | undefined {
  const id = node.level === 'campaign' ? node.campaign.budgetId : node.adGroup.budgetId
  return id === undefined ? undefined : node.account.budgets.get(id)
}

/** Whether the campaign holds the budget (CBO). */
export const isOptimised = ({ budgetId }: WorldCampaign): boolean => budgetId !== undefined

const STATUS = { active: 'ACTIVE', paused: 'PAUSED', removed: 'ARCHIVED' } as const

export const statusOf = (node: Node): string =>
  STATUS[node.level === 'campaign' ? node.campaign.status : node.adGroup.status]

function summaryStatus(node: Node, now: Instant): string {
  const { account, campaign } = node
  const status = statusOf(node)
  if (status === 'ARCHIVED') return status
  if (account.status === 'suspended') return 'ADVERTISER_DISABLED'
  if (status === 'PAUSED' || campaign.status === 'paused') return 'PAUSED'
  const today = dateAt(now, account.zone)
  if (today < campaign.startDate) return 'NOT_STARTED'
  return campaign.endDate !== undefined && today > campaign.endDate ? 'COMPLETED' : 'RUNNING'
}

const unix = (at: Instant): number => Math.floor(at / 1_000)

const times = ({ account, campaign }: Node) => ({
  start_time: unix(startOfDay(campaign.startDate, account.zone)),
  end_time: campaign.endDate === undefined ? null : unix(startOfDay(addDays(campaign.endDate, 1), account.zone)),
  created_time: unix(startOfDay(campaign.startDate, account.zone)),
})

const OBJECTIVES: Readonly<Partial<Record<WorldCampaign['kind'], string>>> = {
  shopping: 'CATALOG_SALES',
  'performance-max': 'CATALOG_SALES',
  display: 'CONSIDERATION',
  video: 'VIDEO_COMPLETION',
}
const PERFORMANCE_PLUS: readonly WorldCampaign['kind'][] = ['performance-max', 'smart-plus', 'gmv-max']
export const isPerformancePlus = ({ kind }: WorldCampaign): boolean => PERFORMANCE_PLUS.includes(kind)

export const APP_TYPES: Readonly<Record<Device, readonly string[]>> = {
  desktop: ['web'],
  mobile: ['android_mobile', 'iphone', 'web_mobile'],
  tablet: ['android_tablet', 'ipad'],
}

export const accountJson = ({ id, name, currency }: WorldAccount) => ({
  id,
  name,
  currency,
  country: 'US',
  owner: { id: '383791336903426391', username: 'pretend' },
  permissions: ['OWNER'],
  created_time: 1_600_000_000,
  updated_time: 1_600_000_000,
})

export function campaignJson(node: CampaignNode, { appTypes }: Memory, world: World) {
  const { account, campaign } = node
  const budget = ownBudget(node)
  const cap = (period: WorldBudget['period']) => (budget?.period === period ? Number(budget.amountMicros) : null)
  return {
    id: campaign.id,
    ad_account_id: account.id,
    name: campaign.name,
    type: 'campaign',
    status: statusOf(node),
    summary_status: summaryStatus(node, world.now()),
    objective_type: OBJECTIVES[campaign.kind] ?? 'WEB_CONVERSION',
    is_campaign_budget_optimization: isOptimised(campaign),
    is_flexible_daily_budgets: false,
    is_automated_campaign: false,
    is_performance_plus: isPerformancePlus(campaign),
    daily_spend_cap: cap('daily'),
    lifetime_spend_cap: cap('lifetime'),
    ...times(node),
    updated_time: unix(world.now()),
    bid_options: { app_type_multipliers: appTypes.get(campaign.id) ?? worldFactors(campaign) },
  }
}

/** As the world has them, by device, where they were never written through the twin. */
export function worldFactors({ deviceMultipliers }: WorldCampaign): Readonly<Record<string, number>> | null {
  const factors = [...deviceMultipliers].flatMap(([device, factor]) => APP_TYPES[device].map((type) => [type, factor]))
  return factors.length === 0 ? null : Object.fromEntries(factors)
}

export const strategyOf = ({ campaign, adGroup }: AdGroupNode): WorldStrategy => adGroup.strategy ?? campaign.strategy

/** Automatic bidding is what Pinterest calls everything that has no cost of its own to reach. */
export function bidType({ kind }: WorldStrategy): 'AUTOMATIC_BID' | 'MAX_BID' | 'TARGET_AVG' {
  if (kind === 'bid-cap' || kind === 'manual-cpc') return 'MAX_BID'
  return kind === 'target-cpa' ? 'TARGET_AVG' : 'AUTOMATIC_BID'
}

function goalJson(node: AdGroupNode) {
  const strategy = strategyOf(node)
  const type = bidType(strategy)
  if (type === 'MAX_BID') return null
  return {
    conversion_tag_v3_goal_metadata: {
      attribution_windows: { click_window_days: 30, engagement_window_days: 30, view_window_days: 1 },
      conversion_event: 'CHECKOUT',
      conversion_tag_id: '2617998078212',
      is_roas_optimized: strategy.kind === 'max-value' || strategy.kind === 'target-roas',
      ...(strategy.targetCpaMicros !== undefined && {
        cpa_goal_value_in_micro_currency: String(strategy.targetCpaMicros),
      }),
    },
  }
}

export function adGroupJson(node: AdGroupNode, { multipliers }: Memory, world: World) {
  const { account, campaign, adGroup } = node
  const budget = ownBudget(node)
  const strategy = strategyOf(node)
  return {
    id: adGroup.id,
    ad_account_id: account.id,
    campaign_id: campaign.id,
    name: adGroup.name,
    type: 'adgroup',
    status: statusOf(node),
    summary_status: summaryStatus(node, world.now()),
    budget_type: isOptimised(campaign) ? 'CBO_ADGROUP' : budget?.period === 'lifetime' ? 'LIFETIME' : 'DAILY',
    budget_in_micro_currency: budget ? Number(budget.amountMicros) : null,
    bid_strategy_type: bidType(strategy),
    bid_in_micro_currency: strategy.bidMicros === undefined ? null : Number(strategy.bidMicros),
    bid_multiplier: multipliers.get(adGroup.id) ?? null,
    billable_event: 'IMPRESSION',
    optimization_goal_metadata: goalJson(node),
    conversion_learning_mode_type: adGroup.learning.state === 'learning' ? 'ACTIVE' : 'NOT_ACTIVE',
    pacing_delivery_type: 'STANDARD',
    placement_group: 'ALL',
    auto_targeting_enabled: true,
    ...times(node),
    updated_time: unix(world.now()),
  }
}
