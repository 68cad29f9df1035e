import type { Instant } from '../units/calendar.ts'
import type { AccountKey, BudgetId } from './account.ts'

/**
 * A platform's own count of conversions by lag from the click, such as Google's `conversion_or_adjustment_lag_bucket`:
 * asked for over clicks old enough to be complete, or the long lags are missing from it.
 */
export interface LagBucket {
  /** Days after the click, from (included) and to (excluded). */
  readonly fromDays: number
  readonly toDays: number
  /** Below 0 where the bucket counts what adjustments took back. */
  readonly conversions: number
}

/** What a platform itself expects of one budget at other amounts, such as Google's budget simulations. */
export interface BudgetForecast {
  readonly budget: BudgetId
  /** By rising daily budget. */
  readonly points: readonly ForecastPoint[]
}

/** Per day, in main units of the account's currency. Conversions are those that the platform bids for, whatever the rule. */
export interface ForecastPoint {
  readonly dailyBudget: number
  readonly spend: number
  readonly conversions: number
}

/** What a platform says beside what it reports. Evidence, never needed: any part may be missing. */
export interface PlatformEvidence {
  readonly account: AccountKey
  readonly lagBuckets?: {
    readonly readAt: Instant
    /** By conversion rule key. */
    readonly byRule: Readonly<Record<string, readonly LagBucket[]>>
  }
  readonly forecasts?: {
    readonly readAt: Instant
    readonly budgets: readonly BudgetForecast[]
  }
}
