import type { AccountRef } from '../model/account.ts'
import type { AuditEntry } from '../model/audit.ts'
import type { AccountDayLedger, PortfolioDayLedger } from '../model/ledger.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { LedgerDay, MoneyCommit } from '../ports/store.ts'
import { type AccountDate, addDays, dateAt, type Instant } from '../units/calendar.ts'
import { add, type Money } from '../units/money.ts'
import { convert } from '../units/rates.ts'
import type { Loop } from './loop.ts'

/** The portfolio's day in the ledger, where it is open. */
export async function portfolioDayOf(
  version: PolicyVersion | undefined,
  loop: Loop,
): Promise<PortfolioDayLedger | undefined> {
  if (!version) return undefined
  return loop.money.portfolioDay(version.policy.portfolio, dateAt(loop.clock.now(), version.policy.zone))
}

/**
 * In the portfolio's base currency, at the rate pinned for its day; rounded up, so that a release never frees more than
 * was reserved.
 *
 * @throws Error when none was pinned
 */
export function inBase(amount: Money, { rates, portfolio }: PortfolioDayLedger): Money {
  const rate = rates.find(({ from }) => from === amount.currency)
  if (!rate) throw new Error(`portfolio ${portfolio} has no rate from ${amount.currency} pinned for its day`)
  return convert(amount, rate, 'up')
}

/** Where a commit counts: the days of an account and of the portfolio that it is for, as far as they are open. */
export interface Days {
  readonly account: AccountRef
  readonly date: AccountDate
  readonly now: Instant
  readonly ledger: AccountDayLedger | undefined
  /** Undefined for what belongs to no portfolio. */
  readonly version: PolicyVersion | undefined
  readonly portfolio: PortfolioDayLedger | undefined
}

/**
 * The ledger part of a commit that changes the worst case of an account's day by `delta`: both ledgers' next versions,
 * the audit entries with the portfolio's share of it, and the days that come next. Who opens a day counts what stands
 * then: a worker that was suspended since it looked must not write what that count has missed.
 */
export function withExposure(
  days: Days,
  delta: Money | undefined,
  entries: readonly AuditEntry[],
): Pick<MoneyCommit, 'accountDay' | 'portfolioDay' | 'unopened' | 'entries'> {
  return { ...exposureOf(days, delta, entries), unopened: unopenedOf(days) }
}

function unopenedOf({ account, date, now, ledger, version, portfolio }: Days): readonly LedgerDay[] {
  const ofAccount = { account, date: ledger ? addDays(date, 1) : date }
  if (!version) return [ofAccount]
  const { portfolio: id, zone } = version.policy
  return [ofAccount, { portfolio: id, date: portfolio ? addDays(portfolio.date, 1) : dateAt(now, zone) }]
}

function exposureOf(
  { ledger, portfolio }: Days,
  delta: Money | undefined,
  entries: readonly AuditEntry[],
): Pick<MoneyCommit, 'accountDay' | 'portfolioDay' | 'entries'> {
  if (!ledger || !delta || delta.micros === 0n) return { entries }
  const accountDay = {
    next: { ...ledger, exposure: add(ledger.exposure, delta), version: ledger.version + 1 },
    expected: ledger.version,
  }
  if (!portfolio) return { accountDay, entries }
  const share = inBase(delta, portfolio)
  return {
    accountDay,
    portfolioDay: {
      next: { ...portfolio, exposure: add(portfolio.exposure, share), version: portfolio.version + 1 },
      expected: portfolio.version,
    },
    entries: [
      ...entries,
      {
        kind: 'portfolio-exposure',
        portfolio: portfolio.portfolio,
        date: portfolio.date,
        deltaMicros: share.micros.toString(),
      },
    ],
  }
}
