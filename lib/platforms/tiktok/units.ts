import type { BudgetOwner } from '../../model/structure.ts'
import {
  type CurrencyCode,
  divide,
  fromDecimal,
  MICROS_PER_UNIT,
  type Money,
  money,
  toDecimal,
  toMultiple,
} from '../../units/money.ts'

interface TikTokCurrency {
  /** What base ranges of budgets are multiplied with. */
  readonly ratio: number
  readonly decimals: 0 | 2
}

const cents = (ratio: number): TikTokCurrency => ({ ratio, decimals: 2 })
const whole = (ratio: number): TikTokCurrency => ({ ratio, decimals: 0 })

/**
 * TikTok's "budget verification ratio" and precision, which are not ISO 4217's decimals: the forint and the Taiwan dollar
 * have none.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1737585839634433 (read 2026-11-21)
 */
const CURRENCIES: ReadonlyMap<string, TikTokCurrency> = new Map(
  Object.entries({
    AED: cents(1),
    ARS: cents(1),
    AUD: cents(1),
    BDT: cents(100),
    BOB: cents(10),
    BRL: cents(1),
    CAD: cents(1),
    CHF: cents(1),
    CLP: whole(1_000),
    CNY: cents(10),
    COP: cents(1_000),
    CRC: cents(1_000),
    CZK: cents(10),
    DKK: cents(10),
    DZD: cents(100),
    EGP: cents(10),
    EUR: cents(1),
    GBP: cents(1),
    GTQ: cents(10),
    HKD: cents(10),
    HNL: cents(10),
    HUF: whole(1),
    IDR: whole(10_000),
    ILS: cents(1),
    INR: cents(100),
    ISK: whole(100),
    JPY: whole(100),
    KES: cents(100),
    KRW: whole(1_000),
    MOP: cents(10),
    MXN: cents(10),
    MYR: cents(1),
    NGN: cents(100),
    NIO: cents(10),
    NOK: cents(10),
    NZD: cents(1),
    PEN: cents(1),
    PHP: cents(50),
    PKR: cents(100),
    PLN: cents(4),
    PYG: whole(10_000),
    QAR: cents(1),
    RON: cents(1),
    RUB: cents(100),
    SAR: cents(1),
    SEK: cents(10),
    SGD: cents(1),
    THB: cents(10),
    TRY: cents(10),
    TWD: whole(10),
    UAH: cents(10),
    USD: cents(1),
    UYU: cents(10),
    VEF: cents(100_000),
    VND: whole(10_000),
    ZAR: cents(10),
  }),
)

function tiktokCurrency(currency: CurrencyCode): TikTokCurrency {
  const known = CURRENCIES.get(currency)
  // Guessing its decimals would be wrong by a factor of a hundred in one of the two directions.
  if (!known)
    throw new RangeError(
      `currency ${currency} is not in TikTok's table: add it with its documented ratio and precision`,
    )
  return known
}

/** Micros of the smallest amount that TikTok keeps: 1,000,000 for the yen, 10,000 for the dollar. @throws RangeError */
export const microsPerStep = (currency: CurrencyCode): bigint =>
  tiktokCurrency(currency).decimals === 0 ? MICROS_PER_UNIT : MICROS_PER_UNIT / 100n

/** `amount` as TikTok would keep it, rounded down: no rounding of ours may pass a cap. @throws RangeError */
export const inSteps = (amount: Money): Money => toMultiple(amount, microsPerStep(amount.currency), 'down')

/**
 * `amount` in main units, as a number of JSON, rounded down to TikTok's precision. Exact below 9 trillion main units.
 *
 * @throws RangeError for a negative amount or an unlisted currency
 */
export function toTikTokAmount(amount: Money): number {
  if (amount.micros < 0n) throw new RangeError(`an amount sent to TikTok must be ≥ 0, got ${amount.micros} micros`)
  return Number(toDecimal(inSteps(amount)))
}

/** A trillion times the main unit is beyond every range of TikTok's. */
const GREATEST = 1e15

/**
 * The amount that a float stands for, to the nearest micro.
 *
 * @throws RangeError for a negative or endless one, and for an unlisted currency
 */
export function fromTikTokAmount(value: number, currency: CurrencyCode): Money {
  tiktokCurrency(currency)
  if (!(value >= 0 && value < GREATEST)) throw new RangeError(`an amount must be a number from 0 to ${GREATEST}`)
  return fromDecimal(value.toFixed(6), currency)
}

/**
 * The amount in a report, as decimal text; what is below a micro is rounded to even.
 *
 * @throws RangeError for anything else, a negative one included
 */
export function fromReported(text: string, currency: CurrencyCode): Money {
  const match = /^(\d{1,15})(?:\.(\d{1,18}))?$/.exec(text)
  if (!match) throw new RangeError('an amount must be a decimal ≥ 0')
  const [, units = '0', decimals = ''] = match
  const micros = divide(BigInt(units + decimals) * MICROS_PER_UNIT, 10n ** BigInt(decimals.length), 'half-even')
  return money(micros, currency)
}

const BASE_MINIMUM: Readonly<Record<BudgetOwner, number>> = { shared: 50, campaign: 50, 'ad-group': 20 }

/**
 * Smallest daily budget that TikTok accepts; shop campaigns and ad groups have smaller ones, which only refuses us less.
 *
 * @throws RangeError for an unlisted currency
 */
export const leastDailyBudget = (currency: CurrencyCode, owner: BudgetOwner = 'ad-group'): Money =>
  money(BigInt(BASE_MINIMUM[owner] * tiktokCurrency(currency).ratio) * MICROS_PER_UNIT, currency)

const BASE_MAXIMUM = 10_000_000

/** Largest one, at either level: a step less than what it must stay below. @throws RangeError for an unlisted currency */
export const mostDailyBudget = (currency: CurrencyCode): Money =>
  money(BigInt(BASE_MAXIMUM * tiktokCurrency(currency).ratio) * MICROS_PER_UNIT - microsPerStep(currency), currency)

/** Range of `roas_bid`, a ratio: 0.01 is 1 %. */
export const ROAS = { least: 0.01, most: 10 } as const

/** To TikTok's two decimals. */
export const roundedRoas = (ratio: number): number => Math.round(ratio * 100) / 100
