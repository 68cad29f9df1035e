import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { estimate } from '../../../lib/measure/estimate.ts'
import { forecastEvidence } from '../../../lib/measure/evidence/simulations.ts'
import { elasticityAt } from '../../../lib/measure/response-curve.ts'
import { SHAPES } from '../../../lib/measure/response-shape.ts'
import type { BudgetId } from '../../../lib/model/account.ts'
import type { BudgetForecast, ForecastPoint } from '../../../lib/model/evidence.ts'
import { conversionsAt } from '../../../playground/market/response.ts'
import { anObservation } from '../samples.ts'

const BUDGET = '7' as BudgetId
const forecast = (points: readonly ForecastPoint[]): BudgetForecast => ({ budget: BUDGET, points })
/** Of Google's usual kind: half to three times the budget of 100, conversions as `of` says. */
const told = (of: (spend: number) => number): BudgetForecast =>
  forecast([50, 75, 100, 125, 150, 200, 300].map((spend) => ({ dailyBudget: spend, spend, conversions: of(spend) })))

const PRIOR = SHAPES.map(({ prior }) => prior)
/** What is believed after evidence: mean and standard deviation of the elasticity at the reference. */
function belief(evidence: readonly number[], prior: readonly number[] = PRIOR): { mean: number; sd: number } {
  const weights = evidence.map((log, k) => prior[k]! * Math.exp(log))
  const total = weights.reduce((a, b) => a + b, 0)
  const mean = weights.reduce((sum, weight, k) => sum + weight * SHAPES[k]!.elasticity, 0) / total
  const square = weights.reduce((sum, weight, k) => sum + weight * SHAPES[k]!.elasticity ** 2, 0) / total
  return { mean, sd: Math.sqrt(square - mean * mean) }
}
const before = belief(PRIOR.map(() => 0))

/** Concave, with this elasticity at a spend of 100: c s ÷ (s + h), elasticity h ÷ (100 + h). */
const concave = (elasticity: number) => (spend: number) =>
  conversionsAt({ ceiling: 40, halfway: (100 * elasticity) / (1 - elasticity), shape: 1 }, spend)
/** As a platform would tell it: its elasticity too high by as much as is expected of it. */
const asToldOf = (elasticity: number) => told((spend) => concave(elasticity)(spend) * (spend / 100) ** 0.08)

describe('a forecast of other budgets', () => {
  test('that is right sharpens what is believed of the shape', () => {
    for (const truth of [0.12, 0.25, 0.4, 0.55, 0.7, 0.82, 0.92])
      expect(belief(forecastEvidence(asToldOf(truth), 100)!).sd).toBeLessThan(0.85 * before.sd)
  })

  test('that is right draws what is believed at least half of the way to a truth that is far from it', () => {
    for (const truth of [0.12, 0.25, 0.4, 0.92]) {
      const { mean } = belief(forecastEvidence(asToldOf(truth), 100)!)
      expect(Math.abs(mean - truth)).toBeLessThan(0.5 * Math.abs(before.mean - truth))
    }
  })

  test('is believed to promise too much: what it says is thought to be rather less than more', () => {
    const at = (evidence: readonly number[], elasticity: number): number =>
      evidence[SHAPES.findIndex((one) => one.elasticity === elasticity && one.power === undefined)]!
    const asItIs = forecastEvidence(told(concave(0.55)), 100)!
    expect(at(asItIs, 0.4)).toBeGreaterThan(at(asItIs, 0.7))
    const asTold = forecastEvidence(asToldOf(0.55), 100)!
    expect(asTold.indexOf(Math.max(...asTold))).toBe(SHAPES.findIndex(({ elasticity }) => elasticity === 0.55))
  })

  test('tells an S from a bend where it has both sides of the start', () => {
    const evidence = forecastEvidence(
      told((spend) => conversionsAt({ ceiling: 40, halfway: 110, shape: 2 }, spend)),
      100,
    )!
    const best = SHAPES[evidence.indexOf(Math.max(...evidence))]!
    expect(best.power).toBe(2)
  })

  test('speaks of the shape alone: ten times the conversions, or another currency, change nothing', () => {
    const plain = forecastEvidence(asToldOf(0.4), 100)!
    const more = told((spend) => 10 * concave(0.4)(spend) * (spend / 100) ** 0.08)
    const dear = forecast(asToldOf(0.4).points.map((one) => ({ ...one, spend: 150 * one.spend })))
    for (const [k, log] of plain.entries()) {
      expect(forecastEvidence(more, 100)![k]).toBeCloseTo(log, 9)
      expect(forecastEvidence(dear, 15_000)![k]).toBeCloseTo(log, 9)
    }
  })

  test('with more points between the same ends is hardly surer', () => {
    const spends = Array.from({ length: 41 }, (_, i) => 50 * 6 ** (i / 40))
    const many = forecast(
      spends.map((spend) => ({ dailyBudget: spend, spend, conversions: concave(0.4)(spend) * (spend / 100) ** 0.08 })),
    )
    expect(belief(forecastEvidence(many, 100)!).sd).toBeGreaterThan(
      0.6 * belief(forecastEvidence(asToldOf(0.4), 100)!).sd,
    )
  })

  test.each<[string, readonly ForecastPoint[], number]>([
    ['one point', [{ dailyBudget: 50, spend: 50, conversions: 5 }], 50],
    ['none', [], 50],
    [
      'a budget that does not bind: the same spend for every budget',
      [50, 100, 200].map((dailyBudget, i) => ({ dailyBudget, spend: 40 + i / 10, conversions: 5 + i })),
      40,
    ],
    ['no conversions', [50, 100].map((spend) => ({ dailyBudget: spend, spend, conversions: 0 })), 50],
    ['no spend yet', told((spend) => spend).points, 0],
  ])('says nothing where there is %s', (_name, points, reference) => {
    expect(forecastEvidence(forecast(points), reference)).toBeUndefined()
  })
})

