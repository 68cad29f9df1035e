import { describe, expect, test } from 'vitest'
import { type AdGroupId, accountKey, type CampaignId } from '../../lib/model/account.ts'
import type { ConversionRule } from '../../lib/model/conversions.ts'
import type { PerformanceRow } from '../../lib/model/performance.ts'
import { dynamoFactStore } from '../../lib/store/fact-store.ts'
import type { TableName } from '../../lib/store/tables.ts'
import { type AccountDate, accountDate, addDays } from '../../lib/units/calendar.ts'
import { currency, fromDecimal, money } from '../../lib/units/money.ts'
import { embedded } from './embedded.ts'
import { EUR, euros, newAccount } from './samples.ts'

const engine = embedded()
const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 7, viewWindowDays: 0, basis: 'click' }
const KEY = 'purchase|7c|0v|click'
const day = (n: number): AccountDate => addDays(accountDate('2026-11-01'), n - 1)

function row(date: AccountDate, spend: string, conversions?: number, of = '1', adGroup?: string): PerformanceRow {
  return {
    campaign: of as CampaignId,
    ...(adGroup && { adGroup: adGroup as AdGroupId }),
    date,
    spend: euros(spend),
    impressions: 1000,
    clicks: 10,
    conversions: conversions === undefined ? [] : [{ rule: RULE, conversions, value: euros('20') }],
  }
}

function fresh() {
  return { store: dynamoFactStore(engine.options), account: newAccount() }
}

describe('a history', () => {
  test('is read back exactly, fractions and large amounts included', async () => {
    const { store, account } = fresh()
    const spend = money(9_007_199_254_740_993n, EUR)
    const reported = { ...row(day(1), '0', 1 / 3), spend }
    expect(await store.mergeHistory(account, [reported], day(1))).toBe(1)
    expect(await store.histories(account)).toEqual([
      {
        account: accountKey(account),
        campaign: '1',
        currency: EUR,
        days: [
          {
            date: day(1),
            spendMicros: spend.micros,
            impressions: 1000,
            clicks: 10,
            conversions: { [KEY]: { count: 1 / 3, valueMicros: 20_000_000n } },
          },
        ],
      },
    ])
  })

  test('takes the newer row of a day and keeps the days that were not reported again', async () => {
    const { store, account } = fresh()
    await store.mergeHistory(account, [row(day(1), '10'), row(day(3), '30')], day(3))
    expect(await store.mergeHistory(account, [row(day(3), '33'), row(day(4), '40')], day(4))).toBe(2)
    const [history] = await store.histories(account)
    expect(history?.days.map(({ date, spendMicros }) => [date, spendMicros])).toEqual([
      [day(1), 10_000_000n],
      [day(3), 33_000_000n],
      [day(4), 40_000_000n],
    ])
  })

  test('without conversions of a rule says nothing of it, which is not zero', async () => {
    const { store, account } = fresh()
    await store.mergeHistory(account, [row(day(1), '1', 0), row(day(2), '1')], day(2))
    const [history] = await store.histories(account)
    expect(history?.days.map(({ conversions }) => conversions[KEY]?.count)).toEqual([0, undefined])
  })

  test('keeps the last 90 days, today included', async () => {
    const { store, account } = fresh()
    const rows = Array.from({ length: 95 }, (_, i) => row(day(i + 1), '1'))
    expect(await store.mergeHistory(account, rows, day(95))).toBe(90)
    await store.mergeHistory(account, [row(day(96), '1')], day(96))
    const [history] = await store.histories(account)
    expect([history?.days.length, history?.days[0]?.date, history?.days.at(-1)?.date]).toEqual([90, day(7), day(96)])
  })

  test('is kept apart by campaign and by ad group', async () => {
    const { store, account } = fresh()
    const rows = [row(day(1), '1', 1, '1'), row(day(1), '2', 1, '10'), row(day(1), '3', 1, '2', '5')]
    await store.mergeHistory(account, rows, day(1))
    const known = await store.histories(account)
    expect(known.map(({ campaign, adGroup }) => [campaign, adGroup])).toEqual([
      ['1', undefined],
      ['10', undefined],
      ['2', '5'],
    ])
  })

  test('is written only for campaigns that changed', async () => {
    let units = 0
    const onConsumed = (_table: TableName, _read: number, write: number) => {
      units += write
    }
    const store = dynamoFactStore({ ...engine.options, onConsumed })
    const account = newAccount()
    const rows = Array.from({ length: 60 }, (_, i) => row(day(1), '1', 1, `${i}`))
    await store.mergeHistory(account, rows, day(1))
    units = 0
    expect(await store.mergeHistory(account, rows, day(1))).toBe(0)
    expect(units).toBe(0)
    expect(await store.mergeHistory(account, [...rows.slice(1), row(day(1), '2', 1, '0')], day(1))).toBe(1)
    expect(units).toBe(1)
  })

  test.each<[string, readonly PerformanceRow[], string]>([
    ['a row of an hour', [{ ...row(day(1), '1'), hour: 3 }], 'is of hour 3: history takes whole days'],
    ['two rows of a day', [row(day(1), '1'), row(day(1), '2')], 'has 2 rows for 1 dates'],
    [
      'two counts of a rule',
      [{ ...row(day(1), '1'), conversions: [1, 2].map((n) => ({ rule: RULE, conversions: n, value: euros('1') })) }],
      `has two counts of ${KEY}`,
    ],
    [
      'rows of two currencies',
      [row(day(1), '1'), { ...row(day(2), '1'), spend: fromDecimal('1', currency('USD')) }],
      'cannot combine USD with EUR',
    ],
  ])('refuses %s', async (_name, rows, message) => {
    const { store, account } = fresh()
    await expect(store.mergeHistory(account, rows, day(2))).rejects.toThrow(message)
    expect(await store.histories(account)).toEqual([])
  })
})

