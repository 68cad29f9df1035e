import { currency, fromDecimal } from '../../../lib/units/money.ts'
import type { EntityStatus, WorldEdit, WorldStrategy } from '../../world.ts'
import { checkAmount, checkSpendCap } from './budget-rules.ts'
import { badParameter, bidAmountRequired, campaignHasBudget, noSuchObject, oneOf, refused } from './errors.ts'
import { fromApiUnits } from './money.ts'
import {
  type AccountNode,
  type AdSetNode,
  type CampaignNode,
  type GraphNode,
  hasCampaignBudget,
  nodeId,
  ownBudget,
} from './nodes.ts'
import type { Params } from './params.ts'
import { switchSchedules } from './schedules.ts'
import { configuredStatus } from './status.ts'
import { BID_STRATEGIES, type BidEdit, type BidStrategyName, editedStrategy, strategyOf } from './strategies.ts'
import { nowOf, type Twin } from './twin.ts'

/** Edits that passed every check, and what the twin itself has to remember once they are made. */
export interface PlannedUpdate {
  readonly edits: readonly WorldEdit[]
  readonly remember?: () => void
}

type Editable = CampaignNode | AdSetNode
const NOTHING: PlannedUpdate = { edits: [] }

const target = ({ account }: Editable | AccountNode) => ({ platform: 'meta', accountId: account.id }) as const
const level = (node: Editable) => (node.kind === 'campaign' ? 'campaign' : 'ad-group')

const STATUSES: Readonly<Record<string, EntityStatus>> = {
  ACTIVE: 'active',
  PAUSED: 'paused',
  ARCHIVED: 'removed',
  DELETED: 'removed',
}

function planStatus(twin: Twin, node: Editable, params: Params): PlannedUpdate {
  const name = params.text('status')
  if (name === undefined) return NOTHING
  const status = STATUSES[name]
  if (status === undefined) throw oneOf('status', Object.keys(STATUSES))
  const id = nodeId(node)
  const remember = (): void => {
    if (name === 'ARCHIVED') twin.archived.add(id)
    else twin.archived.delete(id)
  }
  const before = node.kind === 'campaign' ? node.campaign.status : node.adGroup.status
  if (before === status) return { edits: [], remember }
  return { edits: [{ ...target(node), kind: 'status', level: level(node), id, status }], remember }
}

function askedBudget(params: Params): { readonly period: 'daily' | 'lifetime'; readonly units: bigint } | undefined {
  const daily = params.integer('daily_budget')
  const lifetime = params.integer('lifetime_budget')
  // A zero for the other period is how an object reads back, and means nothing.
  if (daily && lifetime) throw refused('Two Budgets', 'Set daily_budget or lifetime_budget, not both.')
  if (lifetime !== undefined && !daily) return { period: 'lifetime', units: lifetime }
  return daily === undefined ? undefined : { period: 'daily', units: daily }
}

function planBudget(twin: Twin, node: Editable, params: Params): PlannedUpdate {
  const asked = askedBudget(params)
  if (!asked) return NOTHING
  if (node.kind === 'ad-set' && hasCampaignBudget(node.campaign)) throw campaignHasBudget()
  const budget = ownBudget(node)
  if (!budget) throw refused('No Campaign Budget', 'The budgets of this campaign are on its ad sets: change those.')
  if (budget.period !== asked.period)
    throw refused('Budget Type Cannot Change', `This object has a ${budget.period} budget and keeps that type.`)
  if (budget.period === 'lifetime' && node.campaign.endDate === undefined)
    throw refused('End Time Required', 'A lifetime budget needs an end time.')
  const now = nowOf(twin)
  const amountMicros = fromApiUnits(asked.units, node.account.currency)
  if (amountMicros === budget.amountMicros) return NOTHING
  checkAmount(node, budget, amountMicros, twin.book, now)
  const edit: WorldEdit = { ...target(node), kind: 'budget', budgetId: budget.id, amountMicros }
  if (node.kind === 'campaign') return { edits: [edit] }
  const id = nodeId(node)
  twin.gate.check(id, now)
  return { edits: [edit], remember: () => twin.gate.note(id, now) }
}

function roasFloorOf(params: Params): number | undefined {
  const constraints = params.json('bid_constraints')
  if (constraints === undefined || constraints === null) return undefined
  const floor = (constraints as Record<string, unknown>).roas_average_floor
  if (floor === undefined) return undefined
  const value = Number(floor)
  // 100 to 10,000,000 is 1 % to 100,000 %: the range that the bidding guide gives.
  if (!Number.isInteger(value) || value < 100 || value > 10_000_000)
    throw badParameter('param bid_constraints[roas_average_floor] must be an integer from 100 to 10000000.')
  return value
}

