import { tiktokPlatform } from '../../../lib/platforms/tiktok/platform.ts'
import { startTikTokTwin, TIKTOK_TWIN_CREDENTIALS } from '../../../playground/platforms/tiktok/server.ts'
import { arrayAt, bigId, type Listed, type PlatformHarness } from './harness.ts'
import type { Asked } from './proxy.ts'
import { describeContract } from './suite.ts'

const LISTS: Readonly<Record<string, Listed['of']>> = {
  'campaign/get/': 'campaigns',
  'adgroup/get/': 'ad-groups',
  'advertiser/info/': 'account',
}

function listed({ path }: Asked, json: unknown): Listed | undefined {
  const { pathname, searchParams } = new URL(path, 'http://twin')
  const entries = arrayAt(json, 'data', 'list')
  const place = pathname.replace('/open_api/v1.3/', '')
  // Of split tests and of shops there is nothing in the suite's world.
  if (!entries || searchParams.get('report_type') === 'TT_SHOP') return undefined
  if (place !== 'report/integrated/get/') return LISTS[place] && { of: LISTS[place], entries }
  return { of: searchParams.get('data_level') === 'AUCTION_ADVERTISER' ? 'totals' : 'rows', entries }
}

const harness: PlatformHarness = {
  platform: 'tiktok',
  accountId: '7090000000000000999',
  world: { currency: 'EUR', zone: 'Europe/Berlin', kind: 'social', budgetsOn: 'campaign', idOf: bigId },
  budgetIdOf: (n) => bigId(n, 'campaign'),
  rule: { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'impression' },
  // Pages have 1,000 objects.
  paged: { what: 'structure', campaigns: 1_010 },
  wire: {
    listed,
    statusFields: ['operation_status', 'secondary_status'],
    strategyFields: ['bid_type'],
    currencyFields: ['currency'],
    isNextPage: ({ path }) => /[?&]page=(?!1(&|$))/.test(path),
  },
  lacks: {
    'change-history': 'TikTok has no history of changes that could be read.',
    'edit-limit': 'TikTok publishes no number of budget edits in an hour.',
    multipliers: 'TikTok has no bid multipliers.',
    'token-renewal': "TikTok's tokens are not renewed: a person puts a new one into the secret.",
  },
  open: async ({ world, faults, through }) => {
    const twin = await startTikTokTwin({ world, faults })
    const platform = tiktokPlatform({
      secrets: { read: async () => JSON.stringify(TIKTOK_TWIN_CREDENTIALS) },
      secretName: 'tiktok',
      clock: world,
      endpoint: await through(twin.baseUrl),
      requestTimeoutMs: 20_000,
    })
    const { accessToken, appSecret } = TIKTOK_TWIN_CREDENTIALS
    return { platform, secrets: [accessToken, appSecret], close: () => twin.close() }
  },
}

describeContract(harness)

describeContract({
  ...harness,
  world: { ...harness.world, budgetsOn: 'ad-group' },
  budgetIdOf: (n) => bigId(n, 'ad-group'),
})
