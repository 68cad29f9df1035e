import type { RequestLimit, TieredLimits } from '../../model/request-limits.ts'
import { SECOND_MS } from '../../units/calendar.ts'

const SOURCE =
  'averages: https://developers.snap.com/api/marketing-api/Ads-API/rate-limits (as of 2026-11-21); the window and the shares are ours'

/** Ten seconds stand for "on average": a burst of one second is within what is documented. */
const WINDOW_MS = 10 * SECOND_MS

const requests = (name: string, per: RequestLimit['per'], perSecond: number): RequestLimit => ({
  name,
  per,
  windowMs: WINDOW_MS,
  most: (perSecond * WINDOW_MS) / SECOND_MS,
  cost: { read: 1, write: 1, urgent: 1 },
  reserved: { writes: 0.2, urgent: 0.1 },
  source: SOURCE,
})

/** How Snapchat counts requests: by application and by token, the same for everybody. No header tells how much is used. */
export const snapchatLimits: TieredLimits = {
  usual: 'standard',
  tiers: {
    standard: {
      limits: [requests('requests of an application', 'application', 20), requests('requests of a token', 'token', 10)],
      throttles: 'application',
    },
  },
}
