import type { AccountDayLedger, PortfolioDayLedger } from '../model/ledger.ts'
import { isCut, type Lever, type LeverChange } from '../model/lever.ts'
import { add, compare, larger, type Money, sum, zero } from '../units/money.ts'
import { inBase } from './ledger-step.ts'
import { brokenSharedCap, type OpenCap } from './shared-caps.ts'
import type { Granted } from './verdict.ts'

/** What a change is held to in money. */
export interface CapBooks {
  /** Absent: the day is not open yet, and only what costs nothing is pushed. */
  readonly ledger: AccountDayLedger | undefined
  /** Absent likewise: only what is cut is pushed. */
  readonly portfolio: PortfolioDayLedger | undefined
  /** The tighter of what the ledgers hold and what the policies say by now: a lower cap does not wait for the next pull. */
  readonly caps: { readonly account: Money | undefined; readonly portfolio: Money | undefined }
  readonly sharedCaps: readonly OpenCap[]
  /** What raises of this plan may still take, in the base currency. */
  readonly headroom: Money
}

/** What was granted, or found done, before a change of the same chunk. */
export type Before = Pick<Granted, 'delta' | 'growth'> & {
  readonly lever?: { readonly next: { readonly lever: Lever } }
}

/** The cap that this change would break, in words. A cut breaks none, unless it is of what was not counted at all. */
export function brokenCap(
  change: LeverChange,
  delta: Money,
  growth: Money,
  books: CapBooks,
  before: readonly Before[],
): string | undefined {
  if (isCut(change) && delta.micros <= 0n) return undefined
  const { ledger, portfolio, caps, headroom } = books
  if (!ledger) return 'the account’s day is not open yet'
  if (!portfolio) return 'the portfolio’s day is not open yet'
  if (!caps.account || !caps.portfolio) return 'there is no cap in the policy'
  const all = add(
    sum(
      before.map((one) => one.delta),
      delta.currency,
    ),
    delta,
  )
  if (compare(add(ledger.exposure, all), caps.account) > 0)
    return 'the account’s day would cost more than its cap at worst'
  if (compare(add(portfolio.exposure, inBase(all, portfolio)), caps.portfolio) > 0)
    return 'the portfolio’s day would cost more than its cap at worst'
  const shared = brokenSharedCap(change, delta, books.sharedCaps, before.flatMap(counted), portfolio)
  if (shared) return shared
  const none = zero(growth.currency)
  const raised = before.reduce((total, one) => add(total, larger(one.growth, none)), none)
  return compare(add(raised, growth), headroom) > 0 ? 'the cuts that were to pay for it are not verified' : undefined
}

/** What was granted without a record of its own costs nothing. */
const counted = ({ lever, delta }: Before): readonly { readonly lever: Lever; readonly delta: Money }[] =>
  lever ? [{ lever: lever.next.lever, delta }] : []
