import { accountKey } from '../model/account.ts'
import type { MoneyCommit, Versioned } from '../ports/store.ts'
import type { AccountDate } from '../units/calendar.ts'
import { compare, type Money } from '../units/money.ts'
import { isFinal } from './money-items.ts'

export const LEVERS_MAX = 25

/**
 * The last look at a commit before it is written. What it refuses is a fault in the code above and never somebody else's
 * doing: it throws, and nothing is written.
 */
export function checkCommit(commit: MoneyCommit): void {
  if (commit.levers.length > LEVERS_MAX)
    throw new RangeError(`a commit moves ${commit.levers.length} levers: at most ${LEVERS_MAX} go into one transaction`)
  if (commit.entries.length === 0) throw new RangeError('a commit must have an audit entry')
  for (const record of versionedRecords(commit)) checkVersion(record)
  checkAccounts(commit)
  checkCaps(commit)
}

const versionedRecords = ({ levers, accountDay, portfolioDay, progress }: MoneyCommit) =>
  [...levers, accountDay, portfolioDay, progress].filter((record) => record !== undefined)

function checkVersion({ next, expected }: Versioned<{ readonly version: number }>): void {
  if (next.version !== expected + 1)
    throw new RangeError(`version ${next.version} cannot follow ${expected}: the next is ${expected + 1}`)
}

/** Everything that belongs to an account belongs to the one whose chain records it. */
function checkAccounts({ chain, levers, intents, accountDay }: MoneyCommit): void {
  const accounts = [
    ...levers.map(({ next }) => next.lever.account),
    ...intents.map(({ intent }) => intent.change.lever.account),
    ...(accountDay ? [accountDay.next.account] : []),
  ]
  const foreign = accounts.find((account) => accountKey(account) !== chain)
  if (foreign) throw new RangeError(`chain ${chain} cannot record what was done to account ${accountKey(foreign)}`)
}

/**
 * A reservation may not carry a ledger over its cap. What others did to the account may: it is recorded as it is, and
 * cuts stay possible.
 *
 * @throws RangeError also when a reservation that raises has no ledger or no cap to be counted against
 */
function checkCaps({ entries, accountDay, portfolioDay }: MoneyCommit): void {
  const raises = entries.filter((entry) => entry.kind === 'reserved' && BigInt(entry.deltaMicros) > 0n)
  if (raises.length === 0) return
  if (!accountDay) throw new RangeError('a reservation that raises exposure needs the account-day ledger in its commit')
  checkCap(`account ${accountKey(accountDay.next.account)}`, accountDay.next)
  if (portfolioDay) checkCap(`portfolio ${portfolioDay.next.portfolio}`, portfolioDay.next)
}

interface Ledger {
  readonly date: AccountDate
  readonly exposure: Money
  readonly cap?: Money
}

function checkCap(of: string, { date, exposure, cap }: Ledger): void {
  if (!cap) throw new RangeError(`${of} has no cap on ${date}: nothing may be raised`)
  if (compare(exposure, cap) > 0)
    throw new RangeError(
      `${of} on ${date}: exposure of ${exposure.micros} micros would exceed the cap of ${cap.micros} ${cap.currency}`,
    )
}

/** Whether the commit would fail by itself if it were sent a second time. */
export const isUnrepeatable = (commit: MoneyCommit): boolean =>
  versionedRecords(commit).length > 0 || commit.intents.some(({ outcome }) => outcome === undefined || isFinal(outcome))
