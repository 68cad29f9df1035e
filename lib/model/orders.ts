import type { AccountDate } from '../units/calendar.ts'

/**
 * What the advertiser's own shop sold on one day, in the portfolio's base currency and zone: what platform claims are
 * compared with. Returned orders are taken off the day on which they were ordered.
 */
export interface OrderDay {
  readonly date: AccountDate
  readonly orders: number
  readonly valueMicros: bigint
}
