import { afterEach, describe, expect, test } from 'vitest'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import { PlatformError, type PlatformFailure } from '../../../lib/model/failure.ts'
import type { PerformanceQuery } from '../../../lib/model/performance.ts'
import { accountDate } from '../../../lib/units/calendar.ts'
import type { Reply } from '../stub-server.ts'
import {
  ACCOUNT,
  adapterOn,
  adGroupJson,
  type Call,
  campaignJson,
  entitiesReply,
  eur,
  type Stub,
  startStub,
} from './stub.ts'

const PURCHASE: ConversionRule = { action: 'purchase', clickWindowDays: 30, viewWindowDays: 1, basis: 'click' }
const days = (from: string, to = from): PerformanceQuery => ({
  grain: 'day',
  from: accountDate(from),
  to: accountDate(to),
})
const hours = (from: string, to = from): PerformanceQuery => ({ ...days(from, to), grain: 'hour' })

const open: Stub[] = []
afterEach(() => {
  for (const stub of open.splice(0)) stub.close()
})

const OWN = { is_campaign_budget_optimization: false, daily_spend_cap: null }
const CBO = entitiesReply([campaignJson('1'), campaignJson('2', { status: 'ARCHIVED' })], [adGroupJson('11', '1')])
const BY_AD_GROUP = entitiesReply(
  [campaignJson('1', OWN)],
  [adGroupJson('11', '1', { budget_type: 'DAILY', budget_in_micro_currency: 5_000_000 })],
)

interface Rows {
  readonly campaigns?: (call: Call) => Reply
  readonly adGroups?: (call: Call) => Reply
  readonly totals?: (call: Call) => Reply
  readonly entities?: typeof CBO
}
const none = (): Reply => ({ json: [] })

async function stubOn({ campaigns = none, adGroups = none, totals = none, entities = CBO }: Rows): Promise<Stub> {
  const stub = await startStub((call) => {
    if (call.path.endsWith('/campaigns/analytics')) return campaigns(call)
    if (call.path.endsWith('/ad_groups/analytics')) return adGroups(call)
    return call.path.endsWith('/analytics') ? totals(call) : entities(call)
  })
  open.push(stub)
  return stub
}

const report = (stub: Stub, query: PerformanceQuery, rules: readonly ConversionRule[] = []) =>
  adapterOn(stub.origin).reader.performance(ACCOUNT, query, rules)
const failureOf = (promise: Promise<unknown>): Promise<PlatformFailure> =>
  promise.then(
    () => Promise.reject(new Error('it did not fail')),
    (error: unknown) => {
      if (error instanceof PlatformError) return error.failure
      throw error
    },
  )
const reports = (stub: Stub, level = '/campaigns/analytics') => stub.calls.filter(({ path }) => path.endsWith(level))

const row = (more: object = {}) => ({
  CAMPAIGN_ID: '1',
  DATE: '2026-11-20',
  SPEND_IN_MICRO_DOLLAR: 12_345_678,
  PAID_IMPRESSION: 1_000,
  TOTAL_CLICKTHROUGH: 40,
  ...more,
})
const rowsOf =
  (...rows: readonly object[]) =>
  (): Reply => ({ json: rows })

