import { pinterestPlatform } from '../../../lib/platforms/pinterest/platform.ts'
import { PINTEREST_TWIN_CREDENTIALS, startPinterestTwin } from '../../../playground/platforms/pinterest/server.ts'
import { arrayAt, type Listed, type PlatformHarness } from './harness.ts'
import type { Asked } from './proxy.ts'
import { describeContract } from './suite.ts'

/** Eighteen digits, which is Pinterest's most. */
const idOf = (n: number, of: 'campaign' | 'ad-group' | 'budget'): string =>
  String(179_000_000_000_000_000n + BigInt(n) * 3n + BigInt(['campaign', 'ad-group', 'budget'].indexOf(of)))

function listed({ path }: Asked, json: unknown): Listed | undefined {
  const [place = ''] = path.split('?')
  if (place.endsWith('/analytics')) {
    const of = /\/(campaigns|ad_groups)\/analytics$/.test(place) ? 'rows' : 'totals'
    return Array.isArray(json) ? { of, entries: json } : undefined
  }
  if (/\/ad_accounts\/\d+$/.test(place)) return { of: 'account', entries: [json] }
  const entries = arrayAt(json, 'items')
  if (!entries) return undefined
  if (place.endsWith('/campaigns')) return { of: 'campaigns', entries }
  return place.endsWith('/ad_groups') ? { of: 'ad-groups', entries } : undefined
}

const harness: PlatformHarness = {
  platform: 'pinterest',
  accountId: '549755885175000999',
  world: { currency: 'EUR', zone: 'UTC', kind: 'social', budgetsOn: 'campaign', idOf },
  budgetIdOf: (n) => idOf(n, 'campaign'),
  rule: { action: 'purchase', clickWindowDays: 30, viewWindowDays: 1, basis: 'click' },
  // Pages have 250 objects.
  paged: { what: 'structure', campaigns: 260 },
  wire: {
    listed,
    statusFields: ['status'],
    strategyFields: ['bid_strategy_type'],
    currencyFields: ['currency'],
    isNextPage: ({ path }) => /[?&]bookmark=/.test(path),
  },
  lacks: {
    'change-history': 'Pinterest has no history of changes.',
    'edit-limit': 'Pinterest publishes no number of budget edits in an hour.',
    'hourly-conversions': 'Pinterest reports no conversions by the hour.',
    'local-days': "Days of reports are UTC's.",
  },
  open: async ({ world, faults, through }) => {
    const twin = await startPinterestTwin({ world, faults })
    let secret = JSON.stringify(PINTEREST_TWIN_CREDENTIALS)
    const platform = pinterestPlatform({
      secrets: {
        read: async () => secret,
        async replace(_, was, next) {
          if (secret !== was) return false
          secret = next
          return true
        },
      },
      secretName: 'pinterest',
      clock: world,
      endpoint: await through(twin.baseUrl),
      requestTimeoutMs: 20_000,
    })
    const { appSecret, refreshToken, accessToken } = PINTEREST_TWIN_CREDENTIALS
    return { platform, secrets: [appSecret, refreshToken, accessToken], close: () => twin.close() }
  },
}

describeContract(harness)

describeContract({
  ...harness,
  world: { ...harness.world, budgetsOn: 'ad-group' },
  budgetIdOf: (n) => idOf(n, 'ad-group'),
})
