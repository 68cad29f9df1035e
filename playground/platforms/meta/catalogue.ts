import { activityActor, activityObject, eventType, extraData } from './activities.ts'
import { spentMicros } from './budget-rules.ts'
import { aboutUsCents, leastDailyBudget, toApiUnits, toApiUnitsUp } from './money.ts'
import {
  type AdSetNode,
  type CampaignNode,
  cellCount,
  cellId,
  type FieldContext,
  hasCampaignBudget,
  type MinimumBudgetNode,
  type NodeKind,
  type NodeOf,
  nodeId,
  ownBudget,
  type ScheduleNode,
} from './nodes.ts'
import { RULE, RULE_RUN } from './rule-fields.ts'
import { configuredStatus, effectiveStatus } from './status.ts'
import { bidAmount, optimisesValue, roasFloor, showsStrategy, strategyName, strategyOf } from './strategies.ts'
import { dayEndTime, dayStartTime, graphTime, offsetHours, unixSeconds } from './times.ts'

type Field<K extends NodeKind> = (node: NodeOf<K>, context: FieldContext) => unknown

/** The fields of one kind of node: what this twin can tell; a field that reads `undefined` is left out, as Graph does. */
export interface NodeFields<K extends NodeKind> {
  /** What Graph calls the type in its messages; ad objects still go by their first names there. */
  readonly graphName: string
  readonly fields: Readonly<Record<string, Field<K>>>
  /** Given when no `fields` were asked for. */
  readonly defaults: readonly string[]
}

type Budgeted = CampaignNode | AdSetNode

const amount = (node: Budgeted, period: 'daily' | 'lifetime'): string | undefined => {
  const budget = ownBudget(node)
  if (!budget) return undefined
  // An object with a budget of one period reads "0" for the other.
  return budget.period === period ? toApiUnits(budget.amountMicros, node.account.currency).toString() : '0'
}

function budgetRemaining(node: Budgeted, { book, world }: FieldContext): string | undefined {
  const budget = ownBudget(node)
  if (!budget) return undefined
  const left = budget.amountMicros - spentMicros(node, budget, book, world.now())
  return toApiUnits(left < 0n ? 0n : left, node.account.currency).toString()
}

const startTime = (node: Budgeted): string => dayStartTime(node.campaign.startDate, node.account.zone)
const endTime = ({ account, campaign }: Budgeted): string | undefined =>
  campaign.endDate === undefined ? undefined : dayEndTime(campaign.endDate, account.zone)

const shared = {
  id: nodeId,
  account_id: (node: Budgeted) => node.account.id,
  status: configuredStatus,
  configured_status: configuredStatus,
  effective_status: effectiveStatus,
  daily_budget: (node: Budgeted) => amount(node, 'daily'),
  lifetime_budget: (node: Budgeted) => amount(node, 'lifetime'),
  budget_remaining: budgetRemaining,
  is_budget_schedule_enabled: (node: Budgeted) => ownBudget(node)?.schedules.some(({ isOff }) => !isOff) ?? false,
  start_time: startTime,
  created_time: startTime,
} as const

const ACCOUNT: NodeFields<'account'> = {
  graphName: 'AdAccount',
  defaults: ['id', 'account_id'],
  fields: {
    id: nodeId,
    account_id: ({ account }) => account.id,
    name: ({ account }) => account.name,
    currency: ({ account }) => account.currency,
    timezone_name: ({ account }) => account.zone,
    timezone_offset_hours_utc: ({ account }, { world }) => offsetHours(world.now(), account.zone),
    account_status: ({ account }) => (account.status === 'active' ? 1 : 2),
    disable_reason: ({ account }) => (account.status === 'active' ? 0 : 1),
    amount_spent: ({ account }) => toApiUnits(account.spentMicros(), account.currency).toString(),
    spend_cap: ({ account }) => toApiUnits(account.spendCapMicros ?? 0n, account.currency).toString(),
    balance: () => '0',
    min_daily_budget: ({ account }) => Number(toApiUnits(leastDailyBudget(account.currency), account.currency)),
    is_prepay_account: () => false,
  },
}

