import { afterEach, describe, expect, test } from 'vitest'
import { googleAdsRest } from '../../../lib/platforms/google-ads/rest.ts'
import { batches } from '../../../lib/platforms/google-ads/writer.ts'
import {
  ACCOUNT,
  type Asked,
  budgetTo,
  type Handler,
  lever,
  NO_ROWS,
  NOW,
  platformAt,
  queryOf,
  type Reply,
  type TinyServer,
  tinyServer,
  usd,
} from './tiny-server.ts'

let server: TinyServer
afterEach(() => server.close())

const isMutate = ({ path }: Asked): boolean => path.endsWith('googleAds:mutate')
const mutates = () => server.asked.filter(isMutate)
const budgetName = (id: string) => `customers/${ACCOUNT.id}/campaignBudgets/${id}`
const applied = (id: string) => ({ campaignBudgetResult: { resourceName: budgetName(id) } })
const failed = (index: number | undefined, errorCode: object) => ({
  errorCode,
  message: 'why',
  location: { fieldPathElements: [{ fieldName: 'mutate_operations', ...(index === undefined ? {} : { index }) }] },
})
const partial = (...errors: readonly object[]) => ({
  code: 3,
  message: 'Multiple errors',
  details: [{ '@type': 'type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure', errors }],
})
const whole = (status: number, errorCode: object): Reply => ({
  status,
  json: { error: { code: status, message: 'm', details: [{ errors: [{ errorCode, message: 'why' }] }] } },
})

/** Answers mutates with `reply` and reads with nothing. */
const mutating =
  (reply: ReturnType<Handler>): Handler =>
  (asked) =>
    isMutate(asked) ? reply : { json: NO_ROWS }
const start = async (reply: ReturnType<Handler>) => {
  server = await tinyServer(mutating(reply))
  return platformAt(server, { requestTimeoutMs: 300 }).writer
}

test('a budget goes out once, as micros in a string, with one field in its mask', async () => {
  const writer = await start({ json: { mutateOperationResponses: [applied('501')] } })
  expect(await writer.apply(ACCOUNT, [budgetTo('501', 50_000_000n)])).toEqual([{ kind: 'applied' }])
  expect(mutates()).toHaveLength(1)
  expect(mutates()[0]?.path).toBe('/v25/customers/1234567890/googleAds:mutate')
  expect(mutates()[0]?.body).toEqual({
    mutateOperations: [
      {
        campaignBudgetOperation: {
          updateMask: 'amountMicros',
          update: { resourceName: budgetName('501'), amountMicros: '50000000' },
        },
      },
    ],
    partialFailure: true,
  })
})

describe('an outcome that nobody can know', () => {
  test.each([
    ['hangs beyond the time allowed', 'hang'],
    ['loses its connection after it was sent', 'drop'],
    ['is answered with half a body', 'cut'],
    ['is answered with something else than JSON', { json: '<html>' }],
    ['is answered in another shape', { json: { mutateOperationResponses: 'all of them' } }],
    ['is answered with 500', { status: 500, json: {} }],
    ['is answered with 503', { status: 503, json: 'sorry' }],
    ['meets an internal error', whole(400, { internalError: 'INTERNAL_ERROR' })],
    ['meets a deadline within Google', whole(504, { internalError: 'DEADLINE_EXCEEDED' })],
    ['is confirmed for another resource', { json: { mutateOperationResponses: [applied('777')] } }],
    ['gets an empty slot without an error', { json: { mutateOperationResponses: [{}] } }],
    ['gets no slot', { json: { mutateOperationResponses: [] } }],
    ['gets an empty answer', { json: {} }],
    [
      'gets an error that names no operation',
      { json: { partialFailureError: partial(failed(undefined, { rangeError: 'TOO_LOW' })) } },
    ],
    [
      'gets an internal error of its own',
      {
        json: {
          mutateOperationResponses: [{}],
          partialFailureError: partial(failed(0, { internalError: 'TRANSIENT_ERROR' })),
        },
      },
    ],
    [
      'gets both a result and an error',
      {
        json: {
          mutateOperationResponses: [applied('501')],
          partialFailureError: partial(failed(0, { rangeError: 'TOO_LOW' })),
        },
      },
    ],
  ] as const)('a mutate that %s is unknown, and was sent exactly once', async (_, reply) => {
    const writer = await start(reply as ReturnType<Handler>)
    const [result] = await writer.apply(ACCOUNT, [budgetTo('501', 50_000_000n)])
    expect(result?.kind).toBe('unknown')
    expect(mutates()).toHaveLength(1)
  })
})

