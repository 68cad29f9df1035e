import type { AccountDate, Instant } from '../units/calendar.ts'
import type { IntentId } from './intent.ts'
import type { Lever, LeverValue } from './lever.ts'

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
  /** An intent whose outcome is not settled. */
  readonly pending?: PendingMove
  /** Left alone until then. */
  readonly hold?: { readonly until: Instant; readonly reason: string }
  /** Outside the caps by somebody else's hand: to be cut back to this. */
  readonly cutBackTo?: LeverValue
}

export interface PendingMove {
  readonly intent: IntentId
  readonly to: LeverValue
  readonly leaseUntil: Instant
  /** The day's highest value before it: where the record goes back to if it certainly was not applied. */
  readonly highBefore: LeverValue
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
