import { metaPlatform } from '../../../lib/platforms/meta/platform.ts'
import { META_TWIN_CREDENTIALS, startMetaTwin } from '../../../playground/platforms/meta/server.ts'
import { arrayAt, bigId, type Listed, type PlatformHarness, type Refusal, valueAt } from './harness.ts'
import type { Asked } from './proxy.ts'
import { describeContract } from './suite.ts'

function listed({ path }: Asked, json: unknown): Listed | undefined {
  const [place = '', query = ''] = path.split('?')
  const entries = arrayAt(json, 'data')
  if (!entries) return /\/act_\d+$/.test(place) ? { of: 'account', entries: [json] } : undefined
  if (place.endsWith('/insights')) return { of: query.includes('level=account') ? 'totals' : 'rows', entries }
  if (place.endsWith('/campaigns')) return { of: 'campaigns', entries }
  return place.endsWith('/adsets') ? { of: 'ad-groups', entries } : undefined
}

const REFUSALS: readonly Refusal[] = [
  {
    what: 'an answer with an error says success, too',
    of: ['budget', 'campaign', 'ad-group'],
    tell: (_, json) =>
      valueAt(json, 'error') !== undefined && Object.assign(json as object, { success: true }) === json,
  },
]
const IN_DOLLARS = 'Meta publishes its least and its largest budget in US dollars.'

const harness: PlatformHarness = {
  platform: 'meta',
  accountId: '1790000000000000999',
  world: { currency: 'EUR', zone: 'Europe/Berlin', kind: 'social', budgetsOn: 'campaign', idOf: bigId },
  budgetIdOf: (n) => bigId(n, 'campaign'),
  rule: { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'mixed' },
  // Pages have 250 objects, or 500 rows.
  paged: { campaigns: 260, days: 2, lists: ['campaigns', 'ad-groups', 'rows'] },
  limits: {
    budgets: [
      { currency: 'USD', step: 10_000n, least: 1_000_000n, most: 1_000_000_000_000n },
      {
        ...{ currency: 'EUR', step: 10_000n, least: 1_000_000n, most: undefined },
        refused: { why: IN_DOLLARS, above: 1_000_000_000_000n },
      },
      {
        ...{ currency: 'JPY', step: 1_000_000n, least: 200_000_000n, most: undefined },
        refused: { why: IN_DOLLARS, below: 150_000_000n, above: 150_000_000_000_000n },
      },
    ],
    floorOfSpend: 1.1,
    floorHoldsRaises: false,
    editsPerHour: 4,
    ratios: {},
  },
  requestsOfThree: { budget: 3, campaign: 3, 'ad-group': 3 },
  adGroupsListed: 'all',
  wire: {
    listed,
    statusFields: ['status', 'effective_status'],
    strategyFields: ['bid_strategy'],
    currencyFields: ['currency'],
    isNextPage: ({ path }) => /[?&]after=/.test(path),
    refusals: REFUSALS,
    fiveThousandYen: /daily_budget=5000(?!\d)/,
  },
  lacks: {
    'hourly-conversions': 'Meta reports no purchases by the hour that were made off Meta.',
    'edit-limit': 'Meta counts the edits of an ad set, and not those of a campaign.',
    multipliers: 'Meta has no bid multipliers under automatic bidding.',
    'token-renewal': "A system user's token does not renew itself: a person puts a new one into the secret.",
  },
  open: async ({ world, faults, through }) => {
    const twin = await startMetaTwin({ world, faults })
    const platform = metaPlatform({
      secrets: { read: async () => JSON.stringify(META_TWIN_CREDENTIALS) },
      secretName: 'meta',
      clock: world,
      endpoint: await through(twin.baseUrl),
      requestTimeoutMs: 20_000,
    })
    const { accessToken, appSecret } = META_TWIN_CREDENTIALS
    return { platform, secrets: [accessToken, appSecret], close: () => twin.close() }
  },
}

describeContract(harness)

const { 'edit-limit': _, ...lacks } = harness.lacks
describeContract({
  ...harness,
  world: { ...harness.world, budgetsOn: 'ad-group' },
  budgetIdOf: (n) => bigId(n, 'ad-group'),
  lacks,
})
