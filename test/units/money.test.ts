import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  add,
  CurrencyMismatch,
  compare,
  currency,
  divide,
  equal,
  fromDecimal,
  fromMainUnits,
  larger,
  type Money,
  mainUnits,
  money,
  type Rounding,
  smaller,
  subtract,
  sum,
  times,
  toDecimal,
  toMultiple,
  zero,
} from '../../lib/units/money.ts'

const EUR = currency('EUR')
const JPY = currency('JPY')
const euros = (micros: bigint): Money => money(micros, EUR)
const anyMicros = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n })
const anyEuros = anyMicros.map(euros)

describe('a currency', () => {
  test.each(['eur', 'EU', 'EURO', '', 'E R', '€', 'EUR '])('"%s" is refused with a remedy', (code) => {
    expect(() => currency(code)).toThrow(`currency "${code}" is not an ISO 4217 code: use three capital letters`)
  })
})

describe('money', () => {
  test('adds, subtracts and compares exactly, far beyond 2^53', () => {
    const large = euros(9_007_199_254_740_993_000_001n)
    expect(add(large, euros(1n)).micros).toBe(9_007_199_254_740_993_000_002n)
    expect(subtract(large, euros(1n)).micros).toBe(9_007_199_254_740_993_000_000n)
    expect(compare(large, add(large, euros(1n)))).toBe(-1)
  })

  test('is a commutative group: what is added can be taken away again', () => {
    fc.assert(
      fc.property(anyEuros, anyEuros, anyEuros, (a, b, c) => {
        expect(add(a, b)).toEqual(add(b, a))
        expect(add(add(a, b), c)).toEqual(add(a, add(b, c)))
        expect(subtract(add(a, b), b)).toEqual(a)
        expect(add(a, zero(EUR))).toEqual(a)
        expect(sum([a, b, c], EUR)).toEqual(add(add(a, b), c))
      }),
    )
  })

  test('is ordered, and the smaller and the larger are the two themselves', () => {
    fc.assert(
      fc.property(anyEuros, anyEuros, (a, b) => {
        expect(compare(a, b)).toBe(-compare(b, a) + 0)
        expect(compare(smaller(a, b), larger(a, b))).toBeLessThanOrEqual(0)
        expect(add(smaller(a, b), larger(a, b))).toEqual(add(a, b))
        expect(equal(a, b)).toBe(compare(a, b) === 0)
      }),
    )
  })

  test('never mixes currencies', () => {
    const [a, b] = [money(1n, EUR), money(1n, JPY)]
    for (const mix of [add, subtract, compare, smaller, larger]) expect(() => mix(a, b)).toThrow(CurrencyMismatch)
    expect(() => sum([a, b], EUR)).toThrow('cannot combine EUR with JPY: convert with a dated rate first')
    expect(() => sum([b], EUR)).toThrow(CurrencyMismatch)
    expect(equal(a, b)).toBe(false)
  })

  test('the sum of nothing is zero of the currency asked for', () => {
    expect(sum([], JPY)).toEqual({ micros: 0n, currency: JPY })
  })
})

describe('a division', () => {
  // Quotient 2.5, 3.5 and so on, worked by hand.
  test.each<[dividend: bigint, divisor: bigint, down: bigint, up: bigint, halfEven: bigint]>([
    [10n, 5n, 2n, 2n, 2n],
    [5n, 2n, 2n, 3n, 2n],
    [7n, 2n, 3n, 4n, 4n],
    [-5n, 2n, -3n, -2n, -2n],
    [-7n, 2n, -4n, -3n, -4n],
    [7n, 3n, 2n, 3n, 2n],
    [8n, 3n, 2n, 3n, 3n],
    [-7n, 3n, -3n, -2n, -2n],
    [-8n, 3n, -3n, -2n, -3n],
    [1n, 3n, 0n, 1n, 0n],
    [-1n, 3n, -1n, 0n, 0n],
    [1n, 2n, 0n, 1n, 0n],
    [-1n, 2n, -1n, 0n, 0n],
    [0n, 7n, 0n, 0n, 0n],
  ])('%d / %d is %d down, %d up and %d half-even', (dividend, divisor, down, up, halfEven) => {
    expect(divide(dividend, divisor, 'down')).toBe(down)
    expect(divide(dividend, divisor, 'up')).toBe(up)
    expect(divide(dividend, divisor, 'half-even')).toBe(halfEven)
  })

  test('errs by less than one, half-even by at most a half, and on the side it says', () => {
    fc.assert(
      fc.property(anyMicros, fc.bigInt({ min: 1n, max: 10n ** 12n }), (a, b) => {
        const rest = (rounding: Rounding): bigint => divide(a, b, rounding) * b - a
        expect(rest('down') <= 0n && rest('down') > -b).toBe(true)
        expect(rest('up') >= 0n && rest('up') < b).toBe(true)
        const even = rest('half-even')
        expect(2n * (even < 0n ? -even : even) <= b).toBe(true)
      }),
    )
  })

  test.each([0n, -1n])('by %d is refused', (divisor) => {
    expect(() => divide(1n, divisor, 'down')).toThrow(`divisor must be positive, got ${divisor}`)
  })

  test('into multiples of a step: 1.234567 in cents is 1.23 or 1.24', () => {
    expect(toMultiple(euros(1_234_567n), 10_000n, 'down')).toEqual(euros(1_230_000n))
    expect(toMultiple(euros(1_234_567n), 10_000n, 'up')).toEqual(euros(1_240_000n))
    expect(toMultiple(euros(1_230_000n), 10_000n, 'up')).toEqual(euros(1_230_000n))
  })
})

