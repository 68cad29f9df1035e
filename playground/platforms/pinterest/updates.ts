import type { Device, World, WorldAccount, WorldBudget, WorldEdit, WorldStrategy } from '../../world.ts'
import {
  type AdGroupNode,
  APP_TYPES,
  adGroupJson,
  adGroupsOf,
  bidType,
  type CampaignNode,
  campaignJson,
  campaignsOf,
  isOptimised,
  isPerformancePlus,
  type Memory,
  type Node,
  nodeId,
  ownBudget,
  statusOf,
  strategyOf,
  worldFactors,
} from './entities.ts'
import { ApiError, invalid, notPermitted } from './errors.ts'
import { leastDailyBudget } from './money.ts'

type Item = Readonly<Record<string, unknown>>

export interface UpdateContext {
  readonly world: World
  readonly memory: Memory
  readonly actor: string
}

const ITEMS_MAX = 30
const STATUSES: Readonly<Record<string, 'active' | 'paused' | 'removed'>> = {
  ACTIVE: 'active',
  PAUSED: 'paused',
  ARCHIVED: 'removed',
}

/** What an update may name; all but these are refused, and of these the twin changes those that it has a rule for. */
const FIELDS: Readonly<Record<Node['level'], readonly string[]>> = {
  campaign: ['id', 'ad_account_id', 'name', 'status', 'daily_spend_cap', 'lifetime_spend_cap', 'bid_options'],
  'ad-group': [
    'id',
    'name',
    'status',
    'budget_in_micro_currency',
    'bid_in_micro_currency',
    'bid_multiplier',
    'optimization_goal_metadata',
  ],
}

/**
 * One item after the other, each whole or not at all. What is wrong with the request as a whole refuses it; what is wrong
 * with an item is an exception in its place, and the others are carried out.
 *
 * @throws ApiError 400 or 403
 */
export function update(
  context: UpdateContext,
  account: WorldAccount,
  level: Node['level'],
  body: unknown,
): Readonly<Record<string, unknown>> {
  const items = readItems(body, level)
  if (account.status !== 'active') throw notPermitted()
  return { items: items.map((item) => updateOne(context, account, level, item)) }
}

function readItems(body: unknown, level: Node['level']): readonly Item[] {
  if (!Array.isArray(body) || body.length < 1 || body.length > ITEMS_MAX)
    throw invalid(`The body must be an array of 1 to ${ITEMS_MAX} items.`)
  for (const item of body) checkItem(item, level)
  return body
}

function checkItem(item: unknown, level: Node['level']): void {
  if (typeof item !== 'object' || item === null) throw invalid('An item must be an object.')
  const unknown = Object.keys(item).find((name) => !FIELDS[level].includes(name))
  if (unknown !== undefined) throw invalid(`Unknown field ${unknown}.`)
  const needed = level === 'campaign' ? ['id', 'ad_account_id'] : ['id']
  for (const name of needed) {
    const value = (item as Item)[name]
    if (typeof value !== 'string' || !/^\d+$/.test(value)) throw invalid(`Field ${name} must be an id.`)
  }
  const { status } = item as Item
  if (status !== undefined && !STATUSES[String(status)]) throw invalid(`Status ${String(status)} is unknown.`)
}

function updateOne(context: UpdateContext, account: WorldAccount, level: Node['level'], item: Item): Item {
  try {
    const planned = level === 'campaign' ? planCampaign(context, account, item) : planAdGroup(context, account, item)
    for (const edit of planned.edits) context.world.apply(edit, { kind: 'api', name: context.actor })
    planned.remember?.()
    return { data: shown(context, account, level, String(item.id)), exceptions: [] }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return { exceptions: [{ code: error.code, message: error.message }] }
  }
}

function shown({ memory, world }: UpdateContext, account: WorldAccount, level: Node['level'], id: string): object {
  const node = find(account, level, id)
  return node.level === 'campaign' ? campaignJson(node, memory, world) : adGroupJson(node, memory, world)
}

function find(account: WorldAccount, level: Node['level'], id: string): Node {
  const nodes: readonly Node[] = level === 'campaign' ? campaignsOf(account) : adGroupsOf(account)
  const node = nodes.find((one) => nodeId(one) === id)
  if (!node) throw invalid(`There is no such ${level}.`)
  return node
}

