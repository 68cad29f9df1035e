import type { AccountDate, TimeZone } from '../units/calendar.ts'
import type { CurrencyCode, Money } from '../units/money.ts'
import type { AccountRef, BudgetId, CampaignId, PlatformId, PortfolioId } from './account.ts'
import type { Breakers } from './breakers.ts'
import type { ConversionRule } from './conversions.ts'

/** How far a portfolio trusts Sluice; each step to the right is taken by a person. */
export type Mode = 'observe' | 'shadow' | 'approve' | 'auto'

/**
 * What a campaign's reported conversions are worth as evidence. Sales that would have happened anyway are claimed most
 * by `brand`, `retargeting` and `opaque` (automated kinds that hide where they serve); they may not grow past the share
 * they came with, unless a lift test says otherwise.
 */
export type CampaignClass = 'brand' | 'retargeting' | 'prospecting' | 'opaque'

/**
 * What the portfolio is for. Ceilings and floors count incremental conversions and value: the average over the portfolio
 * (`targetCpa`, `targetRoas`), and what the next unit of money must still bring (`marginalCpa`, `marginalRoas`): what
 * would cost more stays unspent. `profit` is value × margin − spend, so that money is spent only where it comes back.
 */
export type Goal =
  | { readonly kind: 'conversions'; readonly targetCpa?: Money; readonly marginalCpa?: Money }
  | { readonly kind: 'value'; readonly targetRoas?: number; readonly marginalRoas?: number }
  | { readonly kind: 'profit'; readonly margin: number; readonly targetRoas?: number }

export interface Flight {
  /** First and last day, in the portfolio's zone. */
  readonly from: AccountDate
  readonly to: AccountDate
  /** What the flight may spend in all, in the base currency. */
  readonly total: Money
}

export interface PolicyAccount {
  readonly account: AccountRef
  /** The action and windows that count towards the goal on this account. */
  readonly conversions: ConversionRule
  /**
   * Most that the account's day may cost at worst, over-delivery included, in the account's currency. No cap, no push.
   */
  readonly dayCap?: Money
  /** How much more than its budget a day may cost; the platform's own factor where absent. */
  readonly overDeliveryFactor?: number
  /** Whether a rule at the platform itself pauses a campaign that alone spends more than `dayCap` in a day; absent: off. */
  readonly deadManSwitch?: 'off' | 'on'
}

/** Which campaigns are meant: all that is given must fit; `name` is text that the name contains, any case. */
export interface CampaignMatch {
  readonly account?: AccountRef
  readonly name?: string
  readonly id?: CampaignId
}

/** A campaign's place in the portfolio. The first entry whose pattern fits a campaign's name or id decides. */
export interface Membership {
  readonly match: CampaignMatch
  readonly class: CampaignClass
  /** First and last day on which the campaign belongs to the portfolio. */
  readonly from?: AccountDate
  readonly to?: AccountDate
  /** False: counted but never moved. */
  readonly managed: boolean
  /** Daily budget, base currency, that is kept back for it from `from` on, so that its start is funded. */
  readonly launchBudget?: Money
  /** What a conversion of these campaigns is worth by the advertiser's own prediction, in place of the claimed value. */
  readonly valuePerConversion?: Money
  /** What becomes of a running campaign after `to`. Default: pause. */
  readonly atEnd?: 'pause' | 'leave'
}

/** A selection by what campaigns are, for groups, commitments and calibrations; all that is given must fit. */
export interface Selection extends CampaignMatch {
  readonly platform?: PlatformId
  readonly class?: CampaignClass
}

/**
 * Limits on a group of budgets. Groups form a tree by `within`; beside each other, the first that fits a budget has it.
 * Amounts are per day, in the base currency; shares are of what the portfolio spends that day.
 */
export interface BudgetGroup {
  readonly name: string
  readonly match: Selection
  readonly within?: string
  readonly atLeast?: Money
  readonly atMost?: Money
  readonly atLeastShare?: number
  readonly atMostShare?: number
  /** Average over the group, of incremental conversions or value. */
  readonly targetCpa?: Money
  readonly targetRoas?: number
  /** What the group's next unit of money must still bring. */
  readonly marginalCpa?: Money
  readonly marginalRoas?: number
}

/** A lift test's result: how much of what the matching campaigns claim was caused by them, with its 80 % interval. */
export interface Calibration {
  readonly name: string
  readonly match: Selection
  readonly mean: number
  readonly low: number
  readonly high: number
}

export interface BudgetBounds {
  readonly budget: BudgetId
  readonly account: AccountRef
  readonly atLeast?: Money
  readonly atMost?: Money
}

