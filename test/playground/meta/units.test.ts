import { describe, expect, test } from 'vitest'
import {
  fromApiUnits,
  greatestBudget,
  leastDailyBudget,
  toApiUnits,
  toApiUnitsUp,
  toReportedAmount,
} from '../../../playground/platforms/meta/money.ts'

// Amounts worked out by hand from Meta's currency table: "offset" 1 or 100.
describe("amounts in Meta's units", () => {
  test.each([
    { text: '$20.00', micros: 20_000_000n, currency: 'USD', units: 2_000n },
    { text: '¥5,000', micros: 5_000_000_000n, currency: 'JPY', units: 5_000n },
    { text: 'NT$300: none, though ISO 4217 says two decimals', micros: 300_000_000n, currency: 'TWD', units: 300n },
    { text: '10,000 Ft: likewise', micros: 10_000_000_000n, currency: 'HUF', units: 10_000n },
    { text: 'BHD 1.50: two decimals, though ISO 4217 says three', micros: 1_500_000n, currency: 'BHD', units: 150n },
  ])('$text', ({ micros, currency, units }) => {
    expect(toApiUnits(micros, currency)).toBe(units)
    expect(fromApiUnits(units, currency)).toBe(micros)
  })

  test('a part of a unit is cut off, or for minimums counted as one', () => {
    expect(toApiUnits(19_999n, 'USD')).toBe(1n)
    expect(toApiUnitsUp(10_001n, 'USD')).toBe(2n)
  })
})

describe('amounts in reports', () => {
  test.each([
    { text: '1234.50', micros: 1_234_500_000n, currency: 'EUR' },
    { text: '0.05', micros: 54_999n, currency: 'USD' },
    { text: '1235', micros: 1_234_600_000n, currency: 'JPY' },
    { text: '-0.25', micros: -250_000n, currency: 'EUR' },
  ])('$text', ({ text, micros, currency }) => expect(toReportedAmount(micros, currency)).toBe(text))
})

describe('limits of a budget', () => {
  test('are a dollar and a million dollars', () => {
    expect(leastDailyBudget('USD')).toBe(1_000_000n)
    expect(greatestBudget('USD')).toBe(1_000_000_000_000n)
  })

  test('are a whole number of units where a currency has no decimals', () => {
    expect(toApiUnits(leastDailyBudget('JPY'), 'JPY')).toBe(150n)
    expect(leastDailyBudget('JPY') % 1_000_000n).toBe(0n)
  })
})
