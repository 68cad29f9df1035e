import { snapchatPlatform } from '../../../lib/platforms/snapchat/platform.ts'
import { SNAPCHAT_TWIN_CREDENTIALS, startSnapchatTwin } from '../../../playground/platforms/snapchat/server.ts'
import { arrayAt, type Limits, type Listed, type PlatformHarness, type Refusal, valueAt } from './harness.ts'
import type { Asked } from './proxy.ts'
import { describeContract } from './suite.ts'

const KINDS = { campaign: 'c0a1', 'ad-group': 'ad51', budget: 'b0d6' } as const
const uuid = (n: number, of: keyof typeof KINDS): string =>
  `8adc3db7-${KINDS[of]}-4fbf-999c-${String(n).padStart(12, '0')}`

function listed({ path }: Asked, json: unknown): Listed | undefined {
  const [place = '', query = ''] = path.split('?')
  if (place.endsWith('/stats')) {
    const [, level] = /breakdown=(\w+)/.exec(query) ?? []
    const stat = ['timeseries_stats', '0', 'timeseries_stat']
    const entries = level ? arrayAt(json, ...stat, 'breakdown_stats', level) : arrayAt(json, ...stat, 'timeseries')
    return entries && { of: level ? 'rows' : 'totals', entries }
  }
  if (place.endsWith('/campaigns')) return asListed('campaigns', json, 'campaigns')
  if (place.endsWith('/adsquads')) return asListed('ad-groups', json, 'adsquads')
  return /\/adaccounts\/[^/]+$/.test(place) ? asListed('account', json, 'adaccounts') : undefined
}

function asListed(of: Listed['of'], json: unknown, name: string): Listed | undefined {
  const entries = arrayAt(json, name)
  return entries && { of, entries }
}

/** Of a campaign's budget or an ad squad's, the same number in every currency. */
const limitsFrom = (least: bigint): Limits => ({
  budgets: ['EUR', 'SEK'].map((currency) => ({ currency, step: 10_000n, least, most: undefined })),
  floorOfSpend: 0,
  floorHoldsRaises: false,
  editsPerHour: Number.POSITIVE_INFINITY,
  ratios: {},
})

/** The entities of an answer to a write that were refused. */
const failedIn = (json: unknown): object[] =>
  ['campaigns', 'adsquads']
    .flatMap((name) => arrayAt(json, name) ?? [])
    .filter((one) => valueAt(one, 'sub_request_status') === 'ERROR') as object[]

const REFUSALS: readonly Refusal[] = [
  {
    what: 'the answer is a success as a whole, and an entity failed without a reason',
    of: ['budget'],
    tell(_, json) {
      const failed = failedIn(json)
      for (const one of failed) Object.assign(one, { sub_request_status: 'FAILED', sub_request_error_reason: null })
      Object.assign(json as object, { request_status: 'SUCCESS' })
      return failed.length > 0
    },
  },
  {
    what: 'a word for the state of an entity that nobody knows',
    of: ['budget'],
    tell(_, json) {
      const failed = failedIn(json)
      for (const one of failed) Object.assign(one, { sub_request_status: 'SKIPPED' })
      return failed.length > 0
    },
  },
]

const harness: PlatformHarness = {
  platform: 'snapchat',
  accountId: '8adc3db7-8148-4fbf-999c-8d2266369d77',
  world: { currency: 'EUR', zone: 'Europe/Berlin', kind: 'social', budgetsOn: 'campaign', idOf: uuid },
  budgetIdOf: (n) => uuid(n, 'campaign'),
  rule: { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'conversion' },
  paged: { campaigns: 110, days: 1, lists: ['campaigns', 'ad-groups'] },
  limits: limitsFrom(20_000_000n),
  requestsOfThree: { budget: 3, campaign: 3, 'ad-group': 3 },
  adGroupsListed: 'all',
  wire: {
    listed,
    statusFields: ['status'],
    strategyFields: ['bid_strategy'],
    currencyFields: ['currency'],
    isNextPage: ({ path }) => /[?&]cursor=/.test(path),
    refusals: REFUSALS,
  },
  lacks: {
    'hourly-conversions': 'Whether Snapchat reports conversions by the hour its users report both ways.',
    'edit-limit': 'Snapchat documents no number of budget edits in an hour.',
    multipliers: 'Snapchat has no bid multipliers.',
    'numeric-ids': 'Ids are UUIDs.',
    yen: 'Snapchat names no currency without decimals.',
    targets: 'Under the budget of a campaign Snapchat lets the campaign say how its ad squads bid.',
  },
  open: async ({ world, faults, through }) => {
    const twin = await startSnapchatTwin({ world, faults, pageSize: 100 })
    const platform = snapchatPlatform({
      secrets: { read: async () => JSON.stringify(SNAPCHAT_TWIN_CREDENTIALS) },
      secretName: 'snapchat',
      clock: world,
      endpoints: { api: await through(twin.baseUrl), token: twin.tokenUrl },
      requestTimeoutMs: 20_000,
    })
    const { clientSecret, refreshToken } = SNAPCHAT_TWIN_CREDENTIALS
    return { platform, secrets: [clientSecret, refreshToken], close: () => twin.close() }
  },
}

describeContract(harness)

const { targets: _, ...lacks } = harness.lacks
describeContract({
  ...harness,
  world: { ...harness.world, budgetsOn: 'ad-group' },
  budgetIdOf: (n) => uuid(n, 'ad-group'),
  limits: limitsFrom(5_000_000n),
  lacks,
})
