import type { AccountDate, Instant } from '../units/calendar.ts'
import type { PortfolioId } from './account.ts'
import type { PlanId } from './plan.ts'

/** How a plan's predictions turned out, once what they speak of was mature. */
export interface Score {
  readonly portfolio: PortfolioId
  readonly plan: PlanId
  readonly madeAt: Instant
  readonly scoredAt: Instant
  /** The days that were predicted, both included, by the portfolio's date. */
  readonly from: AccountDate
  readonly to: AccountDate
  /** Budgets whose predictions could be checked, and those whose result lay within its 80 % interval. */
  readonly checked: number
  readonly covered: number
  /** Of those checked: claimed conversions that were expected in all, and those that came. */
  readonly expected: number
  readonly realised: number
  /** Root mean square of (realised − expected) ÷ half the interval's width: 0.78 where intervals are honest and normal. Absent: none checked. */
  readonly spread?: number
  /** The same of the value of what was claimed, returns taken back: predictions checked and covered. Absent: none had one. */
  readonly value?: { readonly checked: number; readonly covered: number }
  /** Budgets that could not be checked, by why: moved by somebody else since, days missing, a break in the data. */
  readonly unchecked: Readonly<Record<string, number>>
}
