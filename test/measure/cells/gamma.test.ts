import { describe, expect, test } from 'vitest'
import { gammaBelow } from '../../../lib/measure/cells/gamma.ts'

describe('the probability below a value', () => {
  // Gamma of shape n and rate 1 is below x with probability 1 − e^−x Σ_{i<n} x^i / i! (Erlang).
  const erlang = (shape: number, x: number): number => {
    let term = Math.exp(-x)
    let above = 0
    for (let i = 0; i < shape; i++) {
      above += term
      term *= x / (i + 1)
    }
    return 1 - above
  }

  test.each([
    [1, 0.5],
    [1, 2],
    [4, 2],
    [4, 4],
    [10, 7],
    [50, 60],
    [400, 390],
  ])('is that of an Erlang variable of shape %d at %d', (shape, x) => {
    expect(Math.abs(gammaBelow(shape, Math.sqrt(shape), x) - erlang(shape, x))).toBeLessThan(0.01)
  })

  test('is a step where there is no uncertainty', () => {
    expect([gammaBelow(1, 0, 0.9), gammaBelow(1, 0, 1.1)]).toEqual([0, 1])
  })

  test('is nothing below zero', () => {
    expect(gammaBelow(1, 0.5, 0)).toBe(0)
  })
})
