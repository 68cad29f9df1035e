import { afterEach, describe, expect, test } from 'vitest'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import { boundsOf, windowsOf } from '../../../lib/platforms/snapchat/times.ts'
import { accountDate, timeZone } from '../../../lib/units/calendar.ts'
import { fromDecimal, money } from '../../../lib/units/money.ts'
import { uuid } from '../../playground/snapchat/client.ts'
import {
  ACCOUNT,
  accountFields,
  adapterOn,
  type Call,
  campaignFields,
  EUR,
  envelope,
  failureOf,
  type Stub,
  squadFields,
  startStub,
} from './stub.ts'

let stub: Stub
afterEach(() => stub?.close())

const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 28, viewWindowDays: 1, basis: 'conversion' }
const BERLIN = timeZone('Europe/Berlin')
const range = (from: string, to: string) => ({ from: accountDate(from), to: accountDate(to) })

describe('what one request asks for', () => {
  test.each([
    // From summer to winter on 2026-10-25, from winter to summer on 2026-03-29.
    ['2026-10-25', '2026-10-25', '2026-10-25T00:00:00.000+02:00', '2026-10-26T00:00:00.000+01:00'],
    ['2026-03-29', '2026-03-29', '2026-03-29T00:00:00.000+01:00', '2026-03-30T00:00:00.000+02:00'],
    ['2026-11-19', '2026-11-20', '2026-11-19T00:00:00.000+01:00', '2026-11-21T00:00:00.000+01:00'],
  ])('from %s to %s begins and ends on local midnights with their own offsets', (from, to, start_time, end_time) => {
    expect(boundsOf(range(from, to), BERLIN)).toEqual({ start_time, end_time })
  })

  test('a day that begins at one o’clock begins there', () => {
    // Clocks in Beirut go forward at midnight.
    expect(boundsOf(range('2026-03-29', '2026-03-29'), timeZone('Asia/Beirut')).start_time).toBe(
      '2026-03-29T01:00:00.000+03:00',
    )
  })

  test('days come in pieces of thirty at most, hours of six days, all of them and none twice', () => {
    expect(windowsOf(range('2026-08-24', '2026-11-21'), 'day')).toEqual([
      range('2026-08-24', '2026-09-22'),
      range('2026-09-23', '2026-10-22'),
      range('2026-10-23', '2026-11-21'),
    ])
    expect(windowsOf(range('2026-11-14', '2026-11-20'), 'hour')).toEqual([
      range('2026-11-14', '2026-11-19'),
      range('2026-11-20', '2026-11-20'),
    ])
    expect(windowsOf(range('2026-11-21', '2026-11-21'), 'day')).toEqual([range('2026-11-21', '2026-11-21')])
  })
})

const point = (start: string, end: string, stats: object) => ({ start_time: start, end_time: end, stats })
const DAY = ['2026-11-19T00:00:00.000+01:00', '2026-11-20T00:00:00.000+01:00'] as const
const delivery = { spend: 36_000_000, impressions: 2_400, swipes: 120 }
const purchases = { conversion_purchases: 4, conversion_purchases_value: 200_000_000 }
const series = (id: string, ...timeseries: object[]) => ({ id, timeseries })
const QUERY = { grain: 'day', ...range('2026-11-19', '2026-11-19') } as const

interface World {
  readonly smart?: boolean
  readonly zone?: string
  readonly rows?: (call: Call) => readonly object[]
  readonly totals?: readonly object[]
  readonly squads?: (nth: number) => readonly object[]
}

const asStats = (body: object) => ({
  json: envelope('timeseries_stats', 'timeseries_stat', [{ id: ACCOUNT.id, ...body }]),
})

