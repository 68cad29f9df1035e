/**
 * Why a platform did not do what was asked, sorted by the remedy. Each adapter has one table from the platform's codes
 * to these; a code that is not in the table is `rejected`: never retried blindly.
 */
export type PlatformFailure =
  /** Wait and try again: the whole account or application is throttled. */
  | { readonly kind: 'rate-limited'; readonly retryAfterMs: number; readonly detail: string }
  /** Wait, for this entity only; others go on. */
  | { readonly kind: 'entity-cooldown'; readonly retryAfterMs: number; readonly detail: string }
  /** No more requests today. */
  | { readonly kind: 'quota-exhausted'; readonly detail: string }
  /** The platform's own trouble; the next turn tries again. */
  | { readonly kind: 'transient'; readonly detail: string }
  /** A person must act: credentials, permissions, account status. */
  | { readonly kind: 'unauthorised'; readonly detail: string }
  /** This request will never be accepted as it is. */
  | { readonly kind: 'rejected'; readonly code: string; readonly detail: string }
  /** The answer was not in the shape that the platform documents. */
  | { readonly kind: 'unreadable'; readonly detail: string }

/** Thrown by readers: a partial read is a failed read. */
export class PlatformError extends Error {
  readonly failure: PlatformFailure
  constructor(failure: PlatformFailure) {
    super(`${failure.kind}: ${failure.detail}`)
    this.name = 'PlatformError'
    this.failure = failure
  }
}

/** What became of one write. `unknown`: it may or may not have been applied, now or soon; only reading can tell. */
export type WriteResult =
  | { readonly kind: 'applied' }
  | { readonly kind: 'refused'; readonly failure: PlatformFailure }
  | { readonly kind: 'unknown'; readonly detail: string }
