import { describe, expect, test } from 'vitest'
import { biasOf, evidenceOf, poolBiasOf, type TargetDay } from '../../../lib/decide/targets/bias.ts'

const day = (over: Partial<TargetDay> = {}): TargetDay => ({
  ageDays: 10,
  spend: 400,
  outcome: 10,
  visible: 1,
  target: 40,
  limitedByBudget: false,
  ...over,
})

const biasFrom = (days: readonly TargetDay[], pool = days): number =>
  biasOf(evidenceOf(days, 1), poolBiasOf([evidenceOf(pool, 1)])).log

describe('what a target promised and what came of it', () => {
  test('a day of 400 at a target of 40 promised 10, and counts half after ten days', () => {
    expect(evidenceOf([day({ outcome: 8 })], 1)).toMatchObject({ promised: 5, seen: 4 })
  })

  test('a young day promises what can be visible of it', () => {
    expect(evidenceOf([day({ visible: 0.3, outcome: 3 })], 1)).toMatchObject({ promised: 1.5, seen: 1.5 })
  })

  test('days that the budget ended, or without a target, say nothing', () => {
    expect(evidenceOf([day({ limitedByBudget: true }), day({ target: 0 })], 1)).toMatchObject({ promised: 0, seen: 0 })
  })

  test('value counts in conversions: 1,000 of value at 50 each are 20', () => {
    // 400 at a return of 2.5 promise 1,000.
    const { promised, seen } = evidenceOf([day({ ageDays: 0, target: 1 / 2.5, outcome: 1_000 })], 50)
    expect([promised, seen]).toEqual([20, 20])
  })
})

describe('the bias', () => {
  const many = (over: Partial<TargetDay>) => Array.from({ length: 200 }, () => day(over))

  test('is nothing where targets are met', () => {
    expect(biasFrom(many({}))).toBeCloseTo(0, 9)
  })

  test('is the logarithm of cost over target with many conversions', () => {
    expect(biasFrom(many({ outcome: 8 }))).toBeCloseTo(Math.log(1.25), 2)
  })

  test('is not moved by conversions that are still to come', () => {
    expect(biasFrom(many({ ageDays: 1, outcome: 4, visible: 0.4 }))).toBeCloseTo(0, 9)
  })

  test('is that of the pool without data of its own', () => {
    expect(biasFrom([], many({ outcome: 8 }))).toBeCloseTo(Math.log(1.25), 2)
  })

  test('is nothing without any data, uncertain by a third', () => {
    const none = evidenceOf([], 1)
    const { log, sd } = biasOf(none, poolBiasOf([none]))
    // √10 / 10
    expect([log, sd]).toEqual([0, expect.closeTo(0.316, 3)])
  })

  test('follows a pool that moved lately, where a target has too few conversions to show it', () => {
    const before = Array.from({ length: 30 }, (_, i) => day({ ageDays: i + 8, outcome: 1_000, spend: 40_000 }))
    const lately = Array.from({ length: 7 }, (_, i) => day({ ageDays: i + 1, outcome: 800, spend: 40_000 }))
    const pool = [...before, ...lately]
    const overWeeks = poolBiasOf([evidenceOf(pool, 1)])
    const own = biasFrom([], pool)
    expect(own).toBeGreaterThan(overWeeks.log + 0.03)
    expect(own).toBeLessThan(Math.log(1.25))
  })
})
