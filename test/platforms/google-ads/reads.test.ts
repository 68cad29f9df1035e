import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import { post } from '../../../lib/platforms/google-ads/http.ts'
import { accountDate } from '../../../lib/units/calendar.ts'
import {
  ACCOUNT,
  failureOf,
  type Handler,
  lever,
  NO_ROWS,
  platformAt,
  queryOf,
  type TinyServer,
  tinyServer,
} from './tiny-server.ts'

let server: TinyServer
afterEach(() => server.close())

const QUERY = { grain: 'day', from: accountDate('2026-11-18'), to: accountDate('2026-11-20') } as const
const PURCHASE: ConversionRule = { action: 'purchase', clickWindowDays: 30, viewWindowDays: 0, basis: 'click' }
const page = (...results: readonly object[]) => ({ json: { results, fieldMask: 'x' } })

// One more than 2^53: the nearest doubles are 9007199254740992 and 9007199254740994.
const HUGE = '9007199254740993'
const spend = (id: string, over: object = {}) => ({
  campaign: { resourceName: `customers/1/campaigns/${id}`, id },
  segments: { date: '2026-11-19' },
  metrics: { costMicros: HUGE, impressions: '1000', clicks: '10', ...over },
})
const ACTION = {
  conversionAction: {
    resourceName: 'customers/1/conversionActions/7',
    id: '7',
    name: 'purchase',
    status: 'ENABLED',
    includeInConversionsMetric: true,
    clickThroughLookbackWindowDays: '30',
  },
}

/** Answers by the resource of the query. */
const answering =
  (by: Readonly<Record<string, ReturnType<Handler>>>): Handler =>
  (asked) => {
    const query = queryOf(asked)
    const resource = / FROM (\w+)/.exec(query)?.[1] ?? ''
    return by[query.includes('segments.conversion_action') ? 'conversions' : resource] ?? { json: NO_ROWS }
  }
const performance = (rules: readonly ConversionRule[] = []) =>
  platformAt(server).reader.performance(ACCOUNT, QUERY, rules)

describe('int64', () => {
  test('ids and micros beyond 2^53 stay exact in a report', async () => {
    const total = { segments: { date: '2026-11-19' }, metrics: { costMicros: HUGE } }
    server = await tinyServer((asked) =>
      / FROM customer WHERE/.test(queryOf(asked)) ? page(total) : page(spend(HUGE)),
    )
    const report = await performance()
    expect(report.rows[0]).toMatchObject({ campaign: HUGE, spend: { micros: 9_007_199_254_740_993n } })
    expect(report.accountSpend.get(accountDate('2026-11-19'))?.micros).toBe(9_007_199_254_740_993n)
  })

  test('they stay exact in live levers', async () => {
    const budget = { campaignBudget: { id: HUGE, status: 'ENABLED', period: 'DAILY', amountMicros: HUGE } }
    server = await tinyServer(answering({ campaign_budget: page(budget) }))
    const [live] = await platformAt(server).reader.live(ACCOUNT, [lever('daily-budget', 'budget', HUGE)])
    expect(live?.value).toMatchObject({ amount: { micros: 9_007_199_254_740_993n } })
    expect(queryOf(server.asked.at(-1) ?? { path: '', headers: {}, body: {} })).toContain(`IN (${HUGE})`)
  })

  test('they stay exact in the structure', async () => {
    const budget = {
      id: HUGE,
      name: 'B',
      status: 'ENABLED',
      period: 'DAILY',
      amountMicros: HUGE,
      explicitlyShared: false,
      referenceCount: '1',
    }
    const unit = { currencyConstant: { code: 'USD', billableUnitMicros: '10000' } }
    server = await tinyServer(
      answering({ campaign_budget: page({ campaignBudget: budget }), currency_constant: page(unit) }),
    )
    const { budgets, blockers } = await platformAt(server).reader.structure(ACCOUNT)
    expect(budgets).toMatchObject([{ id: HUGE, amount: { micros: 9_007_199_254_740_993n } }])
    expect(blockers).toEqual([])
  })

  test('one that comes as a number is refused: its digits may be gone', async () => {
    server = await tinyServer(answering({ campaign: page(spend('1', { costMicros: 9007199254740992 })) }))
    expect(await failureOf(performance())).toMatchObject({
      kind: 'unreadable',
      detail: expect.stringContaining('results[0].metrics.costMicros'),
    })
  })
})

