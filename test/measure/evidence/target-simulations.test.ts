import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawnTowards, targetResponse } from '../../../lib/measure/evidence/target-simulations.ts'
import type { CampaignId } from '../../../lib/model/account.ts'
import type { TargetForecast, TargetForecastPoint } from '../../../lib/model/evidence.ts'
import { accountDate } from '../../../lib/units/calendar.ts'

type Point = readonly [target: number, spend: number, outcome: number]
const told = (kind: TargetForecast['kind'], points: readonly Point[]): TargetForecast => ({
  campaign: '7' as CampaignId,
  kind,
  from: accountDate('2026-11-12'),
  to: accountDate('2026-11-18'),
  points: points.map(
    ([target, spend, outcome]): TargetForecastPoint =>
      kind === 'target-cpa'
        ? { target, spend, conversions: outcome, value: 1 }
        : { target, spend, conversions: 1, value: outcome },
  ),
})

/** A quarter more per conversion doubles the spend; conversions go with spend to the power of 0.6. */
const FEWER = 10 * 2 ** -0.6
const MORE = 10 * 2 ** 0.6
const CPA = told('target-cpa', [
  [8, 50, FEWER],
  [10, 100, 10],
  [12.5, 200, MORE],
])

describe('a target simulation', () => {
  test('is elasticities around the target in force, with their doubt, and what the next conversion costs', () => {
    const response = targetResponse(CPA, 10)!
    // 0.6, less the 0.08 that it is thought to promise too much; √(0.2² + 2 · 0.05² / ln² 4).
    expect(response.outcomeBySpend.mean).toBeCloseTo(0.52, 9)
    expect(response.outcomeBySpend.sd).toBeCloseTo(0.2064, 4)
    // Over the dearer half alone: √(0.2² + 2 · 0.05² / ln² 2).
    expect(response.looser).toEqual({ mean: expect.closeTo(0.52, 9), sd: expect.closeTo(0.2245, 4) })
    // ln 4 ÷ ln (12.5 ÷ 8); doubted by three tenths.
    expect(response.spendByCost).toEqual({ mean: expect.closeTo(3.1063, 4), sd: expect.closeTo(0.9319, 4) })
    // 100 more for 5.157 more.
    expect(response.next).toEqual({
      from: 10,
      to: expect.closeTo(12.5, 9),
      isLooser: true,
      marginalCost: expect.closeTo(19.3905, 4),
    })
  })

  test('of a target ROAS is the same upside down, in value: a lower one is the looser', () => {
    const response = targetResponse(
      told('target-roas', [
        [3.2, 200, 20 * MORE],
        [4, 100, 200],
        [5, 50, 20 * FEWER],
      ]),
      4,
    )!
    const { next, ...cpa } = targetResponse(CPA, 10)!
    for (const [of, found] of [
      [cpa.outcomeBySpend, response.outcomeBySpend],
      [cpa.spendByCost, response.spendByCost],
      [cpa.looser, response.looser],
    ] as const)
      expect(found).toEqual({
        mean: expect.closeTo((of as { mean: number }).mean, 9),
        sd: expect.closeTo((of as { sd: number }).sd, 9),
      })
    // 100 more for 20 · 5.157 more.
    expect(next.marginalCost! / response.next.marginalCost!).toBeCloseTo(20, 6)
    expect(response.next).toMatchObject({ from: 4, to: expect.closeTo(3.2, 9), isLooser: true })
  })

  test('is read between its points, on a straight line of logarithms', () => {
    const [low, , high] = CPA.points
    expect(targetResponse({ ...CPA, points: [low!, high!] }, 10)!.next.marginalCost).toBeCloseTo(19.3905, 4)
  })

  test('is looked at a quarter around the target in force and no further', () => {
    const far = told('target-cpa', [
      [1, 1, 1],
      [8, 50, FEWER],
      [10, 100, 10],
      [12.5, 200, MORE],
      [90, 5000, 11],
    ])
    expect(targetResponse(far, 10)).toEqual(targetResponse(CPA, 10))
  })

  test('says that nothing more comes of a looser target where conversions do not follow', () => {
    // At a target a quarter higher, 0.05 · ln 1.25 is 1.1 % more: a hundredth is less.
    for (const [spend, conversions] of [
      [200, 10],
      [100, 10],
      [300, 10.1],
      [200, 9],
    ] as const) {
      const response = targetResponse(
        told('target-cpa', [
          [8, 50, FEWER],
          [10, 100, 10],
          [12.5, spend, conversions],
        ]),
        10,
      )!
      expect(response.looser).toBe('nothing-more')
      expect(response.next).toMatchObject({ isLooser: true, marginalCost: undefined })
    }
    expect(
      targetResponse(
        told('target-cpa', [
          [10, 100, 10],
          [12.5, 200, 10.2],
        ]),
        10,
      )!.looser,
    ).not.toBe('nothing-more')
  })

  test('whose spend does not follow the target says nothing of what spend brings', () => {
    const flat = targetResponse(
      told('target-cpa', [
        [8, 100, 9],
        [10, 100, 10],
        [12.5, 100, 11],
      ]),
      10,
    )!
    expect(flat.outcomeBySpend.sd).toBe(Number.POSITIVE_INFINITY)
    expect(flat.spendByCost).toEqual({ mean: 0, sd: 0.3 })
  })

  test('of tighter targets alone says nothing of looser ones', () => {
    const response = targetResponse({ ...CPA, points: CPA.points.slice(0, 2) }, 10)!
    expect(response.looser).toBeUndefined()
    // 50 more for 3.402 more.
    expect(response.next).toEqual({
      from: 10,
      to: expect.closeTo(8, 9),
      isLooser: false,
      marginalCost: expect.closeTo(14.6952, 3),
    })
  })

  test.each<[string, TargetForecast, number]>([
    ['of a target above all that were simulated', CPA, 12.6],
    ['of a target below them', CPA, 7.9],
    ['of no target', CPA, 0],
    ['from a single point', { ...CPA, points: CPA.points.slice(1, 2) }, 10],
    [
      'from targets that hardly differ',
      told('target-cpa', [
        [10, 100, 10],
        [10.4, 120, 11],
      ]),
      10,
    ],
    [
      'from points without conversions',
      told('target-cpa', [
        [8, 50, 0],
        [10, 100, 0],
        [12.5, 200, 0],
      ]),
      10,
    ],
    [
      'from points without spend',
      told('target-cpa', [
        [8, 0, 1],
        [10, 0, 2],
        [12.5, 0, 3],
      ]),
      10,
    ],
    ['from nothing', told('target-roas', []), 4],
  ])('says nothing %s', (_, forecast, target) => {
    expect(targetResponse(forecast, target)).toBeUndefined()
  })

  test('never has an elasticity outside of 0 to 1, nor a spend that falls with a looser target', () => {
    const amount = fc.double({ min: 0.01, max: 1e4, noNaN: true })
    const points = fc.array(fc.tuple(amount, amount, amount), { minLength: 2, maxLength: 8 })
    fc.assert(
      fc.property(points, fc.constantFrom('target-cpa', 'target-roas'), fc.nat(7), (found, kind, i) => {
        const response = targetResponse(told(kind, found), found[i % found.length]![0])
        if (!response) return
        expect(response.outcomeBySpend.mean).toBeGreaterThanOrEqual(0)
        expect(response.outcomeBySpend.mean).toBeLessThanOrEqual(1)
        expect(response.outcomeBySpend.sd).toBeGreaterThanOrEqual(0.2)
        expect(response.spendByCost.mean).toBeGreaterThanOrEqual(0)
        expect(response.spendByCost.sd).toBeGreaterThan(0)
      }),
    )
  })
})

