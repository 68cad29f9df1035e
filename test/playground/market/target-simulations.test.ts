import { describe, expect, test } from 'vitest'
import type { Market } from '../../../playground/market/market.ts'
import { API, afterDays, calmMarket, campaign, GOOGLE, google, META, meta } from './small-market.ts'

const simulations = (market: Market) => market.targetSimulations!('google-ads', GOOGLE)
/** 20 · s ÷ (s + 100) conversions of s: towards a cost of 9 it spends 80, as s + 100 = 20 · 9; of 200 a day. */
const TARGET = { strategy: { kind: 'target-cpa', targetCpa: '9' }, budget: { daily: '200' } }
const withTarget = (over: Record<string, unknown> = {}, market: Record<string, unknown> = {}, seed = 1): Market =>
  calmMarket({ accounts: [google({ campaigns: [campaign({ ...TARGET, ...over })] })], ...market }, seed)

describe('the platform’s forecasts of other targets', () => {
  test('replay seven days, of which the last is three days ago, with half to twice the target', () => {
    const [found, ...others] = simulations(withTarget())
    expect(others).toEqual([])
    // The start is 5 October.
    expect(found).toMatchObject({ kind: 'target-cpa', from: '2026-09-26', to: '2026-10-02' })
    // Below a cost of 5 nothing can be bought: 4.50 is left out. At most 20 · cost − 100 a day; of 18 conversions, 200.
    const points = found!.points.map(({ target, spendMicros }) => [target, Math.round(Number(spendMicros) / 7e6)])
    expect(points).toEqual(
      [0.7, 0.85, 1, 1.15, 1.3, 1.6, 2].map((factor) => [9e6 * factor, Math.round(20 * 9 * factor - 100)]),
    )
  })

  test('are rounded as they are shown, and name the budget without which they would not come true', () => {
    for (const { conversions, spendMicros, requiredBudgetMicros } of simulations(withTarget())[0]!.points) {
      expect(10 * conversions).toBeCloseTo(Math.round(10 * conversions), 9)
      expect(spendMicros % 10_000n).toBe(0n)
      expect(Number(requiredBudgetMicros)).toBeCloseTo(Number(spendMicros) / 7, -5)
    }
  })

  test('of a target ROAS are by ratio: the lower, the more is spent', () => {
    // 50 ÷ 9 is 5.56 of value per unit.
    const strategy = { kind: 'target-roas', targetRoas: 5 }
    const [found] = simulations(withTarget({ strategy }))
    expect(found!.kind).toBe('target-roas')
    expect(found!.points.map(({ target }) => target)).toEqual([2.5, 3.5, 4.25, 5, 5.75, 6.5, 8])
    const spends = found!.points.map(({ spendMicros }) => Number(spendMicros))
    expect(spends).toEqual(spends.toSorted((a, b) => b - a))
    // At 5 a conversion may cost 10: 20 · 10 − 100 = 100.
    expect(spends[3]! / 7e6).toBeCloseTo(100, 1)
  })

  test('are off in level and in elasticity, on the whole promising too much', () => {
    // 9 · 1.6 = 14.4: 188 for 13.06 conversions; at 9 it is 80 for 8.89.
    const errors = Array.from({ length: 40 }, (_, seed) => {
      const { points } = simulations(withTarget({}, {}, seed))[0]!
      const at = (target: number) => points.find((point) => point.target === target)!
      const [present, more] = [at(9e6), at(14.4e6)]
      const truth = 188 / 288 / (80 / 180)
      return {
        elasticity: Math.log(more.conversions / present.conversions / truth) / Math.log(188 / 80),
        level: Math.log(present.conversions / 7 / (20 * (80 / 180))),
      }
    })
    const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
    expect(Math.abs(mean(errors.map(({ elasticity }) => elasticity)) - 0.08)).toBeLessThan(0.06)
    expect(Math.abs(mean(errors.map(({ level }) => level)))).toBeLessThan(0.05)
    expect(Math.max(...errors.map(({ elasticity }) => Math.abs(elasticity)))).toBeGreaterThan(0.15)
  })

  test('end where the campaign has no more to buy: there a looser target brings nothing', () => {
    const response = { ceiling: 20, halfway: '100', shape: 1, value: '50', cpc: '1', cpm: '10', maxDailySpend: '80' }
    const { points } = simulations(withTarget({ response }))[0]!
    const looser = points.filter(({ target }) => target >= 9e6)
    expect(looser.length).toBe(5)
    expect(new Set(looser.map(({ conversions, spendMicros }) => `${conversions} ${spendMicros}`)).size).toBe(1)
  })

  test('are made of campaigns that their own target limits, and of no others', () => {
    expect(simulations(withTarget({ strategy: { kind: 'max-conversions' } }))).toEqual([])
    // All of its budget is spent.
    expect(simulations(withTarget({ budget: { daily: '60' } }))).toEqual([])
    expect(simulations(withTarget({ status: 'paused' }))).toEqual([])
    expect(simulations(withTarget({ kind: 'video' }))).toEqual([])
    expect(simulations(withTarget({ kind: 'shopping' }))).toEqual([])
    expect(calmMarket({ accounts: [meta()] }).targetSimulations!('meta', META)).toEqual([])
    expect(calmMarket().targetSimulations!('google-ads', '42')).toEqual([])
  })

  test('need fifteen conversions in a week, and nine days of history', () => {
    // 2 a week.
    const few = { ceiling: 0.7, halfway: '3', shape: 1, value: '50', cpc: '1', cpm: '10' }
    expect(simulations(withTarget({ response: few }))).toEqual([])
    expect(simulations(withTarget({}, { history: { days: 8 } }))).toEqual([])
    expect(simulations(withTarget({}, { history: { days: 9 } }))).toHaveLength(1)
  })

  test('are none while the campaign learns a new target', () => {
    const market = withTarget()
    const [campaignId] = market.accounts[0]!.campaigns.keys()
    const strategy = { kind: 'target-cpa', targetCpaMicros: 15_000_000n } as const
    market.apply(
      { platform: 'google-ads', accountId: GOOGLE, kind: 'strategy', level: 'campaign', id: campaignId!, strategy },
      API,
    )
    expect(simulations(market)).toEqual([])
  })

  test('are the same all week: asking every day tells nothing new', () => {
    const market = withTarget()
    const ratios = Array.from({ length: 10 }, (_, days) => {
      market.advanceTo(afterDays(market, days))
      const { points } = simulations(market)[0]!
      return (points.at(-1)!.conversions / points[2]!.conversions).toFixed(2)
    })
    expect(new Set(ratios).size).toBeLessThanOrEqual(3)
  })
})
