import type { WorldBudget, WorldEdit } from '../../world.ts'
import { badParameter, campaignHasBudget, oneOf, refused } from './errors.ts'
import { fromApiUnits } from './money.ts'
import {
  type AdSetNode,
  type CampaignNode,
  hasCampaignBudget,
  ownBudget,
  type ScheduleNode,
  schedulesOf,
} from './nodes.ts'
import type { Params } from './params.ts'
import { parseGraphTime } from './times.ts'
import { nowOf, type Twin } from './twin.ts'

const TYPES = ['ABSOLUTE', 'MULTIPLIER'] as const

function timeOf(params: Params, name: string) {
  const text = params.text(name)
  const at = text === undefined ? undefined : parseGraphTime(text)
  if (text !== undefined && at === undefined) throw badParameter(`param ${name} must be a valid Unix timestamp.`)
  return at
}

/** The edge's schedules; `time_start` and `time_stop` leave out those that ended before or begin after. */
export function schedulesShown(node: CampaignNode | AdSetNode, params: Params): readonly ScheduleNode[] {
  const start = timeOf(params, 'time_start') ?? Number.NEGATIVE_INFINITY
  const stop = timeOf(params, 'time_stop') ?? Number.POSITIVE_INFINITY
  return schedulesOf(node).filter(({ schedule: { from, to } }) => to > start && from < stop)
}

function changeOf({ account }: CampaignNode | AdSetNode, budget: WorldBudget, params: Params) {
  const value = params.integer('budget_value')
  const type = params.text('budget_value_type')
  if (value === undefined || value === 0n) throw badParameter('param budget_value must be a positive integer.')
  if (type === 'ABSOLUTE') {
    // The value is the increase; the world keeps the level that it comes to.
    const level = budget.amountMicros + fromApiUnits(value, account.currency)
    return { kind: 'absolute', amountMicros: level } as const
  }
  if (type === 'MULTIPLIER') return { kind: 'multiplier', factor: 1 + Number(value) / 100 } as const
  throw oneOf('budget_value_type', TYPES)
}

/**
 * A new high-demand period on the budget that the object owns: the raise on top of it, in API units or in per cent.
 *
 * @throws GraphError
 */
export function planSchedule(
  twin: Twin,
  node: CampaignNode | AdSetNode,
  params: Params,
): { readonly id: string; readonly edit: WorldEdit } {
  if (node.kind === 'ad-set' && hasCampaignBudget(node.campaign)) throw campaignHasBudget()
  const budget = ownBudget(node)
  if (!budget) throw refused('No Campaign Budget', 'The budgets of this campaign are on its ad sets: schedule those.')
  const [from, to] = [timeOf(params, 'time_start'), timeOf(params, 'time_end')]
  if (from === undefined || to === undefined) throw badParameter('params time_start and time_end are required.')
  if (from >= to) throw badParameter('param time_end must be later than time_start.')
  if (from < nowOf(twin)) throw badParameter('param time_start must not be in the past.')
  const change = changeOf(node, budget, params)
  const id = `7${nowOf(twin)}${budget.schedules.length.toString().padStart(3, '0')}`
  // Writing one does not switch them on: where the switch is off, it is not in force.
  const isOn = budget.schedules.some((one) => !one.isOff)
  const schedule = { id, from, to, change, ...(isOn ? {} : { isOff: true as const }) }
  const { id: accountId } = node.account
  return { id, edit: { platform: 'meta', accountId, kind: 'budget-schedule', budgetId: budget.id, schedule } }
}

/** What `is_budget_schedule_enabled` of an update does: all schedules of the budget are in force, or none is. */
export function switchSchedules(node: CampaignNode | AdSetNode, params: Params): readonly WorldEdit[] {
  const asked = params.text('is_budget_schedule_enabled')
  const budget = ownBudget(node)
  if (asked === undefined || !budget) return []
  const on = asked === 'true' || asked === '1'
  return budget.schedules.map(({ isOff: _, ...schedule }) => ({
    ...{ platform: 'meta', accountId: node.account.id, kind: 'budget-schedule', budgetId: budget.id },
    schedule: on ? schedule : { ...schedule, isOff: true as const },
  }))
}
