import { describe, expect, test } from 'vitest'
import { type KnownCampaign, type KnownMarket, planOfMarket, standing } from './handmade.ts'
import { decisionOn } from './samples.ts'

/** A straight line: a conversion for 10 euros, however many. */
const LINE: KnownCampaign = { id: '1', budget: 1000, level: 100 }
/**
 * 5·z²·26/(z²+25) conversions at z hundreds of euros. At 100 one for 20 euros, and of one euro more 0.05·2·25/26 = 0.0962,
 * less than the line's 0.1. At 500 it is 65 for 500: one for 7.70.
 */
const steep = (budget: number): KnownCampaign => ({
  ...{ id: '2', budget, level: 5 },
  estimate: {
    curve: { referenceSpend: 100, shapes: [{ weight: 1, gammaShape: 5e6, gammaRate: 1e6, halfway: 25, power: 2 }] },
  },
})
const FIFTHS = { maxStepUp: 0.2, maxStepDown: 0.2, maxDayRise: 0.2 }
const market = (maxCost: number, policy: object = {}, second = steep(100)): KnownMarket => ({
  accounts: [{ ...LINE, budget: 1100 - second.budget, level: (1100 - second.budget) / 10 }, second],
  target: 1100,
  policy: { exploration: { maxCost }, guardrails: FIFTHS, ...policy },
})
const second = (one: KnownMarket): number => Math.round(standing(planOfMarket(one), one)[1]!)

describe('a step that pays only after more of them', () => {
  test('is made, though at once the money would bring more elsewhere', () => {
    expect(second(market(0))).toBe(80)
    expect(second(market(0.02))).toBe(120)
  })

  test('is followed by the others, until the best place is reached', () => {
    let budget = 100
    for (let day = 0; day < 14; day++) budget = second(market(0.02, {}, steep(budget)))
    // 5·26·2·25·z/(z²+25)² = 100·0.1 at z = 6.35: found within a tenth of its table of 33 points.
    expect(budget).toBeGreaterThan(600)
    expect(budget).toBeLessThan(670)
  })

  test('costs no more than the policy allows in a day', () => {
    const plan = planOfMarket(market(0.02))
    // 20 euros at 0.1, against f(1.2) − f(0.8) = 7.0795 − 3.2449 conversions for 40: 0.1654 of 103.2449.
    expect(plan.explorationCost).toBeCloseTo(0.1654 / 103.2449, 4)
    expect(second(market(0.001))).toBeLessThan(120)
  })

  test('is called a venture in the plan', () => {
    const decision = decisionOn(planOfMarket(market(0.02)), '2')
    expect(decision.kind === 'change' && decision.why).toContain('ventured')
  })

  test('is not made towards what the policy does not allow', () => {
    // At 125 it would bring 7.65 for 12.5 of the line’s, 4.85 too few; at 80 3.24 for 8, 4.76 too few.
    expect(second(market(0.02, { bounds: [{ account: 'google-ads:1', budget: '92', atMost: '125 EUR' }] }))).toBe(80)
  })

  test('is not made by a campaign that leaves the portfolio before it pays', () => {
    const until = (to: string) => ({ members: [{ id: '2', class: 'prospecting', to }, { class: 'prospecting' }] })
    expect(second(market(0.02, until('2026-12-10')))).toBe(80)
    expect(second(market(0.02, until('2027-03-20')))).toBe(120)
  })

  test('is nothing that a response with falling returns would ask for', () => {
    // 20·z/(z+1) at z hundreds: 0.1 a euro at z = √2 − 1 … its place is 41.4, which steps reach from 50.
    const falling: KnownCampaign = { id: '2', budget: 50, level: 10 * (2 / 3), halfway: 2 }
    const [venturing, not] = [market(0.02, {}, falling), market(0, {}, falling)]
    expect(standing(planOfMarket(venturing), venturing)).toEqual(standing(planOfMarket(not), not))
  })
})
