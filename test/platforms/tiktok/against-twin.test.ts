import { afterEach, describe, expect, test } from 'vitest'
import type { ConversionRule } from '../../../lib/model/conversions.ts'
import { accountDate } from '../../../lib/units/calendar.ts'
import { fromDecimal } from '../../../lib/units/money.ts'
import type { TikTokTwin, TikTokTwinOptions } from '../../../playground/platforms/tiktok/server.ts'
import type { AccountSpec, StubWorld } from '../../playground/stub-world.ts'
import { SPEC } from './families.ts'
import { EUR } from './levers.ts'
import { type OnTwin, onTwin } from './on-twin.ts'
import { ACCOUNT } from './stub.ts'

const RULE: ConversionRule = { action: 'purchase', clickWindowDays: 7, viewWindowDays: 1, basis: 'impression' }

let twin: TikTokTwin
let world: StubWorld
afterEach(() => twin.close())

async function adapter(options?: Partial<TikTokTwinOptions>, spec?: AccountSpec): Promise<OnTwin> {
  const platform = await onTwin(options, spec)
  twin = platform.twin
  world = platform.world
  return platform
}

describe('structure', () => {
  test('reads budgets at the level that holds them, those of Smart+ and GMV Max too, and what is deleted', async () => {
    const { reader } = await adapter()
    const structure = await reader.structure(ACCOUNT)
    expect(structure).toMatchObject({ name: 'Account 7001', currency: 'EUR', zone: 'Europe/Berlin', blockers: [] })
    expect(
      structure.budgets.map(({ id, owner, period, amount, status }) => [id, owner, period, amount.micros, status]),
    ).toEqual([
      ['11', 'campaign', 'daily', 100_000_000n, 'active'],
      ['23', 'ad-group', 'daily', 40_000_000n, 'active'],
      ['24', 'ad-group', 'daily', 30_000_000n, 'paused'],
      ['29', 'ad-group', 'daily', 60_000_000n, 'active'],
      ['13', 'campaign', 'lifetime', 900_000_000n, 'paused'],
      ['14', 'campaign', 'daily', 80_000_000n, 'active'],
      ['16', 'campaign', 'daily', 50_000_000n, 'removed'],
      ['15', 'campaign', 'daily', 70_000_000n, 'active'],
    ])
    expect(structure.budgets.find(({ id }) => id === '13')?.endsOn).toBe('2026-12-10')
    expect(structure.campaigns.map(({ id, kind, budget }) => [id, kind, budget])).toEqual([
      ['11', 'social', '11'],
      ['12', 'social', undefined],
      ['13', 'social', '13'],
      ['14', 'smart-plus', '14'],
      ['16', 'social', '16'],
      ['15', 'gmv-max', '15'],
    ])
  })

  test('reads how each ad group bids, and what it bids', async () => {
    const { adGroups } = await (await adapter()).reader.structure(ACCOUNT)
    expect(
      adGroups.map(({ id, strategy }) => [
        id,
        strategy?.kind,
        strategy?.targetCpa?.micros ?? strategy?.targetRoas ?? strategy?.bid?.micros,
      ]),
    ).toEqual([
      ['21', 'target-cpa', 12_500_000n],
      ['22', 'target-cpa', 12_500_000n],
      ['23', 'max-conversions', undefined],
      ['24', 'target-roas', 2.5],
      ['29', 'manual-cpc', 1_250_000n],
      ['25', 'max-conversions', undefined],
      ['26', 'max-conversions', undefined],
      ['28', 'max-conversions', undefined],
    ])
  })

  test('a prepaid balance is what is left to spend: €5,000 less the €1,234.56 that were spent', async () => {
    const { remainingSpendCap } = await (await adapter()).reader.structure(ACCOUNT)
    expect(remainingSpendCap).toEqual(fromDecimal('3765.44', EUR))
  })

  test('a balance that is used up leaves nothing, and whoever pays afterwards has no such cap', async () => {
    const empty = await (await adapter({}, { ...SPEC, spendCap: 1_000_000_000n })).reader.structure(ACCOUNT)
    expect(empty.remainingSpendCap).toEqual(fromDecimal('0', EUR))
    await twin.close()
    const { spendCap: _, ...afterwards } = SPEC
    expect((await (await adapter({}, afterwards)).reader.structure(ACCOUNT)).remainingSpendCap).toBeUndefined()
  })

  test('every campaign of a split test that is running is held', async () => {
    const { experiments } = await (await adapter()).reader.structure(ACCOUNT)
    expect(experiments).toEqual([{ id: '700', name: 'split test 700', campaigns: ['11', '13'] }])
  })

  test('a restricted account is blocked, with the remedy', async () => {
    const { reader } = await adapter({}, { ...SPEC, status: 'suspended' })
    expect((await reader.structure(ACCOUNT)).blockers).toEqual([
      {
        code: 'STATUS_LIMIT',
        detail: 'the advertiser account is restricted by TikTok: appeal in TikTok Ads Manager',
      },
    ])
  })

  test('an application without the scope of GMV Max sees no such campaigns', async () => {
    const { campaigns } = await (await adapter({ hasGmvMaxScope: false })).reader.structure(ACCOUNT)
    expect(campaigns.map(({ id }) => id)).not.toContain('15')
  })
})

