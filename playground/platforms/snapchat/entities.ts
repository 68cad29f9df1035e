import type { Instant } from '../../../lib/units/calendar.ts'
import type { EntityStatus, World, WorldAccount, WorldAdGroup, WorldCampaign, WorldStrategy } from '../../world.ts'
import type { Fields } from './exact.ts'
import { dayStartText, utcText } from './times.ts'

export interface CampaignNode {
  readonly kind: 'campaign'
  readonly account: WorldAccount
  readonly campaign: WorldCampaign
}
export interface AdSquadNode {
  readonly kind: 'adsquad'
  readonly account: WorldAccount
  readonly campaign: WorldCampaign
  readonly adGroup: WorldAdGroup
}
export type Node = CampaignNode | AdSquadNode

export const nodeId = (node: Node): string => (node.kind === 'campaign' ? node.campaign.id : node.adGroup.id)
export const worldEntity = (node: Node): WorldCampaign | WorldAdGroup =>
  node.kind === 'campaign' ? node.campaign : node.adGroup
export const isRemoved = (node: Node): boolean =>
  worldEntity(node).status === 'removed' || node.campaign.status === 'removed'

/** A smart-budget campaign: the campaign holds the budget, and Snapchat divides it among its ad squads. */
export const isSmart = ({ campaign }: Node): boolean => campaign.budgetId !== undefined

/** What the twin keeps beside the world: every field of an entity that the world knows nothing of. */
export class Extras {
  private readonly kept = new Map<string, Fields>()
  private readonly given: Readonly<Record<string, Fields>>
  /** @param given fields by entity, over those that the twin makes up */
  constructor(given: Readonly<Record<string, Fields>>) {
    this.given = given
  }

  of(node: Node): Fields {
    const id = nodeId(node)
    const known = this.kept.get(id)
    if (known) return known
    const made = node.kind === 'campaign' ? campaignExtras(node) : adSquadExtras(node)
    const fresh = { ...made, ...this.given[id] }
    this.kept.set(id, fresh)
    return fresh
  }

  set(node: Node, fields: Fields): void {
    this.kept.set(nodeId(node), fields)
  }
}

const endOf = ({ account, campaign }: Node): Fields =>
  campaign.endDate === undefined ? {} : { end_time: dayStartText(campaign.endDate, account.zone) }

const campaignExtras = (node: CampaignNode): Fields => ({
  name: node.campaign.name,
  start_time: dayStartText(node.campaign.startDate, node.account.zone),
  ...endOf(node),
  buy_model: 'AUCTION',
  objective_v2_properties: { objective_v2_type: 'SALES' },
  pacing_level: isSmart(node) ? 'CAMPAIGN' : 'AD_SQUAD',
  ...(isSmart(node) && {
    shared_properties: {
      shared_optimization_goal: 'PIXEL_PURCHASE',
      shared_ad_squad_bid_strategy: bidStrategyOf(node.campaign.strategy),
    },
  }),
  creation_state: 'PUBLISHED',
})

const adSquadExtras = (node: AdSquadNode): Fields => ({
  name: node.adGroup.name,
  start_time: dayStartText(node.campaign.startDate, node.account.zone),
  ...endOf(node),
  type: 'SNAP_ADS',
  billing_event: 'IMPRESSION',
  optimization_goal: 'PIXEL_PURCHASE',
  conversion_window: 'SWIPE_28DAY_VIEW_1DAY',
  pacing_type: 'STANDARD',
  ...(!isSmart(node) && {
    delivery_constraint: budgetOf(node)?.period === 'lifetime' ? 'LIFETIME_BUDGET' : 'DAILY_BUDGET',
  }),
  placement_v2: { config: 'AUTOMATIC' },
  targeting: { geos: [{ country_code: 'de', operation: 'INCLUDE' }], regulated_content: false },
  creation_state: 'PUBLISHED',
})

const STRATEGIES: Readonly<Record<WorldStrategy['kind'], string>> = {
  'max-conversions': 'AUTO_BID',
  'max-value': 'AUTO_BID',
  'target-cpa': 'TARGET_COST',
  'bid-cap': 'LOWEST_COST_WITH_MAX_BID',
  'manual-cpc': 'LOWEST_COST_WITH_MAX_BID',
  'target-roas': 'MIN_ROAS',
}
export const bidStrategyOf = ({ kind }: WorldStrategy): string => STRATEGIES[kind]

export const strategyOf = ({ adGroup, campaign }: AdSquadNode): WorldStrategy => adGroup.strategy ?? campaign.strategy

/** The budget that an entity itself holds. */
export function budgetOf(node: Node) {
  const id = worldEntity(node).budgetId
  return id === undefined ? undefined : node.account.budgets.get(id)
}

const bidFields = (strategy: WorldStrategy): Fields => {
  const bid = strategy.kind === 'target-cpa' ? strategy.targetCpaMicros : strategy.bidMicros
  return {
    bid_strategy: bidStrategyOf(strategy),
    ...(bid !== undefined &&
      strategy.kind !== 'max-conversions' &&
      strategy.kind !== 'max-value' && { bid_micro: bid }),
    ...(strategy.targetRoas !== undefined && { roas_value_micro: BigInt(Math.round(strategy.targetRoas * 1e6)) }),
  }
}

function budgetFields(node: Node): Fields {
  const budget = budgetOf(node)
  if (!budget) return {}
  if (budget.period === 'daily') return { daily_budget_micro: budget.amountMicros }
  return { [node.kind === 'campaign' ? 'lifetime_spend_cap_micro' : 'lifetime_budget_micro']: budget.amountMicros }
}

const STATUSES: Readonly<Record<EntityStatus, string>> = { active: 'ACTIVE', paused: 'PAUSED', removed: 'PAUSED' }

function deliveryStatus(node: Node, now: Instant): readonly string[] {
  const { status } = worldEntity(node)
  const { campaign, account } = node
  if (isRemoved(node)) return ['INVALID_EFFECTIVE_DELETED']
  if (status !== 'active') return ['INVALID_NOT_ACTIVE']
  if (account.status !== 'active' || campaign.status !== 'active') return ['INVALID_NOT_EFFECTIVE_ACTIVE']
  const { endDate } = campaign
  return endDate !== undefined && utcText(now) >= dayStartText(endDate, account.zone) ? ['INVALID_END_TIME'] : ['VALID']
}

/** Last change of the entity or of the budget that it holds; its creation, where there was none. */
function updatedAt(node: Node): string {
  const ids = new Set([nodeId(node), worldEntity(node).budgetId])
  const last = node.account.changes.findLast(({ entity }) => ids.has(entity.id))
  return last ? utcText(last.at) : dayStartText(node.campaign.startDate, node.account.zone)
}

/** Everything of an entity that a read shows. */
export function render(node: Node, extras: Extras, world: World): Fields {
  const { account, campaign } = node
  return {
    id: nodeId(node),
    updated_at: updatedAt(node),
    created_at: dayStartText(campaign.startDate, account.zone),
    ...(node.kind === 'campaign' ? { ad_account_id: account.id } : { campaign_id: campaign.id }),
    ...extras.of(node),
    status: STATUSES[worldEntity(node).status],
    ...(node.kind === 'adsquad' && bidFields(strategyOf(node))),
    ...budgetFields(node),
    delivery_status: deliveryStatus(node, world.now()),
    ...(isRemoved(node) && { deleted: true }),
  }
}
