/** Fields of experiments, change events, seasonality adjustments and data exclusions. */
import type { WorldExperiment } from '../../world.ts'
import type { BiddingEvent } from './bidding-events.ts'
import type { ChangeEvent } from './change-events.ts'
import { type Field, fieldsOf, type Row } from './field.ts'
import { adjustmentName, armName, campaignName, exclusionName, experimentName } from './names.ts'

const experiment = fieldsOf<WorldExperiment>('experiment', 'ATTRIBUTE', (r) => r.experiment)
const arm = fieldsOf<WorldExperiment>('experiment_arm', 'ATTRIBUTE', (r) => r.arm && r.experiment)
const change = fieldsOf<ChangeEvent>('change_event', 'ATTRIBUTE', (r) => r.change)

/** An experiment past its last day stays ENABLED until somebody ends or promotes it: readers must look at the dates. */
const statusOf = (e: WorldExperiment, { view, account }: Row): string =>
  e.from > view.today(account) ? 'INITIATED' : 'ENABLED'

export const EXPERIMENT_FIELDS: readonly Field[] = [
  experiment('resource_name', 'RESOURCE_NAME', ['immutable', 'implicit'], (e, r) => experimentName(r.account.id, e.id)),
  experiment('experiment_id', 'INT64', ['output'], (e) => e.id),
  experiment('name', 'STRING', ['implicit'], (e) => e.name),
  experiment('type', 'ENUM:ExperimentType', ['implicit'], () => 'SEARCH_CUSTOM'),
  experiment('status', 'ENUM:ExperimentStatus', ['implicit'], statusOf),
  experiment('start_date', 'DATE', [], (e) => e.from),
  experiment('end_date', 'DATE', [], (e) => e.to),
]

export const EXPERIMENT_ARM_FIELDS: readonly Field[] = [
  arm('resource_name', 'RESOURCE_NAME', ['immutable', 'implicit'], (e, r) =>
    armName(r.account.id, e.id, r.arm!.number),
  ),
  arm('experiment', 'RESOURCE_NAME', ['immutable', 'implicit'], (e, r) => experimentName(r.account.id, e.id)),
  arm('name', 'STRING', ['implicit'], (e, r) => `${e.name} #${r.arm!.number}`),
  arm('control', 'BOOLEAN', ['implicit'], (_, r) => r.arm!.number === 1),
  arm('traffic_split', 'INT64', ['implicit'], (_, r) => BigInt(r.arm!.trafficSplit)),
  arm('campaigns', 'RESOURCE_NAME', ['repeated'], (_, r) => [campaignName(r.account.id, r.arm!.campaignId)]),
  arm('in_design_campaigns', 'RESOURCE_NAME', ['output', 'repeated'], () => []),
]

export const CHANGE_EVENT_FIELDS: readonly Field[] = [
  change('resource_name', 'RESOURCE_NAME', ['output', 'implicit'], (c) => c.resourceName),
  change('change_date_time', 'STRING', ['output', 'implicit'], (c) => c.changeDateTime),
  change('change_resource_type', 'ENUM:ChangeEventResourceType', ['output', 'implicit'], (c) => c.resourceType),
  change('change_resource_name', 'STRING', ['output', 'implicit'], (c) => c.changedName),
  change('client_type', 'ENUM:ChangeClientType', ['output', 'implicit'], (c) => c.clientType),
  change('user_email', 'STRING', ['output', 'implicit'], (c) => c.userEmail),
  change('old_resource', 'MESSAGE', ['output'], (c) => c.oldResource),
  change('new_resource', 'MESSAGE', ['output'], (c) => c.newResource),
  change('resource_change_operation', 'ENUM:ResourceChangeOperation', ['output', 'implicit'], () => 'UPDATE'),
  change('changed_fields', 'MESSAGE', ['output'], (c) => c.changedFields),
  change('campaign', 'RESOURCE_NAME', ['output', 'implicit'], (c) => c.campaign),
  change('ad_group', 'RESOURCE_NAME', ['output', 'implicit'], (c) => c.adGroup),
]

/** Seasonality adjustments and data exclusions differ in their id's name and in the modifier. */
function eventFields(
  resource: string,
  of: (row: Row) => BiddingEvent | undefined,
  idField: string,
  name: (customer: string, id: string) => string,
): readonly Field[] {
  const event = fieldsOf<BiddingEvent>(resource, 'ATTRIBUTE', of)
  return [
    event('resource_name', 'RESOURCE_NAME', ['immutable', 'implicit'], (e, r) => name(r.account.id, e.id)),
    event(idField, 'INT64', ['output', 'implicit'], (e) => e.id),
    event('scope', 'ENUM:SeasonalityEventScope', ['implicit'], (e) => e.scope),
    event('status', 'ENUM:SeasonalityEventStatus', ['output', 'implicit'], (e) => (e.removed ? 'REMOVED' : 'ENABLED')),
    event('start_date_time', 'STRING', ['implicit'], (e) => e.startDateTime),
    event('end_date_time', 'STRING', ['implicit'], (e) => e.endDateTime),
    event('name', 'STRING', ['implicit'], (e) => e.name),
    event('description', 'STRING', ['implicit'], (e) => e.description),
    event('devices', 'ENUM:Device', ['repeated'], (e) => e.devices),
    event('campaigns', 'RESOURCE_NAME', ['repeated'], (e) => e.campaigns),
    event('advertising_channel_types', 'ENUM:AdvertisingChannelType', ['repeated'], (e) => e.channels),
  ]
}

const adjustment = fieldsOf<BiddingEvent>('bidding_seasonality_adjustment', 'ATTRIBUTE', (r) => r.adjustment)

export const ADJUSTMENT_FIELDS: readonly Field[] = [
  ...eventFields('bidding_seasonality_adjustment', (r) => r.adjustment, 'seasonality_adjustment_id', adjustmentName),
  adjustment('conversion_rate_modifier', 'DOUBLE', ['implicit'], (e) => e.conversionRateModifier),
]

export const EXCLUSION_FIELDS: readonly Field[] = eventFields(
  'bidding_data_exclusion',
  (r) => r.exclusion,
  'data_exclusion_id',
  exclusionName,
)

/** Portfolio strategies can be asked for; this world has none. */
const strategy = fieldsOf<never>('bidding_strategy', 'ATTRIBUTE', () => undefined)
export const BIDDING_STRATEGY_FIELDS: readonly Field[] = [
  strategy('resource_name', 'RESOURCE_NAME', ['immutable', 'implicit'], () => undefined),
  strategy('id', 'INT64', ['output'], () => undefined),
  strategy('name', 'STRING', [], () => undefined),
  strategy('status', 'ENUM:BiddingStrategyStatus', ['output', 'implicit'], () => undefined),
  strategy('type', 'ENUM:BiddingStrategyType', ['output', 'implicit'], () => undefined),
  strategy('aligned_campaign_budget_id', 'INT64', ['implicit'], () => undefined),
  strategy('campaign_count', 'INT64', ['output'], () => undefined),
  strategy('non_removed_campaign_count', 'INT64', ['output'], () => undefined),
  strategy('target_cpa.target_cpa_micros', 'INT64', [], () => undefined),
  strategy('target_roas.target_roas', 'DOUBLE', [], () => undefined),
  strategy('maximize_conversions.target_cpa_micros', 'INT64', ['implicit'], () => undefined),
  strategy('maximize_conversion_value.target_roas', 'DOUBLE', ['implicit'], () => undefined),
]
