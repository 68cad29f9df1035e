/** Which fields there are, and which may stand together in one query. */
import {
  ACCOUNT_BUDGET_FIELDS,
  CONVERSION_ACTION_FIELDS,
  CURRENCY_FIELDS,
  CUSTOMER_CLIENT_FIELDS,
  CUSTOMER_FIELDS,
} from './catalogue-account.ts'
import { AD_GROUP_FIELDS, BUDGET_FIELDS, CAMPAIGN_FIELDS } from './catalogue-campaign.ts'
import { CRITERION_FIELDS } from './catalogue-criterion.ts'
import {
  ADJUSTMENT_FIELDS,
  BIDDING_STRATEGY_FIELDS,
  CHANGE_EVENT_FIELDS,
  EXCLUSION_FIELDS,
  EXPERIMENT_ARM_FIELDS,
  EXPERIMENT_FIELDS,
} from './catalogue-events.ts'
import { METRIC_FIELDS, SEGMENT_FIELDS } from './catalogue-metrics.ts'
import { SIMULATION_FIELDS } from './catalogue-simulation.ts'
import type { Field } from './field.ts'

export const CATALOGUE: ReadonlyMap<string, Field> = new Map(
  [
    CUSTOMER_FIELDS,
    CUSTOMER_CLIENT_FIELDS,
    CURRENCY_FIELDS,
    CONVERSION_ACTION_FIELDS,
    ACCOUNT_BUDGET_FIELDS,
    BUDGET_FIELDS,
    CAMPAIGN_FIELDS,
    AD_GROUP_FIELDS,
    CRITERION_FIELDS,
    BIDDING_STRATEGY_FIELDS,
    EXPERIMENT_FIELDS,
    EXPERIMENT_ARM_FIELDS,
    CHANGE_EVENT_FIELDS,
    ADJUSTMENT_FIELDS,
    EXCLUSION_FIELDS,
    SIMULATION_FIELDS,
    METRIC_FIELDS,
    SEGMENT_FIELDS,
  ]
    .flat()
    .map((field) => [field.name, field]),
)

export interface Resource {
  /** Other resources whose fields may be selected with it: those that each of its rows belongs to. */
  readonly attributed: readonly string[]
  /** Whether metrics and segments may be selected with it. */
  readonly metrics: boolean
  /** Segments that its metrics are not counted by. */
  readonly uncounted?: readonly string[]
}

/** Resources that may stand in FROM. */
export const RESOURCES: Readonly<Record<string, Resource>> = {
  customer: { attributed: [], metrics: true },
  customer_client: { attributed: ['customer'], metrics: false },
  campaign: { attributed: ['campaign_budget', 'bidding_strategy', 'customer'], metrics: true },
  campaign_simulation: { attributed: ['campaign', 'customer'], metrics: false },
  campaign_budget: { attributed: ['customer'], metrics: true },
  ad_group: { attributed: ['campaign', 'bidding_strategy', 'customer'], metrics: true },
  campaign_criterion: { attributed: ['campaign', 'bidding_strategy', 'customer'], metrics: false },
  location_view: {
    attributed: ['campaign', 'campaign_criterion', 'customer'],
    metrics: true,
    uncounted: ['segments.device', 'segments.day_of_week', 'segments.hour'],
  },
  campaign_audience_view: {
    attributed: ['campaign', 'campaign_criterion', 'customer'],
    metrics: true,
    uncounted: ['segments.hour'],
  },
  bidding_strategy: { attributed: ['customer'], metrics: false },
  experiment: { attributed: ['customer'], metrics: false },
  experiment_arm: { attributed: ['experiment', 'customer'], metrics: false },
  change_event: { attributed: ['campaign', 'ad_group', 'customer'], metrics: false },
  conversion_action: { attributed: ['customer'], metrics: false },
  account_budget: { attributed: ['customer'], metrics: false },
  currency_constant: { attributed: [], metrics: false },
  bidding_seasonality_adjustment: { attributed: ['customer'], metrics: false },
  bidding_data_exclusion: { attributed: ['customer'], metrics: false },
}

export const resourceNameField = (resource: string): Field | undefined => CATALOGUE.get(`${resource}.resource_name`)
