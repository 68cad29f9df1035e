import { tiktokPlatform } from '../../../lib/platforms/tiktok/platform.ts'
import { startTikTokTwin, TIKTOK_TWIN_CREDENTIALS } from '../../../playground/platforms/tiktok/server.ts'
import { arrayAt, bigId, type Limits, type Listed, type PlatformHarness, type Refusal, valueAt } from './harness.ts'
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

/** Main units times the "budget verification ratio" of a currency, 1 of the euro and 100 of the yen; the largest is below 10,000,000. */
const limitsFrom = (least: bigint): Limits => ({
  budgets: [
    { currency: 'EUR', step: 10_000n, least: least * 1_000_000n, most: 9_999_999_990_000n },
    { currency: 'JPY', step: 1_000_000n, least: least * 100_000_000n, most: 999_999_999_000_000n },
  ],
  floorOfSpend: 1.05,
  floorHoldsRaises: true,
  editsPerHour: Number.POSITIVE_INFINITY,
  ratios: { 'target-roas': [0.01, 10] },
})

const REFUSALS: readonly Refusal[] = [
  {
    what: 'a partial success that names all as changed, and those with errors beside them',
    of: ['ad-group'],
    tell({ body }, json) {
      if (valueAt(json, 'code') !== 20001) return false
      Object.assign(valueAt(json, 'data') as object, { adgroup_ids: valueAt(JSON.parse(body), 'adgroup_ids') })
      return true
    },
  },
  {
    what: 'a success that has errors',
    of: ['ad-group'],
    tell: (_, json) =>
      valueAt(json, 'code') === 20001 && Object.assign(json as object, { code: 0, message: 'OK' }) === json,
  },
  {
    what: 'a partial success that names nobody',
    of: ['ad-group'],
    tell: (_, json) => valueAt(json, 'code') === 20001 && Object.assign(json as object, { data: {} }) === json,
  },
  {
    what: 'a partial success of a request that changes one object',
    of: ['budget', 'campaign'],
    tell: (_, json) =>
      valueAt(json, 'code') === 40002 && Object.assign(json as object, { code: 20001, data: {} }) === json,
  },
]

const harness: PlatformHarness = {
  platform: 'tiktok',
  accountId: '7090000000000000999',
  world: { currency: 'EUR', zone: 'Europe/Berlin', kind: 'social', budgetsOn: 'campaign', idOf: bigId },
  budgetIdOf: (n) => bigId(n, 'campaign'),
  rule: { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'impression' },
  // Pages have 1,000 objects.
  paged: { campaigns: 1_010, days: 1, lists: ['campaigns', 'ad-groups', 'rows'] },
  limits: limitsFrom(50n),
  // Ad groups are paused up to twenty at a time; all else goes one by one.
  requestsOfThree: { budget: 3, campaign: 3, 'ad-group': 1 },
  adGroupsListed: 'all',
  wire: {
    listed,
    statusFields: ['operation_status', 'secondary_status'],
    strategyFields: ['bid_type'],
    currencyFields: ['currency'],
    isNextPage: ({ path }) => /[?&]page=(?!1(&|$))/.test(path),
    refusals: REFUSALS,
    fiveThousandYen: /"budget":5000[,}]/,
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
  limits: limitsFrom(20n),
})
