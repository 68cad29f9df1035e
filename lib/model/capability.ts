import type { CurrencyCode, Money } from '../units/money.ts'
import type { LeverChange, LeverKind, LeverValue } from './lever.ts'
import type { AccountStructure, BudgetOwner } from './structure.ts'

/** Whether a lever is honoured, or the reason why moving it would do nothing or be refused. */
export type Capability = { readonly kind: 'honoured' } | { readonly kind: 'not-honoured'; readonly reason: string }

/**
 * What a platform really does with what it is told, as data: planning asks this and never a platform's name.
 */
export interface PlatformCapabilities {
  /** Whether moving this lever has an effect, given the account as it stands (bid strategy, budget level, kind). */
  honours(lever: LeverChange['lever'], structure: AccountStructure): Capability
  /** `value` as the platform would store it (billable unit, decimals, float width); money is rounded down. */
  normalise(kind: LeverKind, value: LeverValue): LeverValue
  /** Smallest daily budget that the platform accepts, the least of all levels where none is named. */
  minimumDailyBudget(currency: CurrencyCode, owner?: BudgetOwner): Money
  /** Largest one that it accepts; undefined where none is known. */
  maximumDailyBudget?(currency: CurrencyCode, owner?: BudgetOwner): Money | undefined
  /** Least and largest ratio that it accepts of a kind of lever; absent: none is known. */
  readonly ratios?: Readonly<Partial<Record<LeverKind, readonly [least: number, most: number]>>>
  /** How much more than its budget a day may spend, at worst: 2 means twice. */
  readonly overDeliveryFactor: number
  /** A lower budget must be at least this multiple of what the day has spent; 0 where there is no such rule. */
  readonly cutFloorOfSpend: number
  /** The same holds for a budget that is raised; absent: for cuts alone. */
  readonly raiseFloorOfSpend?: boolean
  /** Budget edits of one entity in one hour. Infinity where no limit is known. */
  readonly budgetEditsPerHour: number
  /** Days after which reported conversions no longer change: how far back a pull re-reads. */
  readonly restatementDays: number
  /** Whether conversions are reported by the hour. */
  readonly hourlyConversions: boolean
  /** What it does not tell, so that its silence means nothing; absent: it tells of all of these. */
  readonly untold?: ReadonlySet<Untold>
  /** What the platform can be told about days to come, or days to forget; absent: nothing. */
  readonly announces?: ReadonlySet<'seasonality' | 'data-exclusion' | 'budget-schedule'>
  /** What a schedule that raises a budget for a time must be; absent where `announces` has none. */
  readonly budgetSchedules?: BudgetScheduleLimits
  /** Rules at the platform itself that pause by spend; absent: it has none. */
  readonly spendStops?: {
    /** A bound as the platform would store it, rounded up: no rounding of ours may stop what a cap lets through. */
    readonly bound: (amount: Money) => Money
  }
  /** Largest share by which a budget may move at once without restarting the learning phase, as far as is known. */
  readonly learningSafeStep: number
}

/** `changes`: who changed what. `disapproved-ads`: that single ads of a campaign that serves were not let through. */
export type Untold = 'changes' | 'disapproved-ads'

/** As near to the value as the platform accepts. */
export function accepted(
  kind: LeverKind,
  value: LeverValue,
  { ratios }: Pick<PlatformCapabilities, 'ratios'>,
): LeverValue {
  const range = ratios?.[kind]
  if (!range || value.kind !== 'ratio') return value
  return { kind: 'ratio', value: Math.min(range[1], Math.max(range[0], value.value)) }
}

export interface BudgetScheduleLimits {
  /** Shortest that one may last. */
  readonly leastMs: number
  /** How long before it begins the platform must have been told. */
  readonly leadMs: number
  /** Most that one budget may have. */
  readonly most: number
}
