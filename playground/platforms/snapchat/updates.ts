import type { WorldBudget, WorldEdit, WorldStrategy } from '../../world.ts'
import {
  AD_SQUAD,
  CAMPAIGN,
  type Catalogue,
  GREATEST_BID,
  isKnown,
  LEAST_AD_SQUAD_BUDGET,
  LEAST_BID,
  LEAST_CAMPAIGN_BUDGET,
} from './catalogue.ts'
import { type AdSquadNode, budgetOf, isSmart, type Node, nodeId, strategyOf, worldEntity } from './entities.ts'
import { badRequest, immutable } from './errors.ts'
import { type Fields, microsIn, sameJson } from './exact.ts'

/** Edits that passed every check, and the fields that the twin keeps itself. */
export interface PlannedUpdate {
  readonly edits: readonly WorldEdit[]
  readonly extras: Fields
}

export const catalogueOf = (node: Node): Catalogue => (node.kind === 'campaign' ? CAMPAIGN : AD_SQUAD)

/** What an object that is sent whole comes to: a field that it leaves out is reset, and read-only ones are not looked at. */
export function fullObject(node: Node, sent: Fields, before: Fields): Fields {
  const catalogue = catalogueOf(node)
  const missing = [...catalogue.required].find((field) => !(field in sent))
  if (missing) throw badRequest(`${missing} is required`)
  const kept = Object.entries(sent).filter(([field]) => !catalogue.readOnly.has(field))
  // What cannot change cannot be reset either.
  const fixed = Object.entries(before).filter(([field]) => catalogue.immutable.has(field))
  return { ...catalogue.defaults, ...Object.fromEntries(fixed), ...Object.fromEntries(kept) }
}

/**
 * All that the object as it is to be asks for, checked before any of it is done.
 *
 * @param before as it is read now
 * @throws SnapError
 */
export function planUpdate(node: Node, before: Fields, after: Fields): PlannedUpdate {
  const catalogue = catalogueOf(node)
  const unknown = Object.keys(after).find((field) => !isKnown(catalogue, field))
  if (unknown) throw badRequest(`unrecognized field "${unknown}"`)
  const fixed = [...catalogue.immutable].find((field) => !sameJson(before[field], after[field]))
  if (fixed) throw immutable(fixed)
  if (node.account.status !== 'active') throw badRequest('the ad account is not active')
  const edits = [...statusEdits(node, after), ...budgetEdits(node, after), ...strategyEdits(node, after)]
  return { edits, extras: extrasIn(node, catalogue, after) }
}

/** Fields that the world knows of; the rest is kept beside it. */
function extrasIn(node: Node, catalogue: Catalogue, after: Fields): Fields {
  const held = budgetOf(node)
  const steered = new Set([
    'id',
    'status',
    'ad_account_id',
    'campaign_id',
    'bid_strategy',
    'bid_micro',
    'roas_value_micro',
  ])
  if (held) steered.add(budgetField(node, held))
  const own = Object.entries(after).filter(([field]) => !steered.has(field) && !catalogue.readOnly.has(field))
  return { ...Object.fromEntries(own), creation_state: 'PUBLISHED' }
}

const target = ({ account }: Node) => ({ platform: 'snapchat', accountId: account.id }) as const
const levelOf = (node: Node) => (node.kind === 'campaign' ? 'campaign' : 'ad-group')

function statusEdits(node: Node, { status }: Fields): readonly WorldEdit[] {
  if (status !== 'ACTIVE' && status !== 'PAUSED') throw badRequest('status must be one of ACTIVE, PAUSED')
  const wanted = status === 'ACTIVE' ? 'active' : 'paused'
  if (worldEntity(node).status === wanted) return []
  return [{ ...target(node), kind: 'status', level: levelOf(node), id: nodeId(node), status: wanted }]
}

const budgetField = (node: Node, { period }: WorldBudget): string => {
  if (period === 'daily') return 'daily_budget_micro'
  return node.kind === 'campaign' ? 'lifetime_spend_cap_micro' : 'lifetime_budget_micro'
}

/** An amount of at least `least`; `undefined` where there is none. */
function amountIn(after: Fields, field: string, least: bigint): bigint | undefined {
  if (!(field in after)) return undefined
  const micros = microsIn(after[field])
  if (micros === undefined) throw badRequest(`${field} must be an integer`)
  if (micros < least) throw badRequest(`${field} must be at least ${least}`)
  return micros
}

