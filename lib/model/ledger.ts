import type { AccountDate } from '../units/calendar.ts'
import type { Money } from '../units/money.ts'
import type { ExchangeRate } from '../units/rates.ts'
import type { AccountRef, PortfolioId } from './account.ts'

/**
 * The worst that one account day may cost: the sum over every budget of the account (unmanaged ones too) of its highest
 * value of the day, pending values included, and what schedules raise it by on the day or on the next, times the
 * over-delivery factor. A lifetime budget counts once with its whole
 * amount: all of it may go in a day, but no more. Never lowered within the day but by the release of a reservation that was certainly not applied.
 */
export interface AccountDayLedger {
  readonly account: AccountRef
  readonly date: AccountDate
  readonly exposure: Money
  /** From the policy when the day was opened or the policy changed. Absent: nothing may be pushed. */
  readonly cap?: Money
  readonly version: number
}

/** The same for a portfolio's day, in its base currency at rates pinned for the day. */
export interface PortfolioDayLedger {
  readonly portfolio: PortfolioId
  readonly date: AccountDate
  readonly exposure: Money
  readonly cap?: Money
  readonly rates: readonly ExchangeRate[]
  readonly version: number
}