export interface Guardrails {
  /** Largest rise and cut of one budget in one decision, as shares: 0.2 = ±20 %. */
  readonly maxStepUp: number
  readonly maxStepDown: number
  /** Largest rise of one budget within one account day, all decisions together. */
  readonly maxDayRise: number
  /** Moves below this share are not made. */
  readonly deadband: number
  /** Least and most that any managed daily budget may be; absent bounds come from the platform and from history. */
  readonly minDailyBudget?: Money
  readonly maxDailyBudget?: Money
  /** Most levers that one plan may move. */
  readonly maxChangesPerPlan: number
  /** Most moves of one lever within one account day; cuts back to the caps are made all the same. */
  readonly maxChangesPerLeverDay: number
  /** A wish this many times larger or smaller than the present budget is an error and not a wish. */
  readonly implausibleFactor: number
  /**
   * A value that many times what it was, or its part, with nobody known to have moved it, is taken for a mistake of units
   * (cents, micros, another currency): neither acted on nor sent.
   */
  readonly magnitudeFactor: number
  /** By how much more converted amounts count under caps in another currency, as a share: rates move within the day. */
  readonly rateHaircut: number
  /** No pushes this long before and after the account's midnight. */
  readonly midnightDeadZoneMinutes: number
  /** Hold levers that are in a learning phase. */
  readonly holdWhileLearning: boolean
  /** Whether budgets are cut on a day whose spend runs ahead of its target. */
  readonly steerWithinDay: 'cut' | 'leave'
}

/** Most that several budgets may cost together in a day at worst, over-delivery included, in the base currency. */
export interface SharedCap {
  readonly name: string
  readonly match: Selection
  readonly dayCap: Money
}

export interface Freshness {
  /** Oldest read of structure and spend that a plan may be based on. */
  readonly structureMaxAgeMinutes: number
  readonly spendMaxAgeMinutes: number
  /** Largest share of an account's spend that the sum of its campaigns may miss. */
  readonly maxUnexplainedSpendShare: number
  /** Days of history that a budget needs before it is moved. */
  readonly minHistoryDays: number
}

export interface DriftRules {
  /** What to do with an edit of somebody else that stays inside the caps. */
  readonly insideCaps: 'adopt' | 'reassert' | 'hold'
  /** How long an adopted value is left alone. */
  readonly holdDays: number
}

/** Days that are known to differ. Dates are each account's own: an event begins at local midnight. */
export interface CalendarEvent {
  readonly name: string
  readonly from: AccountDate
  readonly to: AccountDate
  /** Whom it concerns; all when absent. */
  readonly match?: Selection
  /** Demand during the event against a normal day: 1.4 = 40 % more. */
  readonly expectedUplift: number
  /** Demand on the days after it, as buyers bought early. */
  readonly dipAfter?: { readonly days: number; readonly factor: number }
  readonly excludeFromLearning: boolean
  /**
   * Step that was approved beforehand: budgets stand at this multiple of what they were, from its first local day to its
   * last, and go back afterwards. Absent: the day's money follows the expected uplift within the usual steps.
   */
  readonly budgetFactor?: number
  /** Tell the platforms (seasonality adjustment, budget schedule) where they can be told. */
  readonly announce: boolean
}

/** Spend that was promised, in the base currency: at least so much from `from` (the flight's start) to `by`. */
export interface Commitment {
  readonly name: string
  readonly match: Selection
  readonly atLeast: Money
  readonly from?: AccountDate
  readonly by: AccountDate
}

/** What may be varied on purpose to learn from it. */
export interface Exploration {
  /** Largest share of the outcome that may be given up for learning; 0 = none. */
  readonly maxCost: number
}

/** A portfolio's policy: reviewed like code, versioned, stored with every version. */
export interface Policy {
  readonly portfolio: PortfolioId
  readonly owner: string
  readonly mode: Mode
  readonly baseCurrency: CurrencyCode
  readonly zone: TimeZone
  readonly goal: Goal
  readonly flight: Flight
  readonly accounts: readonly PolicyAccount[]
  readonly members: readonly Membership[]
  readonly bounds: readonly BudgetBounds[]
  readonly guardrails: Guardrails
  /** Most that the portfolio's day may cost at worst, in the base currency. No cap, no push. */
  readonly dayCap?: Money
  /** Caps of a platform, a country, any selection of budgets, beside those of accounts and portfolio. */
  readonly caps: readonly SharedCap[]
  readonly freshness: Freshness
  readonly drift: DriftRules
  /** How long an unapproved or unapplied plan stays valid. */
  readonly planExpiresAfterHours: number
  /** Oldest exchange rate that may be used. */
  readonly maxRateAgeDays: number
  /** Largest move of an exchange rate from one quoted day to the next, as a share; more is taken for an error. */
  readonly maxRateMove: number
  /** Claimed to incremental by class, with its 80 % interval, until measured. */
  readonly incrementality: Readonly<Record<CampaignClass, { mean: number; low: number; high: number }>>
  readonly events: readonly CalendarEvent[]
  readonly commitments: readonly Commitment[]
  readonly groups: readonly BudgetGroup[]
  readonly calibrations: readonly Calibration[]
  readonly exploration: Exploration
  /** Whether target CPA and ROAS are moved where the budget does not bind. */
  readonly targets: 'leave' | 'steer'
  /** Whether bid multipliers are moved where the platform honours them. */
  readonly bidMultipliers: 'leave' | 'steer'
  /** What the guard watches for, and what it does then; the defaults where absent: see `breakersOf`. */
  readonly breakers?: Breakers
}

/** A stored version. `version` is the hash of the policy's canonical text, so that equal policies are equal versions. */
export interface PolicyVersion {
  readonly version: string
  readonly policy: Policy
}
