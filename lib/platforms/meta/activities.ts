import * as z from 'zod'
import type { AccountRef } from '../../model/account.ts'
import type { ChangeEvent } from '../../model/structure.ts'
import { type Instant, SECOND_MS } from '../../units/calendar.ts'
import { type CurrencyCode, toDecimal } from '../../units/money.ts'
import { parseExactJson } from '../../wire/exact-json.ts'
import type { Graph } from './graph.ts'
import { time } from './time.ts'
import { fromMetaUnits } from './units.ts'

const activitySchema = z.object({
  event_time: time,
  event_type: z.string(),
  actor_id: z.string().optional(),
  actor_name: z.string().optional(),
  application_id: z.string().optional(),
  application_name: z.string().optional(),
  object_id: z.string().catch(''),
  extra_data: z.string().nullish(),
})
type Activity = z.output<typeof activitySchema>
const ACTIVITY_FIELDS = Object.keys(activitySchema.shape).join(',')

type EntityKind = ChangeEvent['entity']['kind']
interface Meaning {
  readonly kind: EntityKind
  readonly field: string
  /** Values are amounts in Meta's units. */
  readonly isMoney?: true
}

/**
 * What each event type changed. The types keep the names of 2014: `update_campaign_…` is about today's campaigns in
 * some and about ad sets in others, and the documented categories tell which. Events of ads, audiences and billing move
 * no lever, and are left out.
 *
 * @see https://developers.facebook.com/docs/marketing-api/reference/ad-account/activities
 */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ['update_campaign_budget', { kind: 'budget', field: 'amount', isMoney: true }],
  ['update_ad_set_budget', { kind: 'budget', field: 'amount', isMoney: true }],
  ['update_campaign_run_status', { kind: 'campaign', field: 'status' }],
  ['update_ad_set_run_status', { kind: 'ad-group', field: 'status' }],
  ['update_ad_set_bidding', { kind: 'ad-group', field: 'bid' }],
  ['update_ad_set_bid_strategy', { kind: 'ad-group', field: 'strategy' }],
  ['update_ad_set_bid_adjustments', { kind: 'ad-group', field: 'bid-adjustments' }],
  ['update_ad_set_optimization_goal', { kind: 'ad-group', field: 'optimization-goal' }],
  ['update_ad_set_target_spec', { kind: 'ad-group', field: 'targeting' }],
  ['update_ad_set_duration', { kind: 'ad-group', field: 'schedule' }],
  ['update_ad_set_spend_cap', { kind: 'ad-group', field: 'spend-cap', isMoney: true }],
  ['update_ad_set_min_spend_target', { kind: 'ad-group', field: 'min-spend-target', isMoney: true }],
  ['update_ad_set_name', { kind: 'ad-group', field: 'name' }],
  ['update_campaign_name', { kind: 'campaign', field: 'name' }],
  ['update_campaign_schedule', { kind: 'ad-group', field: 'schedule' }],
  ['update_campaign_high_demand_periods', { kind: 'budget', field: 'schedule' }],
  ['update_campaign_group_high_demand_periods', { kind: 'budget', field: 'schedule' }],
  ['update_campaign_budget_scheduling_state', { kind: 'budget', field: 'schedule' }],
  ['update_campaign_group_budget_scheduling_state', { kind: 'budget', field: 'schedule' }],
  ['update_campaign_group_spend_cap', { kind: 'campaign', field: 'spend-cap', isMoney: true }],
  ['update_campaign_budget_optimization_toggling_status', { kind: 'campaign', field: 'budget-level' }],
  ['update_budget_flex_toggle_status', { kind: 'campaign', field: 'budget-sharing' }],
  ['create_campaign_group', { kind: 'campaign', field: 'created' }],
  ['create_ad_set', { kind: 'ad-group', field: 'created' }],
  ['ad_account_update_spend_limit', { kind: 'account', field: 'spend-cap', isMoney: true }],
  ['ad_account_reset_spend_limit', { kind: 'account', field: 'spend-cap', isMoney: true }],
  ['ad_account_remove_spend_limit', { kind: 'account', field: 'spend-cap', isMoney: true }],
  ['ad_account_update_status', { kind: 'account', field: 'status' }],
])

/** Meta's own screens: what is done there is done by a person. */
const SCREENS = new Set(['Power Editor', 'Ads Manager', 'Meta Ads Manager', 'Facebook', 'Instagram'])
/** How Meta names itself as an actor. */
const PLATFORM_ACTORS = new Set(['Meta', 'Facebook'])

/** Changes of anything that has to do with levers since `since`, oldest first. */
export async function readChanges(
  graph: Graph,
  account: AccountRef,
  since: Instant,
  currency: CurrencyCode,
  ours: ReadonlySet<string>,
): Promise<readonly ChangeEvent[]> {
  const activities = await graph.all(
    account.id,
    `act_${account.id}/activities`,
    // Without `since` Meta answers for a week only.
    { fields: ACTIVITY_FIELDS, since: String(Math.floor(since / SECOND_MS)), limit: '500' },
    activitySchema,
  )
  return activities
    .flatMap((activity) => toEvent(activity, account, currency, ours) ?? [])
    .filter((event) => event.at >= since)
    .toSorted((a, b) => a.at - b.at)
}

function toEvent(
  activity: Activity,
  account: AccountRef,
  currency: CurrencyCode,
  ours: ReadonlySet<string>,
): ChangeEvent | undefined {
  const meaning = MEANINGS.get(activity.event_type)
  if (!meaning) return undefined
  const extra = activity.extra_data ? parseExactJson(activity.extra_data) : undefined
  const from = valueText(extra, 'old_value', meaning, currency)
  const to = valueText(extra, 'new_value', meaning, currency)
  return {
    at: activity.event_time,
    actor: activity.actor_name ?? activity.application_name ?? 'unknown',
    origin: originOf(activity, ours),
    entity: { kind: meaning.kind, id: meaning.kind === 'account' ? account.id : activity.object_id },
    field: meaning.field,
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
}

function originOf(activity: Activity, ours: ReadonlySet<string>): ChangeEvent['origin'] {
  const { actor_id, actor_name, application_id, application_name } = activity
  const names = [actor_id, actor_name, application_id, application_name].filter((name) => name !== undefined)
  if (names.some((name) => ours.has(name))) return 'ours'
  if (actor_name !== undefined && PLATFORM_ACTORS.has(actor_name)) return 'platform'
  if (application_name && !SCREENS.has(application_name)) return 'other-tool'
  return actor_name ? 'human' : 'unknown'
}

type Side = 'old_value' | 'new_value'

/**
 * The value before or after, where the event tells: `{"old_value": 5000}`, or one level deeper with the kind of budget
 * beside it, `{"old_value": {"old_value": 5000, "type": "Per day"}}`. Amounts become main units: `50`.
 */
function valueText(extra: unknown, side: Side, meaning: Meaning, currency: CurrencyCode): string | undefined {
  const outer = member(extra, side)
  const value = member(outer, side) ?? outer
  if (value === undefined || value === null || typeof value === 'object') return undefined
  const text = String(value)
  return meaning.isMoney && /^\d{1,20}$/.test(text) ? toDecimal(fromMetaUnits(BigInt(text), currency)) : text
}

const member = (of: unknown, side: Side): unknown =>
  typeof of === 'object' && of !== null && side in of ? (of as Partial<Record<Side, unknown>>)[side] : undefined
