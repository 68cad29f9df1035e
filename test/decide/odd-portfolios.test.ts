import { describe, expect, test } from 'vitest'
import { mainUnits } from '../../lib/units/money.ts'
import { type KnownCampaign, type KnownMarket, limitOf, planOfMarket, standing, unspentOf } from './handmade.ts'
import { changesOf, decisionOn } from './samples.ts'

const CHEAP: KnownCampaign = { id: '1', budget: 100, level: 10 }
const DEAR: KnownCampaign = { id: '2', budget: 100, level: 100 / 30 }
const NOTHING = { spend: 0, conversions: 0 }

describe('one budget', () => {
  test.each([
    [150, 150],
    [60, 60],
    // As far as it may.
    [500, 200],
    [5, 20],
  ])('gets the day’s %d: %d', (target, wanted) => {
    const market: KnownMarket = { accounts: [CHEAP], target }
    expect(standing(planOfMarket(market), market)[0]).toBeCloseTo(wanted, 1)
  })
})

describe('a portfolio in which nothing may move', () => {
  const held = { campaign: { learning: 'learning' } } as const
  const market: KnownMarket = {
    accounts: [
      { ...CHEAP, ...held },
      { ...DEAR, ...held },
    ],
    target: 300,
  }

  test('has a plan of holds, whose money counts', () => {
    const plan = planOfMarket(market)
    expect(changesOf(plan)).toEqual([])
    expect(plan.decisions.map((one) => one.kind === 'hold' && one.reason)).toEqual(['learning', 'learning'])
    expect(unspentOf(plan)).toBeCloseTo(100, 4)
    expect(plan.marginalReturn).toBe(0)
  })
})

describe('a portfolio of which nothing is known', () => {
  test('without a campaign has an empty plan', () => {
    const plan = planOfMarket({ accounts: [], target: 100 })
    expect(plan.decisions).toEqual([])
    expect(unspentOf(plan)).toBeCloseTo(100, 4)
  })

  test('without a day of spend is held for want of history, and proposes nothing', () => {
    const market: KnownMarket = {
      accounts: [
        { ...CHEAP, days: () => undefined },
        { ...DEAR, days: () => undefined },
      ],
      target: 200,
    }
    for (const decision of planOfMarket(market).decisions)
      expect(decision).toMatchObject({ kind: 'hold', reason: 'too-little-history' })
  })

  test('that spends nothing and converts nothing makes no number that is none', () => {
    const market: KnownMarket = {
      accounts: [
        {
          ...CHEAP,
          level: 0,
          days: () => NOTHING,
          estimate: { recentSpendPerDay: 0, deliverablePerDay: 0, deliveryRatio: 0 },
        },
        {
          ...DEAR,
          level: 0,
          days: () => NOTHING,
          estimate: { recentSpendPerDay: 0, deliverablePerDay: 0, deliveryRatio: 0 },
        },
      ],
      target: 1,
    }
    const plan = planOfMarket(market)
    expect(JSON.stringify(plan, (_key, value) => (typeof value === 'bigint' ? `${value}` : value))).not.toMatch(
      /null|NaN/,
    )
    for (const amount of standing(plan, market)) expect(amount).toBeLessThanOrEqual(100)
  })
})

describe('budgets that stay as they are', () => {
  const fixed: KnownCampaign = { id: '3', budget: 80, level: 4, campaign: { learning: 'learning' } }

  test('count towards the day', () => {
    const market: KnownMarket = { accounts: [CHEAP, DEAR, fixed], target: 300 }
    expect(standing(planOfMarket(market), market).map(Math.round)).toEqual([200, 20, 80])
  })

  test('count towards their group', () => {
    const market: KnownMarket = {
      accounts: [CHEAP, DEAR, fixed],
      target: 300,
      policy: {
        groups: [{ name: 'some', match: { name: 'Campaign' }, atMost: '250 EUR' }],
      },
    }
    const amounts = standing(planOfMarket(market), market)
    expect(amounts.reduce((a, b) => a + b, 0)).toBeCloseTo(250, 1)
  })

  test('count towards a CPA ceiling, with what they bring', () => {
    // 80 for 4 conversions, 20 each. x₁ + x₂ + 80 ≤ 13 (x₁/10 + x₂/30 + 4): 0.5667 x₂ ≤ 0.3 · 200 − 28.
    const market: KnownMarket = {
      accounts: [CHEAP, DEAR, fixed],
      target: 380,
      policy: { goal: { kind: 'conversions', targetCpa: '13 EUR' } },
    }
    const plan = planOfMarket(market)
    expect(standing(plan, market)[1]).toBeCloseTo(32 / (1 - 13 / 30), 1)
    expect(limitOf(plan, 'average-ceiling')).toBeDefined()
  })

  test('that are paused spend nothing', () => {
    const paused: KnownCampaign = { ...fixed, campaign: { status: 'paused' } }
    const market: KnownMarket = { accounts: [CHEAP, DEAR, paused], target: 300 }
    expect(standing(planOfMarket(market), market).slice(0, 2).map(Math.round)).toEqual([200, 100])
  })
})

describe('several currencies', () => {
  const yen = (budget: number, level: number): KnownCampaign => ({ id: '9', budget, level })
  const market = (policy?: KnownMarket['policy']): KnownMarket => ({
    accounts: [
      { key: 'google-ads:1', campaigns: [DEAR] },
      // 10,000 yen are 60 euros and bring 6 conversions: 10 euros each.
      { key: 'meta:2', currency: 'JPY', rate: 0.006, campaigns: [yen(10_000, 6)] },
    ],
    target: 180,
    ...(policy ? { policy } : {}),
  })

  test('are one market: money goes where a euro brings most, whatever it is called there', () => {
    const [dear, cheap] = standing(planOfMarket(market()), market())
    expect(cheap).toBeCloseTo(20_000, 0)
    expect(dear).toBeCloseTo(60, 1)
  })

  test('groups are limits in the base currency', () => {
    const grouped = market({ groups: [{ name: 'meta', match: { platform: 'meta' }, atMost: '90 EUR' }] })
    expect(standing(planOfMarket(grouped), grouped)[1]).toBeCloseTo(15_000, 0)
  })

  test('the raises of a plan are counted in the base currency', () => {
    // Down by 40 euros, up by 10,000 yen, 60 euros.
    expect(mainUnits(planOfMarket(market()).netGrowth)).toBeCloseTo(20, 1)
  })

  test('a worth in value is worth of the base currency', () => {
    const valued: KnownMarket = {
      ...market({ goal: { kind: 'value' } }),
      accounts: [
        { key: 'google-ads:1', campaigns: [{ ...DEAR, estimate: { valuePerConversion: 30 } }] },
        {
          key: 'meta:2',
          currency: 'JPY',
          rate: 0.006,
          campaigns: [{ ...yen(10_000, 6), estimate: { valuePerConversion: 5000 } }],
        },
      ],
    }
    // 30 euros for 30, and 5,000 yen of 0.006 for 10: three times as much for a euro.
    expect(standing(planOfMarket(valued), valued)[1]).toBeCloseTo(20_000, 0)
    expect(decisionOn(planOfMarket(valued), '9', 'meta:2')).toMatchObject({
      expected: { unit: 'value-per-day', mean: expect.closeTo(6 * 30, 4) },
    })
  })
})
