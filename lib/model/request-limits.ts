import { HOUR_MS, type Instant } from '../units/calendar.ts'
import type { PlatformFailure } from './failure.ts'
import { isCut, type LeverChange } from './lever.ts'

/** What a request is for. `urgent`: it takes money out (a cut, a pause) or looks whether one was done. */
export type RequestUse = 'read' | 'write' | 'urgent'

/** One rule by which a platform counts requests: never more than `most` in any `windowMs`. */
export interface RequestLimit {
  /** Unique within the platform, such as `queries a second`; stored with what was used of it. */
  readonly name: string
  /**
   * Who shares it. `application`: every account reached with the same credentials. `token`: the same here, because one
   * secret holds one token. `account`: each account has its own.
   */
  readonly per: 'application' | 'account' | 'token'
  readonly windowMs: number
  readonly most: number
  /** What one request counts, by its use. */
  readonly cost: Readonly<Record<RequestUse, number>>
  /** Counts only requests that name this kind, such as `ads_analytics`; absent: every request. */
  readonly kind?: string
  /** Shares of `most` kept from reads, and of those the share kept from writes too. Together below 1. */
  readonly reserved: { readonly writes: number; readonly urgent: number }
  /** Where the figures are documented, or that they are ours and why. */
  readonly source: string
}

/** All that is known of how a platform counts requests. */
export interface PlatformLimits {
  readonly limits: readonly RequestLimit[]
  /** Whom a throttling answer is about that does not say so itself. */
  readonly throttles: 'application' | 'account'
}

/** Limits by the access level that a platform has given an application, in the platform's own words. */
export interface TieredLimits {
  /** What is taken where nobody says otherwise: a level of `tiers`. */
  readonly usual: string
  readonly tiers: Readonly<Record<string, PlatformLimits>>
}

/** @throws RangeError for a level that the platform does not have */
export function limitsOf({ tiers, usual }: TieredLimits, tier: string = usual): PlatformLimits {
  const limits = Object.hasOwn(tiers, tier) ? tiers[tier] : undefined
  if (limits) return limits
  throw new RangeError(`access level "${tier}" is unknown, use ${Object.keys(tiers).join(', ')}`)
}

/** What an answer said about quotas. */
export type Heard =
  /** It was not served: nothing but urgent requests for that long. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number; readonly whose?: 'application' | 'account' }
  /** Nothing more today, or for as long as it said: nothing but urgent requests. */
  | { readonly kind: 'exhausted'; readonly retryAfterMs?: number; readonly whose?: 'application' | 'account' }
  /** It was served, and so much of the quota is used (1 = all), which is free again after `clearAfterMs`. */
  | {
      readonly kind: 'usage'
      readonly usedShare: number
      readonly clearAfterMs: number
      readonly whose?: 'application' | 'account'
    }

/** How long an exhausted quota is left alone that did not say until when: it may come back at any hour. */
export const EXHAUSTED_MS = HOUR_MS

/** What a failure says of the quota; `undefined` for all that are about something else. */
export function heardIn(failure: PlatformFailure): Heard | undefined {
  if (failure.kind === 'rate-limited') return { kind: 'throttled', retryAfterMs: failure.retryAfterMs }
  return failure.kind === 'quota-exhausted' ? { kind: 'exhausted' } : undefined
}

/** Of a request that writes these: cuts and pauses never wait behind anything else, nor for what is sent with them. */
export const useOf = (changes: readonly LeverChange[]): RequestUse => (changes.some(isCut) ? 'urgent' : 'write')

/** What all workers share about one application, or one account of it: what was handed out, and what answers said. */
export interface LimitBook {
  /** Leases of each limit, by its name, in the order of their ends. */
  readonly leases: Readonly<Record<string, readonly LeasedUnits[]>>
  /** The platform served nothing; it may be asked again from then on. */
  readonly throttledUntil?: Instant
  /** As above, and the quota of a day is said to be gone. */
  readonly exhaustedUntil?: Instant
  /** By the kind of requests that is counted by itself, and of all others under the empty name. */
  readonly used?: Readonly<Record<string, UsedShare>>
}

/** So much of a quota was used at that instant, and it falls evenly to nothing in that time. */
export interface UsedShare {
  readonly share: number
  readonly at: Instant
  readonly clearAfterMs: number
}

/** So many units may be used until then, by whoever took them, in any window that is as long as the limit's. */
export interface LeasedUnits {
  readonly until: Instant
  readonly units: number
}