describe('a report by the day', () => {
  test('has spend in micros of the account’s currency, and claims by the rules', async () => {
    const stub = await stubOn({
      campaigns: rowsOf(row({ TOTAL_CHECKOUT: 3.5, TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR: 99_500_000 })),
      totals: rowsOf({ AD_ACCOUNT_ID: ACCOUNT.id, DATE: '2026-11-20', SPEND_IN_MICRO_DOLLAR: 12_345_678 }),
    })
    const { rows, accountSpend } = await report(stub, days('2026-11-20'), [PURCHASE])
    expect(rows).toEqual([
      {
        campaign: '1',
        date: '2026-11-20',
        spend: eur(12_345_678n),
        impressions: 1_000,
        clicks: 40,
        conversions: [{ rule: PURCHASE, conversions: 3.5, value: eur(99_500_000n) }],
      },
    ])
    expect([...accountSpend]).toEqual([['2026-11-20', eur(12_345_678n)]])
  })

  test('asks for UTC days, the rule’s windows, and campaigns that are archived as well', async () => {
    const stub = await stubOn({})
    await report(stub, days('2026-11-19', '2026-11-20'), [PURCHASE])
    const [asked] = reports(stub)
    expect(asked?.params.getAll('campaign_ids')).toEqual(['1', '2'])
    const { campaign_ids: _, ...rest } = Object.fromEntries(asked?.params ?? [])
    expect(rest).toEqual({
      start_date: '2026-11-19',
      end_date: '2026-11-20',
      granularity: 'DAY',
      columns:
        'SPEND_IN_MICRO_DOLLAR,PAID_IMPRESSION,TOTAL_CLICKTHROUGH,TOTAL_CHECKOUT,TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR',
      click_window_days: '30',
      engagement_window_days: '0',
      view_window_days: '1',
      conversion_report_time: 'TIME_OF_AD_ACTION',
    })
  })

  test('of rules with other windows is asked for once for each of them, and put together', async () => {
    const week: ConversionRule = { ...PURCHASE, clickWindowDays: 7, viewWindowDays: 0, basis: 'conversion' }
    const signup: ConversionRule = { ...PURCHASE, action: 'signup' }
    const stub = await stubOn({
      campaigns: ({ params }) => ({
        json: [
          row(
            params.get('click_window_days') === '7'
              ? { TOTAL_CHECKOUT: 2, TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR: 20_000_000 }
              : { TOTAL_CHECKOUT: 3, TOTAL_CHECKOUT_VALUE_IN_MICRO_DOLLAR: 30_000_000, TOTAL_SIGNUP: 8 },
          ),
        ],
      }),
    })
    const { rows } = await report(stub, days('2026-11-20'), [PURCHASE, week, signup])
    expect(rows).toHaveLength(1)
    expect(rows[0]?.spend).toEqual(eur(12_345_678n))
    expect(rows[0]?.conversions).toEqual([
      { rule: PURCHASE, conversions: 3, value: eur(30_000_000n) },
      { rule: signup, conversions: 8, value: eur(0n) },
      { rule: week, conversions: 2, value: eur(20_000_000n) },
    ])
    expect(reports(stub).map(({ params }) => params.get('conversion_report_time'))).toEqual([
      'TIME_OF_AD_ACTION',
      'TIME_OF_CONVERSION',
    ])
  })

  test('takes an action without an entry for none reported, and a missing day for missing', async () => {
    const stub = await stubOn({ campaigns: rowsOf(row(), row({ DATE: '2026-11-18', TOTAL_CHECKOUT: 0 })) })
    const { rows, accountSpend } = await report(stub, days('2026-11-18', '2026-11-20'), [PURCHASE])
    expect(rows.map(({ date, conversions }) => [date, conversions.length])).toEqual([
      ['2026-11-20', 0],
      ['2026-11-18', 1],
    ])
    expect(accountSpend.size).toBe(0)
  })

  test('is taken by ad group where ad groups hold budgets', async () => {
    const stub = await stubOn({
      entities: BY_AD_GROUP,
      adGroups: rowsOf({ AD_GROUP_ID: '11', DATE: '2026-11-20', SPEND_IN_MICRO_DOLLAR: 5_000_000 }),
    })
    const { rows } = await report(stub, days('2026-11-20'))
    expect(rows).toMatchObject([{ campaign: '1', adGroup: '11', spend: eur(5_000_000n), clicks: 0 }])
  })

  test('of more than 250 campaigns is asked for in pieces', async () => {
    const many = Array.from({ length: 251 }, (_, n) => campaignJson(String(1_000 + n)))
    const stub = await stubOn({ entities: entitiesReply(many, []) })
    await report(stub, days('2026-11-20'))
    expect(reports(stub).map(({ params }) => params.getAll('campaign_ids').length)).toEqual([250, 1])
  })

  test('of 91 days is asked for in pieces of 90, and of more not at all', async () => {
    const stub = await stubOn({})
    await report(stub, days('2026-08-23', '2026-11-21'))
    expect(reports(stub).map(({ params }) => [params.get('start_date'), params.get('end_date')])).toEqual([
      ['2026-08-23', '2026-11-20'],
      ['2026-11-21', '2026-11-21'],
    ])
    expect(await failureOf(report(stub, days('2026-08-22', '2026-11-21')))).toEqual({
      kind: 'rejected',
      code: 'range',
      detail: 'Pinterest reports days of the last 90 days only, and not of 2026-08-22: ask from 2026-08-23 on',
    })
  })

  test('does not list the account again after its structure was read', async () => {
    const stub = await stubOn({})
    const { reader } = adapterOn(stub.origin)
    await reader.structure(ACCOUNT)
    const before = stub.calls.length
    await reader.performance(ACCOUNT, days('2026-11-20'), [])
    // The account's currency, the rows and the totals.
    expect(stub.calls.length - before).toBe(3)
  })
})