/** Campaign 11 with ad squads 21 and 22, whose statistics are as told. */
async function adapter({ smart = false, zone = 'Europe/Berlin', rows = () => [], totals = [], squads }: World) {
  let listings = 0
  const pacing = smart ? { pacing_level: 'CAMPAIGN', daily_budget_micro: 100_000_000 } : {}
  stub = await startStub((call) => {
    const { path, query } = call
    if (path === `adaccounts/${ACCOUNT.id}`)
      return { json: envelope('adaccounts', 'adaccount', [{ ...accountFields, timezone: zone }]) }
    if (path.endsWith('/campaigns')) return { json: envelope('campaigns', 'campaign', [campaignFields(11, pacing)]) }
    if (path.endsWith('/adsquads')) {
      listings += 1
      const all = squads?.(listings) ?? [squadFields(21, 11), squadFields(22, 11)]
      return { json: envelope('adsquads', 'adsquad', all) }
    }
    const { breakdown } = query
    return breakdown ? asStats({ breakdown_stats: { [breakdown]: rows(call) } }) : asStats({ timeseries: totals })
  })
  return adapterOn(stub.origin)
}

describe('a report', () => {
  test('asks the ad account by ad squad where these hold budgets, and names their campaign', async () => {
    const { reader } = await adapter({
      rows: () => [series(uuid(21), point(...DAY, { ...delivery, ...purchases }))],
      totals: [point(...DAY, { spend: 36_000_001 })],
    })
    const report = await reader.performance(ACCOUNT, QUERY, [RULE])
    expect(report.rows).toEqual([
      {
        campaign: uuid(11),
        adGroup: uuid(21),
        date: '2026-11-19',
        spend: fromDecimal('36', EUR),
        impressions: 2_400,
        clicks: 120,
        conversions: [{ rule: RULE, conversions: 4, value: fromDecimal('200', EUR) }],
      },
    ])
    // What the account says beside it is not the sum of the rows.
    expect([...report.accountSpend]).toEqual([['2026-11-19', money(36_000_001n, EUR)]])
    const asked = stub.calls.find(({ query }) => query.breakdown)
    expect(asked).toMatchObject({
      path: `adaccounts/${ACCOUNT.id}/stats`,
      query: {
        granularity: 'DAY',
        breakdown: 'adsquad',
        fields: 'spend,impressions,swipes,conversion_purchases,conversion_purchases_value',
        omit_empty: 'false',
        start_time: DAY[0],
        end_time: DAY[1],
        swipe_up_attribution_window: '28_DAY',
        view_attribution_window: '1_DAY',
        action_report_time: 'conversion',
        limit: '1000',
      },
    })
  })

  test('is by campaign where campaigns hold the budgets', async () => {
    const { reader } = await adapter({ smart: true, rows: () => [series(uuid(11), point(...DAY, delivery))] })
    const { rows } = await reader.performance(ACCOUNT, QUERY, [])
    expect(rows).toMatchObject([{ campaign: uuid(11), conversions: [] }])
    expect(rows[0]).not.toHaveProperty('adGroup')
  })

  test('asks once for rules with the same windows, and once more for others; counts stay with their rule', async () => {
    const lead: ConversionRule = { ...RULE, action: 'signup' }
    const short: ConversionRule = { ...RULE, clickWindowDays: 7, viewWindowDays: 0 }
    const { reader } = await adapter({
      rows: ({ query }) => [
        series(
          uuid(21),
          point(...DAY, {
            ...delivery,
            conversion_sign_ups: 9,
            conversion_purchases: query.swipe_up_attribution_window === '7_DAY' ? 3 : 4,
            conversion_purchases_value: 0,
          }),
        ),
      ],
    })
    const { rows } = await reader.performance(ACCOUNT, QUERY, [RULE, lead, short])
    expect(stub.calls.filter(({ query }) => query.breakdown)).toHaveLength(2)
    expect(rows[0]?.conversions.map(({ rule, conversions }) => [rule, conversions])).toEqual([
      [RULE, 4],
      [lead, 9],
      [short, 3],
    ])
  })

  test('an amount beyond 2^53 is whole, and a worth with a fraction of a micro is rounded', async () => {
    const { reader } = await adapter({
      smart: true,
      rows: () => [
        series(
          uuid(11),
          point(...DAY, {
            ...delivery,
            spend: '9007199254740993',
            conversion_purchases: 1,
            conversion_purchases_value: 10.6,
          }),
        ),
      ],
    })
    const { rows } = await reader.performance(ACCOUNT, QUERY, [RULE])
    expect(rows[0]?.spend.micros).toBe(9_007_199_254_740_993n)
    expect(rows[0]?.conversions[0]?.value.micros).toBe(11n)
  })

  test('a zero that is told is a row; a day that is not told is none, of the account too', async () => {
    const zero = { spend: 0, impressions: 0, swipes: 0 }
    const { reader } = await adapter({ smart: true, rows: () => [series(uuid(11), point(...DAY, zero))] })
    const two = { grain: 'day', ...range('2026-11-19', '2026-11-20') } as const
    const { rows, accountSpend } = await reader.performance(ACCOUNT, two, [])
    expect(rows.map(({ date, spend }) => [date, spend.micros])).toEqual([['2026-11-19', 0n]])
    expect(accountSpend.size).toBe(0)
  })

  test('what has not begun yet is left out: it is no zero', async () => {
    // 12:00 UTC is 13:00 in Berlin.
    const zero = { spend: 0, impressions: 0, swipes: 0 }
    const hour = (from: string, to: string) =>
      point(`2026-11-21T${from}:00:00.000+01:00`, `2026-11-21T${to}:00:00.000+01:00`, zero)
    const { reader } = await adapter({
      smart: true,
      rows: () => [series(uuid(11), hour('12', '13'), hour('13', '14'))],
    })
    const { rows } = await reader.performance(ACCOUNT, { grain: 'hour', ...range('2026-11-21', '2026-11-21') }, [RULE])
    expect(rows.map(({ hour: at }) => at)).toEqual([12])
    const asked = stub.calls.find(({ query }) => query.breakdown)?.query
    expect(asked).toMatchObject({ granularity: 'HOUR', fields: 'spend,impressions,swipes' })
  })

  test('the hour that autumn shows twice is one hour of what both brought', async () => {
    const two = [
      point('2026-10-25T02:00:00.000+02:00', '2026-10-25T02:00:00.000+01:00', { spend: 1, impressions: 2, swipes: 3 }),
      point('2026-10-25T02:00:00.000+01:00', '2026-10-25T03:00:00.000+01:00', {
        spend: 10,
        impressions: 20,
        swipes: 30,
      }),
    ]
    const { reader } = await adapter({ smart: true, rows: () => [series(uuid(11), ...two)] })
    const { rows } = await reader.performance(ACCOUNT, { grain: 'hour', ...range('2026-10-25', '2026-10-25') }, [])
    expect(rows).toMatchObject([{ hour: 2, spend: money(11n, EUR), impressions: 22, clicks: 33 }])
  })

  test('an ad squad that is younger than the listing has the listing read once more', async () => {
    const { reader } = await adapter({
      rows: () => [series(uuid(22), point(...DAY, delivery))],
      squads: (nth) => (nth === 1 ? [squadFields(21, 11)] : [squadFields(21, 11), squadFields(22, 11)]),
    })
    await reader.structure(ACCOUNT)
    expect((await reader.performance(ACCOUNT, QUERY, [])).rows).toMatchObject([
      { campaign: uuid(11), adGroup: uuid(22) },
    ])
  })

  test('one that is in no listing fails the read', async () => {
    const { reader } = await adapter({ rows: () => [series(uuid(29), point(...DAY, delivery))] })
    expect((await failureOf(reader.performance(ACCOUNT, QUERY, []))).kind).toBe('transient')
  })
})