const CAMPAIGN: NodeFields<'campaign'> = {
  graphName: 'AdCampaignGroup',
  defaults: ['id'],
  fields: {
    ...shared,
    name: ({ campaign }) => campaign.name,
    objective: () => 'OUTCOME_SALES',
    buying_type: () => 'AUCTION',
    stop_time: endTime,
    bid_strategy: ({ campaign }) => (showsStrategy(campaign) ? strategyName(campaign.strategy) : undefined),
    is_adset_budget_sharing_enabled: ({ campaign }) => (hasCampaignBudget(campaign) ? undefined : false),
  },
}

const LEARNING = { learning: 'LEARNING', stable: 'SUCCESS', limited: 'FAIL' } as const

function learningStage({ account, campaign, adGroup }: AdSetNode): unknown {
  // Only ad sets that deliver have a learning stage.
  if (adGroup.status !== 'active' || campaign.status !== 'active' || account.status !== 'active') return undefined
  const { state, lastSignificantEdit, conversions, conversionsNeeded } = adGroup.learning
  return {
    status: LEARNING[state],
    conversions: Math.floor(conversions),
    last_sig_edit_ts: unixSeconds(lastSignificantEdit),
    attribution_windows: ['7d_click', '1d_view'],
    dynamic_lp_conversions_threshold: conversionsNeeded,
  }
}

const AD_SET: NodeFields<'ad-set'> = {
  graphName: 'AdCampaign',
  defaults: ['id'],
  fields: {
    ...shared,
    name: ({ adGroup }) => adGroup.name,
    campaign_id: ({ campaign }) => campaign.id,
    end_time: endTime,
    bid_strategy: (node) => (showsStrategy(node.campaign) ? undefined : strategyName(strategyOf(node))),
    bid_amount: (node) => bidAmount(strategyOf(node), node.account.currency),
    bid_constraints: (node) => {
      const floor = roasFloor(strategyOf(node))
      return floor === undefined ? undefined : { roas_average_floor: floor }
    },
    optimization_goal: (node) => (optimisesValue(strategyOf(node)) ? 'VALUE' : 'OFFSITE_CONVERSIONS'),
    billing_event: () => 'IMPRESSIONS',
    // As the campaigns' objective has it: sales.
    promoted_object: () => ({ pixel_id: '300000000000001', custom_event_type: 'PURCHASE' }),
    learning_stage_info: learningStage,
    attribution_spec: () => [
      { event_type: 'CLICK_THROUGH', window_days: 7 },
      { event_type: 'VIEW_THROUGH', window_days: 1 },
    ],
  },
}

const USER: NodeFields<'user'> = {
  graphName: 'User',
  defaults: ['name', 'id'],
  fields: { id: (_, { user }) => user.id, name: (_, { user }) => user.name },
}

const STUDY: NodeFields<'study'> = {
  graphName: 'AdStudy',
  defaults: ['id', 'name', 'start_time', 'end_time', 'type'],
  fields: {
    id: nodeId,
    name: ({ experiment }) => experiment.name,
    type: () => 'SPLIT_TEST',
    start_time: ({ account, experiment }) => dayStartTime(experiment.from, account.zone),
    end_time: ({ account, experiment }) => dayEndTime(experiment.to, account.zone),
    canceled_time: () => undefined,
    created_time: ({ account, experiment }) => dayStartTime(experiment.from, account.zone),
  },
}

const CELL: NodeFields<'cell'> = {
  graphName: 'AdStudyCell',
  defaults: ['id', 'name', 'treatment_percentage', 'control_percentage'],
  fields: {
    id: ({ experiment, arm }) => cellId(experiment, arm),
    name: ({ arm }) => `Cell ${String.fromCharCode(65 + arm)}`,
    ad_entities_count: () => 1,
    treatment_percentage: ({ experiment }) => Math.floor(100 / cellCount(experiment)),
    control_percentage: () => 0,
  },
}

/**
 * `ABSOLUTE` is an increase in API units and `MULTIPLIER` an increase in per cent (140 is 140 % more): budget_schedules
 * page of the Marketing API, updated 2023-11-17. The world has the level that the budget is raised to.
 */
function scheduleValue({ account, budget, schedule: { change } }: ScheduleNode): number {
  if (change.kind === 'absolute') return Number(toApiUnits(change.amountMicros - budget.amountMicros, account.currency))
  return Math.round((change.factor - 1) * 100)
}