describe('what is believed, beside what a platform says', () => {
  test('goes half of the way where both are as sure, in three cases of four', () => {
    const { mean, sd } = drawnTowards({ mean: 0.6, sd: 0.2 }, { mean: 0.4, sd: 0.2 })
    // 0.6 − ¾ · 0.1; √(0.04 · (¼ + ¾ · ½) + ¼ · ¾ · 0.1²).
    expect(mean).toBeCloseTo(0.525, 9)
    expect(sd).toBeCloseTo(0.16394, 5)
  })

  test('goes at most three quarters of the way, however sure the platform is of itself', () => {
    const sds = fc.double({ min: 1e-3, max: 1e3, noNaN: true })
    const means = fc.double({ min: -10, max: 10, noNaN: true })
    fc.assert(
      fc.property(means, sds, means, sds, (a, sa, b, sb) => {
        const { mean, sd } = drawnTowards({ mean: a, sd: sa }, { mean: b, sd: sb })
        expect((mean - a) * Math.sign(b - a)).toBeGreaterThanOrEqual(-1e-9)
        expect(Math.abs(mean - a)).toBeLessThanOrEqual(0.75 * Math.abs(b - a) + 1e-9)
        expect(sd).toBeGreaterThanOrEqual(0.5 * sa - 1e-9)
      }),
    )
  })

  test('stays where the platform says nothing', () => {
    const own = { mean: 0.6, sd: 0.2 }
    expect(drawnTowards(own, { mean: 1, sd: Number.POSITIVE_INFINITY })).toBe(own)
  })
})
