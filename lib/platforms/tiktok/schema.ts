import * as z from 'zod'
import { type Instant, instant } from '../../units/calendar.ts'

/** An id: always text, because ids exceed 2^53. */
export const id = z
  .union([z.string(), z.number().int()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,20}$/, 'must be an id'))

/** A float in main units; objects that have none of it read 0 or null. */
const amount = z.number().nonnegative().nullish()
/** A ratio; what is a million times the spend was misread. */
const roas = z.number().nonnegative().max(1e6).nullish()
/** `2026-11-21 06:00:00`, in UTC. */
const utcTime = z.string().transform((text, context): Instant => {
  try {
    if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) throw new RangeError()
    return instant(`${text.replace(' ', 'T')}Z`)
  } catch {
    context.addIssue({ code: 'custom', message: 'must be a time such as 2026-11-21 06:00:00' })
    return z.NEVER
  }
})

/** What the advertiser set. What is terminated cannot be enabled again. */
export const operationStatus = z.enum(['ENABLE', 'DISABLE', 'FROZEN', 'DELETE'])
export const budgetMode = z.enum([
  'BUDGET_MODE_INFINITE',
  'BUDGET_MODE_DAY',
  'BUDGET_MODE_DYNAMIC_DAILY_BUDGET',
  'BUDGET_MODE_TOTAL',
])
export type BudgetMode = z.output<typeof budgetMode>

export const advertiserSchema = z.object({
  list: z
    .array(
      z.object({
        advertiser_id: id,
        name: z.string().catch(''),
        status: z.string(),
        currency: z.string(),
        /** A zone's name, or an offset for some accounts; the other one is always a name. */
        timezone: z.string().nullish(),
        display_timezone: z.string().nullish(),
        balance: z.number().nullish(),
      }),
    )
    .length(1),
})
export type Advertiser = z.output<typeof advertiserSchema>['list'][number]
export const ADVERTISER_FIELDS = [
  'advertiser_id',
  'name',
  'status',
  'currency',
  'timezone',
  'display_timezone',
  'balance',
]

export const campaignSchema = z.object({
  campaign_id: id,
  campaign_name: z.string().catch(''),
  objective_type: z.string().nullish(),
  campaign_product_source: z.string().nullish(),
  is_smart_performance_campaign: z.boolean().nullish(),
  campaign_automation_type: z.string().nullish(),
  is_search_campaign: z.boolean().nullish(),
  budget_mode: budgetMode.nullish(),
  budget: amount,
  /** Only with campaign budgets. */
  budget_optimize_on: z.boolean().nullish(),
  bid_type: z.string().nullish(),
  deep_bid_type: z.string().nullish(),
  roas_bid: roas,
  operation_status: operationStatus,
  /** Absent in the sandbox, where nothing is delivered. */
  secondary_status: z.string().nullish(),
})
export type TikTokCampaign = z.output<typeof campaignSchema>

const clickWindow = z.enum(['OFF', 'ONE_DAY', 'SEVEN_DAYS', 'FOURTEEN_DAYS', 'TWENTY_EIGHT_DAYS'])
export type AttributionWindow = z.output<typeof clickWindow>

export const adGroupSchema = z.object({
  campaign_id: id,
  adgroup_id: id,
  adgroup_name: z.string().catch(''),
  budget_mode: budgetMode.nullish(),
  budget: amount,
  schedule_type: z.string().nullish(),
  schedule_start_time: utcTime.nullish(),
  schedule_end_time: utcTime.nullish(),
  bid_type: z.string().nullish(),
  bid_price: amount,
  conversion_bid_price: amount,
  deep_bid_type: z.string().nullish(),
  roas_bid: roas,
  billing_event: z.string().nullish(),
  click_attribution_window: clickWindow.nullish().catch(undefined),
  view_attribution_window: clickWindow.nullish().catch(undefined),
  skip_learning_phase: z.union([z.boolean(), z.number()]).nullish(),
  split_test_group_id: id.nullish().catch(undefined),
  operation_status: operationStatus,
  secondary_status: z.string().nullish(),
})
export type TikTokAdGroup = z.output<typeof adGroupSchema>

/** GMV Max campaigns have a listing of their own, which tells no budgets. */
export const gmvMaxSchema = z.object({
  campaign_id: id,
  campaign_name: z.string().catch(''),
  operation_status: operationStatus,
  secondary_status: z.string().nullish(),
})
export type TikTokGmvMax = z.output<typeof gmvMaxSchema>

export const gmvMaxInfoSchema = z.object({ campaign_id: id, budget: amount, roas_bid: roas })