describe('revisions', () => {
  const counts = async ({ store, account }: ReturnType<typeof fresh>, campaign = '1') =>
    (await store.revisions(account, campaign as CampaignId)).map(({ date, ageDays, conversions }) => [
      date,
      ageDays,
      conversions[KEY]?.count,
    ])

  test('keep how a day looked at each age at which it changed', async () => {
    const world = fresh()
    const { store, account } = world
    await store.mergeHistory(account, [row(day(1), '1', 2)], day(2))
    await store.mergeHistory(account, [row(day(1), '1', 3), row(day(2), '1', 5)], day(3))
    await store.mergeHistory(account, [row(day(1), '1', 3), row(day(2), '1', 6)], day(4))
    await store.mergeHistory(account, [row(day(1), '1', 2.5)], day(7))
    expect(await counts(world)).toEqual([
      [day(1), 1, 2],
      [day(1), 2, 3],
      [day(1), 6, 2.5],
      [day(2), 1, 5],
      [day(2), 2, 6],
    ])
  })

  test('keep the last look of each reading day', async () => {
    const world = fresh()
    const { store, account } = world
    await store.mergeHistory(account, [row(day(1), '1', 2), row(day(2), '1', 7)], day(2))
    await store.mergeHistory(account, [row(day(1), '1', 4)], day(2))
    const expected = [
      [day(1), 1, 4],
      [day(2), 0, 7],
    ]
    expect(await counts(world)).toEqual(expected)
    await store.mergeHistory(account, [row(day(3), '1', 1)], day(3))
    expect(await counts(world)).toEqual([...expected, [day(3), 0, 1]])
  })

  test('of a campaign reported by ad group are their sum, each as it last was', async () => {
    const world = fresh()
    const { store, account } = world
    await store.mergeHistory(account, [row(day(1), '1', 2, '1', '5'), row(day(1), '1', 10, '1', '6')], day(2))
    await store.mergeHistory(account, [row(day(1), '1', 3, '1', '5')], day(3))
    expect(await counts(world)).toEqual([
      [day(1), 1, 12],
      [day(1), 2, 13],
    ])
  })

  test('of a campaign reported both ways are those of the campaign', async () => {
    const world = fresh()
    await world.store.mergeHistory(world.account, [row(day(1), '1', 12), row(day(1), '1', 2, '1', '5')], day(2))
    expect(await counts(world)).toEqual([[day(1), 1, 12]])
  })

  test('of one campaign have nothing of another whose id begins with the same digits', async () => {
    const world = fresh()
    await world.store.mergeHistory(world.account, [row(day(1), '1', 12, '11')], day(2))
    await world.store.mergeHistory(world.account, [row(day(1), '1', 13, '11')], day(3))
    expect(await counts(world)).toEqual([])
  })
})
