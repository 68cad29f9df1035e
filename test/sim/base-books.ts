import { accountKey } from '../../lib/model/account.ts'
import { isBudget } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { MoneyCommit } from '../../lib/ports/store.ts'
import { dateAt, type Instant } from '../../lib/units/calendar.ts'
import type { Bystander } from './commit-checks.ts'
import { most, worstOfOne } from './mirror.ts'
import { factorOf, type TrueAccount } from './platforms.ts'
import { portfolioOf } from './scenery.ts'
import type { Worker } from './workers.ts'

/** A portfolio's day in its base currency, as a bystander counts it. */
export interface OwnBase {
  micros: bigint
  /** Conversions round up by a micro each, and so does the haircut of a rate by a millionth of a unit. */
  rounded: bigint
  /**
   * What the ledger may be short of, or have too much of, until its opener looks again: who opens the day has read the
   * records before.
   */
  missed: bigint
  spare: bigint
}

/**
 * A portfolio's day is what its budgets might have cost at worst when it was opened, and what every transaction has made of
 * that since, at the exchange's own rates and the policy's haircut.
 */
export function onPortfolioDay(one: Bystander, worker: Worker, commit: MoneyCommit): void {
  const { ownBase } = one.mirror
  const day = commit.portfolioDay?.next
  if (!day) return
  const key = `${day.portfolio} ${day.date}`
  const own = ownBase.get(key) ?? openedAt(one, worker, commit.at, day)
  ownBase.set(key, own)
  // Counted again by whoever makes a plan: what was missed is in it now, and so is what another portfolio has moved.
  if (commit.chain.startsWith('portfolio/')) {
    const again = openedAt(one, worker, commit.at, day)
    own.micros = most(own.micros, again.micros)
    own.spare += again.spare
    own.missed += again.missed
  }
  const { exposure } = day
  if (exposure.micros < own.micros - own.rounded - own.missed || exposure.micros > own.micros + own.rounded + own.spare)
    one.found('base-books', `${key}: ledger ${exposure.micros}, by the bystander ${own.micros}`)
}

/** By the accounts' days at the instant that the transaction carries: its worker may sleep before it is stored. */
function openedAt(
  one: Bystander,
  worker: Worker,
  at: Instant,
  { portfolio, date }: { readonly portfolio: string; readonly date: string },
): OwnBase {
  const { mirror, accounts } = one
  const base: OwnBase = { micros: 0n, rounded: 1n, missed: 0n, spare: 0n }
  for (const own of accounts.values()) {
    const today = dateAt(at, own.zone)
    const sumOf = (states: Iterable<LeverState>): bigint => {
      let worst = 0n
      for (const state of states)
        if (accountKey(state.lever.account) === own.key && isBudget(state.lever) && ownerOf(own, state) === portfolio)
          worst += worstOfOne(state, today, factorOf(own.account))
      return worst
    }
    const stands = sumOf(mirror.levers.values())
    const read = worker.looked.get(`newest levers ${own.key}`)?.saw as ReadonlyMap<string, LeverState> | undefined
    const rate = rateFor(one, own, portfolio, date)
    grow(base, stands, rate)
    miss(base, stands - (read ? sumOf(read.values()) : 0n), rate)
  }
  return base
}

/** By how much a record's worst case changes on the account's day that the transaction is about. */
export function changeOf(
  { accounts }: Bystander,
  { chain, accountDay }: MoneyCommit,
  before: LeverState | undefined,
  next: LeverState,
): bigint {
  if (!accountDay || !isBudget(next.lever)) return 0n
  const { date } = accountDay.next
  const factor = factorOf(accounts.get(chain)!.account)
  return worstOfOne(next, date, factor) - (before ? worstOfOne(before, date, factor) : 0n)
}

/** A transaction's own change of the worst case, in the currency of its account, goes to the portfolio that it is for. */
export function onOwnDelta(one: Bystander, commit: MoneyCommit, delta: bigint): void {
  const { mirror, accounts } = one
  const own = accounts.get(commit.chain)
  const [first] = commit.levers
  if (!own || !first || delta === 0n) return
  // A plan made by hand may move what is another portfolio's: its own day is charged.
  const plan = commit.progress && mirror.plans.get(commit.progress.next.plan)?.plan
  const portfolio = plan?.portfolio ?? ownerOf(own, first.next)
  const date = dateAt(commit.at, mirror.policies.get(portfolio)!.version.policy.zone)
  const key = `${portfolio} ${date}`
  const base = mirror.ownBase.get(key)
  if (!base) return
  const rate = rateFor(one, own, portfolio, date)
  grow(base, delta, rate)
}

function rateFor({ mirror, rateOf }: Bystander, own: TrueAccount, portfolio: string, date: string): number {
  const { policy } = mirror.policies.get(portfolio)!.version
  return rateOf(own.currency, policy.baseCurrency, date, policy.guardrails.rateHaircut)
}

function grow(base: OwnBase, amount: bigint, rate: number): void {
  base.micros += inBase(amount, rate)
  base.rounded += 2n + (amount < 0n ? -amount : amount) / 100_000n
}

function miss(base: OwnBase, amount: bigint, rate: number): void {
  if (amount > 0n) base.missed += inBase(amount, rate)
  else base.spare -= inBase(amount, rate)
}

const inBase = (amount: bigint, rate: number): bigint => BigInt(Math.round(Number(amount) * rate))

const ownerOf = (own: TrueAccount, { lever }: LeverState): string =>
  portfolioOf(own.names, lever.entity === 'budget' ? own.budgets.get(lever.id)!.campaigns : [lever.id])
