import { pinterestPlatform } from '../../../lib/platforms/pinterest/platform.ts'
import { PINTEREST_TWIN_CREDENTIALS, startPinterestTwin } from '../../../playground/platforms/pinterest/server.ts'
import { arrayAt, type Listed, type PlatformHarness, type Refusal } from './harness.ts'
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

interface Item {
  data?: unknown
  exceptions: unknown[]
}
/** The items of an answer to a write, if any of them was refused. */
function itemsOf(json: unknown): Item[] | undefined {
  const items = arrayAt(json, 'items') as Item[] | undefined
  return items?.some(({ exceptions }) => exceptions.length > 0) ? items : undefined
}

/** What is sent has the ids in their places. */
const REFUSALS: readonly Refusal[] = [
  {
    what: 'an item with exceptions names its entity, too',
    of: ['budget', 'campaign', 'ad-group'],
    tell({ body }, json) {
      const sent: { id: string }[] = JSON.parse(body)
      const items = itemsOf(json)
      for (const [place, item] of (items ?? []).entries()) item.data ??= { id: sent[place]?.id }
      return items !== undefined
    },
  },
  {
    what: 'exceptions without a code',
    of: ['budget', 'campaign'],
    tell(_, json) {
      const items = itemsOf(json)
      for (const item of items ?? []) item.exceptions = item.exceptions.map(() => ({}))
      return items !== undefined
    },
  },
  {
    what: 'items in another order than they were sent in, of which those with exceptions do not name their entity',
    of: ['budget', 'ad-group'],
    tell: (_, json) => itemsOf(json)?.reverse() !== undefined,
  },
]

const harness: PlatformHarness = {
  platform: 'pinterest',
  accountId: '549755885175000999',
  world: { currency: 'EUR', zone: 'UTC', kind: 'social', budgetsOn: 'campaign', idOf },
  budgetIdOf: (n) => idOf(n, 'campaign'),
  rule: { action: 'purchase', clickWindowDays: 30, viewWindowDays: 1, basis: 'click' },
  // Pages have 250 objects.
  paged: { campaigns: 260, days: 1, lists: ['campaigns', 'ad-groups'] },
  limits: {
    budgets: [
      { currency: 'EUR', step: 10_000n, least: 1_000_000n, most: undefined },
      {
        ...{ currency: 'JPY', step: 1_000_000n, least: 200_000_000n, most: undefined },
        refused: { why: 'Pinterest publishes no least budget: both figures stand for a dollar.', below: 150_000_000n },
      },
    ],
    floorOfSpend: 0,
    floorHoldsRaises: false,
    editsPerHour: Number.POSITIVE_INFINITY,
    ratios: { 'bid-multiplier': [0.1, 10] },
  },
  requestsOfThree: { budget: 1, campaign: 1, 'ad-group': 1 },
  adGroupsListed: 'all',
  wire: {
    listed,
    statusFields: ['status'],
    strategyFields: ['bid_strategy_type'],
    currencyFields: ['currency'],
    isNextPage: ({ path }) => /[?&]bookmark=/.test(path),
    refusals: REFUSALS,
    fiveThousandYen: /"(daily_spend_cap|budget_in_micro_currency)":5000000000[,}]/,
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
