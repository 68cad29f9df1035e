import { type CurrencyCode, divide, MICROS_PER_UNIT, type Money, money } from '../../units/money.ts'

interface MetaCurrency {
  /** Meta's units per main unit. */
  readonly offset: 1 | 100
  /** A round number of main units that has been worth at least one US dollar since 2024. */
  readonly aboutOneDollar: number
}

const hundredths = (aboutOneDollar: number): MetaCurrency => ({ offset: 100, aboutOneDollar })
const whole = (aboutOneDollar: number): MetaCurrency => ({ offset: 1, aboutOneDollar })

/**
 * Meta's own offsets, which are not ISO 4217's minor units: the forint, the Colombian peso and the Taiwan dollar have
 * none, the dinars of Bahrain and Jordan have two decimals and not three.
 *
 * @see https://developers.facebook.com/documentation/ads-commerce/marketing-api/currencies (as of 2026-09-12)
 */
const CURRENCIES: ReadonlyMap<string, MetaCurrency> = new Map(
  Object.entries({
    AED: hundredths(4),
    ARS: hundredths(2_000),
    AUD: hundredths(2),
    BDT: hundredths(150),
    BGN: hundredths(2),
    BHD: hundredths(1),
    BOB: hundredths(10),
    BRL: hundredths(10),
    CAD: hundredths(2),
    CHF: hundredths(1),
    CLP: whole(1_000),
    CNY: hundredths(10),
    COP: whole(5_000),
    CRC: whole(600),
    CZK: hundredths(30),
    DKK: hundredths(10),
    DZD: hundredths(150),
    EGP: hundredths(60),
    EUR: hundredths(1),
    GBP: hundredths(1),
    GTQ: hundredths(10),
    HKD: hundredths(10),
    HNL: hundredths(30),
    HUF: whole(400),
    IDR: whole(20_000),
    ILS: hundredths(5),
    INR: hundredths(100),
    ISK: whole(150),
    JOD: hundredths(1),
    JPY: whole(200),
    KES: hundredths(150),
    KRW: whole(2_000),
    MOP: hundredths(10),
    MXN: hundredths(25),
    MYR: hundredths(5),
    NGN: hundredths(2_000),
    NIO: hundredths(40),
    NOK: hundredths(15),
    NZD: hundredths(2),
    PEN: hundredths(5),
    PHP: hundredths(100),
    PKR: hundredths(300),
    PLN: hundredths(5),
    PYG: whole(10_000),
    QAR: hundredths(4),
    RON: hundredths(5),
    RSD: hundredths(150),
    RUB: hundredths(150),
    SAR: hundredths(4),
    SEK: hundredths(15),
    SGD: hundredths(2),
    THB: hundredths(50),
    TRY: hundredths(60),
    TWD: whole(50),
    UAH: hundredths(50),
    USD: hundredths(1),
    UYU: hundredths(50),
    VND: whole(30_000),
    ZAR: hundredths(25),
  }),
)

function metaCurrency(currency: CurrencyCode): MetaCurrency {
  const known = CURRENCIES.get(currency)
  // Guessing would be wrong by a factor of a hundred in one of the two directions.
  if (!known)
    throw new RangeError(`currency ${currency} is not in Meta's offset table: add it with its documented offset`)
  return known
}

/** Micros of one of Meta's units: 1,000,000 for the yen, 10,000 for the dollar. @throws RangeError when unlisted */
export const microsPerMetaUnit = (currency: CurrencyCode): bigint =>
  MICROS_PER_UNIT / BigInt(metaCurrency(currency).offset)

/**
 * `amount` in Meta's units, rounded down: no rounding of ours may pass a cap.
 *
 * @throws RangeError for a negative amount or an unlisted currency
 */
export function toMetaUnits({ micros, currency }: Money): bigint {
  if (micros < 0n) throw new RangeError(`an amount sent to Meta must be ≥ 0, got ${micros} micros`)
  return divide(micros, microsPerMetaUnit(currency), 'down')
}

/** The same rounded up: a bound that only stops what is above it. @throws RangeError as `toMetaUnits` does */
export function toMetaUnitsUp({ micros, currency }: Money): bigint {
  if (micros < 0n) throw new RangeError(`an amount sent to Meta must be ≥ 0, got ${micros} micros`)
  return divide(micros, microsPerMetaUnit(currency), 'up')
}

/** Exact. @throws RangeError for an unlisted currency */
export const fromMetaUnits = (units: bigint, currency: CurrencyCode): Money =>
  money(units * microsPerMetaUnit(currency), currency)

/**
 * Smallest daily budget that planning may propose: about one US dollar.
 *
 * Meta's least for impressions at lowest cost is $0.50, doubled in the listed developed countries; cheaper events and
 * capped bids need more, which only the account's own `minimum_budgets` can tell, and which Meta then refuses by itself.
 *
 * @throws RangeError for an unlisted currency
 */
export const aboutOneDollar = (currency: CurrencyCode): Money =>
  money(BigInt(metaCurrency(currency).aboutOneDollar) * MICROS_PER_UNIT, currency)

/** Meta writes a ROAS floor as an integer, 10,000 for a ROAS of 1 (12300 is 123 %). */
const ROAS_SCALE = 10_000

/** Rounded to the nearest ten-thousandth. @throws RangeError unless the ratio is positive and finite */
export function toRoasFloor(ratio: number): number {
  const scaled = Math.round(ratio * ROAS_SCALE)
  if (!Number.isSafeInteger(scaled) || scaled < 1)
    throw new RangeError(`target ROAS must be at least 0.0001 and finite, got ${ratio}`)
  return scaled
}

export const fromRoasFloor = (scaled: number): number => scaled / ROAS_SCALE
