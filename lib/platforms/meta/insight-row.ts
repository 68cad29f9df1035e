import * as z from 'zod'
import { count, id } from './schema.ts'

/** One action type's counts: `action_type`, and a number per window. */
const actionStats = z.looseObject({ action_type: z.string() })
export type ActionStats = z.output<typeof actionStats>

export const HOURLY = 'hourly_stats_aggregated_by_advertiser_time_zone'

export const totalSchema = z.object({ spend: z.string(), date_start: z.string(), date_stop: z.string() })
export const TOTAL_FIELDS = 'spend'

export const rowSchema = totalSchema.extend({
  campaign_id: id,
  adset_id: id.optional(),
  impressions: count.default(0),
  clicks: count.default(0),
  actions: z.array(actionStats).optional(),
  action_values: z.array(actionStats).optional(),
  /** `13:00:00 - 13:59:59` */
  [HOURLY]: z
    .string()
    .regex(/^(\d{2}):00:00 - \1:59:59$/, 'must be an hour such as 13:00:00 - 13:59:59')
    .optional(),
})
export type InsightRow = z.output<typeof rowSchema>
