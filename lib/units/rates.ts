import type { AccountDate } from './calendar.ts'
import { type CurrencyCode, divide, MICROS_PER_UNIT, type Money, money, type Rounding, times } from './money.ts'

/**
 * What one main unit of `from` is worth in `to`, as quoted for `date`. Kept as integer micros of `to`, so that a
 * conversion is exact and the same everywhere; six decimals are what reference rates are quoted in.
 */
export interface ExchangeRate {
  readonly from: CurrencyCode
  readonly to: CurrencyCode
  readonly date: AccountDate
  readonly microsPerUnit: bigint
}

/** The rate from a currency to itself. */
export const identityRate = (currency: CurrencyCode, date: AccountDate): ExchangeRate => ({
  from: currency,
  to: currency,
  date,
  microsPerUnit: MICROS_PER_UNIT,
})

/** The rate with so much more of the other currency per unit, as a share: what may be owed is not counted too low by it. */
export const withHaircut = (rate: ExchangeRate, haircut: number): ExchangeRate =>
  rate.from === rate.to
    ? rate
    : { ...rate, microsPerUnit: times(money(rate.microsPerUnit, rate.to), 1 + haircut, 'up').micros }

/**
 * `amount` in the rate's other currency, rounded as told.
 *
 * @throws RangeError when the amount is not in `rate.from`, or the rate is not positive
 */
export function convert(amount: Money, rate: ExchangeRate, rounding: Rounding): Money {
  if (amount.currency !== rate.from)
    throw new RangeError(`a ${rate.from}→${rate.to} rate cannot convert ${amount.currency}`)
  if (rate.microsPerUnit <= 0n) throw new RangeError(`rate ${rate.from}→${rate.to} must be positive`)
  return money(divide(amount.micros * rate.microsPerUnit, MICROS_PER_UNIT, rounding), rate.to)
}

/** `amount`, given in the rate's `to`, back in `from`. @throws RangeError as `convert` */
export function convertBack(amount: Money, rate: ExchangeRate, rounding: Rounding): Money {
  if (amount.currency !== rate.to)
    throw new RangeError(`a ${rate.from}→${rate.to} rate cannot convert ${amount.currency} back`)
  if (rate.microsPerUnit <= 0n) throw new RangeError(`rate ${rate.from}→${rate.to} must be positive`)
  return money(divide(amount.micros * MICROS_PER_UNIT, rate.microsPerUnit, rounding), rate.from)
}
