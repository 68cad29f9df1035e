import { describe, expect, test } from 'vitest'
import {
  fromReported,
  fromTikTokAmount,
  inSteps,
  leastDailyBudget,
  mostDailyBudget,
  roundedRoas,
  toTikTokAmount,
} from '../../../lib/platforms/tiktok/units.ts'
import { currency, fromDecimal, money } from '../../../lib/units/money.ts'

const amount = (text: string, code: string) => fromDecimal(text, currency(code))

describe('amounts that are sent', () => {
  // https://business-api.tiktok.com/portal/docs?id=1737585839634433: precision by currency.
  test.each([
    ['100.509', 'USD', 100.5],
    ['100.519', 'USD', 100.51],
    ['0.07', 'EUR', 0.07],
    ['1999.99', 'JPY', 1_999],
    ['500.9', 'HUF', 500],
    ['500.9', 'TWD', 500],
    ['1234567.891', 'COP', 1_234_567.89],
    ['99999999999.9', 'IDR', 99_999_999_999],
  ])('%s %s is %d, rounded down', (text, code, sent) => {
    expect(toTikTokAmount(amount(text, code))).toBe(sent)
  })

  test('a number of JSON has no more decimals than the currency', () => {
    expect(JSON.stringify(toTikTokAmount(amount('1.1', 'USD')))).toBe('1.1')
    expect(JSON.stringify(toTikTokAmount(amount('99999999999.99', 'COP')))).toBe('99999999999.99')
  })

  test('a negative amount is refused', () => {
    expect(() => toTikTokAmount(money(-1n, currency('EUR')))).toThrow('must be ≥ 0')
  })
})

describe('amounts that are read', () => {
  test.each([
    [50.1, 'EUR', 50_100_000n],
    // What a sum of floats reads as.
    [50.099999999999994, 'EUR', 50_100_000n],
    [0.1 + 0.2, 'USD', 300_000n],
    [5_000, 'JPY', 5_000_000_000n],
    [99_999_999_999, 'IDR', 99_999_999_999_000_000n],
  ])('%d %s is %d micros', (value, code, micros) => {
    expect(fromTikTokAmount(value, currency(code)).micros).toBe(micros)
  })

  test.each([[-1], [Number.NaN], [Number.POSITIVE_INFINITY], [1e15]])('%d is no amount', (value) => {
    expect(() => fromTikTokAmount(value, currency('EUR'))).toThrow(RangeError)
  })

  test.each([
    ['14.68', 14_680_000n],
    ['0', 0n],
    ['199.98000000000002', 199_980_000n],
    ['0.0000005', 0n],
    ['0.0000015', 2n],
  ])('a report’s %s is %d micros', (text, micros) => {
    expect(fromReported(text, currency('EUR')).micros).toBe(micros)
  })

  test.each(['', '-', '-1.00', '1e5', '1,000.00', ' 1', '0x10'])('a report’s "%s" is no amount', (text) => {
    expect(() => fromReported(text, currency('EUR'))).toThrow(RangeError)
  })
})

test.each(['XXX', 'BHD', 'BGN'])('%s is not in the table, and refused by its name', (code) => {
  expect(() => fromTikTokAmount(1, currency(code))).toThrow(`currency ${code} is not in TikTok's table`)
  expect(() => inSteps(amount('1', code))).toThrow(code)
})

test.each(['CLP', 'HUF', 'IDR', 'ISK', 'JPY', 'KRW', 'PYG', 'TWD', 'VND'])('%s has no decimals', (code) => {
  expect(toTikTokAmount(amount('123456.99', code))).toBe(123_456)
})

test.each(['COP', 'CRC', 'RUB', 'INR', 'KES', 'UAH'])('%s has two, whatever it is worth', (code) => {
  expect(toTikTokAmount(amount('123456.999', code))).toBe(123_456.99)
})

describe('least daily budgets', () => {
  // The same document's tables of minimum daily budgets.
  test.each([
    ['USD', '50', '20'],
    ['JPY', '5000', '2000'],
    ['PLN', '200', '80'],
    ['PHP', '2500', '1000'],
    ['INR', '5000', '2000'],
    ['KRW', '50000', '20000'],
    ['IDR', '500000', '200000'],
    ['HUF', '50', '20'],
    ['VEF', '5000000', '2000000'],
  ])('%s: %s for a campaign and %s for an ad group', (code, campaign, adGroup) => {
    expect(leastDailyBudget(currency(code), 'campaign')).toEqual(amount(campaign, code))
    expect(leastDailyBudget(currency(code), 'ad-group')).toEqual(amount(adGroup, code))
    expect(leastDailyBudget(currency(code))).toEqual(amount(adGroup, code))
  })
})

// "[50, 10 000 000)" times the ratio: the upper end is excluded.
test.each([
  ['USD', '9999999.99'],
  ['JPY', '999999999'],
  ['PLN', '39999999.99'],
])('the largest daily budget of %s is %s', (code, most) => {
  expect(mostDailyBudget(currency(code))).toEqual(amount(most, code))
})

test('a ROAS has two decimals', () => {
  expect([2.756, 0.005, 9.999].map(roundedRoas)).toEqual([2.76, 0.01, 10])
})