describe('a report in bits is no report', () => {
  test.each([
    ['a connection that closes within the body', 'cut', 'transient'],
    ['a connection that closes before the answer', 'drop', 'transient'],
    ['half a JSON text', { json: '{"results":[{"campaign":{"id":"1"' }, 'unreadable'],
    ['an empty object', { json: {} }, 'unreadable'],
    ['a page of a proxy', { json: '<html></html>' }, 'unreadable'],
    ['an error with status 200', { json: { results: [], error: { message: 'Internal' } } }, 'unreadable'],
    ['a row without clicks', page({ ...spend('1'), metrics: { costMicros: '1', impressions: '2' } }), 'unreadable'],
    ['a date that was not asked for', page({ ...spend('1'), segments: { date: '2026-11-17' } }), 'unreadable'],
    ['the same campaign and day twice', page(spend('1'), spend('1')), 'unreadable'],
    ['status 503', { status: 503, json: {} }, 'transient'],
    ['a redirect', { status: 307, json: {}, headers: { location: 'http://127.0.0.1:1/' } }, 'rejected'],
  ] as const)('%s', async (_, reply, kind) => {
    server = await tinyServer(answering({ campaign: reply as ReturnType<Handler> }))
    expect((await failureOf(performance())).kind).toBe(kind)
  })

  test('a hanging answer is given up after the time allowed', async () => {
    server = await tinyServer(answering({ campaign: 'hang' }))
    const { reader } = platformAt(server, { requestTimeoutMs: 100 })
    expect(await failureOf(reader.performance(ACCOUNT, QUERY, []))).toMatchObject({
      kind: 'transient',
      detail: expect.stringContaining('no answer within 100 ms'),
    })
  })
})

describe('paging', () => {
  const paged = (tokens: readonly (string | undefined)[]): Handler => {
    let next = 0
    return (asked) => {
      if (!/ FROM campaign /.test(queryOf(asked))) return { json: NO_ROWS }
      const nth = next++
      return { json: { results: [spend(`${nth + 1}`)], fieldMask: 'x', nextPageToken: tokens[nth] } }
    }
  }

  test('is followed to its end', async () => {
    server = await tinyServer(paged(['a', 'b', '']))
    const report = await performance()
    expect(report.rows.map(({ campaign }) => campaign)).toEqual(['1', '2', '3'])
    expect(server.asked.flatMap(({ body }) => body.pageToken ?? [])).toEqual(['a', 'b'])
  })

  test('that goes in a circle fails the read', async () => {
    server = await tinyServer(paged(['a', 'b', 'a', 'b', 'a']))
    expect(await failureOf(performance())).toMatchObject({ kind: 'unreadable', detail: /paging does not end/ })
  })
})

