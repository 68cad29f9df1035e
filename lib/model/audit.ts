import type { Instant } from '../units/calendar.ts'

/**
 * One link of an account's chain. `hash` covers the previous hash and everything else here, so that a record cannot be
 * changed, dropped or reordered without the chain showing it. Money is written as decimal micros in text.
 */
export interface AuditRecord {
  /** Account key, or `portfolio/<id>`. */
  readonly chain: string
  /** 1, 2, 3 … without gaps. */
  readonly sequence: number
  readonly at: Instant
  readonly entries: readonly AuditEntry[]
  readonly previousHash: string
  readonly hash: string
}

export type AuditEntry =
  | { readonly kind: 'day-opened'; readonly date: string; readonly exposureMicros: string; readonly capMicros?: string }
  | { readonly kind: 'cap-set'; readonly date: string; readonly capMicros?: string }
  | {
      readonly kind: 'reserved'
      readonly intent: string
      readonly lever: string
      readonly from: string
      readonly to: string
      readonly date: string
      readonly deltaMicros: string
    }
  | {
      readonly kind: 'settled'
      readonly intent: string
      readonly lever: string
      readonly outcome: string
      readonly detail: string
      readonly known: string
      readonly date: string
      readonly deltaMicros: string
    }
  | {
      readonly kind: 'observed'
      readonly lever: string
      readonly from: string
      readonly to: string
      readonly actor?: string
      readonly resolution: string
      readonly date: string
      readonly deltaMicros: string
    }
  /** What the same commit adds to the worst case of a portfolio's day, in its base currency. */
  | {
      readonly kind: 'portfolio-exposure'
      readonly portfolio: string
      readonly date: string
      readonly deltaMicros: string
    }
  /** The platform is about to be told of an event (`outcome: sending`), or was. */
  | {
      readonly kind: 'announcement'
      readonly portfolio: string
      readonly name: string
      readonly window: string
      readonly outcome: string
      readonly detail: string
    }
  | { readonly kind: 'freeze'; readonly scope: string; readonly by: string; readonly reason: string }
  | { readonly kind: 'unfreeze'; readonly scope: string; readonly by: string; readonly reason: string }
  | { readonly kind: 'plan'; readonly plan: string; readonly approval: string; readonly by: string }
  | { readonly kind: 'policy'; readonly version: string; readonly mode: string; readonly by: string }
