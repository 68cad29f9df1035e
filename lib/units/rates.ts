import type { AccountDate } from './calendar.ts'
import { type CurrencyCode, divide, MICROS_PER_UNIT, type Money, money, type Rounding, times } from './money.ts'

/**
 * What one main unit of `from` is worth in `to`, as quoted for `date`. Kept in integers, so that a conversion is exact and
 * the same everywhere.
 */
export interface ExchangeRate {
  readonly from: CurrencyCode
  readonly to: CurrencyCode
  readonly date: AccountDate
  /** Micros of `to`: what reference rates are quoted in. > 0 */
  readonly microsPerUnit: bigint
  /** Where micros are not exact. A rupiah is 50 micros of a euro, and half a micro of them is a hundredth. */
  readonly ratio?: Ratio
}

/** Main units of `to` for one of `from`, as `numerator` / `denominator`, both > 0. */
export interface Ratio {
  readonly numerator: bigint
  readonly denominator: bigint
}

export const ratioOf = ({ microsPerUnit, ratio }: ExchangeRate): Ratio =>
  ratio ?? { numerator: microsPerUnit, denominator: MICROS_PER_UNIT }

/** The rate as a number, for statistics and for show. */
export const rateNumber = (rate: ExchangeRate): number => {
  const { numerator, denominator } = ratioOf(rate)
  return Number(numerator) / Number(denominator)
}

/** Six decimals, or six digits where that is more; no more of them than are needed: `0.863856`, `0.0000485913`. */
export function rateText(rate: ExchangeRate): string {
  const value = rateNumber(rate)
  return value.toFixed(Math.max(6, 5 - Math.floor(Math.log10(value)))).replace(/\.?0+$/, '')
}

/**
 * So many units of one currency for so many of another, as it is kept: the micros rounded half to even, and the ratio
 * beside them where they are not exact.
 *
 * @throws RangeError when six decimals cannot tell it from zero
 */
export function ratioKept(numerator: bigint, denominator: bigint): Pick<ExchangeRate, 'microsPerUnit' | 'ratio'> {
  const microsPerUnit = divide(numerator * MICROS_PER_UNIT, denominator, 'half-even')
  if (microsPerUnit <= 0n) throw new RangeError('zero to six decimals')
  if (microsPerUnit * denominator === numerator * MICROS_PER_UNIT) return { microsPerUnit }
  const common = commonDivisor(numerator, denominator)
  return { microsPerUnit, ratio: { numerator: numerator / common, denominator: denominator / common } }
}

const commonDivisor = (a: bigint, b: bigint): bigint => (b === 0n ? a : commonDivisor(b, a % b))

/** The rate from a currency to itself. */
export const identityRate = (currency: CurrencyCode, date: AccountDate): ExchangeRate => ({
  from: currency,
  to: currency,
  date,
  microsPerUnit: MICROS_PER_UNIT,
})

/** The rate with so much more of the other currency per unit, as a share: what may be owed is not counted too low by it. */
export function withHaircut(rate: ExchangeRate, haircut: number): ExchangeRate {
  if (rate.from === rate.to) return rate
  const more = (amount: bigint): bigint => times(money(amount, rate.to), 1 + haircut, 'up').micros
  const { microsPerUnit, ratio } = rate
  return {
    ...rate,
    microsPerUnit: more(microsPerUnit),
    ...(ratio ? { ratio: { numerator: more(ratio.numerator * FINE), denominator: ratio.denominator * FINE } } : {}),
  }
}

/** Numerators may be as small as 1. */
const FINE = 1_000_000_000n

/**
 * `amount` in the rate's other currency, rounded as told.
 *
 * @throws RangeError when the amount is not in `rate.from`, or the rate is not positive
 */
export function convert(amount: Money, rate: ExchangeRate, rounding: Rounding): Money {
  if (amount.currency !== rate.from)
    throw new RangeError(`a ${rate.from}→${rate.to} rate cannot convert ${amount.currency}`)
  const { numerator, denominator } = positive(rate)
  return money(divide(amount.micros * numerator, denominator, rounding), rate.to)
}

/** `amount`, given in the rate's `to`, back in `from`. @throws RangeError as `convert` */
export function convertBack(amount: Money, rate: ExchangeRate, rounding: Rounding): Money {
  if (amount.currency !== rate.to)
    throw new RangeError(`a ${rate.from}→${rate.to} rate cannot convert ${amount.currency} back`)
  const { numerator, denominator } = positive(rate)
  return money(divide(amount.micros * denominator, numerator, rounding), rate.from)
}

function positive(rate: ExchangeRate): Ratio {
  const ratio = ratioOf(rate)
  if (ratio.numerator <= 0n || ratio.denominator <= 0n)
    throw new RangeError(`rate ${rate.from}→${rate.to} must be positive`)
  return ratio
}
