import { googleAdsPlatform } from '../../../lib/platforms/google-ads/platform.ts'
import { defaultAction } from '../../../playground/platforms/google-ads/conversion-actions.ts'
import { GOOGLE_TWIN_CREDENTIALS } from '../../../playground/platforms/google-ads/tokens.ts'
import { startGoogleAdsTwin } from '../../../playground/platforms/google-ads/twin.ts'
import { arrayAt, bigId, type Listed, type PlatformHarness } from './harness.ts'
import type { Asked } from './proxy.ts'
import { describeContract } from './suite.ts'

function listed({ body }: Asked, json: unknown): Listed | undefined {
  const entries = arrayAt(json, 'results')
  const [, fields = '', resource] = /SELECT (.*?) FROM (\w+)/.exec(body) ?? []
  if (!entries) return undefined
  const isReport = fields.includes('metrics.cost_micros')
  if (resource === 'campaign') return { of: isReport ? 'rows' : 'campaigns', entries }
  if (resource === 'customer') return { of: isReport ? 'totals' : 'account', entries }
  return resource === 'ad_group' ? { of: 'ad-groups', entries } : undefined
}

const harness: PlatformHarness = {
  platform: 'google-ads',
  accountId: '1234567890',
  world: { currency: 'EUR', zone: 'Europe/Berlin', kind: 'search', budgetsOn: 'campaign', idOf: bigId },
  budgetIdOf: (n) => bigId(n, 'budget'),
  rule: { action: 'purchase', clickWindowDays: 30, viewWindowDays: 0, basis: 'click' },
  // Pages have 10,000 rows: 62 campaigns, 24 hours, 7 days make 10,416.
  paged: { what: 'hours', campaigns: 62, days: 7 },
  wire: {
    listed,
    statusFields: ['status'],
    strategyFields: ['biddingStrategyType'],
    currencyFields: ['currencyCode'],
    isNextPage: ({ body }) => body.includes('"pageToken"'),
  },
  lacks: { 'edit-limit': 'Google documents no number of budget edits in an hour.' },
  open: async ({ world, faults, through }) => {
    const twin = await startGoogleAdsTwin({ world, faults, conversionActions: [defaultAction('purchase')] })
    const api = await through(twin.baseUrl)
    const platform = googleAdsPlatform({
      secrets: { read: async () => JSON.stringify(GOOGLE_TWIN_CREDENTIALS) },
      secretName: 'google-ads',
      clock: world,
      endpoints: { api, token: `${api}/token` },
      requestTimeoutMs: 20_000,
    })
    const { clientSecret, refreshToken, developerToken } = GOOGLE_TWIN_CREDENTIALS
    return { platform, secrets: [clientSecret, refreshToken, developerToken], close: () => twin.close() }
  },
}

describeContract(harness)
