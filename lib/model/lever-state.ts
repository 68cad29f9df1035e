import type { AccountDate, Instant } from '../units/calendar.ts'
import type { Money } from '../units/money.ts'
import type { PortfolioId } from './account.ts'
import type { AlertId } from './alert.ts'
import type { IntentId } from './intent.ts'
import type { Lever, LeverValue } from './lever.ts'
import type { ScheduledRaise } from './scheduled-raise.ts'

/** The event of the policy's calendar that a budget was moved for. */
export interface EventMark {
  readonly name: string
  /** What it goes back to when the event is over. Absent: somebody moved it by hand since, and it is theirs. */
  readonly stoodAt?: Money
}

/** A lever is left alone until an instant, and why. */
export interface LeverHold {
  readonly until: Instant
  readonly reason: string
  /** When it was put on; absent: as the value of the record was read or set last (`knownAt`). */
  readonly since?: Instant
}

/** What Sluice knows of one lever between turns. */
export interface LeverState {
  readonly lever: Lever
  /** Counts every write to this record; each write is conditional on it. */
  readonly version: number
  /** The value that we last saw or verified on the platform. */
  readonly known: LeverValue
  readonly knownAt: Instant
  /** True once Sluice has moved it. A value that is not the known one is drift either way. */
  readonly ours: boolean
  /** Nothing that it feeds is running, so that it cannot spend. */
  readonly idle: boolean
  /** The last account date on which it was written to, its value when that day began, and the day's highest. */
  readonly day?: AccountDate
  readonly dayStart?: LeverValue
  readonly dayHigh?: LeverValue
  /** How often Sluice set out to write to it on that date. */
  readonly writes?: number
  /** Earlier account dates on which it was written to, oldest first, and what it stood at when each was over. */
  readonly past?: readonly PastValue[]
  /** An intent whose outcome is not settled. */
  readonly pending?: PendingMove
  /**
   * A push that had no answer was read to stand, and its request may arrive until then all the same: somebody else may
   * have set the very value. Not moved before.
   */
  readonly mayArriveUntil?: Instant
  /**
   * It was read a great many times larger or smaller than this, and nobody is known to have moved it: taken for a mistake
   * of units. It is counted at the larger of the two, and not moved.
   */
  readonly doubted?: { readonly was: LeverValue; readonly since: Instant }
  /** Left alone until then. */
  readonly hold?: LeverHold
  /** The platform takes no change of it before then, in its own words. */
  readonly cooling?: LeverHold
  /** When Sluice set out to write to it within the last hour, oldest first; only of budgets whose platform counts edits. */
  readonly edits?: readonly Instant[]
  /** Outside the caps by somebody else's hand: to be cut back to this. */
  readonly cutBackTo?: LeverValue
  /** Whose edit that was, which cap it broke, and what the day costs at worst: half a sentence for a marketer. */
  readonly cutBackWhy?: string
  /**
   * By somebody else's hand above this, which is what the account's day cap leaves, and not Sluice's to cut back: a lifetime
   * budget, or one that no portfolio manages. Until it is back, or the day is under its cap again. Without a portfolio it is
   * nobody's, or several claim it.
   */
  readonly beyondCap?: { readonly most: LeverValue; readonly why: string; readonly portfolio?: PortfolioId }
  /** Stands for as long as the budget stands raised, whatever else is written, paused or refused meanwhile. */
  readonly event?: EventMark
  /** Paused by the guard for this alert, and by nobody since: a person's tap resumes it. */
  readonly pausedFor?: AlertId
  /** The last pause that was sent past the tables and has been taken over since: when, and by whom. */
  readonly killed?: { readonly at: Instant; readonly by: string }
  /** The last pause that a rule at the platform itself has made of it: when, and by which. */
  readonly stopped?: { readonly at: Instant; readonly by: string }
  /** Raises of a budget that the platform has been told of, by whomever, oldest first. */
  readonly raises?: readonly ScheduledRaise[]
}

/** The record with this mark in place of any that it had. */
export function withEvent(state: LeverState, mark: EventMark | undefined): LeverState {
  const { event: _, ...rest } = state
  return mark ? { ...rest, event: mark } : rest
}

/** Whether a value is above what the lever is to be cut back to. */
export const isOrderedBack = ({ cutBackTo }: LeverState, value: LeverValue): boolean =>
  cutBackTo?.kind === 'money' && value.kind === 'money' && value.amount.micros > cutBackTo.amount.micros

/** An order to cut back stands until the budget is there. */
export function withoutMetCap(state: LeverState): LeverState {
  const { cutBackTo: _, cutBackWhy: _why, ...met } = state
  return isOrderedBack(state, state.known) ? state : met
}

export interface PastValue {
  readonly date: AccountDate
  readonly value: LeverValue
}

/** How many dates are remembered: two weeks of daily moves. */
const PAST_KEPT = 14

/** How often Sluice set out to write to a lever on an account date. */
export const writesOn = ({ day, writes = 0 }: LeverState, date: AccountDate): number => (day === date ? writes : 0)

/** The past of a record that is written to on `date`. */
export function pastOn({ day, known, past = [] }: LeverState, date: AccountDate): readonly PastValue[] {
  if (day === undefined || day === date) return past
  return [...past.filter((one) => one.date !== day), { date: day, value: known }].slice(-PAST_KEPT)
}

/** What a lever stood at when an account date was over; undefined: longer ago than is remembered. */
export function valueOn({ day, dayStart, known, past = [] }: LeverState, date: AccountDate): LeverValue | undefined {
  if (day === undefined || day <= date) return known
  const before = past.findLast((one) => one.date <= date)
  if (before) return before.value
  // Before its first write it stood at what that day began with.
  return past.length === 0 ? dayStart : undefined
}

export interface PendingMove {
  readonly intent: IntentId
  readonly to: LeverValue
  readonly leaseUntil: Instant
  /** The day's highest value before it: where the record goes back to if it certainly was not applied. */
  readonly highBefore: LeverValue
  /** The mark that the record has once it is applied; absent: none. */
  readonly event?: EventMark
  /** The hold that the record has once it is applied; absent: what it had. */
  readonly hold?: LeverHold
  /** A pause of the guard: the record says for which alert, once it is applied. */
  readonly pausesFor?: AlertId
}

/** Somebody else moved a lever. */
export interface Drift {
  readonly lever: Lever
  readonly lastKnown: LeverValue
  readonly observed: LeverValue
  readonly seenAt: Instant
  /** From the platform's change history, where it tells. */
  readonly actor?: string
  readonly changedAt?: Instant
  readonly resolution: 'adopt' | 'reassert' | 'hold' | 'cut-back'
  readonly detail: string
}
