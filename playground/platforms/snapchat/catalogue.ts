/**
 * The fields that the twin knows of a campaign and of an ad squad, and what may be done with each. It refuses all others.
 *
 * @see https://developers.snap.com/api/marketing-api/Ads-API/campaigns
 * @see https://developers.snap.com/api/marketing-api/Ads-API/ad-squads
 */
export interface Catalogue {
  /** Singular and plural, as envelopes name them. */
  readonly one: 'campaign' | 'adsquad'
  readonly many: 'campaigns' | 'adsquads'
  /** Must be in every full object. */
  readonly required: ReadonlySet<string>
  /** May be set and changed. */
  readonly writable: ReadonlySet<string>
  /** Cannot change once they are set: E2023. */
  readonly immutable: ReadonlySet<string>
  /** Shown, and ignored in a full object that is sent back. */
  readonly readOnly: ReadonlySet<string>
  /** What a full object that leaves them out resets them to; all others are then gone. */
  readonly defaults: Readonly<Record<string, unknown>>
}

export const CAMPAIGN: Catalogue = {
  one: 'campaign',
  many: 'campaigns',
  required: new Set(['id', 'name', 'ad_account_id', 'status', 'start_time']),
  writable: new Set([
    'name',
    'status',
    'start_time',
    'end_time',
    'daily_budget_micro',
    'lifetime_spend_cap_micro',
    'measurement_spec',
    'mobile_app_properties',
    'product_properties',
    'regulations',
    'shared_properties',
    'campaign_budget_optimization_properties',
  ]),
  immutable: new Set(['id', 'ad_account_id', 'buy_model', 'objective', 'objective_v2_properties', 'pacing_level']),
  readOnly: new Set([
    'created_at',
    'updated_at',
    'delivery_status',
    'creation_state',
    'auto_bid_max_bid_micro',
    'deleted',
  ]),
  defaults: {},
}

export const AD_SQUAD: Catalogue = {
  one: 'adsquad',
  many: 'adsquads',
  required: new Set([
    'id',
    'name',
    'campaign_id',
    'type',
    'billing_event',
    'bid_strategy',
    'optimization_goal',
    'targeting',
  ]),
  writable: new Set([
    'name',
    'status',
    'start_time',
    'end_time',
    'bid_strategy',
    'bid_micro',
    'roas_value_micro',
    'daily_budget_micro',
    'lifetime_budget_micro',
    'optimization_goal',
    'targeting',
    'placement_v2',
    'conversion_window',
    'pixel_id',
    'event_sources',
    'brand_safety_config',
    'cap_and_exclusion_config',
    'ad_scheduling_config',
    'measurement_provider_names',
    'skadnetwork_properties',
    'campaign_budget_optimization_properties',
  ]),
  immutable: new Set([
    'id',
    'campaign_id',
    'type',
    'billing_event',
    'child_ad_type',
    'pacing_type',
    'delivery_constraint',
    'forced_view_setting',
  ]),
  readOnly: new Set([
    'created_at',
    'updated_at',
    'delivery_status',
    'creation_state',
    'targeting_reach_status',
    'separated_types',
    'deleted',
  ]),
  defaults: { status: 'ACTIVE', conversion_window: 'SWIPE_28DAY_VIEW_1DAY' },
}

export const isKnown = ({ writable, immutable, readOnly }: Catalogue, field: string): boolean =>
  writable.has(field) || immutable.has(field) || readOnly.has(field)

/** Micros that a bid may have, by currency ("Currency Specific bids" of the page on ad squads). */
export const LEAST_BID = 10_000n
const HIGH = ['AED', 'CNY', 'DKK', 'HKD', 'ILS', 'INR', 'NOK', 'QAR', 'SAR', 'SEK', 'USD']
const LOW = ['AUD', 'BAM', 'CAD', 'CHF', 'EUR', 'GBP', 'KWD']
export const GREATEST_BID: ReadonlyMap<string, bigint> = new Map([
  ...HIGH.map((code) => [code, 500_000_000n] as const),
  ...LOW.map((code) => [code, 100_000_000n] as const),
])

/** The least daily budget of an ad squad, in every currency; a campaign's is what the field reports. */
export const LEAST_AD_SQUAD_BUDGET = 5_000_000n
export const LEAST_CAMPAIGN_BUDGET = 20_000_000n