describe('performance', () => {
  const query = { grain: 'day', from: accountDate('2026-11-19'), to: accountDate('2026-11-20') } as const

  test('a day of an ad group is 24 × €1.50 with 4 clicked and 1 viewed conversion at €50', async () => {
    const { rows } = await (await adapter()).reader.performance(ACCOUNT, query, [RULE])
    expect(rows[0]).toEqual({
      campaign: '11',
      adGroup: '21',
      date: '2026-11-19',
      spend: fromDecimal('36', EUR),
      impressions: 2_400,
      clicks: 120,
      conversions: [{ rule: RULE, conversions: 5, value: fromDecimal('250', EUR) }],
    })
  })

  test('the parts add up to the account: 9 ad groups, the deleted one and GMV Max among them, of €36 a day', async () => {
    const { rows, accountSpend } = await (await adapter()).reader.performance(ACCOUNT, query, [RULE])
    const campaigns = new Set(rows.map(({ campaign }) => campaign))
    expect(campaigns).toEqual(new Set(['11', '12', '13', '14', '15', '16']))
    const total = rows.reduce((sum, { spend }) => sum + spend.micros, 0n)
    expect(total).toBe(2n * 9n * 36_000_000n)
    expect([...accountSpend]).toEqual([
      ['2026-11-19', fromDecimal('324', EUR)],
      ['2026-11-20', fromDecimal('324', EUR)],
    ])
  })

  test('is by campaign when only campaigns hold budgets', async () => {
    const spec = { ...SPEC, campaigns: SPEC.campaigns.filter(({ budget }) => budget !== undefined) }
    const { rows } = await (await adapter({}, spec)).reader.performance(ACCOUNT, query, [RULE])
    expect(rows.map(({ campaign, adGroup, spend }) => [campaign, adGroup, spend.micros])).toEqual(
      expect.arrayContaining([
        ['11', undefined, 72_000_000n],
        ['16', undefined, 36_000_000n],
        ['15', undefined, 36_000_000n],
      ]),
    )
  })

  test('an hour is €1.50; its conversions are those of the first hour of the day', async () => {
    const range = { grain: 'hour', from: accountDate('2026-11-19'), to: accountDate('2026-11-20') } as const
    const { rows } = await (await adapter()).reader.performance(ACCOUNT, range, [RULE])
    expect(rows).toHaveLength(9 * 48)
    expect(rows.every(({ spend }) => spend.micros === 1_500_000n)).toBe(true)
    const first = rows.filter(({ campaign, hour }) => campaign === '11' && hour === 0)
    expect(first.map(({ conversions }) => conversions[0]?.conversions)).toEqual([5, 5, 5, 5])
  })

  test.each([
    ['2026-10-25', 24, 25],
    ['2026-03-29', 23, 23],
    ['2026-11-20', 24, 24],
  ])('%s has %i hours of %i on the clock of Berlin', async (day, hours, length) => {
    const spec = { ...SPEC, campaigns: SPEC.campaigns.slice(0, 1) }
    const platform = await adapter({}, spec)
    const date = accountDate(day)
    const { rows, accountSpend } = await platform.reader.performance(
      ACCOUNT,
      { grain: 'hour', from: date, to: date },
      [],
    )
    expect(new Set(rows.map(({ hour }) => hour)).size).toBe(hours)
    const total = rows.reduce((sum, { spend }) => sum + spend.micros, 0n)
    expect(total).toBe(BigInt(length) * 3_000_000n)
    expect(accountSpend.get(date)?.micros).toBe(total)
  })

  test('90 days are asked for thirty at a time, hours a day at a time', async () => {
    const { reader } = await adapter({}, { ...SPEC, campaigns: SPEC.campaigns.slice(0, 1) })
    await reader.structure(ACCOUNT)
    const days = { grain: 'day', from: accountDate('2026-08-24'), to: accountDate('2026-11-21') } as const
    await reader.performance(ACCOUNT, days, [])
    // Rows and totals each.
    expect(twin.requests.reports).toBe(6)
    const hours = { grain: 'hour', from: accountDate('2026-11-19'), to: accountDate('2026-11-21') } as const
    await reader.performance(ACCOUNT, hours, [])
    expect(twin.requests.reports).toBe(6 + 3 + 1)
  })

  test('an account of more ads than a report looks at is read some campaigns at a time, and is the same', async () => {
    const plain = await (await adapter()).reader.performance(ACCOUNT, query, [RULE])
    await twin.close()
    const large = await (await adapter({ reportAdsMax: 4 })).reader.performance(ACCOUNT, query, [RULE])
    const byKey = (rows: typeof plain.rows) =>
      rows.toSorted((a, b) => (JSON.stringify([a.adGroup, a.date]) < JSON.stringify([b.adGroup, b.date]) ? -1 : 1))
    expect(byKey(large.rows)).toEqual(byKey(plain.rows))
  })

  test('a campaign that alone has more ads than a report looks at cannot be read', async () => {
    const { reader } = await adapter({ reportAdsMax: 2 })
    await expect(reader.performance(ACCOUNT, query, [])).rejects.toThrow(
      'campaign 11 has more ads than a report looks at',
    )
  })
})

