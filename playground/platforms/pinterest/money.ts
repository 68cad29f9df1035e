import { MICROS_PER_UNIT } from '../../../lib/units/money.ts'

/** Main units that are worth about one US dollar, in round figures; one where it is not named. */
const ABOUT_A_DOLLAR: Readonly<Record<string, bigint>> = {
  ARS: 1_000n,
  BRL: 5n,
  CLP: 900n,
  COP: 4_000n,
  CZK: 20n,
  DKK: 7n,
  HKD: 7n,
  HUF: 350n,
  ILS: 3n,
  INR: 85n,
  JPY: 150n,
  KRW: 1_400n,
  MXN: 20n,
  NOK: 10n,
  PLN: 4n,
  RON: 4n,
  SEK: 10n,
  TRY: 40n,
}

/**
 * Least daily budget, micros. It is this twin's own: Pinterest publishes none, and a twin that took every amount would never
 * show what a refused one comes to.
 */
export const leastDailyBudget = (currency: string): bigint => (ABOUT_A_DOLLAR[currency] ?? 1n) * MICROS_PER_UNIT
