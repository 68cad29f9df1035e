import type { AccountRef, PlatformId } from '../model/account.ts'
import type { PlatformCapabilities } from '../model/capability.ts'
import type { ConnectionHealth } from '../model/connection-health.ts'
import type { ConversionAction } from '../model/conversion-action.ts'
import type { ConversionRule } from '../model/conversions.ts'
import type { BudgetForecast, ClickCell, LagBucket, TargetForecast } from '../model/evidence.ts'
import type { WriteResult } from '../model/failure.ts'
import type { Lever, LeverChange, LiveLever } from '../model/lever.ts'
import type { PerformanceQuery, PerformanceReport } from '../model/performance.ts'
import type { RequestUse } from '../model/request-limits.ts'
import type { SpendStop, SpendStops } from '../model/spend-stop.ts'
import type { AccountStructure, ChangeEvent } from '../model/structure.ts'
import type { AccountDate, Instant } from '../units/calendar.ts'
import type { Money } from '../units/money.ts'

/** What Sluice needs of an ad platform. Adding one is an adapter folder and a line in the registry. */
export interface AdPlatform {
  readonly id: PlatformId
  readonly reader: PlatformReader
  readonly writer: PlatformWriter
  readonly capabilities: PlatformCapabilities
}

/** Every method throws PlatformError: a read is whole or it failed. */
export interface PlatformReader {
  /** @param what criteria only where they are asked for: an account may list a great many */
  structure(account: AccountRef, what?: { readonly criteria: boolean }): Promise<AccountStructure>
  /**
   * Spend, clicks and claimed conversions by campaign (and by ad group where ad groups carry the budgets), for every
   * rule asked for, with the account's own totals to reconcile with.
   */
  performance(
    account: AccountRef,
    query: PerformanceQuery,
    rules: readonly ConversionRule[],
  ): Promise<PerformanceReport>
  /** The platform's change history since an instant; `unreviewed` where the platform has none. */
  changes(account: AccountRef, since: Instant): Promise<readonly ChangeEvent[] | 'unreviewed'>
  /**
   * The present values of these levers, in the same order.
   *
   * @param use what they are read for, so that a cut or a pause is not kept waiting by reading; `read` unless told otherwise
   */
  live(account: AccountRef, levers: readonly Lever[], use?: RequestUse): Promise<readonly LiveLever[]>
  announcements(account: AccountRef): Promise<readonly Announcement[]>
  /**
   * Rules of ours that stand at the platform and pause by spend, and what they have paused. Only where a platform has such
   * rules.
   *
   * @param use what they are read for; `read` unless told otherwise
   */
  spendStops?(account: AccountRef, use?: RequestUse): Promise<SpendStops>
  /** How the connection stands. Only where a platform can be asked; asked by a person, never by a turn. */
  health?(account: AccountRef): Promise<ConnectionHealth>
  /** What can be counted in this account, and by which windows. Asked by a person. */
  conversionActions?(account: AccountRef): Promise<readonly ConversionAction[]>
  /**
   * The platform's own count of conversions by lag from the click, by rule key, over clicks old enough to be complete; a
   * rule that it says nothing of is left out. Only where a platform has such a count.
   */
  conversionLag?(
    account: AccountRef,
    rules: readonly ConversionRule[],
  ): Promise<ReadonlyMap<string, readonly LagBucket[]>>
  /** What the platform itself expects of budgets at other amounts. Only where a platform forecasts. */
  forecasts?(account: AccountRef): Promise<readonly BudgetForecast[]>
  /** The same of campaigns at other targets. */
  targetForecasts?(account: AccountRef): Promise<readonly TargetForecast[]>
  /**
   * Clicks by campaign and device over all of these days, and what they brought by the day of the click, by rule key; and
   * the same by place, audience or part of the week, where a campaign has criteria for them: by device too where the
   * platform counts the two together. Only where a platform has such multipliers.
   */
  cells?(
    account: AccountRef,
    rules: readonly ConversionRule[],
    from: AccountDate,
    to: AccountDate,
  ): Promise<ReadonlyMap<string, readonly ClickCell[]>>
}

/** Answers per change and does not throw: what cannot be positively confirmed is `unknown`. */
export interface PlatformWriter {
  /**
   * Pushes absolute values, each at most once, without any retry of its own. One result per change, in order.
   *
   * @param notAfter nothing is sent after this instant: what is left by then is refused as transient
   * @param look asked before each request but the first: why a lever is not to be sent after all. It is refused as transient
   */
  apply(
    account: AccountRef,
    changes: readonly LeverChange[],
    notAfter?: Instant,
    look?: () => Promise<(lever: Lever) => string | undefined>,
  ): Promise<readonly WriteResult[]>
  /**
   * Creates an announcement unless one of that name is there already (creates are not idempotent on any platform).
   */
  announce(account: AccountRef, announcement: Announcement): Promise<WriteResult>
  /** Takes a budget schedule back, by the platform's name for it. Only where a platform has budget schedules. */
  withdraw?(account: AccountRef, schedule: string): Promise<WriteResult>
  /** Writes a rule that pauses by spend, in place of the one of that id where one is given. Only where a platform has such rules. */
  keepStop?(account: AccountRef, stop: SpendStop, id?: string): Promise<WriteResult>
  removeStop?(account: AccountRef, id: string): Promise<WriteResult>
}

/** What a platform can be told about days to come or days to forget, beside levers. */
export type Announcement =
  /** Conversion rates are expected to differ by this factor (0.1 to 10). */
  | {
      readonly kind: 'seasonality'
      readonly name: string
      readonly from: Instant
      readonly to: Instant
      readonly conversionRateFactor: number
      readonly campaigns: readonly string[]
    }
  /** Conversions of this time are not to be learned from. */
  | {
      readonly kind: 'data-exclusion'
      readonly name: string
      readonly from: Instant
      readonly to: Instant
      readonly campaigns: readonly string[]
    }
  | BudgetSchedule

/** A budget is raised for a time and falls back by itself. */
export interface BudgetSchedule {
  readonly kind: 'budget-schedule'
  /** The platform's own name for it, where it has been read. */
  readonly name: string
  readonly from: Instant
  readonly to: Instant
  readonly budget: Lever
  /** What the budget is raised to, and from: a budget that stands elsewhere is not raised. */
  readonly amount: Money
  readonly over: Money
  /** It adds this share of the budget, wherever that stands. Absent: it adds the difference of the two amounts. */
  readonly share?: number
}

/** @throws RangeError for a platform that no adapter was registered for */
export type PlatformRegistry = (platform: PlatformId) => AdPlatform

export interface DateRange {
  readonly from: AccountDate
  readonly to: AccountDate
}
