import { describe, expect, test } from 'vitest'
import { mainUnits } from '../../lib/units/money.ts'
import {
  broughtBy,
  type KnownCampaign,
  type KnownMarket,
  limitOf,
  planOfMarket,
  standing,
  unspentOf,
} from './handmade.ts'
import { decisionOn } from './samples.ts'

/** Straight lines: a conversion for 10 and for 30 euros, however many. */
const CHEAP: KnownCampaign = { id: '1', budget: 100, level: 10 }
const DEAR: KnownCampaign = { id: '2', budget: 100, level: 100 / 30 }
/** Curves are read from a table of 33 points between a fifth and twice the budget: five and a half euros apart. */
const TABLE = 6

const split = (market: KnownMarket): readonly number[] => standing(planOfMarket(market), market)
const cents = (amounts: readonly number[]): readonly number[] => amounts.map((one) => Math.round(one * 100) / 100)

describe('the day’s money', () => {
  test('goes where the next of it brings most, until it brings the same everywhere', () => {
    // f = 2 L z / (1 + z), f' = 2 L / (100 (1 + z)²): equal where (1 + z₂) / (1 + z₁) = √(40 / 10) = 2, z₁ + z₂ = 2.
    const [small, large] = split({
      accounts: [
        { ...CHEAP, halfway: 1 },
        { ...DEAR, level: 40, halfway: 1 },
      ],
      target: 200,
    })
    expect(Math.abs(small! - 100 / 3)).toBeLessThan(TABLE)
    expect(Math.abs(large! - 500 / 3)).toBeLessThan(TABLE)
    expect(small! + large!).toBeLessThanOrEqual(200)
  })

  test('is all spent where no limit stands against it', () => {
    const market = { accounts: [CHEAP, DEAR], target: 260 }
    expect(cents(split(market))).toEqual([200, 60])
    expect(unspentOf(planOfMarket(market))).toBeCloseTo(0, 4)
  })

  test('counts what was caused: claims that would have come anyway buy nothing', () => {
    const brand = { ...CHEAP, estimate: { incrementality: { mean: 0.2, low: 0.2, high: 0.2 } } }
    // 50 euros per conversion that was caused, against 30.
    expect(cents(split({ accounts: [brand, DEAR], target: 260 }))).toEqual([60, 200])
  })
})

