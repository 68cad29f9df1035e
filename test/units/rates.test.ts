import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accountDate } from '../../lib/units/calendar.ts'
import { currency, money, type Rounding } from '../../lib/units/money.ts'
import { convert, convertBack, type ExchangeRate, identityRate } from '../../lib/units/rates.ts'

const EUR = currency('EUR')
const JPY = currency('JPY')
const DATE = accountDate('2026-11-21')
/** One yen is 0.006123 euros. */
const YEN: ExchangeRate = { from: JPY, to: EUR, date: DATE, microsPerUnit: 6123n }

describe('converting money', () => {
  // 1,000 yen × 0.006123 = 6.123 euros; 0.5 yen × 0.006123 = 3061.5 micros of a euro.
  test.each<[yenMicros: bigint, rounding: Rounding, euroMicros: bigint]>([
    [1_000_000_000n, 'down', 6_123_000n],
    [500_000n, 'down', 3_061n],
    [500_000n, 'up', 3_062n],
    [500_000n, 'half-even', 3_062n],
    [-500_000n, 'down', -3_062n],
    [-500_000n, 'up', -3_061n],
    [1n, 'down', 0n],
    [1n, 'up', 1n],
    [0n, 'up', 0n],
  ])('%d micros of a yen, rounded %s, are %d micros of a euro', (yen, rounding, euro) => {
    expect(convert(money(yen, JPY), YEN, rounding)).toEqual(money(euro, EUR))
  })

  // 1 euro / 0.006123 = 163.318634656214… yen.
  test.each<[euroMicros: bigint, rounding: Rounding, yenMicros: bigint]>([
    [1_000_000n, 'down', 163_318_634n],
    [1_000_000n, 'up', 163_318_635n],
    [1_000_000n, 'half-even', 163_318_635n],
    [6_123_000n, 'down', 1_000_000_000n],
    [-1_000_000n, 'down', -163_318_635n],
  ])('%d micros of a euro, rounded %s, are %d micros of a yen', (euro, rounding, yen) => {
    expect(convertBack(money(euro, EUR), YEN, rounding)).toEqual(money(yen, JPY))
  })

  test('there and back never makes money when it is rounded down, nor loses any when rounded up', () => {
    const rate = fc.bigInt({ min: 1n, max: 10n ** 12n }).map((microsPerUnit) => ({ ...YEN, microsPerUnit }))
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), rate, (micros, r) => {
        const amount = money(micros, JPY)
        expect(convertBack(convert(amount, r, 'down'), r, 'down').micros <= micros).toBe(true)
        expect(convertBack(convert(amount, r, 'up'), r, 'up').micros >= micros).toBe(true)
      }),
    )
  })

  test('a currency into itself is exact', () => {
    const amount = money(123_456_789n, EUR)
    expect(convert(amount, identityRate(EUR, DATE), 'down')).toEqual(amount)
    expect(convertBack(amount, identityRate(EUR, DATE), 'up')).toEqual(amount)
  })

  test('a rate for other currencies is refused, and so is one that is not positive', () => {
    expect(() => convert(money(1n, EUR), YEN, 'down')).toThrow('a JPY→EUR rate cannot convert EUR')
    expect(() => convertBack(money(1n, JPY), YEN, 'down')).toThrow('a JPY→EUR rate cannot convert JPY back')
    for (const microsPerUnit of [0n, -1n]) {
      expect(() => convert(money(1n, JPY), { ...YEN, microsPerUnit }, 'down')).toThrow('must be positive')
      expect(() => convertBack(money(1n, EUR), { ...YEN, microsPerUnit }, 'down')).toThrow('must be positive')
    }
  })
})
