import * as z from 'zod'
import { type Instant, later, MINUTE_MS, SECOND_MS } from '../../units/calendar.ts'

/** How much of an account's quota was used up, as its last answer said. */
export interface AccountUsage {
  /** Share of the quota that is used, the highest of all that the answer names; 1 = throttled. */
  readonly utilisation: number
  readonly readAt: Instant
  /** When Meta expects the quota to be free again. */
  readonly clearAt: Instant
}

/** Scores decay over 300 s, which is also the longer of the two blocks. */
const DECAY_MS = 300 * SECOND_MS

/** As a guard against numbers that no quota has. */
const percent = z.number().min(0).max(1e6).catch(0)
const businessUse = z.record(
  z.string(),
  z.array(
    z.object({
      call_count: percent,
      total_cputime: percent,
      total_time: percent,
      /** Minutes. */
      estimated_time_to_regain_access: z.number().min(0).max(1e6).catch(0),
    }),
  ),
)
/** `reset_time_duration` in seconds. */
const accountUse = z.object({ acc_id_util_pct: percent, reset_time_duration: z.number().min(0).max(1e8).catch(0) })
const insightsUse = z.object({ acc_id_util_pct: percent, app_id_util_pct: percent })
const appUse = z.object({ call_count: percent, total_cputime: percent, total_time: percent })

interface Reading {
  readonly percents: readonly number[]
  readonly waitMs: number
}

function header<T>(headers: Headers, name: string, schema: z.ZodType<T>): T | undefined {
  const text = headers.get(name)
  if (text === null) return undefined
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    // These headers only help to slow down in time: one that cannot be read is as good as none.
    return undefined
  }
}

function readings(headers: Headers): readonly Reading[] {
  const uses = Object.values(header(headers, 'x-business-use-case-usage', businessUse) ?? {}).flat()
  const account = header(headers, 'x-ad-account-usage', accountUse)
  const insights = header(headers, 'x-fb-ads-insights-throttle', insightsUse)
  const app = header(headers, 'x-app-usage', appUse)
  return [
    ...uses.map((u) => ({
      percents: [u.call_count, u.total_cputime, u.total_time],
      waitMs: u.estimated_time_to_regain_access * MINUTE_MS,
    })),
    ...(account ? [{ percents: [account.acc_id_util_pct], waitMs: account.reset_time_duration * SECOND_MS }] : []),
    ...(insights ? [{ percents: [insights.acc_id_util_pct, insights.app_id_util_pct], waitMs: 0 }] : []),
    ...(app ? [{ percents: [app.call_count, app.total_cputime, app.total_time], waitMs: 0 }] : []),
  ]
}

/** Milliseconds until a throttled account may be asked again; the longest that the answer names, or the decay time. */
export const waitAfter = (headers: Headers): number =>
  Math.max(0, ...readings(headers).map((r) => r.waitMs)) || DECAY_MS

/** `undefined` when the answer says nothing about quotas. */
export function usageOf(headers: Headers, now: Instant): AccountUsage | undefined {
  const percents = readings(headers).flatMap((r) => r.percents)
  if (percents.length === 0) return undefined
  return { utilisation: Math.max(...percents) / 100, readAt: now, clearAt: later(now, waitAfter(headers)) }
}

const BACK_OFF_AT = 0.95

/** Milliseconds to hold reads back: the last answer is the only gauge, and asking on would turn a warning into a block. */
export const holdMs = (usage: AccountUsage | undefined, now: Instant): number =>
  usage && usage.utilisation >= BACK_OFF_AT ? Math.max(0, usage.clearAt - now) : 0
