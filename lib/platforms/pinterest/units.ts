import { type CurrencyCode, MICROS_PER_UNIT, type Money, money } from '../../units/money.ts'

interface PinterestCurrency {
  /** Micros of the least amount that is billed. */
  readonly step: bigint
  /** A round number of main units that has been worth at least one US dollar since 2024. */
  readonly aboutOneDollar: number
}

const cents = (aboutOneDollar: number): PinterestCurrency => ({ step: 10_000n, aboutOneDollar })
const whole = (aboutOneDollar: number): PinterestCurrency => ({ step: MICROS_PER_UNIT, aboutOneDollar })

/**
 * Currencies that an ad account can have, by the API description (v5.23.0, `Currency`; its `UNK` is none). Amounts are
 * micros of them whatever their decimals are. That they are sent in whole cents, or in whole units where the currency
 * has no cents in use, is our own care: Pinterest publishes no billable unit.
 *
 * @see https://github.com/pinterest/api-description (v5/openapi.json)
 */
const CURRENCIES: ReadonlyMap<string, PinterestCurrency> = new Map(
  Object.entries({
    ARS: cents(2_000),
    AUD: cents(2),
    BRL: cents(10),
    CAD: cents(2),
    CHF: cents(1),
    CLP: whole(1_000),
    COP: whole(5_000),
    CZK: cents(30),
    DKK: cents(10),
    EUR: cents(1),
    GBP: cents(1),
    HKD: cents(10),
    HUF: whole(400),
    ILS: cents(5),
    INR: cents(100),
    JPY: whole(200),
    KRW: whole(2_000),
    MXN: cents(25),
    NOK: cents(15),
    NZD: cents(2),
    PLN: cents(5),
    RON: cents(5),
    SEK: cents(15),
    SGD: cents(2),
    TRY: cents(60),
    USD: cents(1),
  }),
)

function pinterestCurrency(currency: CurrencyCode): PinterestCurrency {
  const known = CURRENCIES.get(currency)
  if (!known)
    throw new RangeError(`currency ${currency} is not among those that Pinterest bills in: add it to the table`)
  return known
}

/** Micros that an amount sent to Pinterest is a multiple of. @throws RangeError when the currency is unlisted */
export const billableStep = (currency: CurrencyCode): bigint => pinterestCurrency(currency).step

/**
 * Smallest daily budget that planning may propose: about one US dollar. Pinterest publishes no minimum; its own answer
 * refuses what is below the one that it has.
 *
 * @throws RangeError for an unlisted currency
 */
export const aboutOneDollar = (currency: CurrencyCode): Money =>
  money(BigInt(pinterestCurrency(currency).aboutOneDollar) * MICROS_PER_UNIT, currency)

/**
 * `amount` as it is written: whole micros, a JSON number.
 *
 * @throws RangeError for a negative amount, an unlisted currency or more than 2^53 micros
 */
export function toWire({ micros, currency }: Money): number {
  const step = billableStep(currency)
  const rounded = (micros / step) * step
  if (micros < 0n || rounded > BigInt(Number.MAX_SAFE_INTEGER))
    throw new RangeError(`an amount sent to Pinterest must be from 0 to 2^53 micros, got ${micros}`)
  return Number(rounded)
}
