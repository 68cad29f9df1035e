import type { Instant } from '../units/calendar.ts'
import type { WriteBlocker } from './structure.ts'

/** How a connection to one ad account stands, as far as its platform tells: what a person looks at when something is amiss. */
export interface ConnectionHealth {
  /** Version of the API that requests name. */
  readonly apiVersion: string
  /** `2027-02-10`: last day on which that version is known to answer; absent where none is announced. */
  readonly apiVersionEndsOn?: string
  readonly token: TokenHealth
  /** What the token was granted, where the platform tells, and what of it Sluice needs and does not have. */
  readonly scopes?: { readonly granted: readonly string[]; readonly missing: readonly string[] }
  /** The platform's clock when it answered, and ours then. */
  readonly clock?: { readonly theirs: Instant; readonly ours: Instant }
  readonly limits: readonly RequestAllowance[]
  /** What makes every write fail just now. */
  readonly blockers: readonly WriteBlocker[]
}

export interface TokenHealth {
  /** `lasts`: does not expire by itself. `unknown`: the platform does not say. */
  readonly kind: 'expires' | 'lasts' | 'unknown'
  readonly expiresAt?: Instant
  /** When it was issued, where that is known. */
  readonly issuedAt?: Instant
  /** Until when the token that requests carry lasts, where it is another that renews itself under this one. */
  readonly accessUntil?: Instant
}

/** One of a platform's limits on requests, and how much of it is used. */
export interface RequestAllowance {
  /** In the platform's words. */
  readonly name: string
  /** 0 to 1; absent where the platform does not tell. */
  readonly usedShare?: number
  readonly resetsAt?: Instant
}