describe('a product with a factor', () => {
  test.each<[micros: bigint, factor: number, rounding: Rounding, wanted: bigint]>([
    [100_000_000n, 1.2, 'down', 120_000_000n],
    [100_000_000n, 0.8, 'up', 80_000_000n],
    // 1.1 has no exact double and still makes 110 exactly, both ways.
    [100_000_000n, 1.1, 'up', 110_000_000n],
    [100_000_000n, 1.1, 'down', 110_000_000n],
    [3n, 0.5, 'down', 1n],
    [3n, 0.5, 'up', 2n],
    [3n, 0.5, 'half-even', 2n],
    [-3n, 0.5, 'down', -2n],
    [123n, 0, 'up', 0n],
    [9_007_199_254_740_993n, 2, 'down', 18_014_398_509_481_986n],
  ])('%d micros × %d, %s, are %d', (micros, factor, rounding, wanted) => {
    expect(times(euros(micros), factor, rounding).micros).toBe(wanted)
  })

  test.each([-0.1, Number.NaN, Number.POSITIVE_INFINITY])('%d is refused', (factor) => {
    expect(() => times(euros(1n), factor, 'down')).toThrow(RangeError)
  })
})

describe('decimal text', () => {
  test.each<[text: string, micros: bigint]>([
    ['1234.56', 1_234_560_000n],
    ['0', 0n],
    ['0.000001', 1n],
    ['-0.5', -500_000n],
    ['-0.000001', -1n],
    ['007.10', 7_100_000n],
    ['1.1000000000', 1_100_000n],
    ['9007199254740993.000001', 9_007_199_254_740_993_000_001n],
  ])('%s is %d micros', (text, micros) => {
    expect(fromDecimal(text, EUR)).toEqual(euros(micros))
  })

  test.each(['', '1.', '.5', '1,5', '1e3', '+1', '--1', '1.0000001', ' 1', '1 ', 'NaN', '0x10', '1_000', '١'])(
    '"%s" is refused with an example',
    (text) => {
      expect(() => fromDecimal(text, EUR)).toThrow(`amount "${text}" is not a decimal with at most six places`)
    },
  )

  test.each<[micros: bigint, decimals: number, text: string]>([
    [1_234_560_000n, 0, '1234.56'],
    [1_234_500_000n, 2, '1234.50'],
    [5_000_000n, 0, '5'],
    [5_000_000n, 2, '5.00'],
    [-500_000n, 0, '-0.5'],
    [-1n, 2, '-0.000001'],
    [0n, 2, '0.00'],
    [1_000_010n, 2, '1.00001'],
  ])('%d micros with %d decimals at least are written %s', (micros, decimals, text) => {
    expect(toDecimal(euros(micros), decimals)).toBe(text)
  })

  test('comes back as the same amount, however many decimals are asked for', () => {
    fc.assert(
      fc.property(anyEuros, fc.integer({ min: 0, max: 6 }), (amount, decimals) => {
        expect(fromDecimal(toDecimal(amount, decimals), EUR)).toEqual(amount)
      }),
    )
  })
})

describe('main units', () => {
  test('are exact to the micro below four billion', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -4_000_000_000_000_000n, max: 4_000_000_000_000_000n }), (micros) => {
        expect(fromMainUnits(mainUnits(euros(micros)), EUR, 'half-even')).toEqual(euros(micros))
      }),
    )
  })

  // 0.5, 1.5 and 2.5 micros are exact in binary, so that the tie is a real one.
  test.each<[units: number, rounding: Rounding, micros: bigint]>([
    [0.0000005, 'half-even', 0n],
    [0.0000015, 'half-even', 2n],
    [0.0000025, 'half-even', 2n],
    [-0.0000005, 'half-even', 0n],
    [-0.0000015, 'half-even', -2n],
    [-0.0000025, 'half-even', -2n],
    [0.0000024, 'half-even', 2n],
    [0.0000026, 'half-even', 3n],
    [0.0000029, 'down', 2n],
    [0.0000021, 'up', 3n],
    [-0.0000021, 'down', -3n],
    [-0.0000029, 'up', -2n],
  ])('%d, rounded %s, are %d micros', (units, rounding, micros) => {
    expect(fromMainUnits(units, EUR, rounding).micros).toBe(micros)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d is refused', (units) => {
    expect(() => fromMainUnits(units, EUR, 'down')).toThrow('an amount must be finite')
  })
})
