import * as z from 'zod'
import { type Instant, SECOND_MS } from '../../units/calendar.ts'

/** An id: always text, because ids may exceed 2^53. */
export const id = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,20}$/, 'must be an id'))
/** Drafts are named `C` and digits. */
const campaignOf = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^C?\d{1,20}$/, 'must be the id of a campaign'))

/** Whole micros; a number, or text where it is beyond 2^53. */
export const micros = z
  .union([z.string().regex(/^\d{1,20}$/, 'must be whole micros'), z.number().int().nonnegative()])
  .transform((value) => BigInt(value))
const maybeMicros = micros.nullish().transform((value) => (value === 0n ? undefined : (value ?? undefined)))

/** The last second of the year 9999. */
const LAST_SECOND = 253_402_300_799

/** Seconds since 1970; 0 and null are no time. */
const time = z
  .number()
  .int()
  .nonnegative()
  .max(LAST_SECOND)
  .nullish()
  .transform((seconds) => (seconds ? ((seconds * SECOND_MS) as Instant) : undefined))

/** What is switched by it must be known: another word is not taken for one of these. */
export const ENTITY_STATUSES = ['ACTIVE', 'PAUSED', 'ARCHIVED', 'DRAFT', 'DELETED_DRAFT'] as const
const entityStatus = z.enum(ENTITY_STATUSES)
/** Drafts spend nothing and are not steered. */
export const LISTED: readonly string[] = ['ACTIVE', 'PAUSED', 'ARCHIVED']

export const accountSchema = z.object({
  id,
  name: z.string().nullish(),
  currency: z.string(),
  /** What the token's owner may do in the account. */
  permissions: z.array(z.string()).nullish(),
})
export type PinterestAccount = z.output<typeof accountSchema>

const factors = z.record(z.string(), z.unknown()).nullish()

export const campaignSchema = z.object({
  id,
  ad_account_id: id.optional(),
  name: z.string().nullish(),
  status: entityStatus,
  summary_status: z.string().nullish(),
  objective_type: z
    .string()
    .regex(/^[A-Z][A-Z_]{0,39}$/)
    .nullish()
    .catch(undefined),
  is_campaign_budget_optimization: z.boolean().nullish(),
  is_performance_plus: z.boolean().nullish(),
  is_automated_campaign: z.boolean().nullish(),
  daily_spend_cap: maybeMicros,
  lifetime_spend_cap: maybeMicros,
  start_time: time,
  end_time: time,
  bid_options: z.object({ app_type_multipliers: factors }).nullish(),
})
export type PinterestCampaign = z.output<typeof campaignSchema>

const goalSchema = z.looseObject({
  conversion_event: z.string().nullish(),
  cpa_goal_value_in_micro_currency: maybeMicros,
  is_roas_optimized: z.boolean().nullish(),
  attribution_windows: z
    .object({ click_window_days: z.number().int().nullish(), view_window_days: z.number().int().nullish() })
    .nullish(),
})

export const adGroupSchema = z.object({
  id,
  ad_account_id: id.optional(),
  campaign_id: campaignOf,
  name: z.string().nullish(),
  status: entityStatus,
  summary_status: z.string().nullish(),
  budget_in_micro_currency: maybeMicros,
  budget_type: z.enum(['DAILY', 'LIFETIME', 'CBO_ADGROUP']).nullish(),
  bid_in_micro_currency: maybeMicros,
  bid_strategy_type: z.string().nullish(),
  optimization_goal_metadata: z.looseObject({ conversion_tag_v3_goal_metadata: goalSchema.nullish() }).nullish(),
  conversion_learning_mode_type: z.string().nullish(),
  start_time: time,
  end_time: time,
})
export type PinterestAdGroup = z.output<typeof adGroupSchema>

/** The goal as it stands on the wire, every member of it, for writing it back with one of them changed. */
export const rawGoalSchema = z.object({ id, optimization_goal_metadata: z.looseObject({}).nullish() })
/** The same of a campaign's multipliers. */
export const rawBidOptionsSchema = z.object({ id, bid_options: z.object({ app_type_multipliers: factors }).nullish() })
