import type { PlatformLimits, RequestLimit, TieredLimits } from '../../model/request-limits.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../units/calendar.ts'

const SOURCE = 'https://business-api.tiktok.com/portal/docs?id=1740029171730433 (as of 2026-11-21); shares are ours'

const queries = (name: string, windowMs: number, most: number): RequestLimit => ({
  name,
  per: 'application',
  windowMs,
  most,
  cost: { read: 1, write: 1, urgent: 1 },
  reserved: { writes: 0.2, urgent: 0.1 },
  source: SOURCE,
})

/** Of a tier, all three limits follow from the first: sixty seconds, and a day of 86,400. */
const tier = (perSecond: number): PlatformLimits => ({
  limits: [
    queries('queries a second', SECOND_MS, perSecond),
    queries('queries a minute', MINUTE_MS, perSecond * 60),
    queries('queries a day', DAY_MS, perSecond * 86_400),
  ],
  throttles: 'application',
})

/** How TikTok counts requests: by application, over all advertisers. No answer tells how much is used. */
export const tiktokLimits: TieredLimits = {
  usual: 'basic',
  tiers: { basic: tier(10), advanced: tier(20), premium: tier(30), ultimate: tier(50) },
}
