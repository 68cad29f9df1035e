import { describe, expect, test } from 'vitest'
import type { Market } from '../../../playground/market/market.ts'
import {
  afterDays,
  calmMarket,
  campaign,
  facts,
  finished,
  GOOGLE,
  google,
  META,
  meta,
  setBudget,
} from './small-market.ts'

const simulations = (market: Market) => market.simulations!('google-ads', GOOGLE)

describe('the platform’s forecasts of other budgets', () => {
  test('replay the last seven days with half to three times the budget', () => {
    const [found, ...others] = simulations(calmMarket())
    expect(others).toEqual([])
    expect(found).toMatchObject({ from: '2026-09-28', to: '2026-10-04' })
    const points = found!.points.map(({ budgetMicros, spendMicros }) => [budgetMicros, spendMicros].map(Number))
    // A budget of 100 a day, all of it spent.
    expect(points).toEqual([0.5, 0.75, 1, 1.25, 1.5, 2, 3].map((factor) => [100e6 * factor, 700e6 * factor]))
  })

  test('are off in level and in elasticity, on the whole promising too much', () => {
    // 20 · s ÷ (s + 100) conversions a day: 10 at 100, and a third more at 200.
    const errors = Array.from({ length: 40 }, (_, seed) => {
      const points = simulations(calmMarket({}, seed))[0]!.points
      const at = (factor: number): number =>
        points.find(({ budgetMicros }) => budgetMicros === BigInt(factor * 100e6))!.conversions
      return { level: Math.log(at(1) / 70), elasticity: Math.log2(at(2) / at(1) / (4 / 3)) }
    })
    const mean = (of: (error: (typeof errors)[number]) => number): number => errors.reduce((a, e) => a + of(e), 0) / 40
    // Elasticity off by 0.08 ± 0.12 ÷ √40, the level by 0 ± 0.1 ÷ √40.
    expect(Math.abs(mean(({ elasticity }) => elasticity) - 0.08)).toBeLessThan(0.06)
    expect(Math.abs(mean(({ level }) => level))).toBeLessThan(0.05)
    expect(Math.max(...errors.map(({ elasticity }) => Math.abs(elasticity)))).toBeGreaterThan(0.15)
  })

  test('are the same all week: asking every day tells nothing new', () => {
    const market = calmMarket()
    const ratios = Array.from({ length: 10 }, (_, days) => {
      market.advanceTo(afterDays(market, days))
      const points = simulations(market)[0]!.points
      return (points[5]!.conversions / points[2]!.conversions).toFixed(9)
    })
    expect(new Set(ratios).size).toBeLessThanOrEqual(3)
  })

  test('are made of campaigns whose own daily budget limits them, and of no others', () => {
    const raised = calmMarket()
    setBudget(raised, 500)
    // It spent 100 a day until now.
    expect(simulations(raised)).toEqual([])
    expect(simulations(calmMarket({ accounts: [google({ campaigns: [campaign({ kind: 'display' })] })] }))).toEqual([])
    expect(simulations(calmMarket({ accounts: [google({ campaigns: [campaign({ status: 'paused' })] })] }))).toEqual([])
    expect(calmMarket({ accounts: [meta()] }).simulations!('meta', META)).toEqual([])
    expect(calmMarket().simulations!('google-ads', '42')).toEqual([])
  })

  test('need a week to replay', () => {
    expect(simulations(calmMarket({ history: { days: 6 } }))).toEqual([])
  })
})

describe('claims that were taken back', () => {
  const refunding = { shop: { refunds: { share: 0.4, meanDays: 5, restateClaims: true } } }
  const claims = (market: Market, takenBack: boolean) => facts(market, { takenBack }).flatMap((fact) => fact.claims)

  test('are told apart where that is asked for, and come off what is claimed', () => {
    const market = finished(refunding)
    const plain = claims(market, false)
    const told = claims(market, true)
    expect(plain.every((claim) => claim.takenBack === undefined && claim.count > 0)).toBe(true)
    expect(told.filter(({ count }) => count > 0).map(({ takenBack: _, ...claim }) => claim)).toEqual(plain)
    const taken = told.flatMap((claim) => claim.takenBack ?? [])
    const [left, gone] = [told, taken].map((some) => some.reduce((sum, { count }) => sum + count, 0))
    // Four of ten orders, but for those of the last days: well over a quarter of some 350.
    expect(gone! / (left! + gone!)).toBeGreaterThan(0.25)
    expect(gone! / (left! + gone!)).toBeLessThan(0.45)
  })

  test('are taken back after the conversion, never before it', () => {
    const told = claims(finished(refunding), true)
    for (const { lagDays, takenBack = [] } of told)
      for (const taken of takenBack) expect(taken.lagDays).toBeGreaterThanOrEqual(lagDays)
  })
})
