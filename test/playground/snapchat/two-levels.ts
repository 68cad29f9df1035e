import type { AccountSpec, HourlySpec } from '../stub-world.ts'
import { ACCOUNT_ID, uuid } from './client.ts'

/** Campaign 11: ad squads 21 (by target cost) and 22 (by itself). Campaign 12, smart budget: ad squads 23 and 24. */
export const SPEC: AccountSpec = {
  id: ACCOUNT_ID,
  platform: 'snapchat',
  campaigns: [
    {
      id: uuid(11),
      adSets: [
        {
          id: uuid(21),
          budget: 40_000_000n,
          strategy: { kind: 'target-cpa', targetCpaMicros: 12_500_000n },
        },
        { id: uuid(22), budget: 30_000_000n },
      ],
    },
    { id: uuid(12), budget: 100_000_000n, adSets: [{ id: uuid(23) }, { id: uuid(24) }] },
  ],
}

/** In every hour of an ad squad €1.50; on each day four purchases by a swipe (one of them after ten days), one by a view. */
export const HOURLY: HourlySpec = {
  spendMicros: 1_500_000n,
  impressions: 100,
  clicks: 5,
  claimsPerDay: [
    { action: 'purchase', touch: 'click', lagDays: 0, count: 3, valueMicros: 150_000_000n },
    { action: 'purchase', touch: 'click', lagDays: 10, count: 1, valueMicros: 50_000_000n },
    { action: 'purchase', touch: 'view', lagDays: 0, count: 1, valueMicros: 50_000_000n },
  ],
}
