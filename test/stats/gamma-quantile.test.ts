import { describe, expect, test } from 'vitest'
import { gammaQuantile } from '../../lib/stats/gamma-quantile.ts'

const [Z90, Z50] = [1.2815515655446004, 0]

describe('quantile of a gamma law', () => {
  // Half the chi-squared quantiles of standard tables (10 %, 50 %, 90 %), with n degrees of freedom: shape n/2.
  test.each([
    [10, 4.865, 9.342, 15.987],
    [20, 12.443, 19.337, 28.412],
    [100, 82.358, 99.334, 118.498],
  ])('of %d degrees of freedom is that of the chi-squared table within half a per cent', (n, low, middle, high) => {
    const quantile = (z: number): number => 2 * gammaQuantile(n / 2, Math.sqrt(n / 2), z)
    expect(quantile(-Z90) / low).toBeCloseTo(1, 2)
    expect(quantile(Z50) / middle).toBeCloseTo(1, 2)
    expect(quantile(Z90) / high).toBeCloseTo(1, 2)
  })

  test('without spread is the mean, and never negative', () => {
    expect(gammaQuantile(7, 0, 2)).toBe(7)
    expect(gammaQuantile(0, 3, 1)).toBe(0)
    expect(gammaQuantile(1, 5, -Z90)).toBe(0)
  })
})