describe('a report that is not whole is none', () => {
  const broken = async (what: Partial<World>, grain: 'day' | 'hour' = 'day') => {
    const { reader } = await adapter({ smart: true, ...what })
    return failureOf(reader.performance(ACCOUNT, { ...QUERY, grain }, grain === 'day' ? [RULE] : []))
  }
  const whole = { ...delivery, ...purchases }
  const { spend: _, ...noSpend } = whole
  const { swipes: __, ...noSwipes } = whole
  const { conversion_purchases: ___, ...noPurchases } = whole

  test.each([
    ['a campaign comes twice', [series(uuid(11), point(...DAY, whole)), series(uuid(11), point(...DAY, whole))]],
    ['a day comes twice', [series(uuid(11), point(...DAY, whole), point(...DAY, whole))]],
    ['spend is missing', [series(uuid(11), point(...DAY, noSpend))]],
    ['swipes are missing', [series(uuid(11), point(...DAY, noSwipes))]],
    ['a count that was asked for is missing', [series(uuid(11), point(...DAY, noPurchases))]],
    ['a count is negative', [series(uuid(11), point(...DAY, { ...whole, conversion_purchases: -1 }))]],
    ['spend has a fraction', [series(uuid(11), point(...DAY, { ...whole, spend: 0.5 }))]],
    ['a day is in UTC', [series(uuid(11), point('2026-11-19T00:00:00.000Z', '2026-11-20T00:00:00.000Z', whole))]],
    ['a day is two', [series(uuid(11), point(DAY[0], '2026-11-21T00:00:00.000+01:00', whole))]],
    [
      'a day was not asked for',
      [series(uuid(11), point('2026-11-18T00:00:00.000+01:00', '2026-11-19T00:00:00.000+01:00', whole))],
    ],
  ])('%s', async (_name, rows) => {
    expect((await broken({ rows: () => rows })).kind).toBe('unreadable')
  })

  test('an hour is two', async () => {
    const two = point('2026-11-19T10:00:00.000+01:00', '2026-11-19T12:00:00.000+01:00', delivery)
    expect((await broken({ rows: () => [series(uuid(11), two)] }, 'hour')).kind).toBe('unreadable')
  })

  test('the breakdown that was asked for is not there', async () => {
    stub = await startStub(({ path, query }) => {
      if (path.endsWith('/campaigns') || path.endsWith('/adsquads'))
        return { json: envelope(path.split('/').at(-1) ?? '', 'x', []) }
      return query.breakdown ? asStats({ breakdown_stats: { ad: [] } }) : undefined
    })
    expect((await failureOf(adapterOn(stub.origin).reader.performance(ACCOUNT, QUERY, []))).kind).toBe('unreadable')
  })
})

describe('rules', () => {
  test.each([
    [{ clickWindowDays: 30 }, 'window', '1, 7 or 28 days'],
    [{ clickWindowDays: 0 }, 'window', '1, 7 or 28 days'],
    [{ viewWindowDays: 28 }, 'window', '0, 1 or 7'],
    [{ basis: 'click' }, 'basis', 'basis conversion'],
    [{ action: 'joy' }, 'action', 'purchase'],
  ] as const)('%o is refused with what to write', async (over, code, says) => {
    const { reader } = await adapter({})
    expect(await failureOf(reader.performance(ACCOUNT, QUERY, [{ ...RULE, ...over }]))).toMatchObject({
      kind: 'rejected',
      code,
      detail: expect.stringContaining(says),
    })
  })

  test("Snapchat's own name of a field is as good as ours", async () => {
    const rule = { ...RULE, action: 'conversion_purchases' }
    const { reader } = await adapter({
      smart: true,
      rows: () => [series(uuid(11), point(...DAY, { ...delivery, ...purchases }))],
    })
    expect((await reader.performance(ACCOUNT, QUERY, [rule])).rows[0]?.conversions).toMatchObject([
      { rule, conversions: 4 },
    ])
  })
})
