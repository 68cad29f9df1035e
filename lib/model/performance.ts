import type { AccountDate, Instant } from '../units/calendar.ts'
import type { Money } from '../units/money.ts'
import type { AccountRef, AdGroupId, CampaignId } from './account.ts'
import type { ConversionCount } from './conversions.ts'

/** What a platform reported for one campaign (or ad group) on one account date, or one hour of it. */
export interface PerformanceRow {
  readonly campaign: CampaignId
  /** Present where budgets sit on ad groups and the report was taken at that level. */
  readonly adGroup?: AdGroupId
  readonly date: AccountDate
  /** 0 to 23, with grain `hour`. */
  readonly hour?: number
  readonly spend: Money
  readonly impressions: number
  readonly clicks: number
  /** One entry per conversion rule; an action without an entry had none reported. */
  readonly conversions: readonly ConversionCount[]
}

export interface PerformanceQuery {
  readonly grain: 'day' | 'hour'
  /** Account dates, both included. */
  readonly from: AccountDate
  readonly to: AccountDate
}

/** A complete report: paging was followed to its end, or there is no report at all. */
export interface PerformanceReport {
  readonly account: AccountRef
  readonly query: PerformanceQuery
  readonly rows: readonly PerformanceRow[]
  /**
   * Spend per date of the account as a whole, asked for separately. Its difference from the sum of rows is the gap:
   * campaigns that were deleted or hidden, or a report that is not complete.
   */
  readonly accountSpend: ReadonlyMap<AccountDate, Money>
  readonly readAt: Instant
}