describe('a CPA ceiling', () => {
  const market = (targetCpa: number, target = 300): KnownMarket => ({
    accounts: [CHEAP, DEAR],
    target,
    policy: { goal: { kind: 'conversions', targetCpa: `${targetCpa} EUR` } },
  })

  test('is met on average over the portfolio, by dear conversions that cheap ones pay for', () => {
    // x₁ + x₂ ≤ 12 (x₁/10 + x₂/30) holds up to x₂ = x₁/3; x₁ = 200 is the most it may be.
    const plan = planOfMarket(market(12))
    expect(standing(plan, market(12))[0]).toBe(200)
    expect(standing(plan, market(12))[1]).toBeCloseTo(66.67, 1)
    const spent = 200 + standing(plan, market(12))[1]!
    expect(spent / broughtBy(plan, market(12))).toBeCloseTo(12, 3)
    // 22.22 conversions, 0.12 more for each: 2.67 more, and 12/30 of what they buy again: 4.44 in all, for 0.148 conversions.
    expect(limitOf(plan, 'average-ceiling')?.detail).toBe(
      'targetCpa 12.00 EUR on average; 0.12 EUR more of target CPA = about +0.148 conversions a day, for which 4.44 EUR more of the day would be needed',
    )
  })

  test('leaves the money that would break it unspent, and says how much', () => {
    expect(unspentOf(planOfMarket(market(12)))).toBeCloseTo(300 - 200 - 200 / 3, 2)
  })

  test('that all of the money keeps changes nothing', () => {
    // 200 and 100 cost 300 / (20 + 10/3) = 12.86 a conversion.
    const plan = planOfMarket(market(13))
    expect(cents(standing(plan, market(13)))).toEqual([200, 100])
    expect(limitOf(plan, 'average-ceiling')).toBeUndefined()
  })

  test('that one day cannot reach is approached by every day, and kept once it is reached', () => {
    // CPA at z is 5 (1 + z): 8 is at 60 euros. With steps of a fifth it comes 8 % nearer a day: 9.2 is at 84, 8.46 at 69.3, and
    // from 64 it is in reach.
    const next = (budget: number): number =>
      split({
        accounts: [{ id: '1', budget, level: (20 * budget) / (budget + 100), halfway: 100 / budget }],
        target: 100,
        policy: { goal: { kind: 'conversions', targetCpa: '8 EUR' }, guardrails: { maxStepDown: 0.2 } },
      })[0]!
    const market = {
      accounts: [{ id: '1', budget: 100, level: 10, halfway: 1 }],
      target: 100,
      policy: { goal: { kind: 'conversions', targetCpa: '8 EUR' }, guardrails: { maxStepDown: 0.2 } },
    }
    expect(limitOf(planOfMarket(market), 'average-ceiling')?.detail).toMatch(
      /^targetCpa 8\.00 EUR on average: 9\.20 EUR today, on the way there; 0\.09 EUR more of target CPA = about \+/,
    )
    expect(next(100)).toBeCloseTo(84, 0)
    expect(next(84)).toBeCloseTo(69.3, 0)
    expect(Math.abs(next(64) - 60)).toBeLessThan(1)
  })

  test('that is far out of reach cuts what makes conversions dearer, and nothing that makes them cheaper', () => {
    // A conversion for 28 and for 30. With the dear budget at its least, 800, they cost 900 / (100/28 + 800/30) = 29.76: without
    // the cheaper one they would cost more.
    const market = {
      accounts: [
        { id: '1', budget: 100, level: 100 / 28 },
        { id: '2', budget: 1000, level: 1000 / 30 },
      ],
      target: 1100,
      policy: { goal: { kind: 'conversions', targetCpa: '12 EUR' }, guardrails: { maxStepDown: 0.2, maxStepUp: 0.2 } },
    }
    const [cheaper, dearer] = split(market)
    expect(dearer).toBeCloseTo(800, 1)
    expect(cheaper).toBeGreaterThanOrEqual(100)
  })

  test('of a group binds the group alone', () => {
    const plan = (group: string) =>
      split({
        accounts: [CHEAP, DEAR],
        target: 300,
        policy: { groups: [{ name: 'one', match: { id: group }, targetCpa: '12 EUR' }] },
      })
    // 30 a conversion can never be 12: no more than it must have. 10 is below 12 anyway.
    expect(cents(plan('2'))).toEqual([200, 20])
    expect(cents(plan('1'))).toEqual([200, 100])
  })
})

describe('a ROAS floor', () => {
  const market = (goal: object): KnownMarket => ({
    // A conversion is worth 40 in one, 30 in the other: 4 and 1 for a euro.
    accounts: [
      { ...CHEAP, estimate: { valuePerConversion: 40 } },
      { ...DEAR, estimate: { valuePerConversion: 30 } },
    ],
    target: 300,
    policy: { goal },
  })

  test('is met on average', () => {
    // 4 x₁ + x₂ ≥ 3.4 (x₁ + x₂) up to x₂ = x₁/4.
    const plan = planOfMarket(market({ kind: 'value', targetRoas: 3.4 }))
    expect(cents(standing(plan, market({ kind: 'value' })))).toEqual([200, 50])
    expect(unspentOf(plan)).toBeCloseTo(50, 3)
  })

  test('on the last money stops what brings less, wherever the average is', () => {
    expect(cents(split(market({ kind: 'value', marginalRoas: 1.01 })))).toEqual([200, 20])
    expect(cents(split(market({ kind: 'value', marginalRoas: 0.99 })))).toEqual([200, 100])
  })
})

