import { describe, expect, test } from 'vitest'
import { levelValue, SPREAD_GRID, spreadWeights } from '../../../lib/measure/cells/spreads.ts'

/** All weight on the largest spread of the grid, 1, which is one pseudo-conversion. */
const ONE = SPREAD_GRID.map((_, i) => (i === SPREAD_GRID.length - 1 ? 1 : 0))

const spreadOf = (weights: readonly number[]): number =>
  weights.reduce((sum, weight, i) => sum + weight / Math.sqrt(SPREAD_GRID[i]!.pseudo), 0)

describe('the worth of a level', () => {
  test('is the Gamma posterior where the spread is known', () => {
    // One pseudo-conversion: (1 + 3) / (1 + 1) = 2, standard deviation √4 / 2 = 1.
    const { mean, sd } = levelValue({ seen: 3, expected: 1 }, ONE)
    expect(mean).toBeCloseTo(2, 9)
    expect(sd).toBeCloseTo(1, 9)
  })

  test('is 1 before any data, as uncertain as the spread', () => {
    const { mean, sd } = levelValue({ seen: 0, expected: 0 }, ONE)
    expect(mean).toBeCloseTo(1, 9)
    expect(sd).toBeCloseTo(1, 9)
  })
})

describe('the spread of a dimension', () => {
  test('is about a fifth before any data', () => {
    expect(spreadOf(spreadWeights([]))).toBeGreaterThan(0.15)
    expect(spreadOf(spreadWeights([]))).toBeLessThan(0.3)
  })

  test('is found where conversions are many: levels of half, once and one and a half have √(1/6) = 0.41', () => {
    const levels = Array.from({ length: 60 }, (_, i) => ({ seen: 1_000 * (0.5 + (i % 3) / 2), expected: 1_000 }))
    expect(spreadOf(spreadWeights(levels))).toBeCloseTo(0.41, 1)
  })

  test('goes to the least of the grid where all levels are alike', () => {
    const levels = Array.from({ length: 60 }, () => ({ seen: 10_000, expected: 10_000 }))
    expect(spreadOf(spreadWeights(levels))).toBeLessThan(0.04)
  })

  test('has weights that sum to 1, however many conversions there are', () => {
    const weights = spreadWeights([{ seen: 1e7, expected: 1e6 }])
    expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
  })
})