describe('a request that was refused as a whole', () => {
  test.each([
    [whole(403, { authorizationError: 'CUSTOMER_NOT_ENABLED' }), 'unauthorised'],
    [whole(400, { mutateError: 'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED' }), 'unauthorised'],
    [whole(429, { quotaError: 'RESOURCE_TEMPORARILY_EXHAUSTED' }), 'rate-limited'],
    [whole(429, { quotaError: 'RESOURCE_EXHAUSTED' }), 'quota-exhausted'],
    [whole(400, { databaseError: 'CONCURRENT_MODIFICATION' }), 'transient'],
    [whole(400, { requestError: 'UNSUPPORTED_VERSION' }), 'rejected'],
  ])('%j is %s for every change, sent once', async (reply, kind) => {
    const writer = await start(reply)
    const results = await writer.apply(ACCOUNT, [budgetTo('1', 5_000_000n), budgetTo('2', 5_000_000n)])
    expect(results).toMatchObject([
      { kind: 'refused', failure: { kind } },
      { kind: 'refused', failure: { kind } },
    ])
    expect(mutates()).toHaveLength(1)
  })

  test('a redirect is not followed, and leaves every change in doubt: who sent it elsewhere may have kept it', async () => {
    const writer = await start({ status: 307, json: {}, headers: { location: 'http://127.0.0.1:1/' } })
    const results = await writer.apply(ACCOUNT, [budgetTo('1', 5_000_000n), budgetTo('2', 5_000_000n)])
    expect(results.map(({ kind }) => kind)).toEqual(['unknown', 'unknown'])
    expect(mutates()).toHaveLength(1)
  })

  test('for its token goes once more with another, and not a third time', async () => {
    const writer = await start(whole(401, { authenticationError: 'OAUTH_TOKEN_EXPIRED' }))
    expect(await writer.apply(ACCOUNT, [budgetTo('1', 5_000_000n)])).toMatchObject([
      { kind: 'refused', failure: { kind: 'unauthorised' } },
    ])
    expect(mutates().map(({ headers }) => headers.authorization)).toEqual(['Bearer token-1', 'Bearer token-2'])
  })
})

test('a connection that is refused leaves no doubt: nothing was sent', async () => {
  server = await tinyServer(mutating({ json: {} }))
  await server.close()
  const credentials = { accessToken: 't', developerToken: 'd', usableUntil: NOW }
  const tokens = { credentials: async () => credentials, renewed: async () => credentials, forget: () => {} }
  const rest = googleAdsRest({ api: new URL(server.base), version: 'v25', tokens, timeoutMs: 1_000 })
  expect(await rest.mutate(ACCOUNT.id, [])).toEqual({
    kind: 'refused',
    failure: {
      kind: 'transient',
      detail: expect.stringMatching(/^nothing was sent: 127\.0\.0\.1:\d+: .*ECONNREFUSED/),
    },
  })
})

test('with partial failure each change gets its own result, by the index that its error names', async () => {
  const writer = await start({
    json: {
      mutateOperationResponses: [applied('1'), {}, applied('3'), {}],
      partialFailureError: partial(
        failed(3, { campaignBudgetError: 'CAMPAIGN_BUDGET_REMOVED' }),
        failed(1, { campaignBudgetError: 'NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT' }),
      ),
    },
  })
  const results = await writer.apply(
    ACCOUNT,
    ['1', '2', '3', '4'].map((id) => budgetTo(id, 5_000_000n)),
  )
  expect(results).toMatchObject([
    { kind: 'applied' },
    { kind: 'refused', failure: { code: 'campaignBudgetError.NON_MULTIPLE_OF_MINIMUM_CURRENCY_UNIT' } },
    { kind: 'applied' },
    { kind: 'refused', failure: { code: 'campaignBudgetError.CAMPAIGN_BUDGET_REMOVED' } },
  ])
})

describe('one resource twice', () => {
  const operation = (resourceName: string) => ({ resource: 'campaign', resourceName, body: {} }) as const

  test('is spread over requests, so that Google refuses neither', () => {
    const pending = ['a', 'b', 'a', 'a', 'c'].map((name, index) => ({ index, operation: operation(name) }))
    expect(batches(pending).map((batch) => batch.map(({ index }) => index))).toEqual([[0, 1, 4], [2], [3]])
  })

  test('a pause is not held up by a target on the same campaign', async () => {
    const campaign = {
      id: '9',
      status: 'ENABLED',
      biddingStrategyType: 'MAXIMIZE_CONVERSIONS',
      maximizeConversions: { targetCpaMicros: '20000000' },
    }
    const name = `customers/${ACCOUNT.id}/campaigns/9`
    let requests = 0
    server = await tinyServer((asked) => {
      if (/ FROM campaign /.test(queryOf(asked))) return { json: { results: [{ campaign }], fieldMask: 'x' } }
      if (!isMutate(asked)) return { json: NO_ROWS }
      requests += 1
      const bad = {
        mutateOperationResponses: [{}],
        partialFailureError: partial(failed(0, { biddingError: 'BID_TOO_BIG' })),
      }
      return { json: requests === 1 ? bad : { mutateOperationResponses: [{ campaignResult: { resourceName: name } }] } }
    })
    const results = await platformAt(server).writer.apply(ACCOUNT, [
      { lever: lever('target-cpa', 'campaign', '9'), from: usd(20_000_000n), to: usd(22_000_000n) },
      {
        lever: lever('status', 'campaign', '9'),
        from: { kind: 'status', status: 'active' },
        to: { kind: 'status', status: 'paused' },
      },
    ])
    expect(results.map(({ kind }) => kind)).toEqual(['refused', 'applied'])
    expect(mutates().map(({ body }) => body.mutateOperations)).toEqual([
      [
        {
          campaignOperation: {
            updateMask: 'maximizeConversions.targetCpaMicros',
            update: { resourceName: name, maximizeConversions: { targetCpaMicros: '22000000' } },
          },
        },
      ],
      [{ campaignOperation: { updateMask: 'status', update: { resourceName: name, status: 'PAUSED' } } }],
    ])
  })
})