const SCHEDULE: NodeFields<'schedule'> = {
  graphName: 'HighDemandPeriod',
  defaults: ['id', 'budget_value', 'budget_value_type', 'time_start', 'time_end'],
  fields: {
    id: nodeId,
    ad_object_id: ({ budget }) => budget.feeds[0],
    budget_value: scheduleValue,
    budget_value_type: ({ schedule }) => (schedule.change.kind === 'absolute' ? 'ABSOLUTE' : 'MULTIPLIER'),
    recurrence_type: () => 'ONE_TIME',
    time_start: ({ schedule }) => graphTime(schedule.from),
    time_end: ({ schedule }) => graphTime(schedule.to),
  },
}

const ACTIVITY: NodeFields<'activity'> = {
  graphName: 'AdActivity',
  defaults: [
    'event_time',
    'event_type',
    'extra_data',
    'object_id',
    'object_name',
    'object_type',
    'translated_event_type',
  ],
  fields: {
    actor_id: ({ change }, context) => activityActor(change.actor, context).id,
    actor_name: ({ change }, context) => activityActor(change.actor, context).name,
    application_id: ({ change }, context) => activityActor(change.actor, context).applicationId,
    application_name: ({ change }, context) => activityActor(change.actor, context).applicationName,
    date_time_in_timezone: ({ account, change }) => graphTime(change.at, account.zone),
    event_time: ({ change }) => graphTime(change.at),
    event_type: eventType,
    extra_data: extraData,
    object_id: (node) => activityObject(node).id,
    object_name: (node) => activityObject(node).name,
    object_type: (node) => activityObject(node).type,
    translated_event_type: (node) => eventType(node).replaceAll('_', ' '),
  },
}

/**
 * Least daily budgets by what is paid for, in US dollars: 0.50 for impressions, 2.50 for clicks and video views, 40 for rare
 * actions; with a bid, at least the bid for impressions and five times the bid for the rest.
 * Source: ad set reference of the Marketing API (read 2026-09-12).
 */
function minimum({ account, bidMicros }: MinimumBudgetNode, cents: bigint, bids: bigint): number {
  const anyway = toApiUnitsUp(aboutUsCents(cents, account.currency), account.currency)
  const forBid = toApiUnitsUp(bidMicros * bids, account.currency)
  return Math.max(Number(anyway), Number(forBid))
}

const MINIMUM_BUDGET: NodeFields<'minimum-budget'> = {
  graphName: 'MinimumBudget',
  defaults: [
    'currency',
    'min_daily_budget_imp',
    'min_daily_budget_high_freq',
    'min_daily_budget_low_freq',
    'min_daily_budget_video_views',
  ],
  fields: {
    currency: ({ account }) => account.currency,
    min_daily_budget_imp: (node) => minimum(node, 50n, 1n),
    min_daily_budget_high_freq: (node) => minimum(node, 250n, 5n),
    min_daily_budget_low_freq: (node) => minimum(node, 4000n, 5n),
    min_daily_budget_video_views: (node) => minimum(node, 250n, 5n),
  },
}

const REPORT: NodeFields<'report'> = {
  graphName: 'AdReportRun',
  defaults: ['id', 'account_id', 'time_ref', 'async_status', 'async_percent_completion', 'date_start', 'date_stop'],
  fields: {
    id: ({ id }) => id,
    account_id: ({ account }) => account.id,
    time_ref: ({ requestedAt }) => unixSeconds(requestedAt),
    async_status: ({ status }) => status,
    async_percent_completion: ({ percent }) => percent,
    is_running: ({ percent }) => percent < 100,
    // No report fails here.
    error_code: () => undefined,
    error_message: () => undefined,
    error_subcode: () => undefined,
    error_user_msg: () => undefined,
    error_user_title: () => undefined,
    date_start: ({ from }) => from,
    date_stop: ({ to }) => to,
  },
}

export const CATALOGUE: { readonly [K in NodeKind]: NodeFields<K> } = {
  account: ACCOUNT,
  activity: ACTIVITY,
  'ad-set': AD_SET,
  campaign: CAMPAIGN,
  cell: CELL,
  'minimum-budget': MINIMUM_BUDGET,
  report: REPORT,
  rule: RULE,
  'rule-run': RULE_RUN,
  schedule: SCHEDULE,
  study: STUDY,
  user: USER,
}
