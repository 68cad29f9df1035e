import { describe, expect, test } from 'vitest'
import { fromMetaUnits, fromRoasFloor, toMetaUnits, toRoasFloor } from '../../../lib/platforms/meta/units.ts'
import { currency, fromDecimal } from '../../../lib/units/money.ts'

describe("amounts in Meta's units", () => {
  test.each([
    { amount: '5000', of: 'JPY', units: 5_000n, why: 'the yen has no decimals' },
    { amount: '20.00', of: 'USD', units: 2_000n, why: "Meta's own example" },
    { amount: '1500', of: 'TWD', units: 1_500n, why: 'ISO gives the Taiwan dollar two decimals, Meta none' },
    { amount: '20', of: 'BHD', units: 2_000n, why: 'ISO gives the dinar three decimals, Meta two' },
    { amount: '12000', of: 'HUF', units: 12_000n, why: 'ISO gives the forint two decimals, Meta none' },
    { amount: '350000', of: 'COP', units: 350_000n, why: 'ISO gives the Colombian peso two decimals, Meta none' },
    { amount: '19.999', of: 'EUR', units: 1_999n, why: 'rounded down, so that no cap is passed' },
    { amount: '1500.99', of: 'TWD', units: 1_500n, why: 'rounded down to whole dollars' },
  ])('$amount $of is $units: $why', ({ amount, of, units }) => {
    expect(toMetaUnits(fromDecimal(amount, currency(of)))).toBe(units)
  })

  test.each([
    { units: 5_000n, of: 'JPY', micros: 5_000_000_000n },
    { units: 2_000n, of: 'USD', micros: 20_000_000n },
    { units: 2_000n, of: 'BHD', micros: 20_000_000n },
  ])('$units of $of is $micros micros', ({ units, of, micros }) => {
    expect(fromMetaUnits(units, currency(of)).micros).toBe(micros)
  })

  test('a currency that Meta does not list is refused, because a guess would be a hundredfold error', () => {
    expect(() => toMetaUnits(fromDecimal('20', currency('XOF')))).toThrow(
      new RangeError("currency XOF is not in Meta's offset table: add it with its documented offset"),
    )
  })

  test('a negative amount is refused', () => {
    expect(() => toMetaUnits(fromDecimal('-1', currency('USD')))).toThrow(RangeError)
  })
})

describe('ROAS floors', () => {
  test.each([
    { ratio: 1.23, scaled: 12_300 },
    { ratio: 2.5, scaled: 25_000 },
    { ratio: 0.07, scaled: 700 },
  ])('a ROAS of $ratio is $scaled', ({ ratio, scaled }) => {
    expect(toRoasFloor(ratio)).toBe(scaled)
    expect(fromRoasFloor(scaled)).toBe(ratio)
  })

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('%s is refused', (ratio) => {
    expect(() => toRoasFloor(ratio)).toThrow(RangeError)
  })
})
