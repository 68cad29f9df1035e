import { describe, expect, test } from 'vitest'
import { aboutOneDollar, billableStep, toWire } from '../../../lib/platforms/pinterest/units.ts'
import { currency, money } from '../../../lib/units/money.ts'

describe('an amount on the wire', () => {
  test.each<[string, bigint, number]>([
    ['EUR', 12_345_678n, 12_340_000],
    ['EUR', 10_000n, 10_000],
    ['EUR', 9_999n, 0],
    ['JPY', 1_999_999n, 1_000_000],
    ['HUF', 400_500_000n, 400_000_000],
  ])('in %s: %s micros go as %s, rounded down', (code, micros, wire) => {
    expect(toWire(money(micros, currency(code)))).toBe(wire)
  })
  test('is exact up to 2^53 micros, and refused beyond', () => {
    expect(toWire(money(9_007_199_254_740_000n, currency('EUR')))).toBe(9_007_199_254_740_000)
    expect(() => toWire(money(9_007_199_254_750_000n, currency('EUR')))).toThrow('must be from 0 to 2^53 micros')
  })
  test('below zero is refused', () => {
    expect(() => toWire(money(-1n, currency('EUR')))).toThrow(RangeError)
  })
})

test('a currency that Pinterest does not bill in is refused by its name', () => {
  expect(() => billableStep(currency('ISK'))).toThrow('currency ISK is not among those that Pinterest bills in')
  expect(() => aboutOneDollar(currency('UNK'))).toThrow('currency UNK')
})

test('the least daily budget is a round number of main units', () => {
  expect(aboutOneDollar(currency('USD')).micros).toBe(1_000_000n)
  expect(aboutOneDollar(currency('JPY')).micros).toBe(200_000_000n)
})