describe('a ceiling on the last conversion', () => {
  // f' = 0.2 / (1 + z)² is a conversion for 20 euros at z = 1, 100 euros.
  const market: KnownMarket = {
    accounts: [{ ...CHEAP, halfway: 1 }],
    target: 150,
    policy: { goal: { kind: 'conversions', marginalCpa: '20 EUR' } },
  }

  test('leaves money unspent rather than burn it to land, and says how much and why', () => {
    const plan = planOfMarket(market)
    expect(Math.abs(standing(plan, market)[0]! - 100)).toBeLessThan(TABLE)
    expect(Math.abs(unspentOf(plan) - 50)).toBeLessThan(TABLE)
    expect(limitOf(plan, 'marginal-floor')?.detail).toBe(
      'the next conversion may cost 20.00 EUR; 1 EUR a day more spent beyond it = about +0.0500 conversions a day',
    )
  })

  test('is overruled by the minimum of a group, which says so, and what a unit less of it saves', () => {
    // At 150 the next euro brings 0.2 / 2.5² = 0.032, and 0.05 is asked.
    const groups = [{ name: 'one', match: { id: '1' }, atLeast: '140 EUR' }]
    const plan = planOfMarket({ ...market, policy: { ...market.policy, groups } })
    expect(limitOf(plan, 'group "one"')?.worthPerUnit).toBeUndefined()
    expect(limitOf(plan, 'group "one"')?.detail).toMatch(
      /^group "one" gets at least 140\.00 EUR a day \(atLeast\): because of it money is spent that brings less than is asked of it \(the next conversion may cost 20\.00 EUR\); 1 EUR a day less of it saves money that brings 0\.01\d+ conversions less than is asked of it$/,
    )
  })

  test('cuts what stands above it', () => {
    const [after] = split({ ...market, accounts: [{ ...CHEAP, budget: 160, anchor: 100, halfway: 1 }], target: 160 })
    expect(Math.abs(after! - 100)).toBeLessThan(10)
  })
})

describe('a goal of profit', () => {
  const worth = (valuePerConversion: number) => ({ estimate: { valuePerConversion } })
  const market = (margin: number): KnownMarket => ({
    accounts: [
      { ...CHEAP, ...worth(30) },
      { ...DEAR, ...worth(60) },
    ],
    target: 400,
    policy: { goal: { kind: 'profit', margin } },
  })

  test('spends only where a unit of money brings back more than itself after the margin', () => {
    // Value for a euro: 3 and 2. With a margin of 0.4 that is 1.2 and 0.8, with 0.6 it is 1.8 and 1.2.
    expect(cents(split(market(0.4)))).toEqual([200, 20])
    expect(cents(split(market(0.6)))).toEqual([200, 200])
    expect(cents(split(market(0.3)))).toEqual([20, 20])
  })

  test('stops a curve where its margin is used up', () => {
    // Value 40 a conversion at half margin: 20 · 0.2 / (1 + z)² = 1 at z = 1.
    const [after] = split({ ...market(0.5), accounts: [{ ...CHEAP, ...worth(40), halfway: 1 }] })
    expect(Math.abs(after! - 100)).toBeLessThan(TABLE)
  })

  test('expects of a change what it brings less what it costs', () => {
    // 100 euros more bring 10 conversions of 30 at 0.4 less 100: 20.
    expect(decisionOn(planOfMarket(market(0.4)), '1')).toMatchObject({
      kind: 'change',
      expected: { unit: 'profit-per-day', mean: expect.closeTo(20, 4) },
    })
  })
})

