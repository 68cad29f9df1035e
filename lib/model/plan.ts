import type { AccountDate, Instant } from '../units/calendar.ts'
import type { Money } from '../units/money.ts'
import type { ExchangeRate } from '../units/rates.ts'
import type { AccountKey, PortfolioId } from './account.ts'
import type { AlertId } from './alert.ts'
import type { PackedGuardrails } from './guardrail.ts'
import type { Lever, LeverChange, LeverValue } from './lever.ts'
import type { EventMark, LeverHold } from './lever-state.ts'
import type { CampaignClass, Mode } from './policy.ts'

/** Why a lever is left as it is. One word each, stable: dashboards count them. */
export type HoldReason =
  | 'within-deadband'
  | 'observe-only'
  | 'no-caps'
  | 'stale-data'
  | 'unreconciled-data'
  | 'too-little-history'
  | 'unsupported-budget'
  | 'paused'
  | 'not-managed'
  | 'in-experiment'
  | 'learning'
  | 'human-hold'
  | 'pending-outcome'
  | 'magnitude'
  | 'over-cap'
  | 'often-changed'
  | 'not-honoured'
  | 'not-steered'
  | 'frozen'
  | 'account-blocked'
  | 'guardrail'
  | 'change-limit'
  | 'outside-flight'
  | 'between-decisions'
  | 'data-break'
  | 'event'
  | 'spent-today'

/** What limited a change, and what lifting the limit by one main unit of daily budget would be worth. */
export interface BindingGuardrail {
  readonly name: string
  readonly detail: string
  /** Incremental conversions (or value) per day gained by one more main unit, where that can be said. */
  readonly worthPerUnit?: number
}

/** Change in incremental outcome per day, with an 80 % interval: conversions, value or profit in main units of the base currency. */
export interface ExpectedEffect {
  readonly unit: 'conversions-per-day' | 'value-per-day' | 'profit-per-day'
  readonly mean: number
  readonly low: number
  readonly high: number
}

/** What a budget's campaigns are expected to claim in the days from `from` on, kept so that it can be scored later. */
export interface Prediction {
  /** First account date that it is for, and how many days. */
  readonly from: AccountDate
  readonly days: number
  /** Main units of the account's currency that it is taken to spend in all. */
  readonly spend: number
  /** Claimed conversions in all, once they are mature: mean and 80 % interval of the count itself. */
  readonly conversions: { readonly mean: number; readonly low: number; readonly high: number }
  /**
   * Main units of the account's currency that they are worth in all once returns have been taken back, mean and 80 %
   * interval; absent where nothing has a value, or the policy says what a conversion is worth.
   */
  readonly value?: { readonly mean: number; readonly low: number; readonly high: number }
}

export type Decision = ChangeDecision | HoldDecision

export interface ChangeDecision {
  readonly kind: 'change'
  readonly change: LeverChange
  readonly name: string
  readonly class: CampaignClass
  readonly expected: ExpectedEffect
  readonly binding: readonly BindingGuardrail[]
  /** One sentence for a marketer. */
  readonly why: string
  /** Share of the eventual conversions visible in the data that this rests on, 0 to 1. */
  readonly maturity: number
  /** What keeps it from bringing more, as far as is known. */
  readonly limitedBy?: LimitedBy
  readonly prediction?: Prediction
  /** The event that the budget stands moved for once this is applied, and what it goes back to; absent: none. */
  readonly event?: EventMark
  /** The lever is left alone until then, once this is applied; absent: as long as anything else says. */
  readonly holdAfter?: LeverHold
  /** The alert that the guard makes it for; a status of `active` takes back the pause that was made for it. */
  readonly alert?: AlertId
  /** What every guardrail says of it, packed: see `guardrailsOf`. Absent in plans that were made before there was such a list. */
  readonly guardrails?: PackedGuardrails
}

/** What more would have to be given to, so that a campaign brings more. */
export type LimitedBy = 'budget' | 'target' | 'bid' | 'audience'

export interface HoldDecision {
  readonly kind: 'hold'
  readonly lever: Lever
  readonly name: string
  readonly value: LeverValue | undefined
  readonly reason: HoldReason
  readonly detail: string
  /** Share of the eventual conversions visible in the data that it rests on; absent where nothing is known of the lever. */
  readonly maturity?: number
  readonly limitedBy?: LimitedBy
  readonly prediction?: Prediction
  /** What every guardrail says of it, packed: see `guardrailsOf`. Absent in plans that were made before there was such a list. */
  readonly guardrails?: PackedGuardrails
}

export const decisionLever = (decision: Decision): Lever =>
  decision.kind === 'change' ? decision.change.lever : decision.lever

/**
 * One decision for every lever of a portfolio. What was approved is what is applied: a lever that drifted since is
 * dropped and the rest goes on; the whole is refused when the hash, the policy version or the expiry no longer hold.
 */
