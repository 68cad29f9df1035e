import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accountDate } from '../../lib/units/calendar.ts'
import { currency, money, type Rounding } from '../../lib/units/money.ts'
import {
  convert,
  convertBack,
  type ExchangeRate,
  identityRate,
  rateText,
  ratioKept,
  withHaircut,
} from '../../lib/units/rates.ts'

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

describe('a rate that micros cannot say', () => {
  const VND = currency('VND')
  /** 30,500.5 dong for a euro. */
  const DONG: ExchangeRate = { from: VND, to: EUR, date: DATE, ...ratioKept(2n, 61_001n) }

  test('is kept as a ratio beside the rounded micros, in its least terms; one that micros say is not', () => {
    expect(DONG).toMatchObject({ microsPerUnit: 33n, ratio: { numerator: 2n, denominator: 61_001n } })
    expect(ratioKept(4_000_000n, 122_002_000_000n)).toEqual({ microsPerUnit: 33n, ratio: DONG.ratio })
    expect(ratioKept(6_123n, 1_000_000n)).toEqual({ microsPerUnit: 6_123n })
    expect(() => ratioKept(1n, 2_000_000n)).toThrow('zero to six decimals')
  })

  test('converts by the ratio, both ways', () => {
    // 61,001 dong are 2 euros; by 33 micros each they would be 2.013033.
    expect(convert(money(61_001_000_000n, VND), DONG, 'half-even')).toEqual(money(2_000_000n, EUR))
    expect(convertBack(money(2_000_000n, EUR), DONG, 'half-even')).toEqual(money(61_001_000_000n, VND))
    expect(convert(money(1_000_000n, VND), DONG, 'down')).toEqual(money(32n, EUR))
    expect(convert(money(1_000_000n, VND), DONG, 'up')).toEqual(money(33n, EUR))
  })

  test('with a haircut is so much more, however small its terms', () => {
    expect(convert(money(61_001_000_000n, VND), withHaircut(DONG, 0.02), 'up')).toEqual(money(2_040_000n, EUR))
    expect(withHaircut(DONG, 0.02).microsPerUnit).toBe(34n)
    expect(withHaircut(YEN, 0.02)).toEqual({ ...YEN, microsPerUnit: 6_246n })
  })

  test('is shown with six digits, others with six decimals at most', () => {
    // 2 / 61001 = 0.00003278634776…
    expect(rateText(DONG)).toBe('0.0000327863')
    expect(rateText(YEN)).toBe('0.006123')
    expect(rateText({ ...YEN, microsPerUnit: 156_461_645n })).toBe('156.461645')
    expect(rateText({ ...YEN, microsPerUnit: 20_000_000n })).toBe('20')
    expect(rateText({ ...YEN, microsPerUnit: 1_150_000n })).toBe('1.15')
  })

  test('is positive, or refused', () => {
    const none = { ...DONG, ratio: { numerator: 0n, denominator: 1n } }
    expect(() => convert(money(1n, VND), none, 'down')).toThrow('rate VND→EUR must be positive')
  })
})
