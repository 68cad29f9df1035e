import { snapchatPlatform } from '../../../lib/platforms/snapchat/platform.ts'
import { SNAPCHAT_TWIN_CREDENTIALS, startSnapchatTwin } from '../../../playground/platforms/snapchat/server.ts'
import { arrayAt, type Listed, type PlatformHarness } from './harness.ts'
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

const harness: PlatformHarness = {
  platform: 'snapchat',
  accountId: '8adc3db7-8148-4fbf-999c-8d2266369d77',
  world: { currency: 'EUR', zone: 'Europe/Berlin', kind: 'social', budgetsOn: 'campaign', idOf: uuid },
  budgetIdOf: (n) => uuid(n, 'campaign'),
  rule: { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'conversion' },
  paged: { what: 'structure', campaigns: 260 },
  wire: {
    listed,
    statusFields: ['status'],
    strategyFields: ['bid_strategy'],
    currencyFields: ['currency'],
    isNextPage: ({ path }) => /[?&]cursor=/.test(path),
  },
  lacks: {
    'hourly-conversions': 'Whether Snapchat reports conversions by the hour its users report both ways.',
    'edit-limit': 'Snapchat documents no number of budget edits in an hour.',
    multipliers: 'Snapchat has no bid multipliers.',
    'numeric-ids': 'Ids are UUIDs.',
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
  lacks,
})