export interface Plan extends PlanTerms {
  /** Hash of all the rest; also its name. */
  readonly id: PlanId
  readonly decisions: readonly Decision[]
}

export interface PlanTerms {
  readonly portfolio: PortfolioId
  readonly mode: Mode
  readonly madeAt: Instant
  readonly expiresAt: Instant
  readonly policyVersion: string
  /** Where the inputs are kept, content-addressed. */
  readonly inputsHash: string
  readonly rates: readonly ExchangeRate[]
  /** Target spend of the portfolio per day, in the base currency. */
  readonly dayTarget: Money
  /** Worth of one more main unit of daily budget, in incremental outcome per day. */
  readonly marginalReturn: number
  /** By how much the plan's raises exceed its cuts, in the base currency; never negative. */
  readonly netGrowth: Money
  /**
   * `daily`: the day's decision. `correction`: between two of them, what does not wait: edits outside the caps, events,
   * ends. `guard`: cuts and pauses of a breaker that tripped, or a pause of its own that a person takes back. `rollback`:
   * takes back what another plan has done.
   */
  readonly occasion: 'daily' | 'correction' | 'guard' | 'rollback'
  /** The plan that a rollback takes back. */
  readonly rollsBack?: PlanId
  /** What binds the portfolio as a whole, with the worth of relaxing it. */
  readonly limits?: readonly BindingGuardrail[]
  /** Share of the expected outcome that the plan gives up to learn from it: by what it ventures and by what it varies. */
  readonly explorationCost?: number
  /** The same per day: in outcome of the goal, and, where money brings any, in what as much of it costs at the margin. */
  readonly explorationPerDay?: { readonly outcome: number; readonly money?: Money }
  /** Of the day's target, in the base currency: what stays unspent because nothing brings what it costs, or has room. */
  readonly unspent?: Money
  /** Where the flight is going. */
  readonly pace?: Pace
  /** Caps that the policy does not give yet, as history suggests them; nothing is pushed until a person accepts them. */
  readonly proposedCaps: readonly { readonly scope: string; readonly dayCap: Money }[]
}

/** Where a flight stands and lands; amounts in main units of the base currency. */
export interface Pace {
  readonly status: 'unknown' | 'under' | 'on-track' | 'over' | 'exhausted' | 'outside-flight'
  readonly spent: number
  readonly total: number
  readonly daysLeft: number
  /** Where the flight ends, with its 80 % interval. */
  readonly landing: { readonly mean: number; readonly low: number; readonly high: number }
  /**
   * What each day that remains would have to spend; undefined when none remains, and where what is spent is not known: where
   * the flight ends is not known then either.
   */
  readonly requiredPerDay?: number
  /** From then on the total can no longer be reached (`under`), or no longer be kept (`over`). */
  readonly noReturn?: { readonly kind: 'under' | 'over'; readonly date: AccountDate; readonly why: string }
  /** Sentences for a marketer. */
  readonly why: readonly string[]
  /** What the policy asks for and cannot have, and what it speaks of that is not there. */
  readonly warnings?: readonly string[]
}

export type PlanId = string & { readonly __brand: 'PlanId' }

export type Approval =
  | { readonly kind: 'pending' }
  | { readonly kind: 'approved'; readonly by: string; readonly at: Instant }
  | { readonly kind: 'rejected'; readonly by: string; readonly at: Instant }
  | { readonly kind: 'superseded'; readonly by: PlanId }

/**
 * At most 25 changes of one account that are pushed together: one transaction holds them all. Cuts come in chunks before
 * raises.
 */
export interface PlanChunk {
  readonly account: AccountKey
  readonly index: number
  readonly phase: 'cut' | 'raise'
  readonly changes: readonly ChangeDecision[]
}

/** A plan as stored: its terms, and which chunks it falls into, each with the hash of its content. */
export interface PlanHeader extends PlanTerms {
  readonly id: PlanId
  readonly approval: Approval
  readonly accounts: readonly PlanAccount[]
  readonly counts: { readonly cuts: number; readonly raises: number; readonly holds: number }
}

export interface PlanAccount {
  readonly account: AccountKey
  readonly chunks: readonly { readonly phase: 'cut' | 'raise'; readonly changes: number; readonly hash: string }[]
}

/** How far a plan has been acted on. One record per plan, written in the same transaction as what it counts. */
export interface PlanProgress {
  readonly plan: PlanId
  readonly version: number
  /** Next chunk of each account; an account that is missing stands at 0. */
  readonly cursors: Readonly<Record<string, number>>
  /** Cuts not yet verified or given up, by account. */
  readonly openCuts: Readonly<Record<string, number>>
  /** Daily budget freed by verified cuts, and taken by raises, in the base currency. */
  readonly freed: Money
  readonly raised: Money
  /** By account: what is to be announced there is not looked at again before. Absent: nobody has looked yet. */
  readonly announcedUntil?: Readonly<Record<string, Instant>>
}