interface Planned {
  readonly edits: readonly WorldEdit[]
  readonly remember?: () => void
}

const target = ({ account }: Node) => ({ platform: 'pinterest', accountId: account.id }) as const

function planStatus(node: Node, { status }: Item): readonly WorldEdit[] {
  const wanted = STATUSES[String(status)]
  if (wanted === undefined || statusOf(node) === status) return []
  return [{ ...target(node), kind: 'status', level: node.level, id: nodeId(node), status: wanted }]
}

function checkAlive(node: Node): void {
  if (statusOf(node) === 'ARCHIVED') throw invalid('An archived entity cannot be changed.')
}

/** A positive whole number of micros; `undefined` where the field is not there. */
function microsIn(item: Item, field: string): bigint | undefined {
  const value = item[field]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value <= 0)
    throw invalid(`Field ${field} must be a positive integer of micro currency.`)
  return BigInt(value)
}

function planCampaign(context: UpdateContext, account: WorldAccount, item: Item): Planned {
  if (item.ad_account_id !== account.id) throw notPermitted()
  const node = find(account, 'campaign', String(item.id)) as CampaignNode
  checkAlive(node)
  const multiplied = planFactors(context, node, item)
  return {
    edits: [...planCap(node, item), ...planStatus(node, item), ...multiplied.edits],
    ...(multiplied.remember && { remember: multiplied.remember }),
  }
}

function checkAmount({ account }: Node, { period }: WorldBudget, amountMicros: bigint): void {
  const least = leastDailyBudget(account.currency)
  if (period === 'daily' && amountMicros < least) throw invalid(`The budget must be at least ${least} a day.`)
}

function planCap(node: CampaignNode, item: Item): readonly WorldEdit[] {
  const daily = microsIn(item, 'daily_spend_cap')
  const lifetime = microsIn(item, 'lifetime_spend_cap')
  if (daily !== undefined && lifetime !== undefined)
    throw invalid('daily_spend_cap and lifetime_spend_cap cannot be set at the same time.')
  const amountMicros = daily ?? lifetime
  if (amountMicros === undefined) return []
  const budget = ownBudget(node)
  // Optional caps of such campaigns are beyond the pretend world.
  if (!budget) throw invalid('The budgets of this campaign are on its ad groups.')
  if (budget.period !== (daily === undefined ? 'lifetime' : 'daily'))
    throw invalid(`This campaign has a ${budget.period} budget.`)
  checkAmount(node, budget, amountMicros)
  return [{ ...target(node), kind: 'budget', budgetId: budget.id, amountMicros }]
}

function planFactors({ memory }: UpdateContext, node: CampaignNode, item: Item): Planned {
  if (item.bid_options === undefined) return { edits: [] }
  const { campaign } = node
  const options = item.bid_options as Item
  if (JSON.stringify(options.update_mask) !== '["APP_TYPE"]')
    throw invalid('The pretend Pinterest knows bid_options with update_mask ["APP_TYPE"].')
  if (isPerformancePlus(campaign)) throw invalid('Bid multipliers are not supported for Performance+ campaigns.')
  const strategies = adGroupsOf(node.account).filter((one) => one.campaign.id === campaign.id)
  if (strategies.some((one) => bidType(strategyOf(one)) !== 'AUTOMATIC_BID'))
    throw invalid('Bid multipliers need ad groups that bid by AUTOMATIC_BID.')
  const factors = checkedFactors(options.app_type_multipliers)
  const before = memory.appTypes.get(campaign.id) ?? worldFactors(campaign) ?? {}
  return { edits: deviceEdits(node, before, factors), remember: () => memory.appTypes.set(campaign.id, factors) }
}

function checkedFactors(given: unknown): Readonly<Record<string, number>> {
  const known = Object.values(APP_TYPES).flat()
  const entries = Object.entries((given ?? {}) as Item)
  const bad = entries.find(([type, factor]) => !known.includes(type) || !(Number(factor) >= 0 && Number(factor) <= 10))
  if (bad) throw invalid(`The multiplier of ${bad[0]} must be of a known app type and from 0 to 10.`)
  return Object.fromEntries(entries.map(([type, factor]) => [type, Number(factor)]))
}