describe('a report by the hour', () => {
  const hourly = (more: object) => row({ DATE: '2026-11-21', ...more })
  test('has 24 hours of UTC days, and no conversions', async () => {
    const stub = await stubOn({ campaigns: rowsOf(hourly({ HOUR: 0 }), hourly({ HOUR: 23 })) })
    const { rows } = await report(stub, hours('2026-11-21'), [PURCHASE])
    expect(rows.map(({ hour, conversions }) => [hour, conversions])).toEqual([
      [0, []],
      [23, []],
    ])
    expect(reports(stub)[0]?.params.get('columns')).toBe('SPEND_IN_MICRO_DOLLAR,PAID_IMPRESSION,TOTAL_CLICKTHROUGH')
  })
  test('takes the hour from the time of day as well', async () => {
    const stub = await stubOn({ campaigns: rowsOf(hourly({ DATE: '2026-11-21T07:00:00' })) })
    expect((await report(stub, hours('2026-11-21'))).rows).toMatchObject([{ date: '2026-11-21', hour: 7 }])
  })
  test('of eight days back is asked for in pieces of three, and of more not at all', async () => {
    const stub = await stubOn({})
    await report(stub, hours('2026-11-13', '2026-11-21'))
    expect(reports(stub).map(({ params }) => [params.get('start_date'), params.get('end_date')])).toEqual([
      ['2026-11-13', '2026-11-15'],
      ['2026-11-16', '2026-11-18'],
      ['2026-11-19', '2026-11-21'],
    ])
    expect((await failureOf(report(stub, hours('2026-11-12', '2026-11-21')))).kind).toBe('rejected')
  })
})

describe('a report is unreadable', () => {
  test.each<[string, PerformanceQuery, readonly object[], string]>([
    ['with a row twice', days('2026-11-20'), [row(), row()], '1 2026-11-20 comes twice'],
    ['with an entity that was not asked for', days('2026-11-20'), [row({ CAMPAIGN_ID: '9' })], '9 was not asked for'],
    ['with a day that was not asked for', days('2026-11-20'), [row({ DATE: '2026-11-19' })], 'not one of the days'],
    ['without its entity', days('2026-11-20'), [{ DATE: '2026-11-20' }], 'CAMPAIGN_ID'],
    ['without its day', days('2026-11-20'), [{ CAMPAIGN_ID: '1' }], 'DATE'],
    ['with a day that is none', days('2026-11-20'), [row({ DATE: '2026-11-31' })], 'DATE'],
    ['with negative spend', days('2026-11-20'), [row({ SPEND_IN_MICRO_DOLLAR: -1 })], 'SPEND_IN_MICRO_DOLLAR'],
    ['with spend that is no number', days('2026-11-20'), [row({ SPEND_IN_MICRO_DOLLAR: '1e9' })], 'SPEND'],
    ['by the hour without the hour', hours('2026-11-20'), [row()], 'HOUR: missing'],
    ['with an hour that is none', hours('2026-11-20'), [row({ HOUR: 24 })], 'HOUR'],
  ])('%s', async (_name, query, rows, message) => {
    const stub = await stubOn({ campaigns: rowsOf(...rows) })
    const failure = await failureOf(report(stub, query))
    expect(failure.kind).toBe('unreadable')
    expect(failure.detail).toContain(message)
  })

  test('with a day of the account twice', async () => {
    const total = { AD_ACCOUNT_ID: ACCOUNT.id, DATE: '2026-11-20', SPEND_IN_MICRO_DOLLAR: 1 }
    const stub = await stubOn({ totals: rowsOf(total, total) })
    expect((await failureOf(report(stub, days('2026-11-20')))).detail).toContain('account DATE')
  })
})

describe('a rule that Pinterest does not count by', () => {
  test.each<[Partial<ConversionRule>, string, string]>([
    [{ action: 'trial' }, 'action', 'write one of purchase'],
    [{ clickWindowDays: 28 }, 'window', 'choose 1, 7, 14, 30 or 60'],
    [{ clickWindowDays: 0, viewWindowDays: 0 }, 'window', 'choose'],
    [{ basis: 'mixed' }, 'basis', 'write basis click or conversion'],
  ])('%j is refused before anything is asked', async (more, code, message) => {
    const stub = await stubOn({})
    const failure = await failureOf(report(stub, days('2026-11-20'), [{ ...PURCHASE, ...more }]))
    expect(failure).toMatchObject({ kind: 'rejected', code, detail: expect.stringContaining(message) })
    expect(stub.calls).toEqual([])
  })
})
