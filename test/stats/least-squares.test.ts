import { describe, expect, test } from 'vitest'
import { lastCoefficient } from '../../lib/stats/least-squares.ts'

describe('the last coefficient of a weighted regression', () => {
  test('is the difference of means for a step, with its error from the weights', () => {
    const point = (x: number, y: number) => ({ weight: 1, x: [1, x], y })
    const { value, sd } = lastCoefficient([point(0, 1), point(0, 1.2), point(1, 3), point(1, 3.2)])
    expect(value).toBeCloseTo(2, 12)
    // Scatter less than the weights say: 1/2 + 1/2.
    expect(sd).toBeCloseTo(1, 12)
  })

  test('has a larger error where points scatter more than their weights say', () => {
    const point = (x: number, y: number) => ({ weight: 1, x: [1, x], y })
    // Squares left over: 4 · 4 = 16 with 2 degrees of freedom.
    expect(lastCoefficient([point(0, -1), point(0, 3), point(1, 1), point(1, 5)]).sd).toBeCloseTo(Math.sqrt(8), 12)
  })

  test('leaves what the others explain to them: on a line there is no step', () => {
    const points = [-2, -1, 0, 1, 2, 3].map((t) => ({ weight: 2, x: [1, t, t > 0 ? 1 : 0], y: 1 + 3 * t }))
    expect(lastCoefficient(points).value).toBeCloseTo(0, 10)
  })

  test('knows nothing of a regressor that the others make up', () => {
    const points = [1, 2, 3, 4].map((t) => ({ weight: 1, x: [1, t, 2 * t], y: t }))
    expect(lastCoefficient(points)).toEqual({ value: 0, sd: Number.POSITIVE_INFINITY })
  })
})
