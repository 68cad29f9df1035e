import { accountDate } from '../../../lib/units/calendar.ts'
import type { WorldClaim } from '../../../playground/world.ts'
import type { AccountSpec, HourlySpec } from '../../playground/stub-world.ts'

const claim = (touch: WorldClaim['touch'], lagDays: number, count: number): WorldClaim => ({
  action: 'purchase',
  touch,
  lagDays,
  count,
  valueMicros: BigInt(count) * 50_000_000n,
})

/** €1.50 an hour for each ad group; a day has 4 conversions in the 7-day click window, 2 beyond it, 1 in the view window. */
export const HOURLY: HourlySpec = {
  spendMicros: 1_500_000n,
  impressions: 100,
  clicks: 5,
  claimsPerDay: [
    claim('click', 0, 3),
    claim('click', 6, 1),
    claim('click', 20, 2),
    claim('view', 0, 1),
    claim('view', 5, 9),
  ],
}

/** Campaign budgets and ad group budgets side by side, a Smart+ and a GMV Max campaign, a split test, a balance. */
export const SPEC: AccountSpec = {
  id: '7001',
  platform: 'tiktok',
  spendCap: 5_000_000_000n,
  experiments: [
    {
      id: '700',
      name: 'Split',
      from: accountDate('2026-11-15'),
      to: accountDate('2026-11-30'),
      baseCampaignId: '11',
      armCampaignIds: ['13'],
    },
  ],
  campaigns: [
    {
      id: '11',
      budget: 100_000_000n,
      strategy: { kind: 'target-cpa', targetCpaMicros: 12_500_000n },
      adSets: [{ id: '21' }, { id: '22' }],
    },
    {
      id: '12',
      adSets: [
        { id: '23', budget: 40_000_000n },
        { id: '24', budget: 30_000_000n, status: 'paused', strategy: { kind: 'target-roas', targetRoas: 2.5 } },
        { id: '29', budget: 60_000_000n, strategy: { kind: 'manual-cpc', bidMicros: 1_250_000n } },
      ],
    },
    {
      id: '13',
      status: 'paused',
      budget: 900_000_000n,
      period: 'lifetime',
      endDate: '2026-12-10',
      adSets: [{ id: '25' }],
    },
    { id: '14', kind: 'smart-plus', budget: 80_000_000n, adSets: [{ id: '26' }] },
    {
      id: '15',
      kind: 'gmv-max',
      budget: 70_000_000n,
      strategy: { kind: 'target-roas', targetRoas: 4 },
      adSets: [{ id: '27' }],
    },
    { id: '16', status: 'removed', budget: 50_000_000n, adSets: [{ id: '28', status: 'removed' }] },
  ],
}
