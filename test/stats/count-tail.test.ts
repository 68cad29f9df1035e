import { describe, expect, test } from 'vitest'
import { atLeast, atMost } from '../../lib/stats/count-tail.ts'
import { incompleteBeta } from '../../lib/stats/incomplete-beta.ts'

describe('the regularised incomplete beta function', () => {
  test.each([
    // I_x(1, b) = 1 − (1 − x)^b and I_x(a, 1) = x^a.
    [0.3, 1, 4, 1 - 0.7 ** 4],
    [0.3, 5, 1, 0.3 ** 5],
    [0.9, 5, 1, 0.9 ** 5],
    // Symmetric: half at a half.
    [0.5, 17.3, 17.3, 0.5],
    // I_x(2, 3) = x² (6 − 8x + 3x²).
    [0.4, 2, 3, 0.16 * (6 - 3.2 + 0.48)],
  ])('at %d with %d and %d', (x, a, b, wanted) => {
    expect(incompleteBeta(x, a, b)).toBeCloseTo(wanted, 10)
  })

  test('is 0 and 1 at its ends, and refuses what it is not defined for', () => {
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1])
    expect(() => incompleteBeta(1.1, 2, 3)).toThrow('between 0 and 1, got 1.1')
    expect(() => incompleteBeta(0.5, 0, 3)).toThrow('positive parameters, got 0 and 3')
  })
})

describe('the tail of a count', () => {
  test('is that of the negative binomial: mean 3, variance 6 is three successes at one half', () => {
    // P(0) = 1/8, P(1) = 3/16, P(2) = 6/32.
    expect(atMost(0, 3, 6)).toBeCloseTo(0.125, 10)
    expect(atMost(2, 3, 6)).toBeCloseTo(0.125 + 0.1875 + 0.1875, 10)
    expect(atLeast(3, 3, 6)).toBeCloseTo(0.5, 10)
    expect(atLeast(0, 3, 6)).toBe(1)
  })

  test('is that of Poisson where the variance is no more than the mean', () => {
    expect(atMost(0, 5, 5)).toBeCloseTo(Math.exp(-5), 5)
    expect(atMost(0, 5, 1)).toBeCloseTo(Math.exp(-5), 5)
  })

  test('rises with the count, fractions between their neighbours', () => {
    expect(atMost(2.5, 3, 6)).toBeGreaterThan(atMost(2, 3, 6))
    expect(atMost(2.5, 3, 6)).toBeLessThan(atMost(3, 3, 6))
  })
})
