import type { Instant } from '../units/calendar.ts'
import type { PortfolioId } from './account.ts'
import type { PlatformFailure } from './failure.ts'
import type { LeverChange, LeverKey, LeverValue } from './lever.ts'
import type { PlanId } from './plan.ts'

/** `plan/lever`: a plan moves a lever at most once, so this is unique and survives retries. */
export type IntentId = string & { readonly __brand: 'IntentId' }
export const intentId = (plan: PlanId, lever: LeverKey): IntentId => `${plan}/${lever}` as IntentId

/** Written before anything is sent. */
export interface Intent {
  readonly id: IntentId
  readonly plan: PlanId
  readonly portfolio: PortfolioId
  readonly change: LeverChange
  readonly at: Instant
  /**
   * Until then a request may still be under way or be applied late: the longest run of the sender, the longest a timed-out
   * request may linger, and twice the clock skew. No newer intent for the lever before that.
   */
  readonly leaseUntil: Instant
}

export type Outcome =
  | { readonly kind: 'applied'; readonly readback: Readback }
  | { readonly kind: 'refused'; readonly failure: PlatformFailure }
  /** Not sent: the live value was no longer the one that the decision was based on. */
  | { readonly kind: 'drifted'; readonly observed: LeverValue | undefined }
  /** Not sent: another plan, or somebody's hand, had set it to the new value since. */
  | { readonly kind: 'already-there'; readonly value: LeverValue }
  /** Not sent: a freeze came between intent and push. */
  | { readonly kind: 'frozen'; readonly freeze: string }
  /** Sent, and no answer: counted at the worse value until a reading settles it. */
  | { readonly kind: 'unknown'; readonly detail: string }
  /** Not sent: the portfolio is in shadow. */
  | { readonly kind: 'shadowed' }

/** The platform may store an allowed normalisation of what was sent; anything else is a mismatch. */
export type Readback =
  | { readonly kind: 'verified'; readonly value: LeverValue }
  | { readonly kind: 'mismatched'; readonly value: LeverValue | undefined }
  | { readonly kind: 'not-read'; readonly detail: string }

export const isSettled = (outcome: Outcome | undefined): boolean => outcome !== undefined && outcome.kind !== 'unknown'

export interface IntentRecord {
  readonly intent: Intent
  /** Absent: sent or about to be sent, and nobody came back to say. Treated as unknown. */
  readonly outcome?: Outcome
  readonly settledAt?: Instant
}
