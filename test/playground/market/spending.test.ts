import { describe, expect, it } from 'vitest'
import { HOUR_MS, later } from '../../../lib/units/calendar.ts'
import { positionIn } from '../../../playground/market/budgets.ts'
import {
  API,
  afterDays,
  calmMarket,
  campaign,
  day,
  facts,
  google,
  META,
  meta,
  onlyBudget,
  setBudget,
  spendOf,
  spendOn,
} from './small-market.ts'

describe('spend', () => {
  it('is the budget, to the cent, where nothing disturbs delivery', () => {
    const market = calmMarket()
    market.advanceTo(afterDays(market, 2))
    expect(spendOn(market, '2026-10-05')).toBeCloseTo(100, 2)
    expect(spendOn(market, '2026-10-01')).toBeCloseTo(100, 2)
  })

  it('of a day is the sum of its hours, live and in the history', () => {
    const market = calmMarket({ demand: { hourlyNoise: 0.3 } })
    market.advanceTo(afterDays(market, 2))
    for (const date of ['2026-09-28', '2026-10-05', '2026-10-06']) {
      const hours = facts(market, { grain: 'hour', from: day(date), to: day(date) })
      const [whole] = facts(market, { from: day(date), to: day(date) })
      expect(hours.map((row) => row.hour)).toEqual(Array.from({ length: 24 }, (_, hour) => hour))
      expect(hours.reduce((sum, row) => sum + row.spendMicros, 0n)).toBe(whole!.spendMicros)
      expect(hours.reduce((sum, row) => sum + row.clicks, 0)).toBe(whole!.clicks)
      expect(hours.reduce((sum, row) => sum + row.impressions, 0)).toBe(whole!.impressions)
    }
  })

  it.each([1, 2, 3])(
    'never exceeds the day’s highest budget times the over-delivery factor, which it reaches (seed %i)',
    (seed) => {
      const market = calmMarket({ overDelivery: { spread: 0.9, factor: 1.25 }, demand: { hourlyNoise: 0.5 } }, seed)
      market.advanceTo(afterDays(market, 28))
      const days = facts(market).map((row) => Number(row.spendMicros) / 1e6)
      for (const spend of days) expect(spend).toBeLessThanOrEqual(125)
      expect(Math.max(...days)).toBeGreaterThan(124.9)
    },
  )

  it('keeps to that bound however the budget is moved within the day: a cut does not take back what it allowed', () => {
    const market = calmMarket({ overDelivery: { spread: 0.9, factor: 1.25 }, demand: { hourlyNoise: 0.5 } }, 4)
    const amounts = [40, 100, 70, 160, 10]
    for (let day = 0; day < 20; day++) {
      for (let part = 0; part < 5; part++) {
        market.advanceTo(later(afterDays(market, day), part * 5 * HOUR_MS + 17 * 60_000))
        setBudget(market, amounts[(day + part) % 5]!)
      }
    }
    market.advanceTo(afterDays(market, 20))
    const days = facts(market, { from: day('2026-10-05'), to: day('2026-10-24') }).map(
      (row) => Number(row.spendMicros) / 1e6,
    )
    // Each of the five amounts is in force on each day; the highest is 160.
    for (const spend of days) expect(spend).toBeLessThanOrEqual(200)
    expect(Math.max(...days)).toBeGreaterThan(125)
  })

  it('of a calendar month is at most 30.4 average daily budgets on Google, though a day may take twice the budget', () => {
    const months = [1, 2, 3, 4].map((seed) => {
      const october = { start: '2026-10-01', days: 31, history: { days: 1 } }
      const market = calmMarket({ ...october, overDelivery: { spread: 0.5, factor: 2, periodFactor: 30.4 } }, seed)
      market.advanceTo(market.end)
      return facts(market, { from: day('2026-10-01'), to: day('2026-10-31') })
    })
    for (const month of months) expect(spendOf(month)).toBeLessThanOrEqual(3040)
    expect(Math.max(...months.map(spendOf))).toBeGreaterThan(3039)
    expect(Math.max(...months.flat().map((row) => Number(row.spendMicros)))).toBeGreaterThan(180e6)
  })

  it.each([
    ['month', '2026-02-01', { isFirst: true, days: 28, left: 28 }],
    ['month', '2026-10-31', { isFirst: false, days: 31, left: 1 }],
    ['month', '2026-12-15', { isFirst: false, days: 31, left: 17 }],
    ['week', '2026-10-04', { isFirst: true, days: 7, left: 7 }],
    ['week', '2026-10-10', { isFirst: false, days: 7, left: 1 }],
  ] as const)('is evened out over the %s: %s stands at %o', (period, date, position) => {
    expect(positionIn(period, day(date))).toEqual(position)
  })

  it('of a shared budget goes to all its campaigns by demand, and never exceeds the budget', () => {
    const member = (name: string, halfway: string) =>
      campaign({ name, budget: { shared: 'Pool' }, response: { ...campaign().response, halfway } })
    const market = calmMarket({
      overDelivery: { factor: 1 },
      accounts: [
        google({ sharedBudgets: [{ name: 'Pool', daily: '90' }], campaigns: [member('A', '100'), member('B', '50')] }),
      ],
    })
    market.advanceTo(afterDays(market, 2))
    const rows = facts(market, { from: day('2026-10-05'), to: day('2026-10-05') })
    // 90 split as 100 : 50.
    expect(rows.map((row) => Number(row.spendMicros) / 1e6)).toEqual([expect.closeTo(60, 1), expect.closeTo(30, 1)])
    expect(spendOf(rows)).toBeLessThanOrEqual(90)
    expect(onlyBudget(market).feeds).toHaveLength(2)
  })

  it('of a shared budget goes to the others when one is paused or can take no more', () => {
    const member = (name: string, maxDailySpend: string) =>
      campaign({ name, budget: { shared: 'Pool' }, response: { ...campaign().response, maxDailySpend } })
    const market = calmMarket({
      accounts: [
        google({
          sharedBudgets: [{ name: 'Pool', daily: '90' }],
          campaigns: [member('A', '20'), member('B', '80'), member('C', '80')],
        }),
      ],
    })
    const [, , third] = [...market.accounts[0]!.campaigns.keys()]
    const target = { platform: 'google-ads', accountId: market.accounts[0]!.id } as const
    market.apply({ ...target, kind: 'status', level: 'campaign', id: third!, status: 'paused' }, API)
    market.advanceTo(afterDays(market, 1))
    const rows = facts(market, { from: day('2026-10-05'), to: day('2026-10-05') })
    expect(rows.map((row) => Math.round(Number(row.spendMicros) / 1e6))).toEqual([20, 70, 0])
  })

  it('of a lifetime budget is spread over the days that are left, and never exceeds it', () => {
    const market = calmMarket({
      accounts: [
        google({
          campaigns: [campaign({ budget: { lifetime: '500' }, startDate: '2026-10-05', endDate: '2026-10-14' })],
        }),
      ],
    })
    market.advanceTo(afterDays(market, 12))
    expect(spendOn(market, '2026-10-05')).toBeCloseTo(50, 1)
    expect(spendOf(facts(market))).toBeCloseTo(500, 1)
    expect(spendOf(facts(market))).toBeLessThanOrEqual(500)
    expect(spendOn(market, '2026-10-15')).toBe(0)
  })

  it('stops at the account’s spend cap', () => {
    const market = calmMarket({ accounts: [google({ spendCap: '1150' })] })
    market.advanceTo(afterDays(market, 5))
    expect(market.accounts[0]!.spentMicros()).toBeLessThanOrEqual(1_150_000_000n)
    expect(market.accounts[0]!.spentMicros()).toBeGreaterThan(1_149_000_000n)
  })

  it('stays below what the campaign can deliver, whatever the budget', () => {
    const capped = campaign({ response: { ...campaign().response, maxDailySpend: '35' } })
    const market = calmMarket({ accounts: [google({ campaigns: [capped] })] })
    market.advanceTo(afterDays(market, 1))
    expect(spendOn(market, '2026-10-05')).toBeCloseTo(35, 2)
  })

  it('follows an edit from the instant it is made', () => {
    const market = calmMarket({ hours: Array.from({ length: 24 }, () => 1) })
    market.advanceTo(later(market.start, 12.5 * HOUR_MS))
    setBudget(market, 150)
    market.advanceTo(afterDays(market, 1))
    const hours = facts(market, { grain: 'hour', from: day('2026-10-05'), to: day('2026-10-05') })
    const at = (hour: number): number => Number(hours[hour]!.spendMicros) / 1e6
    // By hand: 100/24 an hour until 12:30; then the rest of 150 over 11.5 hours: (150 − 100 · 12.5/24)/11.5 = 8.5145.
    expect(at(11)).toBeCloseTo(100 / 24, 1)
    expect(at(12)).toBeCloseTo(100 / 48 + 8.5145 / 2, 1)
    expect(at(13)).toBeCloseTo(8.5145, 1)
    expect(hours.reduce((sum, row) => sum + Number(row.spendMicros), 0) / 1e6).toBeCloseTo(150, 1)
  })

  it('catches up with a late raise at no more than twice the normal pace', () => {
    const market = calmMarket({ hours: Array.from({ length: 24 }, () => 1) })
    market.advanceTo(later(market.start, 23 * HOUR_MS))
    setBudget(market, 1000)
    market.advanceTo(afterDays(market, 1))
    // 23 hours at 100/24, then one at 2 · 1000/24.
    expect(spendOn(market, '2026-10-05')).toBeCloseTo((23 * 100 + 2000) / 24, 1)
  })

  it('ends at once with a pause, and nothing is spent on an ad group without a running campaign', () => {
    const market = calmMarket()
    const account = market.accounts[0]!
    market.advanceTo(afterDays(market, 1))
    const [id] = account.campaigns.keys()
    const edit = { platform: account.platform, accountId: account.id, kind: 'status', level: 'campaign' } as const
    market.apply({ ...edit, id: id!, status: 'paused' }, API)
    market.advanceTo(afterDays(market, 3))
    expect(spendOn(market, '2026-10-06')).toBe(0)
    market.apply({ ...edit, id: id!, status: 'active' }, API)
    market.advanceTo(afterDays(market, 4))
    expect(spendOn(market, '2026-10-08')).toBeCloseTo(100, 1)
  })

  it('follows a budget schedule while it lasts, and the over-delivery bound with it', () => {
    const market = calmMarket({ accounts: [meta()], overDelivery: { factor: 1, periodFactor: 31, period: 'month' } })
    const account = market.accounts[0]!
    const schedule = {
      id: '1',
      from: market.start,
      to: afterDays(market, 1),
      change: { kind: 'multiplier', factor: 1.5 },
    } as const
    const target = { platform: 'meta', accountId: META } as const
    market.apply({ ...target, kind: 'budget-schedule', budgetId: onlyBudget(market).id, schedule }, API)
    market.advanceTo(afterDays(market, 2))
    expect(spendOn(market, '2026-10-05')).toBeCloseTo(150, 1)
    expect(spendOn(market, '2026-10-06')).toBeCloseTo(100, 1)
    expect(account.changes.at(-1)).toMatchObject({ field: 'schedule', to: '×1.5' })
  })

  it('is held back by a target: the average claimed conversion costs what the target says', () => {
    // s / (20 s / (s + 100)) = 9 at s = 80.
    const strategy = { kind: 'target-cpa', targetCpa: '9' }
    const market = calmMarket({ accounts: [google({ campaigns: [campaign({ strategy })] })] })
    market.advanceTo(afterDays(market, 1))
    expect(spendOn(market, '2026-10-05')).toBeCloseTo(80, 1)
  })

  it('is split between a campaign under test and its trial arm while the trial runs, out of one budget', () => {
    const trial = {
      name: 'T',
      campaign: 'Search',
      from: '2026-10-06',
      to: '2026-10-07',
      arms: [{ name: 'Arm', share: 0.25 }],
    }
    const market = calmMarket({ accounts: [google({ experiments: [trial] })] })
    market.advanceTo(afterDays(market, 4))
    const on = (date: string) =>
      facts(market, { from: day(date), to: day(date) }).map((row) => Number(row.spendMicros) / 1e6)
    expect(on('2026-10-05')).toEqual([expect.closeTo(100, 1), 0])
    expect(on('2026-10-06')).toEqual([expect.closeTo(75, 1), expect.closeTo(25, 1)])
    expect(on('2026-10-08')).toEqual([expect.closeTo(100, 1), 0])
    const account = market.accounts[0]!
    expect(account.experiments[0]).toMatchObject({ name: 'T', from: '2026-10-06', to: '2026-10-07' })
    expect(onlyBudget(market).feeds).toEqual([
      account.experiments[0]!.baseCampaignId,
      ...account.experiments[0]!.armCampaignIds,
    ])
  })
})