describe('health', () => {
  test('the token lasts, the scopes are found out, and the clocks stand side by side', async () => {
    const { reader } = await adapter({ hasGmvMaxScope: false })
    expect(await reader.health?.(ACCOUNT)).toEqual({
      apiVersion: 'v1.3',
      token: { kind: 'lasts' },
      scopes: { granted: ['Ad Account Management', 'Ads Management', 'Reporting'], missing: [] },
      clock: { theirs: world.now(), ours: world.now() },
      limits: [
        { name: '10 queries a second, at least' },
        { name: '600 queries a minute, at least' },
        { name: '864000 queries a day, at least' },
      ],
      blockers: [],
    })
  })

  test('GMV Max is a scope that is told where there is one, and missed by nobody else', async () => {
    const health = await (await adapter()).reader.health?.(ACCOUNT)
    expect(health?.scopes).toEqual({
      granted: ['Ad Account Management', 'Ads Management', 'Reporting', 'GMV Max'],
      missing: [],
    })
  })

  test('purchases can be counted by the windows of the ad groups, 7 days after a click and 1 after a view first', async () => {
    const { reader } = await adapter()
    const actions = await reader.conversionActions?.(ACCOUNT)
    expect(actions?.map(({ action }) => action)).toEqual([
      'purchase',
      'complete_payment',
      'total_purchase',
      'onsite_shopping',
      'conversion',
    ])
    expect(actions?.[0]).toMatchObject({
      clickWindowDays: [7, 0, 1, 14, 28],
      viewWindowDays: [1, 0, 7],
      basis: 'impression',
    })
  })
})
