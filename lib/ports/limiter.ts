import type { AccountId } from '../model/account.ts'
import type { Heard, LimitBook, RequestUse } from '../model/request-limits.ts'
import type { Instant } from '../units/calendar.ts'

export type { Heard, RequestUse }

/** One request that is about to be sent. */
export interface LimitedRequest {
  /** Absent where a request is about no account: it counts for the application only. */
  readonly account?: AccountId
  readonly use: RequestUse
  /** A kind that the platform counts by itself, as its limits name it, such as `ads_analytics`. */
  readonly kind?: string
  /** How many requests it counts as; 1 unless told otherwise. */
  readonly cost?: number
}

/**
 * Keeps one application within a platform's limits, over all workers. An adapter asks it at the one place where its
 * requests go, once for each that it sends, and tells it what the answers said.
 */
export interface RequestLimiter {
  /**
   * Resolves when the request may be sent, after a wait of seconds at most: in the order in which they came for each account
   * and use, urgent ones before all others.
   *
   * @throws PlatformError `rate-limited` with the wait where that is longer, `quota-exhausted` when the day's quota is used
   *   up, `transient` when the books cannot be reached: nothing was sent. Never for urgent requests: at worst they are sent
   *   uncounted
   */
  admit(request: LimitedRequest): Promise<void>
  /** What the answer said about quotas. Does not throw: a word that is lost is heard again. */
  heard(request: LimitedRequest, what: Heard): Promise<void>
}

/** Where workers share their books. Each scope is written by many, each write conditional on what was read. */
export interface LimitStore {
  read(scope: string): Promise<StoredBook | undefined>
  /**
   * @param expected the version that was read, 0 = there was none
   * @returns false when somebody else was faster; also, at times, when it was written and the answer was lost
   */
  write(scope: string, next: StoredBook, expected: number): Promise<boolean>
}

export interface StoredBook {
  readonly version: number
  readonly book: LimitBook
  /** After this instant nothing in it counts any more. */
  readonly keepUntil: Instant
}
