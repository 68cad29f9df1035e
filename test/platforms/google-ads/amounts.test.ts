import fc from 'fast-check'
import { expect, test } from 'vitest'
import { asFloat32, moneyOfDouble, toMicros } from '../../../lib/platforms/google-ads/amounts.ts'
import { billableUnit } from '../../../lib/platforms/google-ads/currencies.ts'
import { currency, fromDecimal, money } from '../../../lib/units/money.ts'

const [USD, JPY] = [currency('USD'), currency('JPY')]

test.each([
  ['5000', JPY, '5000000000'],
  ['50.00', USD, '50000000'],
  ['0.01', USD, '10000'],
  // Above 2^53 micros a number would be off by one.
  ['9007199254.740993', USD, '9007199254740993'],
])('%s %s is %s micros', (amount, of, micros) => {
  expect(toMicros(fromDecimal(amount, of))).toBe(micros)
})

test.each([
  [0, 0n],
  [30, 30_000_000n],
  // 0.29 × 1e6 is 289999.99999999994 in floating point.
  [0.29, 290_000n],
  [1234.565, 1_234_565_000n],
  [-12.5, -12_500_000n],
  [0.0000005, 0n],
  [0.0000015, 2n],
  [1e-7, 0n],
  [1.5e21, 1_500_000_000_000_000_000_000_000_000n],
  // Fifteen digits and more are kept, where multiplying by a million would round.
  [90071992547.40993, 90_071_992_547_409_930n],
])('a value of %d is %d micros', (value, micros) => {
  expect(moneyOfDouble(value, USD)).toEqual(money(micros, USD))
})

test('every amount in whole cents survives as a double', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), (cents) => {
      expect(moneyOfDouble(cents / 100, USD).micros).toBe(BigInt(cents) * 10_000n)
    }),
  )
})

test.each([Number.NaN, Number.POSITIVE_INFINITY])('a value of %d is refused', (value) => {
  expect(() => moneyOfDouble(value, USD)).toThrow('must be finite')
})

test.each([
  ['USD', 10_000n],
  ['EUR', 10_000n],
  ['JPY', 1_000_000n],
  ['KRW', 1_000_000n],
  ['PKR', 1_000_000n],
  // Shown without decimals, billed in hundredths all the same.
  ['TWD', 10_000n],
  ['HUF', 10_000n],
  ['KWD', 1_000n],
])('the billable unit of %s is %d micros', (code, unit) => {
  expect(billableUnit(currency(code))).toBe(unit)
})

test('an unknown currency is named, not guessed', () => {
  expect(() => billableUnit(currency('XTS'))).toThrow(new RangeError('no Google Ads billable unit is known for XTS'))
})

test('1.1 is stored as the float32 next to it', () => {
  expect(asFloat32(1.1)).toBe(1.100000023841858)
})
