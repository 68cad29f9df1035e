import { describe, expect, test } from 'vitest'
import { effectOf } from '../../lib/decide/effect.ts'
import type { BudgetEstimate } from '../../lib/model/estimates.ts'

const estimate = (mean: number, low: number, high: number, valuePerConversion = 40): BudgetEstimate =>
  ({ incrementality: { mean, low, high }, valuePerConversion }) as BudgetEstimate
const CONVERSIONS = { kind: 'conversions' } as const
const VALUE = { kind: 'value' } as const

describe('the expected effect of a change', () => {
  test('is the change of claimed conversions times incrementality', () => {
    expect(effectOf(CONVERSIONS, { mean: 10, sd: 0, spend: 0 }, estimate(0.5, 0.5, 0.5), 1)).toEqual({
      unit: 'conversions-per-day',
      mean: 5,
      low: 5,
      high: 5,
    })
  })

  test('has an 80 % interval: 1.2816 standard deviations on either side', () => {
    const { low, high } = effectOf(CONVERSIONS, { mean: 10, sd: 2, spend: 0 }, estimate(1, 1, 1), 1)
    expect(low).toBeCloseTo(10 - 2.5631, 4)
    expect(high).toBeCloseTo(10 + 2.5631, 4)
  })

  test('is as wide as incrementality when that is all that is unsure', () => {
    const { low, high } = effectOf(CONVERSIONS, { mean: 10, sd: 0, spend: 0 }, estimate(0.2, 0.05, 0.35), 1)
    expect(low).toBeCloseTo(0.5, 10)
    expect(high).toBeCloseTo(3.5, 10)
  })

  test('combines both as the spread of a product of independent quantities', () => {
    // sd² = (2 · 0.5)² + (10 · 0.1)² + (2 · 0.1)² = 2.04, with ι = 0.5 ± 0.1.
    const half = 1.2815515655446004 * 0.1
    const { mean, high } = effectOf(
      CONVERSIONS,
      { mean: 10, sd: 2, spend: 0 },
      estimate(0.5, 0.5 - half, 0.5 + half),
      1,
    )
    expect((high - mean) / 1.2815515655446004).toBeCloseTo(Math.sqrt(2.04), 10)
  })

  test('of a value goal is in value', () => {
    expect(effectOf(VALUE, { mean: 10, sd: 0, spend: 0 }, estimate(0.5, 0.5, 0.5), 1)).toMatchObject({
      unit: 'value-per-day',
      mean: 200,
    })
  })

  test('of a value goal is in the base currency, whatever the account counts in', () => {
    const half = estimate(0.5, 0.5, 0.5, 4000)
    expect(effectOf(VALUE, { mean: 10, sd: 0, spend: 0 }, half, 0.01).mean).toBeCloseTo(200, 10)
    expect(effectOf(CONVERSIONS, { mean: 10, sd: 0, spend: 0 }, half, 0.01).mean).toBe(5)
  })

  test('of a cut is a loss, with its interval the right way round', () => {
    const { mean, low, high } = effectOf(CONVERSIONS, { mean: -10, sd: 2, spend: 0 }, estimate(0.5, 0.2, 0.8), 1)
    expect(low).toBeLessThan(mean)
    expect(mean).toBe(-5)
    expect(high).toBeGreaterThan(mean)
  })

  test('without an estimate nothing is promised', () => {
    expect(effectOf(CONVERSIONS, { mean: 0, sd: 0, spend: 0 }, undefined, 1)).toMatchObject({
      mean: 0,
      low: 0,
      high: 0,
    })
  })
})
