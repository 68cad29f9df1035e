import type { CampaignId } from '../../model/account.ts'
import type { AlertSubject, WaitingCost } from '../../model/alert.ts'
import type { BreakerName } from '../../model/breakers.ts'
import type { FreezeScope } from '../../model/freeze.ts'
import type { EntityHistory } from '../../model/history.ts'
import type { LeverChange } from '../../model/lever.ts'
import type { LeverState } from '../../model/lever-state.ts'
import type { OrderDay } from '../../model/orders.ts'
import type { Policy } from '../../model/policy.ts'
import type { StopsOnRecord } from '../../model/spend-stop.ts'
import type { AccountStructure, ChangeEvent } from '../../model/structure.ts'
import type { AccountDate, Instant } from '../../units/calendar.ts'
import type { Money } from '../../units/money.ts'

/** Micros by hour of the wall clock, 24 entries; an hour that nothing was reported of has none. */
export type Hours = readonly bigint[]

/** Everything that a breaker may look at: one account, as one portfolio sees it. */
export interface GuardView {
  readonly now: Instant
  /** The account's own date. */
  readonly today: AccountDate
  /** When today's spend was read, as hours of the account's wall clock: 13.25 is a quarter past one. */
  readonly clock: number
  readonly policy: Policy
  readonly structure: AccountStructure
  /** Today's spend by campaign; one that is missing has spent nothing so far. */
  readonly spend: ReadonlyMap<CampaignId, Hours>
  /** Of today so far; a campaign that is missing has none. */
  readonly counts: ReadonlyMap<CampaignId, Counts>
  /** The same by hour of the wall clock, 24 entries; absent where it was not kept. */
  readonly countsByHour?: ReadonlyMap<CampaignId, readonly Counts[]>
  /** Earlier days' spend by hour, oldest first. */
  readonly past: readonly { readonly date: AccountDate; readonly spend: ReadonlyMap<CampaignId, Hours> }[]
  readonly histories: readonly EntityHistory[]
  /** Clicks and claimed conversions of today and yesterday; absent where they were not read this time. */
  readonly claims?: readonly ClaimedDay[]
  /** Most that the account's day may cost. */
  readonly cap?: Money
  /** What caps over more than one account have spent of their day, where they may be near it. */
  readonly caps?: readonly CapSpend[]
  /** Caps that the budgets as they stand are above at worst. */
  readonly worst?: readonly WorstDay[]
  readonly levers: readonly LeverState[]
  /** Scopes that are frozen. */
  readonly frozen?: ReadonlySet<FreezeScope>
  /** Of the last day. */
  readonly changes: readonly ChangeEvent[]
  readonly outcomes: readonly RecentOutcome[]
  /** The portfolio's own orders of the last weeks; a date that is missing is unknown. */
  readonly orders: readonly OrderDay[]
  /** Rules that stand at the platform, as the last pull read them; absent where the policy wants none. */
  readonly stops?: StopsOnRecord
}

/** Of the portfolio's cap or a shared one, in the base currency. */
export interface CapSpend {
  readonly name: string
  readonly cap: Money
  readonly spent: Money
  /** Campaigns of this account that it counts. */
  readonly campaigns: readonly CampaignId[]
}

export interface WorstDay {
  /** Absent: the account's own. */
  readonly name?: string
  readonly cap: Money
  readonly worst: Money
  /** By how much, in the account's currency. */
  readonly excess: Money
}

export interface Counts {
  readonly impressions: number
  readonly clicks: number
}

/** One recent day's claims, with what share of the eventual ones is visible by now, 0 to 1. */
export interface ClaimedDay {
  readonly visible: number
  readonly campaigns: ReadonlyMap<CampaignId, { readonly clicks: number; readonly conversions: number }>
}

/** What came of a push of the last day. */
export interface RecentOutcome {
  readonly change: LeverChange
  readonly at: Instant
  /** Why the platform refused it; absent: it did not. */
  readonly refused?: string
}

/** A rule that trips. */
export interface Trip {
  readonly rule: BreakerName
  readonly subject: AlertSubject
  /** Campaigns that whatever is done about it concerns. */
  readonly campaigns: readonly CampaignId[]
  readonly what: string
  readonly remedy: string
  readonly waiting: WaitingCost
}

/** What trips, in no order; undefined: the rule could not be judged by what is known, which says nothing either way. */
export type Breaker = (view: GuardView) => readonly Trip[] | undefined
