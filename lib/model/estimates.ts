import type { AccountDate } from '../units/calendar.ts'
import type { AccountKey, BudgetId } from './account.ts'

/** Conversions per day (or value per day, in main units) that a steady daily spend brings, with how sure we are. */
export interface ResponseCurve {
  /** Main currency units per day at which the curve was anchored: the recent typical spend. */
  readonly referenceSpend: number
  /** Shapes considered, each with its posterior weight (sum 1). */
  readonly shapes: readonly ShapeWeight[]
}

export interface ShapeWeight {
  /** K in `z^p (1+K) / (z^p+K)` of relative spend z, 1 at z = 1; absent = linear. */
  readonly halfway?: number
  /** p: 1 where absent; above 1 the response is S-shaped. */
  readonly power?: number
  readonly weight: number
  /** Gamma posterior of the outcome per day at the reference spend: mean = shape / rate. */
  readonly gammaShape: number
  readonly gammaRate: number
}

/** Beliefs about one budget. */
export interface BudgetEstimate {
  readonly account: AccountKey
  readonly budget: BudgetId
  /** In claimed conversions. */
  readonly curve: ResponseCurve
  /** Variance over mean of daily counts, and how the level drifts: stationary variance in logarithms, kept share a day. */
  readonly noise: { readonly overdispersion: number; readonly driftVariance: number; readonly keep: number }
  /** Claimed to incremental, with its 80 % interval; a prior by campaign class until a lift test says better. */
  readonly incrementality: { readonly mean: number; readonly low: number; readonly high: number }
  /** A lift test showed that its campaigns cause something: their class's share does not bound them. */
  readonly hasLift: boolean
  /** Spend over budget on recent full days; below 1 the budget does not bind. */
  readonly deliveryRatio: number | undefined
  /** Spend per unit of budget that is to be expected: the same, pulled towards what its account and platform spend. */
  readonly delivery: number
  /** Share of the eventual conversions that are visible in the data used, 0 to 1. */
  readonly maturity: number
  /** Claimed conversions in the window. */
  readonly conversionsSeen: number
  /** Main currency units of value per claimed conversion, shrunk towards the account's mean. */
  readonly valuePerConversion: number
  /** Variances relative to its square: of the value of one conversion, and of its mean; absent where the policy gives it. */
  readonly valueVariance?: { readonly ofOne: number; readonly ofMean: number }
  /** Mean spend per day of the last 14 complete days, main currency units. */
  readonly recentSpendPerDay: number
  /** Largest spend of a day of the last 3: what a budget that does not bind can spend at the moment. */
  readonly deliverablePerDay: number
  /** Largest spend of a day of the last 14. */
  readonly bestRecentDay: number
  /** Its share of the portfolio's spend before the flight, by which its class may be bounded. */
  readonly originalShare: number
}

export interface Estimates {
  readonly budgets: readonly BudgetEstimate[]
  /** Standard deviation of the portfolio's spend of a day about what was to be expected of it, as a share. */
  readonly spendNoise: number
  /** Relative demand by day of week, Monday first; mean 1. */
  readonly dayOfWeek: readonly number[]
  /** The same of each account. */
  readonly weekdays: ReadonlyMap<AccountKey, readonly number[]>
  /**
   * By account key: share of eventual conversions that are visible at each age in days, 0 first; ends at 1, and may be
   * above it where orders are yet to be returned.
   */
  readonly completion: ReadonlyMap<AccountKey, readonly number[]>
  /** The same of their value, which may come and go otherwise; absent: as they do. */
  readonly valueCompletion?: ReadonlyMap<AccountKey, readonly number[]>
  /** Times whose conversions say something about the counting and nothing about performance. */
  readonly breaks: readonly CountingBreak[]
}

export interface CountingBreak {
  readonly account: AccountKey
  readonly kind: 'outage' | 'double-firing' | 'level-shift'
  readonly from: AccountDate
  readonly to?: AccountDate
  /** It reaches to the last complete day, or is too young to be reckoned with. */
  readonly ongoing: boolean
  readonly detail: string
}
