import { describe, expect, test } from 'vitest'
import { type KnownCampaign, type KnownMarket, planOfMarket, standing } from './handmade.ts'
import { changesOf, decisionOn } from './samples.ts'

/** A conversion for 10 euros, which is known. */
const KNOWN: KnownCampaign = { id: '1', budget: 100, level: 10 }
/** A straight line of so many conversions at 100 euros, of which as good as nothing is known. */
const doubtful = (id: string, level: number): KnownCampaign => ({
  ...{ id, budget: 100, level },
  estimate: {
    curve: { referenceSpend: 100, shapes: [{ weight: 1, gammaShape: 2, gammaRate: 2 / level }] },
    conversionsSeen: 2,
  },
})
const market = (level: number, maxCost: number, over: Partial<KnownMarket> = {}): KnownMarket => ({
  accounts: [KNOWN, doubtful('2', level)],
  target: 220,
  ...over,
  policy: { exploration: { maxCost }, ...over.policy },
})
const split = (one: KnownMarket): readonly number[] => standing(planOfMarket(one), one).map(Math.round)
/** Enough conversions for the least variation to show. */
const SEEN = { conversionsSeen: 10_000 }
/** Expected outcome of a split of the two. */
const outcome = ([known = 0, unknown = 0]: readonly number[], level: number): number =>
  (10 * known + level * unknown) / 100

describe('money ventured to learn', () => {
  test('goes where little is known, and little is given up for it', () => {
    // 9.9 conversions in place of 10, and they may be twice as many.
    expect(split(market(9.9, 0.02))).toEqual([20, 200])
    expect(split(market(9.9, 0))).toEqual([200, 20])
  })

  test('costs no more of the outcome than the policy allows, and the plan states what it is', () => {
    for (const level of [5, 8, 9, 9.5, 9.8, 9.9])
      for (const maxCost of [0, 0.001, 0.005, 0.02]) {
        const plan = planOfMarket(market(level, maxCost))
        const [best, made] = [split(market(level, 0)), split(market(level, maxCost))]
        const cost = 1 - outcome(made, level) / outcome(best, level)
        expect(cost).toBeLessThan(maxCost + 1e-3)
        expect(plan.explorationCost ?? 0).toBeCloseTo(cost, 2)
      }
  })

  test('counts what varying budgets in pairs costs as well, in outcome and in money', () => {
    // Four alike, 50 conversions each at 100 of z·2/(z+1): elasticity ½, known exactly, so that each is varied by 3 %.
    // Middle against ends: 50 − ½·(2·1.03/2.03 + 2·0.97/1.97)·50 = 50·(1 − 0.999774957…) = 0.0112521… each.
    const each = 50 * (1 - (1.03 / 2.03 + 0.97 / 1.97))
    const market = (maxCost: number): KnownMarket => ({
      accounts: ['1', '2', '3', '4'].map((id) => ({ id, budget: 100, level: 50, halfway: 1, estimate: SEEN })),
      target: 400,
      policy: { exploration: { maxCost } },
    })
    const plan = planOfMarket(market(0.02))
    expect(
      standing(plan, market(0.02))
        .map((units) => Math.abs(units - 100))
        .map(Math.round),
    ).toEqual([3, 3, 3, 3])
    expect(plan.explorationPerDay?.outcome).toBeCloseTo(4 * each, 4)
    expect(plan.explorationCost).toBeCloseTo((4 * each) / 200, 6)
    // A quarter of a conversion per euro at the margin: 50·2·1/(1+1)²/100.
    expect(Number(plan.explorationPerDay?.money?.micros) / 1e6).toBeCloseTo((4 * each) / 0.25, 2)
    expect(planOfMarket(market(0)).explorationCost).toBe(0)
  })

  test('costs no more than the policy allows, both together', () => {
    const both = (maxCost: number): KnownMarket => ({
      accounts: [
        ...['1', '2', '3', '4'].map((id) => ({ ...doubtful(id, 9.9), halfway: 1 })),
        ...['5', '6', '7', '8'].map((id) => ({ id, budget: 100, level: 10, halfway: 1, estimate: SEEN })),
      ],
      target: 800,
      policy: { exploration: { maxCost } },
    })
    for (const maxCost of [0.0005, 0.002, 0.02]) {
      const cost = planOfMarket(both(maxCost)).explorationCost ?? 0
      expect(cost).toBeGreaterThan(0)
      expect(cost).toBeLessThanOrEqual(maxCost * (1 + 1e-9))
    }
  })

  test('is none where the worse is too much worse', () => {
    expect(split(market(5, 0.02))).toEqual([200, 20])
  })

  test('is said of the budgets that have it, and of no other plan', () => {
    const said = (maxCost: number, id: string): boolean => {
      const decision = decisionOn(planOfMarket(market(9.9, maxCost)), id)
      return decision.kind === 'change' && decision.why.includes('ventured to learn')
    }
    expect(said(0.02, '2')).toBe(true)
    expect(said(0, '2')).toBe(false)
  })

  test('stays within steps', () => {
    const steps = market(9.9, 0.02, { policy: { exploration: { maxCost: 0.02 }, guardrails: { maxStepUp: 0.2 } } })
    expect(standing(planOfMarket(steps), steps)[1]).toBeLessThanOrEqual(120)
  })

  test('does not pass a CPA ceiling, which counts what is expected and not what is hoped for', () => {
    const dear = market(9.9, 0.02, {
      policy: { exploration: { maxCost: 0.02 }, goal: { kind: 'conversions', targetCpa: '10 EUR' } },
    })
    // 10 and 10.1 euros: nothing of the second may be bought beyond what it must have.
    const [known, unknown] = standing(planOfMarket(dear), dear)
    const spent = known! + unknown!
    expect(spent / outcome([known!, unknown!], 9.9)).toBeLessThan(10.1)
    expect(unknown).toBeLessThan(100)
  })

  test('does not lift the share of a class whose results are doubtful', () => {
    const brand = market(9.9, 0.05, {
      policy: {
        exploration: { maxCost: 0.05 },
        members: [{ id: '2', class: 'brand' }, { class: 'prospecting' }],
      },
      accounts: [KNOWN, { ...doubtful('2', 9.9), estimate: { ...doubtful('2', 9.9).estimate, originalShare: 0.1 } }],
    })
    expect(standing(planOfMarket(brand), brand)[1]).toBeLessThanOrEqual(100)
  })

  test('counts what it costs where money itself is what is left over', () => {
    // A euro brings 1.5 of margin in one, 0.8 in the other, which may be twice as much: a euro there loses 0.2.
    const profit = (maxCost: number): KnownMarket => ({
      accounts: [
        { ...KNOWN, estimate: { valuePerConversion: 30 } },
        { ...doubtful('2', 10), estimate: { ...doubtful('2', 10).estimate, valuePerConversion: 16 } },
      ],
      target: 400,
      policy: { exploration: { maxCost }, goal: { kind: 'profit', margin: 0.5 } },
    })
    // 100 left over of the one; 36 lost on 180 more of the other are too much, in whatever the outcome is told.
    expect(split(profit(0))).toEqual([200, 20])
    expect(split(profit(0.05))).toEqual([200, 20])
  })

  test('of a portfolio in which all is known is nothing', () => {
    const sure: KnownMarket = {
      accounts: [KNOWN, { ...KNOWN, id: '2', level: 9.9 }],
      target: 220,
      policy: { exploration: { maxCost: 0.05 } },
    }
    expect(changesOf(planOfMarket(sure)).every(({ why }) => !why.includes('ventured'))).toBe(true)
    expect(split(sure)).toEqual([200, 20])
  })
})
