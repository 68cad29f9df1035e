import { googleAdsPlatform } from '../../../lib/platforms/google-ads/platform.ts'
import { defaultAction } from '../../../playground/platforms/google-ads/conversion-actions.ts'
import { GOOGLE_TWIN_CREDENTIALS } from '../../../playground/platforms/google-ads/tokens.ts'
import { startGoogleAdsTwin } from '../../../playground/platforms/google-ads/twin.ts'
import { arrayAt, bigId, type Listed, type PlatformHarness, type Refusal, valueAt } from './harness.ts'
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

/** Its mutate has operations, and answers them by their places. */
const REFUSALS: readonly Refusal[] = [
  {
    what: 'an operation that has an error has a result, too',
    of: ['budget', 'campaign'],
    tell({ body }, json) {
      const operations = arrayAt(JSON.parse(body), 'mutateOperations') ?? []
      const responses = arrayAt(json, 'mutateOperationResponses') ?? []
      if (valueAt(json, 'partialFailureError') === undefined) return false
      for (const [i, operation] of operations.entries()) responses[i] = resultOf(operation as object)
      return true
    },
  },
  {
    what: 'errors do not say which operation they are of',
    of: ['budget', 'ad-group'],
    tell(_, json) {
      const details = arrayAt(json, 'partialFailureError', 'details') ?? []
      const errors = details.flatMap((one) => arrayAt(one, 'errors') ?? []) as { location?: unknown }[]
      for (const error of errors) delete error.location
      return errors.length > 0
    },
  },
]

/** As of an operation that was carried out. */
function resultOf(operation: object): unknown {
  const [name = '', body] = Object.entries(operation)[0] ?? []
  return { [name.replace('Operation', 'Result')]: { resourceName: valueAt(body, 'update', 'resourceName') } }
}

/** Google's pages have 10,000 rows, which would take this suite's world a minute. */
const PAGE_ROWS = 200
const UNPUBLISHED = 'Google has least and largest budgets, and names them only when it refuses one.'

const harness: PlatformHarness = {
  platform: 'google-ads',
  accountId: '1234567890',
  world: { currency: 'EUR', zone: 'Europe/Berlin', kind: 'search', budgetsOn: 'campaign', idOf: bigId },
  budgetIdOf: (n) => bigId(n, 'budget'),
  rule: { action: 'purchase', clickWindowDays: 30, viewWindowDays: 0, basis: 'click' },
  paged: { campaigns: PAGE_ROWS + 10, days: 1, lists: ['campaigns', 'ad-groups', 'rows'] },
  limits: {
    // The billable unit is all that Google documents.
    budgets: [
      {
        ...{ currency: 'EUR', step: 10_000n, least: 10_000n, most: undefined },
        refused: { why: UNPUBLISHED, below: 1_000_000n, above: 1_000_000_000_000_000n },
      },
      {
        ...{ currency: 'JPY', step: 1_000_000n, least: 1_000_000n, most: undefined },
        refused: { why: UNPUBLISHED, below: 100_000_000n, above: 100_000_000_000_000_000n },
      },
    ],
    floorOfSpend: 0,
    floorHoldsRaises: false,
    editsPerHour: Number.POSITIVE_INFINITY,
    ratios: { 'target-roas': [0.01, 1000], 'bid-multiplier': [0.1, 10] },
  },
  requestsOfThree: { budget: 1, campaign: 1, 'ad-group': 1 },
  adGroupsListed: 'with-targets',
  wire: {
    listed,
    statusFields: ['status'],
    strategyFields: ['biddingStrategyType'],
    currencyFields: ['currencyCode'],
    isNextPage: ({ body }) => body.includes('"pageToken"'),
    refusals: REFUSALS,
    fiveThousandYen: /"amountMicros":"5000000000"/,
  },
  lacks: { 'edit-limit': 'Google documents no number of budget edits in an hour.' },
  open: async ({ world, faults, through }) => {
    const twin = await startGoogleAdsTwin({
      world,
      faults,
      pageRows: PAGE_ROWS,
      conversionActions: [defaultAction('purchase')],
    })
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
