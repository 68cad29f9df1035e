// Figures as text. Everything that is not known, or not finite, is a dash with a word: never 0, never NaN.

import { PLATFORM_NAMES } from '../../lib/model/platform-names.ts'

const NO_BREAK = '\u00a0'
const MINUS = '−'

const formats = new Map<number, Intl.NumberFormat>()
const fixed = (digits: number): Intl.NumberFormat => {
  const known = formats.get(digits)
  if (known) return known
  const made = new Intl.NumberFormat('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  formats.set(digits, made)
  return made
}

export const unknown = (why = 'unknown'): string => `—${NO_BREAK}${why}`

/** Plain number with so many decimals; minus as a minus, and no minus before what rounds to nothing. */
export function number(n: number | undefined, digits = 0, why?: string): string {
  if (n === undefined || !Number.isFinite(n)) return unknown(why)
  const text = fixed(digits).format(Math.abs(n))
  return n < 0 && /[1-9]/.test(text) ? `${MINUS}${text}` : text
}

/** As `number`, with a sign in front of everything but nothing: `+1.20`, `−3.00`, `0.00`. */
export function signed(n: number | undefined, digits = 0, why?: string): string {
  const text = number(n, digits, why)
  return n !== undefined && n > 0 && /[1-9]/.test(text) ? `+${text}` : text
}

const withUnit = (text: string, unit: string): string => (text.startsWith('—') ? text : `${text}${NO_BREAK}${unit}`)

/** @param amount main units of `currency` */
export const money = (amount: number | undefined, currency: string, digits = 0, why?: string): string =>
  withUnit(number(amount, digits, why), currency)

export const signedMoney = (amount: number | undefined, currency: string, digits = 0, why?: string): string =>
  withUnit(signed(amount, digits, why), currency)

const AMOUNT = /^(\d+(?:\.(\d+))?) ([A-Z]{3})$/

/** `1598.00 EUR`, an amount as decimal text, apart; undefined for anything else. */
export function amountOf(
  text: string,
): { readonly value: number; readonly digits: number; readonly unit: string } | undefined {
  const [, value, decimals, unit] = AMOUNT.exec(text) ?? []
  return value === undefined || unit === undefined
    ? undefined
    : { value: Number(value), digits: decimals?.length ?? 0, unit }
}

/** Such an amount as it is shown, `1,598.00 EUR`; what is no amount stays as it is. */
export function amountWords(text: string): string {
  const amount = amountOf(text)
  return amount ? money(amount.value, amount.unit, amount.digits) : text
}

/** @param share 0.012 for 1.2 % */
export const percent = (share: number | undefined, digits = 1, why?: string): string =>
  withUnit(number(share === undefined ? undefined : 100 * share, digits, why), '%')

export const signedPercent = (share: number | undefined, digits = 1, why?: string): string =>
  withUnit(signed(share === undefined ? undefined : 100 * share, digits, why), '%')

/** (to − from) / from; unknown where there is nothing to compare with. */
export function change(from: number | undefined, to: number | undefined): number | undefined {
  if (from === undefined || to === undefined) return undefined
  const share = (to - from) / from
  return from > 0 && Number.isFinite(share) ? share : undefined
}

/** a / b; unknown where b is nothing. */
export function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined || !(b > 0) || !Number.isFinite(a) ? undefined : a / b
}

const dayFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric' })
const shortFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' })
const clockFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit' })

const dated = (text: string, format: Intl.DateTimeFormat): string => {
  const at = Date.parse(text)
  return Number.isNaN(at) ? text : format.format(at)
}

/** `2026-10-05` as `5 Oct 2026`; what is no date stays as it is. */
export const day = (date: string): string => dated(date, dayFormat)
/** `2026-10-05` as `5 Oct`. */
export const shortDay = (date: string): string => dated(date, shortFormat)
/** `2026-10-05T01:00:00Z` as `5 Oct 2026, 01:00 UTC`. */
export const instant = (at: string): string =>
  Number.isNaN(Date.parse(at)) ? at : `${dated(at, dayFormat)}, ${dated(at, clockFormat)}${NO_BREAK}UTC`

const PLATFORMS: Readonly<Record<string, string>> = PLATFORM_NAMES

/** A platform's own name; one that is not listed keeps its key. */
export const platform = (key: string): string => PLATFORMS[key] ?? key
/** Platform of an account key, `google-ads:5550192837` → `Google Ads`. */
export const platformOf = (account: string): string => platform(account.split(':')[0] ?? account)

/** `1 change`, `2 changes`. */
export const counted = (n: number, one: string, many = `${one}s`): string => `${number(n)} ${n === 1 ? one : many}`
