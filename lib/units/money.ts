/** ISO 4217 alphabetic code, upper case. Which codes are known is decided at each platform's edge, by its own table. */
export type CurrencyCode = string & { readonly __brand: 'CurrencyCode' }

/** An exact amount: integer micros (millionths of the main unit) of one currency. */
export interface Money {
  readonly micros: bigint
  readonly currency: CurrencyCode
}

export const MICROS_PER_UNIT = 1_000_000n

/** Which way a division that does not come out even errs: `down` is towards minus infinity, `up` towards plus infinity. */
export type Rounding = 'down' | 'up' | 'half-even'

/** Two amounts of different currencies met where only one currency makes sense. */
export class CurrencyMismatch extends Error {
  constructor(a: CurrencyCode, b: CurrencyCode) {
    super(`cannot combine ${a} with ${b}: convert with a dated rate first`)
    this.name = 'CurrencyMismatch'
  }
}

/** @throws RangeError unless `code` is three capital letters. */
export function currency(code: string): CurrencyCode {
  if (!/^[A-Z]{3}$/.test(code))
    throw new RangeError(`currency "${code}" is not an ISO 4217 code: use three capital letters, such as EUR`)
  return code as CurrencyCode
}

export const money = (micros: bigint, of: CurrencyCode): Money => ({ micros, currency: of })
export const zero = (of: CurrencyCode): Money => ({ micros: 0n, currency: of })

function sameCurrency(a: Money, b: Money): CurrencyCode {
  if (a.currency !== b.currency) throw new CurrencyMismatch(a.currency, b.currency)
  return a.currency
}

/** @throws CurrencyMismatch */
export const add = (a: Money, b: Money): Money => money(a.micros + b.micros, sameCurrency(a, b))
/** @throws CurrencyMismatch */
export const subtract = (a: Money, b: Money): Money => money(a.micros - b.micros, sameCurrency(a, b))
/** Negative, zero or positive as `a` is less than, equal to or more than `b`. @throws CurrencyMismatch */
export function compare(a: Money, b: Money): number {
  sameCurrency(a, b)
  return a.micros < b.micros ? -1 : a.micros > b.micros ? 1 : 0
}
export const equal = (a: Money, b: Money): boolean => a.currency === b.currency && a.micros === b.micros
/** @throws CurrencyMismatch */
export const smaller = (a: Money, b: Money): Money => (compare(a, b) <= 0 ? a : b)
/** @throws CurrencyMismatch */
export const larger = (a: Money, b: Money): Money => (compare(a, b) >= 0 ? a : b)

/** Sum of `amounts`, all in `of`. @throws CurrencyMismatch */
export const sum = (amounts: Iterable<Money>, of: CurrencyCode): Money => {
  let total = zero(of)
  for (const amount of amounts) total = add(total, amount)
  return total
}

/** Integer quotient with the rounding written down. @throws RangeError when the divisor is not positive */
export function divide(dividend: bigint, divisor: bigint, rounding: Rounding): bigint {
  if (divisor <= 0n) throw new RangeError(`divisor must be positive, got ${divisor}`)
  const truncated = dividend / divisor
  const rest = dividend % divisor
  if (rest === 0n) return truncated
  const floor = rest < 0n ? truncated - 1n : truncated
  if (rounding === 'down') return floor
  if (rounding === 'up') return floor + 1n
  const twiceAboveFloor = 2n * (dividend - floor * divisor)
  if (twiceAboveFloor !== divisor) return twiceAboveFloor > divisor ? floor + 1n : floor
  return floor % 2n === 0n ? floor : floor + 1n
}

/** Largest multiple of `step` micros that is not above `amount` (`down`), or smallest not below it (`up`). */
export const toMultiple = (amount: Money, step: bigint, rounding: 'down' | 'up'): Money =>
  money(divide(amount.micros, step, rounding) * step, amount.currency)

const FACTOR_SCALE = 1_000_000_000n

/**
 * `amount` times a factor, such as an over-delivery factor or a step limit.
 *
 * The factor is taken to nine decimals, exactly enough for a share or a percentage; the product is then rounded as told.
 *
 * @param factor finite, ≥ 0
 */
export function times(amount: Money, factor: number, rounding: Rounding): Money {
  if (!Number.isFinite(factor) || factor < 0) throw new RangeError(`factor must be finite and ≥ 0, got ${factor}`)
  const scaled = BigInt(Math.round(factor * Number(FACTOR_SCALE)))
  return money(divide(amount.micros * scaled, FACTOR_SCALE, rounding), amount.currency)
}

/**
 * The amount as a number of main units, for statistics and display only: never on the way to a platform.
 * Exact to the micro below 4 billion main units.
 */
export const mainUnits = (amount: Money): number => Number(amount.micros) / 1e6

/**
 * Amount from a number of main units, as a model computed it.
 *
 * @throws RangeError when `units` is not finite
 */
export function fromMainUnits(units: number, of: CurrencyCode, rounding: Rounding): Money {
  if (!Number.isFinite(units)) throw new RangeError(`an amount must be finite, got ${units} ${of}`)
  const micros = units * 1e6
  const whole = rounding === 'down' ? Math.floor(micros) : rounding === 'up' ? Math.ceil(micros) : halfEven(micros)
  return money(BigInt(whole), of)
}

function halfEven(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

/**
 * Amount from the decimal text that platforms and policy files use, such as `"1234.56"` or `"-0.5"`; exact.
 *
 * @throws RangeError for anything that is not a plain decimal, or has more than six decimals (a micro is the least)
 */
export function fromDecimal(text: string, of: CurrencyCode): Money {
  const match = /^(-?)(\d+)(?:\.(\d{1,6})0*)?$/.exec(text)
  if (!match) throw new RangeError(`amount "${text}" is not a decimal with at most six places, such as 1234.56`)
  const [, sign, units, decimals = ''] = match
  const micros = BigInt(units ?? '0') * MICROS_PER_UNIT + BigInt(decimals.padEnd(6, '0'))
  return money(sign === '-' ? -micros : micros, of)
}

/** Plain decimal text with only the decimals that are needed, at least `decimals` of them: `1234.50`. */
export function toDecimal({ micros }: Money, decimals = 0): string {
  const magnitude = micros < 0n ? -micros : micros
  const digits = (magnitude % MICROS_PER_UNIT).toString().padStart(6, '0')
  const fraction = digits.slice(0, decimals) + digits.slice(decimals).replace(/0+$/, '')
  return `${micros < 0n ? '-' : ''}${magnitude / MICROS_PER_UNIT}${fraction === '' ? '' : `.${fraction}`}`
}
