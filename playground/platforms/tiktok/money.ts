import { divide, MICROS_PER_UNIT } from '../../../lib/units/money.ts'
import { invalid } from './errors.ts'

/**
 * TikTok's own precision and budget verification ratio by currency; the forint has ratio 1 and no decimals.
 *
 * Source: https://business-api.tiktok.com/portal/docs?id=1737585839634433 (as stored, read 2026-11-21).
 */
const RATIOS: Readonly<Record<string, number>> = {
  ...{ USD: 1, EUR: 1, GBP: 1, MYR: 1, AED: 1, SAR: 1, HUF: 1, AUD: 1, CAD: 1, NZD: 1, SGD: 1, CHF: 1, ARS: 1 },
  ...{ BRL: 1, ILS: 1, PEN: 1, QAR: 1, RON: 1, PLN: 4, PHP: 50 },
  ...{ HKD: 10, ZAR: 10, DKK: 10, SEK: 10, NOK: 10, TRY: 10, MXN: 10, THB: 10, CNY: 10, BOB: 10, CZK: 10, EGP: 10 },
  ...{ GTQ: 10, HNL: 10, MOP: 10, TWD: 10, NIO: 10, UAH: 10, UYU: 10 },
  ...{ JPY: 100, RUB: 100, DZD: 100, BDT: 100, ISK: 100, INR: 100, KES: 100, NGN: 100, PKR: 100 },
  ...{ KRW: 1_000, CLP: 1_000, COP: 1_000, CRC: 1_000, IDR: 10_000, PYG: 10_000, VND: 10_000, VEF: 100_000 },
}
const WHOLE = new Set(['CLP', 'HUF', 'IDR', 'ISK', 'JPY', 'KRW', 'PYG', 'TWD', 'VND'])

const decimalsOf = (currency: string): 0 | 2 => (WHOLE.has(currency) ? 0 : 2)
const stepMicros = (currency: string): bigint => (WHOLE.has(currency) ? MICROS_PER_UNIT : MICROS_PER_UNIT / 100n)

/** Base minimum of a daily budget times the ratio of the currency, in micros. */
export const leastBudget = (currency: string, level: 'campaign' | 'adgroup'): bigint =>
  BigInt((level === 'campaign' ? 50 : 20) * (RATIOS[currency] ?? 1)) * MICROS_PER_UNIT

/** What a budget must stay below, in micros. */
export const greatestBudget = (currency: string): bigint =>
  10_000_000n * BigInt(RATIOS[currency] ?? 1) * MICROS_PER_UNIT

/** Main units as a float, as budgets and bids are read. */
export function toFloat(micros: bigint, currency: string): number {
  const step = stepMicros(currency)
  return Number((divide(micros, step, 'down') * step * 100n) / MICROS_PER_UNIT) / 100
}

/** Main units as text with the currency's decimals, as reports have them. */
export function toReported(micros: bigint, currency: string): string {
  const decimals = decimalsOf(currency)
  const step = stepMicros(currency)
  const units = divide(micros, step, 'half-even')
  if (decimals === 0) return units.toString()
  return `${units / 100n}.${(units % 100n).toString().padStart(2, '0')}`
}

/**
 * Micros of a float that was sent.
 *
 * @throws TikTokError 40002 unless it is a number, positive, with no more decimals than the currency has
 */
export function fromFloat(name: string, value: unknown, currency: string): bigint {
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
    throw invalid(`${name} must be a positive number.`)
  const [whole = '', fraction = ''] = value.toFixed(6).split('.')
  const micros = BigInt(whole) * MICROS_PER_UNIT + BigInt(fraction)
  if (micros % stepMicros(currency) !== 0n)
    throw invalid(`${name}: ${currency} allows at most ${decimalsOf(currency)} decimal places.`)
  return micros
}
