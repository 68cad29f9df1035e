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
  /** What the same transaction left in the tables: state is the fold of these. Absent where it left nothing. */
  readonly writes?: readonly AuditWrite[]
  readonly previousHash: string
  readonly hash: string
}

/** One item of the control table as a transaction left it: all of it, or gone. */
export interface AuditWrite {
  readonly pk: string
  readonly sk: string
  /** Absent: deleted. */
  readonly item?: Readonly<Record<string, string | bigint | number | boolean>>
}

/** What a look at one chain found. */
export interface AuditCheck {
  readonly chain: string
  /** Where the chain stood when it was looked at; it is what to compare with heads that were logged earlier. */
  readonly head: { readonly sequence: number; readonly hash: string }
  /** Records that were read, and items that were compared with what they say. */
  readonly records: number
  readonly items: number
  /** Empty: the chain is intact, and the state is the fold of the log. */
  readonly findings: readonly AuditFinding[]
}

export interface AuditFinding {
  /** `chain`: a record is not as it was written. `state`: an item is not what the log says. */
  readonly kind: 'chain' | 'state'
  readonly chain: string
  /** Of the first record that is wrong, or of the last that wrote the item; absent: no record knows the item. */
  readonly sequence?: number
  /** Such as `lever meta:1/daily-budget/budget/10`; absent for the chain's own. */
  readonly item?: string
  readonly problem: string
  readonly remedy: string
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
  /** A rule at the platform is about to be written or removed (`outcome: sending`), or was. */
  | {
      readonly kind: 'spend-stop'
      readonly portfolio: string
      readonly step: 'keep' | 'remove'
      /** The platform's id of the rule; absent: it is a new one. */
      readonly rule?: string
      readonly aboveMicros?: string
      readonly campaigns: number
      readonly why: string
      readonly outcome: string
      readonly detail: string
    }
  | { readonly kind: 'freeze'; readonly scope: string; readonly by: string; readonly reason: string }
  | { readonly kind: 'unfreeze'; readonly scope: string; readonly by: string; readonly reason: string }
  /** What became of an alert of the guard, and by whom. */
  | {
      readonly kind: 'alert'
      readonly alert: string
      readonly rule: string
      readonly account: string
      readonly state: string
      readonly by: string
      readonly detail: string
    }
  /** Whether the state was the fold of the log, as of a record of a chain. */
  | {
      readonly kind: 'audit-check'
      readonly chain: string
      readonly sequence: number
      readonly hash: string
      readonly items: number
      readonly outcome: 'equal' | 'differs'
      readonly detail: string
    }
  | { readonly kind: 'plan'; readonly plan: string; readonly approval: string; readonly by: string }
  | { readonly kind: 'policy'; readonly version: string; readonly mode: string; readonly by: string }
