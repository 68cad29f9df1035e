import { describe, expect, test } from 'vitest'
import { type Dithered, dither } from '../../lib/decide/dither.ts'
import { conversionsAt } from '../../lib/measure/response-curve.ts'
import type { BudgetEstimate } from '../../lib/model/estimates.ts'

const SPEND = 100
/** Half believed to be of elasticity 0.4, half of 0.8, at 100 a day: 0.6 ± 0.2, which is the usual doubt. */
const curve = (level: number, elasticities: readonly number[]): BudgetEstimate['curve'] => ({
  referenceSpend: SPEND,
  shapes: elasticities.map((e) => ({
    halfway: e / (1 - e),
    weight: 1 / elasticities.length,
    ...{ gammaShape: 100 * level, gammaRate: 100 },
  })),
})
const budget = (
  id: string,
  over: Partial<Dithered> & { elasticities?: readonly number[]; seen?: number } = {},
): Dithered => {
  const { elasticities = [0.4, 0.8], seen = 1000, ...rest } = over
  const estimate = { curve: curve(20, elasticities), conversionsSeen: seen } as BudgetEstimate
  return { spend: SPEND, ownSpend: SPEND, estimate, account: 'google-ads:1', id, ...rest }
}
const many = (n: number, over?: Parameters<typeof budget>[1]): readonly Dithered[] =>
  Array.from({ length: n }, (_, i) => budget(`${i}`, over))

const DAYS = Array.from({ length: 90 }, (_, day) => day)
const isVaried = (factor: number): boolean => factor !== 1

describe('variation on purpose', () => {
  test('is none where nothing may be given up for it', () => {
    expect(dither(many(6), 0, 0)).toEqual([1, 1, 1, 1, 1, 1])
  })

  test('is the same for the same budgets and day, in any order', () => {
    const budgets = many(7)
    const factors = dither(budgets, 41, 0.05)
    expect(dither(budgets, 41, 0.05)).toEqual(factors)
    expect(dither(budgets.toReversed(), 41, 0.05).toReversed()).toEqual(factors)
  })

  test('goes up here as far as it goes down there: an account’s total hardly moves', () => {
    for (const day of DAYS) {
      const factors = dither(many(8), day, 0.05)
      expect(factors.every(isVaried)).toBe(true)
      expect(factors.reduce((sum, factor) => sum + SPEND * factor, 0)).toBeCloseTo(8 * SPEND, 9)
    }
  })

  test('is balanced within each account, and not across accounts', () => {
    const budgets = [...many(2), ...many(2, { account: 'meta:2' })]
    const [a, b, c, d] = dither(budgets, 5, 0.05)
    expect(a! + b!).toBeCloseTo(2, 12)
    expect(c! + d!).toBeCloseTo(2, 12)
  })

  test('of budgets that cannot move leaves their neighbours in pairs among themselves', () => {
    const stuck = budget('stuck', { room: 0, spend: 90 })
    for (const day of DAYS) {
      const [a, none, b] = dither([budget('a'), stuck, budget('b', { spend: 80 })], day, 0.05)
      expect(none).toBe(1)
      expect(a! + b!).toBeCloseTo(2, 12)
      expect(isVaried(a!)).toBe(true)
    }
  })

  test('stays within the room that a budget has', () => {
    for (const day of DAYS)
      for (const factor of dither(many(4, { room: 0.05 }), day, 0.05))
        expect(Math.abs(factor - 1)).toBeLessThan(0.05 + 1e-12)
  })

  test('stands for three days and is drawn anew then', () => {
    const signs = (day: number): string =>
      dither(many(16), day, 0.05)
        .map((factor) => (factor > 1 ? '+' : '-'))
        .join('')
    const runs = DAYS.filter((day) => day % 3 === 0)
    for (const day of runs) expect([signs(day + 1), signs(day + 2)]).toEqual([signs(day), signs(day)])
    // Eight coins: thirty draws are hardly ever alike.
    expect(new Set(runs.map(signs)).size).toBeGreaterThan(20)
  })

  test('is as often up as down for every budget', () => {
    const ups = (id: number): number =>
      Array.from({ length: 400 }, (_, i) => dither(many(2), 3 * i, 0.05)[id]!).filter((factor) => factor > 1).length
    // Four standard deviations of 400 coins are 40.
    expect(Math.abs(ups(0) - 200)).toBeLessThan(40)
  })

  test('is larger where the elasticity is known less', () => {
    const size = (elasticities: readonly number[]): number =>
      Math.abs(dither(many(2, { elasticities }), 0, 0.05)[0]! - 1)
    expect(size([0.4, 0.8])).toBeGreaterThan(size([0.5, 0.7]))
    expect(size([0.5, 0.7])).toBeGreaterThan(size([0.6]))
  })

  test('is not made where too few convert for it to show', () => {
    expect(dither(many(2, { seen: 10 }), 0, 0.05)).toEqual([1, 1])
  })

  test.each([0.0005, 0.001, 0.002])('costs no more than the share of the outcome that is allowed: %d', (maxCost) => {
    // By the curve itself, at the elasticity that is expected.
    const budgets = many(8)
    const factors = dither(budgets, 3, maxCost)
    const brought = (factor: number): number => conversionsAt(curve(20, [0.6]), SPEND * factor)
    const lost = factors.reduce((sum, factor) => sum + brought(1) - brought(factor), 0)
    expect(lost / (8 * brought(1))).toBeLessThan(1.05 * maxCost)
    expect(lost).toBeGreaterThan(0)
  })

  test('of nothing is nothing', () => {
    expect(dither([], 0, 0.05)).toEqual([])
  })
})
