import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currency, money } from '../../lib/units/money.ts'
import { splitMoney } from '../../lib/units/split-money.ts'

const EUR = currency('EUR')
const split = (micros: bigint, weights: readonly number[]): readonly bigint[] =>
  splitMoney(money(micros, EUR), weights).map((part) => part.micros)

const someWeights = fc
  .array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 20 })
  .filter((weights) => weights.some((w) => w > 1e-6))
const total = fc.bigInt({ min: 0n, max: 10n ** 18n })

describe('splitting money', () => {
  test.each<[why: string, micros: bigint, weights: readonly number[], parts: readonly bigint[]]>([
    ['ten in three parts: the odd micro goes to the first', 10n, [1, 1, 1], [4n, 3n, 3n]],
    ['eleven in three parts: two odd micros', 11n, [1, 1, 1], [4n, 4n, 3n]],
    ['the largest remainder is served first: 1.5 and 4.5 beside 4', 10n, [15, 45, 40], [2n, 4n, 4n]],
    ['in proportion: 1 to 3', 100n, [1, 3], [25n, 75n]],
    ['a part of weight 0 gets nothing', 7n, [0, 1, 0], [0n, 7n, 0n]],
    ['nothing splits into nothing', 0n, [1, 2], [0n, 0n]],
    ['one part gets all', 7n, [1e-12], [7n]],
  ])('%s', (_why, micros, weights, parts) => {
    expect(split(micros, weights)).toEqual(parts)
  })

  test('always sums to the total, with no part below 0', () => {
    fc.assert(
      fc.property(total, someWeights, (micros, weights) => {
        const parts = split(micros, weights)
        expect(parts).toHaveLength(weights.length)
        expect(parts.reduce((a, b) => a + b, 0n)).toBe(micros)
        expect(parts.every((part) => part >= 0n)).toBe(true)
      }),
    )
  })

  test('gives a larger weight no less, and does not care for the scale of weights', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 9n }),
        fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2 }),
        (micros, weights) => {
          fc.pre(weights.some((w) => w > 0))
          const parts = split(micros, weights)
          for (const [i, a] of weights.entries())
            for (const [j, b] of weights.entries()) if (a > b) expect(parts[i]! >= parts[j]!).toBe(true)
          expect(
            split(
              micros,
              weights.map((w) => w * 1024),
            ),
          ).toEqual(parts)
        },
      ),
    )
  })

  test.each<[why: string, micros: bigint, weights: readonly number[]]>([
    ['a negative total', -1n, [1]],
    ['no weights', 1n, []],
    ['weights of 0 only', 1n, [0, 0]],
    ['a negative weight', 1n, [2, -1]],
    ['a weight that is not a number', 1n, [1, Number.NaN]],
    ['an infinite weight', 1n, [1, Number.POSITIVE_INFINITY]],
  ])('refuses %s', (_why, micros, weights) => {
    expect(() => split(micros, weights)).toThrow(RangeError)
  })
})
