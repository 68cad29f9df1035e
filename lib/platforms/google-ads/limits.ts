import type { PlatformLimits, RequestLimit, TieredLimits } from '../../model/request-limits.ts'
import { DAY_MS } from '../../units/calendar.ts'

const operations = (most: number): RequestLimit => ({
  name: 'operations a day',
  per: 'application',
  windowMs: DAY_MS,
  most,
  cost: { read: 1, write: 1, urgent: 1 },
  reserved: { writes: 0.1, urgent: 0.1 },
  source:
    'https://developers.google.com/google-ads/api/docs/best-practices/quotas (as of 2026-08-13), per developer token; shares are ours',
})

const of = (...limits: readonly RequestLimit[]): PlatformLimits => ({ limits, throttles: 'account' })

/**
 * How Google counts: operations a day of one developer token, by its access level, each page of a report and each
 * operation of a mutate as one. No header tells how much is used; how many requests a second are too many is not
 * documented, and its answers say how long to wait.
 */
export const googleAdsLimits: TieredLimits = {
  usual: 'basic',
  tiers: { explorer: of(operations(2_880)), basic: of(operations(15_000)), standard: of() },
}