function strategyAsked(params: Params): BidStrategyName | undefined {
  const name = params.text('bid_strategy')
  const known = BID_STRATEGIES.find((strategy) => strategy === name)
  if (name !== undefined && known === undefined) throw oneOf('bid_strategy', BID_STRATEGIES)
  return known
}

function bidEdit(node: Editable, params: Params): BidEdit {
  const strategy = strategyAsked(params)
  const bidAmount = node.kind === 'ad-set' ? params.integer('bid_amount') : undefined
  const roasFloor = node.kind === 'ad-set' ? roasFloorOf(params) : undefined
  return {
    ...(strategy !== undefined && { strategy }),
    ...(bidAmount !== undefined && { bidAmount }),
    ...(roasFloor !== undefined && { roasFloor }),
  }
}

const sameStrategy = (a: WorldStrategy, b: WorldStrategy): boolean =>
  a.kind === b.kind &&
  a.targetCpaMicros === b.targetCpaMicros &&
  a.targetRoas === b.targetRoas &&
  a.bidMicros === b.bidMicros

function planBid(node: Editable, params: Params): PlannedUpdate {
  const edit = bidEdit(node, params)
  if (Object.keys(edit).length === 0) return NOTHING
  const onCampaign = hasCampaignBudget(node.campaign)
  if (edit.strategy !== undefined && onCampaign !== (node.kind === 'campaign'))
    throw refused('Bid Strategy Is Elsewhere', 'The bid strategy sits where the budget is: change it there.')
  const before = node.kind === 'campaign' ? node.campaign.strategy : strategyOf(node)
  const after = editedStrategy(before, edit, node.account.currency)
  if ('missing' in after) throw bidAmountRequired(after.missing)
  if ('unfit' in after)
    throw refused('Bid Does Not Fit', `The bid strategy ${after.unfit} does not take this bid control.`)
  if (sameStrategy(before, after)) return NOTHING
  return { edits: [{ ...target(node), kind: 'strategy', level: level(node), id: nodeId(node), strategy: after }] }
}

function planAccount(twin: Twin, node: AccountNode, params: Params): PlannedUpdate {
  const text = params.text('spend_cap')
  if (text === undefined) return NOTHING
  // Unlike every other amount, a spend cap is written in main units (23.50), though it reads back in API units ("2350").
  if (!/^\d{1,12}(\.\d{1,2})?$/.test(text)) throw badParameter('param spend_cap must be a number.')
  const amountMicros = fromDecimal(text, currency(node.account.currency)).micros
  if (amountMicros === (node.account.spendCapMicros ?? 0n)) return NOTHING
  checkSpendCap(node.account, amountMicros, nowOf(twin))
  return { edits: [{ ...target(node), kind: 'spend-cap', amountMicros }] }
}

function checkAlive(twin: Twin, node: Editable, params: Params): void {
  if (node.account.status !== 'active')
    throw refused('Ad Account Is Disabled', 'This ad account is disabled: its ads cannot be changed.')
  const status = configuredStatus(node, twin.context)
  if (status === 'DELETED') throw refused('Object Is Deleted', 'A deleted object cannot be changed.')
  if (status === 'ARCHIVED' && params.text('status') !== 'DELETED')
    throw refused('Object Is Archived', 'An archived object can only be renamed or deleted.')
}

/**
 * All that an update asks for, checked before any of it is done. Parameters that Graph does not know are ignored, as Graph
 * does.
 *
 * @throws GraphError
 */
export function planUpdate(twin: Twin, node: GraphNode, params: Params): PlannedUpdate {
  if (node.kind === 'account') return planAccount(twin, node, params)
  if (node.kind !== 'campaign' && node.kind !== 'ad-set') throw noSuchObject(nodeId(node), 'POST')
  checkAlive(twin, node, params)
  const switched = { edits: switchSchedules(node, params) }
  const parts: readonly PlannedUpdate[] = [
    planBid(node, params),
    planBudget(twin, node, params),
    planStatus(twin, node, params),
    switched,
  ]
  return {
    edits: parts.flatMap(({ edits }) => edits),
    remember: () => {
      for (const { remember } of parts) remember?.()
    },
  }
}

export const isDryRun = (params: Params): boolean =>
  params.list('execution_options')?.includes('validate_only') ?? false

/** Makes the edits in the name of the app. */
export function carryOut(twin: Twin, { edits, remember }: PlannedUpdate): void {
  for (const edit of edits) twin.world.apply(edit, { kind: 'api', name: twin.credentials.appId })
  remember?.()
}