describe('conversions', () => {
  const conversion = (metrics: object, action = 'customers/1/conversionActions/7', date = '2026-11-19') => ({
    campaign: { id: '1' },
    segments: { date, conversionAction: action, conversionActionName: 'purchase' },
    metrics,
  })
  const metricsAsked = () => server.asked.map(queryOf).filter((query) => query.includes('segments.conversion_action'))

  test('of an action that bidding aims at come from conversions, of another from all_conversions', async () => {
    const other = {
      conversionAction: { ...ACTION.conversionAction, includeInConversionsMetric: false, id: '8', name: 'lead' },
    }
    server = await tinyServer(answering({ conversion_action: page(ACTION, other) }))
    await performance([PURCHASE, { ...PURCHASE, action: 'lead' }])
    expect(metricsAsked().map((query) => /metrics\.[a-z_]+/.exec(query)?.[0])).toEqual([
      'metrics.conversions',
      'metrics.all_conversions',
    ])
  })

  test('by conversion day come from the metrics of that name, on days without spend too', async () => {
    const row = conversion({ conversionsByConversionDate: 1.5, conversionsValueByConversionDate: 0.29 })
    server = await tinyServer(answering({ conversion_action: page(ACTION), conversions: page(row) }))
    const rule = { ...PURCHASE, basis: 'conversion' } as const
    expect((await performance([rule])).rows).toEqual([
      {
        campaign: '1',
        date: '2026-11-19',
        spend: { micros: 0n, currency: 'USD' },
        impressions: 0,
        clicks: 0,
        conversions: [{ rule, conversions: 1.5, value: { micros: 290_000n, currency: 'USD' } }],
      },
    ])
  })

  test('of actions that no rule asks for are left out', async () => {
    const row = conversion({ conversions: 1, conversionsValue: 2 }, 'customers/1/conversionActions/9')
    server = await tinyServer(answering({ conversion_action: page(ACTION), conversions: page(row) }))
    expect((await performance([PURCHASE])).rows).toEqual([])
  })

  test('are asked for by the action’s id as well as by its name', async () => {
    const row = conversion({ conversions: 2, conversionsValue: 60 })
    server = await tinyServer(answering({ conversion_action: page(ACTION), conversions: page(row) }))
    const report = await performance([{ ...PURCHASE, action: '7' }])
    expect(report.rows[0]?.conversions).toMatchObject([{ conversions: 2, value: { micros: 60_000_000n } }])
  })

  test.each([
    [{ clickWindowDays: 7 }, 'CLICK_WINDOW', /click window of 7 days for purchase, the account's .* has 30/],
    [{ viewWindowDays: 1 }, 'VIEW_WINDOW', /viewWindowDays 1/],
    [{ basis: 'mixed' }, 'BASIS', /basis "mixed"/],
    [{ action: 'Kauf' }, 'NO_CONVERSION_ACTION', /no conversion action "Kauf": the account has "purchase"/],
  ] as const)('a rule with %j is refused: the account counts otherwise', async (over, code, detail) => {
    server = await tinyServer(answering({ conversion_action: page(ACTION) }))
    const failure = await failureOf(performance([{ ...PURCHASE, ...over }]))
    expect(failure).toMatchObject({ kind: 'rejected', code, detail: expect.stringMatching(detail) })
  })
})

test('an id that is not digits never reaches a query', async () => {
  server = await tinyServer(() => ({ json: NO_ROWS }))
  const bad = lever('daily-budget', 'budget', '1) OR campaign_budget.id IN (2')
  expect(await failureOf(platformAt(server).reader.live(ACCOUNT, [bad]))).toMatchObject({ code: 'BAD_ID' })
  expect(server.asked.map(queryOf).filter((query) => query.includes('OR'))).toEqual([])
})

test('a lever of another account is refused before anything is read', async () => {
  server = await tinyServer(() => ({ json: NO_ROWS }))
  const foreign = { ...lever('status', 'campaign', '1'), account: { ...ACCOUNT, id: '5' as typeof ACCOUNT.id } }
  expect(await failureOf(platformAt(server).reader.live(ACCOUNT, [foreign]))).toMatchObject({ code: 'WRONG_ACCOUNT' })
})

test('packed answers are unpacked, and their size is bounded unpacked', async () => {
  server = await tinyServer(() => ({ json: NO_ROWS }))
  const packed = createServer((_, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(1_000_000)))
  })
  await new Promise<void>((resolve) => packed.listen(0, '127.0.0.1', resolve))
  const url = new URL(`http://127.0.0.1:${(packed.address() as AddressInfo).port}/`)
  const message = { headers: {}, body: '', timeoutMs: 5_000 }
  expect((await post(url, { ...message, maxBytes: 1_000_000 })).body).toHaveLength(1_000_000)
  await expect(post(url, { ...message, maxBytes: 999_999 })).rejects.toThrow('larger than 999999 bytes')
  packed.close()
})
