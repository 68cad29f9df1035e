import { divide, MICROS_PER_UNIT } from '../../../lib/units/money.ts'

/**
 * How many API units make one main unit, by Meta's own table: neither ISO 4217 nor Intl (TWD, CRC and HUF have none here,
 * BHD and JOD have two).
 *
 * Source: https://developers.facebook.com/documentation/ads-commerce/marketing-api/currencies (read 2026-09-12).
 */
const WHOLE_UNITS = new Set(['CLP', 'COP', 'CRC', 'HUF', 'ISK', 'IDR', 'JPY', 'KRW', 'PYG', 'TWD', 'VND'])

export const offsetOf = (currency: string): bigint => (WHOLE_UNITS.has(currency) ? 1n : 100n)

const microsPerApiUnit = (currency: string): bigint => MICROS_PER_UNIT / offsetOf(currency)

/** Whole API units, as budgets and bids are written and read; a part of a unit is cut off. */
export const toApiUnits = (micros: bigint, currency: string): bigint =>
  divide(micros, microsPerApiUnit(currency), 'down')

/** Whole API units, a part of one counted as one: for minimums, which a cut-off unit would break. */
export const toApiUnitsUp = (micros: bigint, currency: string): bigint =>
  divide(micros, microsPerApiUnit(currency), 'up')

export const fromApiUnits = (units: bigint, currency: string): bigint => units * microsPerApiUnit(currency)

/** Main units with two decimals, or none where the currency has none: how Insights writes spend and values. */
export function toReportedAmount(micros: bigint, currency: string): string {
  const units = divide(micros, microsPerApiUnit(currency), 'half-even')
  if (offsetOf(currency) === 1n) return units.toString()
  const magnitude = units < 0n ? -units : units
  return `${units < 0n ? '-' : ''}${magnitude / 100n}.${(magnitude % 100n).toString().padStart(2, '0')}`
}

/** `$20.00`-like text of an amount, for messages that people read. */
export const inWords = (micros: bigint, currency: string): string => `${toReportedAmount(micros, currency)} ${currency}`

/**
 * Main units that are worth about one US dollar, in round figures. Only the pretence scales by it: its least and greatest
 * budgets are dollar amounts.
 */
const ABOUT_A_DOLLAR: Readonly<Record<string, bigint>> = {
  CLP: 900n,
  COP: 4000n,
  CRC: 500n,
  CZK: 20n,
  DKK: 7n,
  HUF: 350n,
  IDR: 16000n,
  INR: 85n,
  ISK: 130n,
  JPY: 150n,
  KRW: 1400n,
  MXN: 20n,
  NOK: 10n,
  PHP: 55n,
  PYG: 7500n,
  SEK: 10n,
  THB: 35n,
  TRY: 40n,
  TWD: 30n,
  VND: 25000n,
  ZAR: 18n,
}

/** Micros of `currency` worth about so many US cents. */
export const aboutUsCents = (cents: bigint, currency: string): bigint =>
  (cents * (ABOUT_A_DOLLAR[currency] ?? 1n) * MICROS_PER_UNIT) / 100n

/** Least daily budget: a dollar or its like, a whole number of API units in every currency of the table. */
export const leastDailyBudget = (currency: string): bigint => aboutUsCents(100n, currency)

/** Greatest budget of any period: a million dollars or its like. */
export const greatestBudget = (currency: string): bigint => aboutUsCents(100_000_000n, currency)
