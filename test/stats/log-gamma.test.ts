import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logGamma } from '../../lib/stats/log-gamma.ts'

const TABLE = JSON.parse(readFileSync(new URL('../fixtures/log-gamma.json', import.meta.url), 'utf8')) as readonly {
  readonly x: number
  readonly logGamma: number
}[]

/** Error of ln Γ where it is large, error of Γ where it is near 1. */
const errorOf = (actual: number, wanted: number): number => Math.abs(actual - wanted) / Math.max(1, Math.abs(wanted))

describe('logGamma', () => {
  test('is the logarithm of a factorial at whole numbers: Γ(n + 1) = n!', () => {
    let factorial = 1n
    for (let n = 1n; n <= 170n; n++) {
      factorial *= n
      // 170! is the largest factorial that a double holds; the conversion rounds once.
      expect(errorOf(logGamma(Number(n) + 1), Math.log(Number(factorial)))).toBeLessThan(1e-14)
    }
  })

  test('is half of ln π at one half', () => {
    expect(logGamma(0.5)).toBeCloseTo(0.5723649429247001, 14)
  })

  test('is 0 at 1 and at 2', () => {
    expect(Math.abs(logGamma(1))).toBeLessThan(1e-14)
    expect(Math.abs(logGamma(2))).toBeLessThan(1e-14)
  })

  test.each(TABLE.map((row) => [row.x, row.logGamma]))('at %d is %d, as mpmath has it', (x, wanted) => {
    expect(errorOf(logGamma(x), wanted)).toBeLessThan(2e-14)
  })

  test('obeys Γ(x + 1) = x Γ(x), across the point where the reflection takes over', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e4, noNaN: true }), (x) => {
        expect(errorOf(logGamma(x + 1), Math.log(x) + logGamma(x))).toBeLessThan(1e-13)
      }),
    )
  })

  test('is finite down to the smallest number above 0', () => {
    expect(logGamma(2.3e-308)).toBeCloseTo(-Math.log(2.3e-308), 10)
    // π times the smallest number is a whole number of smallest numbers, 5 % off.
    expect(Math.abs(logGamma(Number.MIN_VALUE) + Math.log(Number.MIN_VALUE))).toBeLessThan(0.1)
  })

  test.each([0, -1, -0.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d', (x) => {
    expect(() => logGamma(x)).toThrow(RangeError)
  })
})