describe('groups', () => {
  const market = (groups: readonly object[], target = 300): KnownMarket => ({
    accounts: [CHEAP, DEAR, { id: '3', budget: 100, level: 5 }],
    target,
    policy: { groups },
  })

  test.each<[why: string, groups: readonly object[], wanted: readonly number[]]>([
    ['without limits change nothing', [{ name: 'a', match: { id: '1' } }], [200, 20, 80]],
    ['get at most what they may', [{ name: 'a', match: { id: '1' }, atMost: '150 EUR' }], [150, 20, 130]],
    ['get at least what they must', [{ name: 'b', match: { id: '2' }, atLeast: '50 EUR' }], [200, 50, 50]],
    ['get at most their share of the day', [{ name: 'a', match: { id: '1' }, atMostShare: 0.5 }], [150, 20, 130]],
    ['get at least their share of the day', [{ name: 'b', match: { id: '2' }, atLeastShare: 0.2 }], [200, 60, 40]],
    [
      'within each other keep both limits',
      [
        { name: 'outer', match: { name: 'Campaign' }, atMost: '250 EUR' },
        { name: 'inner', within: 'outer', match: { id: '2' }, atLeast: '40 EUR' },
      ],
      [190, 40, 20],
    ],
  ])('%s', (_why, groups, wanted) => {
    expect(cents(split(market(groups)))).toEqual(wanted)
  })

  test('a maximum that steps cannot reach today is gone towards as far as they go', () => {
    const capped = market([{ name: 'b', match: { id: '2' }, atMost: '10 EUR' }])
    expect(split(capped)[1]).toBe(20)
  })
})

describe('commitments and launches', () => {
  const market = (policy: KnownMarket['policy'], target = 300): KnownMarket => ({
    accounts: [CHEAP, DEAR],
    target,
    ...(policy ? { policy } : {}),
  })

  test('a commitment has its even pace, though its money brings more elsewhere', () => {
    const promised = market({
      commitments: [{ name: 'upfront', match: { id: '2' }, atLeast: '1500 EUR', from: '2026-11-21', by: '2026-11-30' }],
    })
    // 150 a day over ten days, and a margin for days that spend less than planned.
    const [cheap, dear] = split(promised)
    expect(dear).toBeGreaterThanOrEqual(150)
    expect(dear).toBeLessThan(1.3 * 150)
    expect(cheap! + dear!).toBeCloseTo(300, 1)
  })

  test('a commitment asks no day for more than steps can reach, and names what will be missing', () => {
    const promised = market({
      guardrails: { maxStepUp: 0.1 },
      commitments: [{ name: 'upfront', match: { id: '2' }, atLeast: '2900 EUR', from: '2026-11-21', by: '2026-11-30' }],
    })
    const plan = planOfMarket(promised)
    expect(standing(plan, promised)[1]).toBeCloseTo(110, 1)
    // 100 · (1.1 + … + 1.1¹⁰) = 1753.12.
    expect(plan.pace?.warnings?.join(' ')).toMatch(/"upfront" will miss 1146\.88 of the 2900\.00 .* 1753\.12 at most/)
  })

  test('commitments raise the day where its path has less than they need together', () => {
    const promised = market(
      {
        commitments: [
          { name: 'upfront', match: { id: '2' }, atLeast: '1400 EUR', from: '2026-11-21', by: '2026-11-30' },
        ],
      },
      100,
    )
    // 100 a day remain; more than that was promised, and no more than what remains of the flight may go.
    expect(mainUnits(planOfMarket(promised).dayTarget)).toBeGreaterThan(139)
  })

  test('a launch has its daily money while it is one, and then competes like any other', () => {
    const launched = (from: string) =>
      market(
        { members: [{ id: '2', class: 'prospecting', from, launchBudget: '60 EUR' }, { class: 'prospecting' }] },
        230,
      )
    expect(cents(split(launched('2026-11-20')))).toEqual([170, 60])
    expect(cents(split(launched('2026-11-02')))).toEqual([200, 30])
  })

  test('a launch that is to come has its money kept back from now on', () => {
    const coming = market({
      members: [
        { id: '3', class: 'prospecting', from: '2026-11-26', launchBudget: '60 EUR' },
        { class: 'prospecting' },
      ],
    })
    // Of 3,000 for ten days five times 60 are kept: 2,700 over ten days.
    expect(mainUnits(planOfMarket(coming).dayTarget)).toBeCloseTo(270, 4)
  })
})
