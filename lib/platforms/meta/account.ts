import type { AccountId } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import type { WriteBlocker } from '../../model/structure.ts'
import { type TimeZone, timeZone } from '../../units/calendar.ts'
import { type CurrencyCode, currency, larger, type Money, subtract, zero } from '../../units/money.ts'
import type { Graph } from './graph.ts'
import { basicsSchema } from './schema.ts'
import { fromMetaUnits } from './units.ts'

/** An account's currency and zone never change: Meta makes a new account instead. */
export interface AccountBasics {
  readonly currency: CurrencyCode
  readonly zone: TimeZone
}

/** @throws PlatformError unreadable when either is unknown here */
export function basicsOf(read: { currency: string; timezone_name: string }): AccountBasics {
  try {
    const known = currency(read.currency)
    fromMetaUnits(0n, known)
    return { currency: known, zone: timeZone(read.timezone_name) }
  } catch (cause) {
    throw new PlatformError({ kind: 'unreadable', detail: cause instanceof Error ? cause.message : 'account' })
  }
}

/** @param use what they are read for, where they were not yet; `read` unless told otherwise */
export type Basics = (account: AccountId, use?: RequestUse) => Promise<AccountBasics>

/** Reads an account's basics once per process. */
export function basicsReader(graph: Graph): Basics {
  const known = new Map<AccountId, AccountBasics>()
  return async (account, use = 'read') => {
    const remembered = known.get(account)
    if (remembered) return remembered
    const basics = basicsOf(
      await graph.as(use).get(account, `act_${account}`, { fields: 'currency,timezone_name' }, basicsSchema),
    )
    known.set(account, basics)
    return basics
  }
}

/**
 * Account states in which writes are refused or do nothing, with the remedy.
 * 9 (grace period) is not one of them: ads still run there, so that cuts must go on.
 *
 * @see https://developers.facebook.com/docs/marketing-api/reference/ad-account (account_status)
 */
const BLOCKED: ReadonlyMap<number, string> = new Map([
  [2, 'disabled by Meta: ask for a review in Account Quality'],
  [3, 'unsettled: pay the outstanding balance in Billing'],
  [7, 'pending risk review: wait for Meta, or answer its request in Account Quality'],
  [8, 'pending settlement: wait until the last payment is settled'],
  [100, 'pending closure: cancel the closure in the account settings'],
  [101, 'closed: take it out of the portfolio'],
])
const OPEN = new Set([1, 9])

export function blockersOf(status: number, disableReason: number | undefined): readonly WriteBlocker[] {
  if (OPEN.has(status)) return []
  const words = BLOCKED.get(status) ?? 'in a state that is not documented: look at it in Ads Manager'
  const reason = disableReason ? ` (disable_reason ${disableReason})` : ''
  return [{ code: `account_status ${status}`, detail: `the account is ${words}${reason}` }]
}

/** A cap of 0 is no cap; what was spent beyond a cap leaves nothing. */
export function remainingCap(cap: bigint | undefined, spent: bigint | undefined, of: CurrencyCode): Money | undefined {
  if (cap === undefined || cap === 0n) return undefined
  return larger(zero(of), subtract(fromMetaUnits(cap, of), fromMetaUnits(spent ?? 0n, of)))
}