describe('a wrong forecast is bounded', () => {
  test('in what it takes from any shape and what it gives to one, whatever it says', () => {
    const amount = fc.double({ min: 1e-6, max: 1e9, noNaN: true })
    const point = fc.record({ dailyBudget: amount, spend: amount, conversions: amount })
    fc.assert(
      fc.property(fc.array(point, { maxLength: 12 }), amount, (points, reference) => {
        const evidence = forecastEvidence(forecast(points), reference)
        for (const [k, log] of (evidence ?? []).entries()) {
          expect(log).toBeGreaterThanOrEqual(Math.log(0.25) - 1e-9)
          expect(log).toBeLessThanOrEqual(Math.log(0.25 + 0.75 / SHAPES[k]!.prior) + 1e-9)
        }
      }),
    )
  })

  test('so that a campaign’s own days soon speak louder', () => {
    // The platform says that three times the budget brings three times as much; the days say, by a factor of e⁵, 0.25.
    const wrong = forecastEvidence(
      told((spend) => spend / 10),
      100,
    )!
    const days = SHAPES.map(({ elasticity }) => (elasticity === 0.25 ? 5 : 0))
    const both = wrong.map((log, k) => log + days[k]!)
    expect(belief(wrong).mean).toBeGreaterThan(0.75)
    expect(belief(both).mean).toBeLessThan(before.mean)
  })
})

describe('estimates', () => {
  /** A campaign that has spent its 100 every day, and says nothing of its shape by itself. */
  const steady = (forecasts: readonly BudgetForecast[]) => {
    const campaigns = ['1', '2'].map((id) => ({ id, budget: 100 }))
    const observation = anObservation({ accounts: [{ key: 'google-ads:1', campaigns, over: { forecasts } }] })
    return estimate(observation).budgets.map(({ budget, curve }) => ({ budget, ...elasticityAt(curve, 100) }))
  }
  const plain = steady([])
  const budget = plain[0]!.budget

  test('follow a forecast in the shape of its budget', () => {
    const [flat, other] = steady([{ ...asToldOf(0.25), budget }])
    const [steep] = steady([{ ...asToldOf(0.92), budget }])
    expect(flat!.mean).toBeLessThan(plain[0]!.mean - 0.15)
    expect(steep!.mean).toBeGreaterThan(plain[0]!.mean + 0.1)
    expect(flat!.sd).toBeLessThan(plain[0]!.sd)
    // One budget's forecast is one budget's evidence of what its pool is like, and no more.
    expect(Math.abs(other!.mean - plain[1]!.mean)).toBeLessThan(0.05)
  })

  test('are as they were for budgets that nothing, or nothing of use, is forecast of', () => {
    expect(steady([{ ...asToldOf(0.25), budget: 'another' as BudgetId }])).toEqual(plain)
    expect(steady([{ budget, points: [] }])).toEqual(plain)
  })
})
