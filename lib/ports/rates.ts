import type { AccountDate } from '../units/calendar.ts'
import type { CurrencyCode } from '../units/money.ts'
import type { ExchangeRate } from '../units/rates.ts'

export interface ExchangeRates {
  /** The newest rate dated on or before `on`, or undefined where there is none. Same currency: 1, dated `on`. */
  rate(from: CurrencyCode, to: CurrencyCode, on: AccountDate): Promise<ExchangeRate | undefined>
}
