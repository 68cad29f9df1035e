import type { AccountDate, Instant } from '../units/calendar.ts'
import type { AccountKey, BudgetId, CampaignId } from './account.ts'
import type { CriterionRef, Device } from './structure.ts'

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

/** What a platform itself expects of one campaign at other targets, such as Google's target CPA and target ROAS simulations. */
export interface TargetForecast {
  readonly campaign: CampaignId
  readonly kind: 'target-cpa' | 'target-roas'
  /** Account dates that it replays, both included. */
  readonly from: AccountDate
  readonly to: AccountDate
  /** By rising target. */
  readonly points: readonly TargetForecastPoint[]
}

/** Per day, in main units of the account's currency. Conversions and value are those that the platform bids for. */
export interface TargetForecastPoint {
  /** Main units per conversion, or value per unit of spend; > 0. */
  readonly target: number
  readonly spend: number
  readonly conversions: number
  readonly value: number
}

/** Clicks of a campaign over all of some days, and what they brought by the day of the click. */
export interface ClickCell {
  readonly campaign: CampaignId
  /** Absent where a criterion's clicks are not counted by device: they are those on all devices. */
  readonly device?: Device
  /**
   * Only those clicks that fell to this place, audience or part of the week. Cells without one are all of the campaign's
   * clicks on the device: the same ones, counted again.
   */
  readonly criterion?: CriterionRef
  /** ≥ 0. */
  readonly clicks: number
  /** Claimed by one rule, as many as are visible by now; ≥ 0. */
  readonly conversions: number
  /** Main units of the account's currency. */
  readonly value: number
}

/** Clicks of the dates from `from` to `to`, both included. */
export interface ClickCells {
  readonly from: AccountDate
  readonly to: AccountDate
  readonly cells: readonly ClickCell[]
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
  readonly targetForecasts?: {
    readonly readAt: Instant
    readonly campaigns: readonly TargetForecast[]
  }
  readonly cells?: {
    readonly readAt: Instant
    readonly from: AccountDate
    readonly to: AccountDate
    /** By conversion rule key. */
    readonly byRule: Readonly<Record<string, readonly ClickCell[]>>
  }
}
