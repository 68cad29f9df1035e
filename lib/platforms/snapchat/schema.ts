import * as z from 'zod'
import { FOREIGN_ID } from '../../model/account.ts'
import { type AccountDate, dateAt, type Instant, instant, type TimeZone } from '../../units/calendar.ts'

/** A schema made anew for every answer would be compiled for every answer: there are as many as there are names. */
export function schemaByName<Name extends string, S>(make: (name: Name) => S): (name: Name) => S {
  const made = new Map<Name, S>()
  return (name) => {
    const schema = made.get(name) ?? make(name)
    made.set(name, schema)
    return schema
  }
}

/** A UUID; anything that is safe in a path is taken for one. */
export const id = z.string().regex(FOREIGN_ID, 'must be an id')

/** Whole micros; text where the number exceeds 2^53. */
export const micros = z
  .union([z.number().int().nonnegative(), z.string().regex(/^\d{1,24}$/, 'must be whole micros')])
  .transform((value) => BigInt(value))

/** The last millisecond of the year 9999: beyond it dates cannot be worked with. */
const LAST_TIME = 253_402_300_799_999

export const time = z.string().transform((value, context): Instant => {
  const at = timeIn(value)
  if (at !== undefined) return at
  context.addIssue({ code: 'custom', message: 'must be a time such as 2026-11-21T06:00:00.000Z' })
  return z.NEVER
})

function timeIn(value: string): Instant | undefined {
  try {
    const at = instant(value)
    return at >= 0 && at <= LAST_TIME ? at : undefined
  } catch {
    return undefined
  }
}

/** A field that may be missing or null. */
const maybe = <T extends z.ZodType>(schema: T) => schema.nullish().transform((value) => value ?? undefined)

const deliveryStatus = maybe(z.array(z.string()))

export const accountSchema = z.object({
  id,
  name: z.string().catch(''),
  status: z.string(),
  currency: z.string(),
  timezone: z.string(),
  organization_id: maybe(id),
  funding_source_ids: maybe(z.array(id)),
  lifetime_spend_cap_micro: maybe(micros),
})
export type SnapAccount = z.output<typeof accountSchema>

export const fundingSchema = z.object({
  id,
  type: z.string(),
  status: z.string(),
  currency: maybe(z.string()),
  available_credit_micro: maybe(micros),
})
export type FundingSource = z.output<typeof fundingSchema>

export const campaignSchema = z.object({
  id,
  ad_account_id: id,
  name: z.string(),
  status: z.string(),
  pacing_level: maybe(z.string()),
  buy_model: maybe(z.string()),
  campaign_budget_optimization_properties: z.unknown().optional(),
  daily_budget_micro: maybe(micros),
  lifetime_budget_micro: maybe(micros),
  lifetime_spend_cap_micro: maybe(micros),
  start_time: maybe(time),
  end_time: maybe(time),
  updated_at: maybe(time),
  delivery_status: deliveryStatus,
  deleted: maybe(z.boolean()),
})
export type SnapCampaign = z.output<typeof campaignSchema>

export const adSquadSchema = z.object({
  id,
  campaign_id: id,
  name: z.string(),
  status: z.string(),
  bid_strategy: maybe(z.string()),
  bid_micro: maybe(micros),
  roas_value_micro: maybe(micros),
  optimization_goal: maybe(z.string()),
  daily_budget_micro: maybe(micros),
  lifetime_budget_micro: maybe(micros),
  start_time: maybe(time),
  end_time: maybe(time),
  updated_at: maybe(time),
  delivery_status: deliveryStatus,
  deleted: maybe(z.boolean()),
})
export type SnapAdSquad = z.output<typeof adSquadSchema>

export const startDate = (at: Instant | undefined, zone: TimeZone): AccountDate | undefined =>
  at === undefined ? undefined : dateAt(at, zone)

/** The last day that has any time before `at`: what ends at midnight ends on the day before. */
export const lastDate = (at: Instant | undefined, zone: TimeZone): AccountDate | undefined =>
  at === undefined ? undefined : dateAt((at - 1) as Instant, zone)