type Factors = Readonly<Record<string, number>>

/** The world bids by device: where the app types of one differ, by their mean. */
function deviceEdits(node: CampaignNode, before: Factors, after: Factors): readonly WorldEdit[] {
  const mean = (factors: Factors, types: readonly string[]): number => {
    const values = types.map((type) => factors[type] ?? 1)
    // A sum of equal ones divided by their number is not always that one.
    if (new Set(values).size === 1) return values[0] ?? 1
    return values.reduce((sum, value) => sum + value, 0) / values.length
  }
  return (Object.entries(APP_TYPES) as [Device, readonly string[]][]).flatMap(([device, types]) => {
    const factor = mean(after, types)
    if (factor === mean(before, types)) return []
    return [{ ...target(node), kind: 'device-multiplier' as const, campaignId: node.campaign.id, device, factor }]
  })
}

function planAdGroup({ memory }: UpdateContext, account: WorldAccount, item: Item): Planned {
  const node = find(account, 'ad-group', String(item.id)) as AdGroupNode
  checkAlive(node)
  const edits = [...planBudget(node, item), ...planBid(node, item), ...planStatus(node, item)]
  const multiplier = item.bid_multiplier
  if (multiplier === undefined) return { edits }
  const factor = checkedMultiplier(node, multiplier)
  const { multipliers } = memory
  const remember = () => void (factor === 0 ? multipliers.delete(nodeId(node)) : multipliers.set(nodeId(node), factor))
  return { edits, remember }
}

function checkedMultiplier(node: AdGroupNode, value: unknown): number {
  if (isPerformancePlus(node.campaign)) throw invalid('Bid multipliers are not supported for Performance+ campaigns.')
  if (bidType(strategyOf(node)) !== 'AUTOMATIC_BID') throw invalid('A bid multiplier needs AUTOMATIC_BID.')
  if (typeof value !== 'number' || !(value === 0 || (value >= 0.1 && value <= 10)))
    throw invalid('bid_multiplier must be 0 or from 0.1 to 10.')
  return value
}

function planBudget(node: AdGroupNode, item: Item): readonly WorldEdit[] {
  const amountMicros = microsIn(item, 'budget_in_micro_currency')
  if (amountMicros === undefined) return []
  if (isOptimised(node.campaign)) throw invalid('The budget of this ad group is its campaign’s.')
  const budget = ownBudget(node)
  if (!budget) throw invalid('This ad group has no budget.')
  checkAmount(node, budget, amountMicros)
  return [{ ...target(node), kind: 'budget', budgetId: budget.id, amountMicros }]
}

function planBid(node: AdGroupNode, item: Item): readonly WorldEdit[] {
  const strategy = strategyOf(node)
  const bidMicros = microsIn(item, 'bid_in_micro_currency')
  const targetCpaMicros = cpaGoalIn(item)
  if (bidMicros !== undefined && bidType(strategy) !== 'MAX_BID') throw invalid('Automatic bidding takes no bid.')
  if (targetCpaMicros !== undefined && strategy.targetCpaMicros === undefined)
    throw invalid('There is no CPA goal here.')
  if (bidMicros === undefined && targetCpaMicros === undefined) return []
  const after: WorldStrategy = {
    ...strategy,
    ...(bidMicros !== undefined && { bidMicros }),
    ...(targetCpaMicros !== undefined && { targetCpaMicros }),
  }
  return [{ ...target(node), kind: 'strategy', level: 'ad-group', id: nodeId(node), strategy: after }]
}

/** The goal comes as a whole: one that lacks its event would take it away. */
function cpaGoalIn(item: Item): bigint | undefined {
  if (item.optimization_goal_metadata === undefined) return undefined
  const goal = (item.optimization_goal_metadata as Item | null)?.conversion_tag_v3_goal_metadata as Item | undefined
  if (!goal?.conversion_event || !goal.conversion_tag_id) throw invalid('The goal lacks its conversion event or tag.')
  const value = goal.cpa_goal_value_in_micro_currency
  if (value === undefined) return undefined
  if (typeof value !== 'string' || !/^[1-9]\d*$/.test(value)) throw invalid('The CPA goal must be text of digits.')
  return BigInt(value)
}
