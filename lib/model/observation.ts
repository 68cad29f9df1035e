import type { AccountDate, Instant } from '../units/calendar.ts'
import type { ExchangeRate } from '../units/rates.ts'
import type { AccountKey, BudgetId, CampaignId, PortfolioId } from './account.ts'
import type { BudgetForecast, ClickCells, LagBucket, TargetForecast } from './evidence.ts'
import type { Freeze } from './freeze.ts'
import type { EntityHistory, PullStatus, Revision } from './history.ts'
import type { LeverState } from './lever-state.ts'
import type { OrderDay } from './orders.ts'
import type { PolicyVersion } from './policy.ts'
import type { AccountStructure } from './structure.ts'

/** Everything that a plan may look at. Kept whole under its hash, so that the plan can be made again. */
export interface Observation {
  readonly now: Instant
  /** The portfolio's date at `now`. */
  readonly today: AccountDate
  readonly policy: PolicyVersion
  readonly occasion: 'daily' | 'correction'
  /** Some account, or its rate, is not known: only orders back to the caps and pauses are decided, which need neither. */
  readonly partial?: true
  readonly accounts: readonly AccountObservation[]
  /** From each account currency to the base currency. */
  readonly rates: readonly ExchangeRate[]
  readonly freezes: readonly Freeze[]
  /** Spend of the flight before today, in micros of each account's currency. */
  readonly flightSpentMicros: ReadonlyMap<AccountKey, bigint>
  /** The shop's own orders of the last 90 days, where they are known; a date that is missing is unknown. */
  readonly orders?: readonly OrderDay[]
}

export interface AccountObservation {
  readonly account: AccountKey
  /** The account's own date at `now`. */
  readonly today: AccountDate
  readonly structure: AccountStructure
  readonly status: PullStatus
  readonly histories: readonly EntityHistory[]
  /** Spend of the account's today so far, in micros, by campaign or `campaign/adGroup`. */
  readonly spentTodayMicros: ReadonlyMap<string, bigint>
  /** Spend by hour, where the policy steers within the day, for corrections only. */
  readonly hours?: HourlySpend
  /** How the days of the largest campaigns were restated, campaign by campaign. */
  readonly revisions: readonly (readonly Revision[])[]
  /** The platform's own lag buckets for the policy's rule, and its own forecasts by budget, where it has given any. */
  readonly lagBuckets?: readonly LagBucket[]
  readonly forecasts?: readonly BudgetForecast[]
  /** Its own forecasts by campaign of other targets, where it has given any. */
  readonly targetForecasts?: readonly TargetForecast[]
  /** Its counts of clicks for the policy's rule, where multipliers are steered. */
  readonly cells?: ClickCells
  readonly levers: readonly LeverState[]
  /** Budgets that another portfolio lays claim to as well: neither may move them. */
  readonly contested: readonly { readonly budget: BudgetId; readonly portfolio: PortfolioId }[]
  /** Campaigns whose time in the portfolio ends, and that another portfolio has by now: they are not to be paused. */
  readonly takenOver?: readonly { readonly campaign: CampaignId; readonly portfolio: PortfolioId }[]
}

/** Spend by hour of the wall clock, 24 entries each, in micros; an hour that was not reported has none. */
export interface HourlySpend {
  /** When today's was read. */
  readonly readAt: Instant
  /** Today's, by campaign or `campaign/adGroup`. */
  readonly today: ReadonlyMap<string, readonly bigint[]>
  /** The account's on earlier days, each as it was last read on that day itself, oldest first. */
  readonly past: readonly {
    readonly date: AccountDate
    readonly readAt: Instant
    readonly spendMicros: readonly bigint[]
  }[]
}