function budgetEdits(node: Node, after: Fields): readonly WorldEdit[] {
  const held = budgetOf(node)
  const wanted = node.kind === 'campaign' ? campaignAmount(node, held, after) : adSquadAmount(held, after)
  if (!held || wanted === undefined || wanted === held.amountMicros) return []
  return [{ ...target(node), kind: 'budget', budgetId: held.id, amountMicros: wanted }]
}

function campaignAmount(node: Node, held: WorldBudget | undefined, after: Fields): bigint | undefined {
  const daily = amountIn(after, 'daily_budget_micro', LEAST_CAMPAIGN_BUDGET)
  const lifetime = amountIn(after, 'lifetime_spend_cap_micro', LEAST_CAMPAIGN_BUDGET)
  // Without smart budgets both are caps over what the ad squads may spend, and the campaign may do without.
  if (!held) return undefined
  const wanted = held.period === 'daily' ? daily : lifetime
  if (isSmart(node) && wanted === undefined)
    throw badRequest(`${budgetField(node, held)} is required with smart budgets`)
  return wanted
}

function adSquadAmount(held: WorldBudget | undefined, after: Fields): bigint | undefined {
  const daily = amountIn(after, 'daily_budget_micro', LEAST_AD_SQUAD_BUDGET)
  const lifetime = amountIn(after, 'lifetime_budget_micro', LEAST_AD_SQUAD_BUDGET)
  if (!held) {
    if (daily === undefined && lifetime === undefined) return undefined
    throw badRequest('the budget of a campaign with pacing_level CAMPAIGN is on the campaign')
  }
  if ((daily === undefined) === (lifetime === undefined))
    throw badRequest('exactly one of daily_budget_micro and lifetime_budget_micro must be set')
  const wanted = held.period === 'daily' ? daily : lifetime
  if (wanted === undefined) throw immutable('delivery_constraint')
  return wanted
}

const sameStrategy = (a: WorldStrategy, b: WorldStrategy): boolean =>
  a.kind === b.kind &&
  a.targetCpaMicros === b.targetCpaMicros &&
  a.targetRoas === b.targetRoas &&
  a.bidMicros === b.bidMicros

function strategyEdits(node: Node, after: Fields): readonly WorldEdit[] {
  if (node.kind === 'campaign') return []
  const before = strategyOf(node)
  const strategy = strategyIn(node, before, after)
  if (sameStrategy(before, strategy)) return []
  return [{ ...target(node), kind: 'strategy', level: 'ad-group', id: nodeId(node), strategy }]
}

function strategyIn(node: AdSquadNode, before: WorldStrategy, after: Fields): WorldStrategy {
  const { bid_strategy: name } = after
  const bid = bidIn(node, after)
  switch (name) {
    case 'AUTO_BID':
      if (bid !== undefined) throw badRequest('bid_micro cannot be set with AUTO_BID')
      return { kind: before.kind === 'max-value' ? 'max-value' : 'max-conversions' }
    case 'LOWEST_COST_WITH_MAX_BID':
      return { kind: before.kind === 'manual-cpc' ? 'manual-cpc' : 'bid-cap', bidMicros: needed(bid, name) }
    case 'TARGET_COST':
      return { kind: 'target-cpa', targetCpaMicros: needed(bid, name) }
    case 'MIN_ROAS':
      return oldRoas(before, after)
    default:
      throw badRequest('bid_strategy must be one of AUTO_BID, LOWEST_COST_WITH_MAX_BID, TARGET_COST')
  }
}

function bidIn({ account }: AdSquadNode, after: Fields): bigint | undefined {
  const bid = amountIn(after, 'bid_micro', LEAST_BID)
  const greatest = GREATEST_BID.get(account.currency)
  if (bid !== undefined && greatest !== undefined && bid > greatest)
    throw badRequest(`bid_micro must be at most ${greatest} in ${account.currency}`)
  return bid
}

function needed(bid: bigint | undefined, strategy: string): bigint {
  if (bid === undefined) throw badRequest(`bid_micro is required with ${strategy}`)
  return bid
}

/** No longer offered since 2025-02-10: what has it keeps it as it is. */
function oldRoas(before: WorldStrategy, after: Fields): WorldStrategy {
  const micros = microsIn(after.roas_value_micro)
  const isAsBefore =
    before.kind === 'target-roas' && Number(micros ?? -1n) === Math.round((before.targetRoas ?? 0) * 1e6)
  if (!isAsBefore) throw badRequest('bid_strategy MIN_ROAS is deprecated')
  return before
}
