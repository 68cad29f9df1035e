import type { RequestLimit, TieredLimits } from '../../model/request-limits.ts'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../units/calendar.ts'

const SOURCE = 'https://developers.pinterest.com/docs/api/v5/#tag/Rate-limits'
const ONE = { read: 1, write: 1, urgent: 1 }

const perSecond: RequestLimit = {
  name: 'calls a second',
  per: 'token',
  windowMs: SECOND_MS,
  most: 100,
  cost: ONE,
  reserved: { writes: 0.2, urgent: 0.1 },
  source: `${SOURCE}: 100 a second for each user of an app with standard access`,
}

const analytics: RequestLimit = {
  name: 'ads_analytics a minute',
  per: 'token',
  windowMs: MINUTE_MS,
  most: 300,
  cost: ONE,
  kind: 'ads_analytics',
  // Reports are the only such calls: the guard's, which stop spending, come before those of pulls.
  reserved: { writes: 0, urgent: 0.1 },
  source: `${SOURCE}: 300 a minute for each user of an app`,
}

const trial: RequestLimit = {
  name: 'calls a day on trial access',
  per: 'application',
  windowMs: DAY_MS,
  most: 1_000,
  cost: ONE,
  reserved: { writes: 0.2, urgent: 0.1 },
  source:
    'https://developers.pinterest.com/docs/getting-started/connect-app/: 1,000 calls a day until access is standard',
}

/** How Pinterest counts calls, by the access that an app has. Other categories have no figures that matter here. */
export const pinterestLimits: TieredLimits = {
  usual: 'standard',
  tiers: {
    trial: { limits: [perSecond, analytics, trial], throttles: 'application' },
    standard: { limits: [perSecond, analytics], throttles: 'application' },
  },
}
