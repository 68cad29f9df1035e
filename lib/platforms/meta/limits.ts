import type { PlatformLimits, RequestLimit, TieredLimits } from '../../model/request-limits.ts'
import { HOUR_MS, SECOND_MS } from '../../units/calendar.ts'

/** Kinds of requests that Meta counts by themselves; `read` of both count in the score too. */
export const INSIGHTS = 'ads_insights'
export const MANAGEMENT = 'ads_management'

const SOURCE =
  'https://developers.facebook.com/documentation/ads-commerce/marketing-api/overview/rate-limiting (as of 2026-09-12); shares are ours: reading ends at 75 %, where Meta advises to slow down'

const EACH = { read: 1, write: 1, urgent: 1 }
const RESERVED = { writes: 0.15, urgent: 0.1 }
const perAccount = { per: 'account', reserved: RESERVED, source: SOURCE } as const

/** Reads count one and writes three; scores decay over 300 s, which a window of that length is never laxer than. */
const score = (most: number): RequestLimit => ({
  ...perAccount,
  name: 'score',
  windowMs: 300 * SECOND_MS,
  most,
  // Cuts and pauses are writes, and what is read for them is counted with them.
  cost: { read: 1, write: 3, urgent: 3 },
})

/** Every active ad adds to it; that is not known before anything was read, so that only the base is counted on. */
const hourly = (kind: string, most: number): RequestLimit => ({
  ...perAccount,
  name: `${kind} an hour`,
  windowMs: HOUR_MS,
  most,
  cost: EACH,
  kind,
})

/** 613/5044001. */
const changes: RequestLimit = {
  ...perAccount,
  name: 'changes a second',
  windowMs: SECOND_MS,
  most: 100,
  cost: { read: 0, write: 1, urgent: 1 },
  reserved: { writes: 0, urgent: 0.2 },
}

const tier = (points: number, management: number, insights: number): PlatformLimits => ({
  limits: [score(points), hourly(MANAGEMENT, management), hourly(INSIGHTS, insights), changes],
  throttles: 'account',
})

/** How Meta counts requests: by application and ad account. Its answers say how much is used, which comes before these. */
export const metaLimits: TieredLimits = {
  usual: 'standard',
  tiers: { limited: tier(60, 300, 600), standard: tier(9_000, 100_000, 190_000) },
}
