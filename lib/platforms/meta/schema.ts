import * as z from 'zod'
import { time } from './time.ts'

const numeric = /^\d{1,20}$/

/** An id: always text, because ids exceed 2^53. */
export const id = z.union([z.string(), z.number()]).transform(String).pipe(z.string().regex(numeric, 'must be an id'))

/** A whole amount in Meta's units; text on some fields, a number on others. */
export const metaUnits = z
  .union([z.string().regex(/^\d{1,15}$/, 'must be a whole number'), z.number().int().nonnegative().max(1e15)])
  .transform((value) => BigInt(value))

/** A count that Graph writes as text: whole, and no further than doubles count. */
export const count = z
  .union([z.string().regex(/^\d{1,15}$/, 'must be a count'), z.number().int().nonnegative().max(1e15)])
  .transform(Number)

export const accountSchema = z.object({
  name: z.string().catch(''),
  currency: z.string(),
  timezone_name: z.string(),
  account_status: z.number().int(),
  disable_reason: z.number().int().optional(),
  spend_cap: metaUnits.optional(),
  amount_spent: metaUnits.optional(),
})
export const ACCOUNT_FIELDS = Object.keys(accountSchema.shape).join(',')

export const basicsSchema = accountSchema.pick({ currency: true, timezone_name: true })

export const campaignSchema = z.object({
  id,
  name: z.string(),
  status: z.string(),
  effective_status: z.string(),
  bid_strategy: z.string().optional(),
  daily_budget: metaUnits.optional(),
  lifetime_budget: metaUnits.optional(),
  budget_remaining: metaUnits.optional(),
  start_time: time.optional(),
  stop_time: time.optional(),
})
export type MetaCampaign = z.output<typeof campaignSchema>
export const CAMPAIGN_FIELDS = Object.keys(campaignSchema.shape).join(',')

export const adSetSchema = z.object({
  id,
  campaign_id: id,
  name: z.string(),
  status: z.string(),
  effective_status: z.string(),
  bid_strategy: z.string().optional(),
  bid_amount: metaUnits.optional(),
  bid_constraints: z.object({ roas_average_floor: z.number().min(0).max(1e10).optional() }).optional(),
  optimization_goal: z.string().optional(),
  daily_budget: metaUnits.optional(),
  lifetime_budget: metaUnits.optional(),
  budget_remaining: metaUnits.optional(),
  learning_stage_info: z.object({ status: z.string().optional() }).optional(),
  start_time: time.optional(),
  end_time: time.optional(),
})
export type MetaAdSet = z.output<typeof adSetSchema>
export const AD_SET_FIELDS = Object.keys(adSetSchema.shape).join(',')

/**
 * Archived objects are listed only when asked for; deleted ones cannot be listed at all.
 * CAMPAIGN_PAUSED exists for ad sets alone.
 */
const LISTED = ['ACTIVE', 'PAUSED', 'ARCHIVED', 'IN_PROCESS', 'WITH_ISSUES']
export const CAMPAIGN_STATUSES = JSON.stringify(LISTED)
export const AD_SET_STATUSES = JSON.stringify([...LISTED, 'CAMPAIGN_PAUSED'])
export const PAGE_SIZE = '250'
