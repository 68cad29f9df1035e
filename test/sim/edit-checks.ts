import { accountKey } from '../../lib/model/account.ts'
import { leverKey, sameValue } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import type { MoneyCommit } from '../../lib/ports/store.ts'
import { DAY_MS } from '../../lib/units/calendar.ts'
import { type Bystander, worstInTruth } from './commit-checks.ts'
import { microsOf, most, timesUp } from './mirror.ts'
import { factorOf, type TrueAccount } from './platforms.ts'
import { portfolioOf } from './scenery.ts'
import type { Worker } from './workers.ts'

/** Rooms are rounded down, here and there in another order. */
const ROUNDING = 1000n

/** A pull has seen what somebody set: what is made of it must follow from the caps and the policy. */
export function onEditSeen(
  one: Bystander,
  worker: Worker,
  commit: MoneyCommit,
  before: LeverState | undefined,
  next: LeverState,
): void {
  const { mirror, accounts, found } = one
  const { lever } = next
  if (!before || lever.kind !== 'daily-budget' || sameValue(before.known, next.known)) return
  const key = leverKey(lever)
  const seen = commit.entries.find((entry) => entry.kind === 'observed' && entry.lever === key)
  // What we set ourselves is nobody's edit, and what cannot spend may stand at anything.
  if (seen?.kind !== 'observed' || mirror.ours.has(key) || before.idle || next.idle) return
  const own = accounts.get(accountKey(lever.account))!
  const { policy } = mirror.policies.get(portfolioOf(own.names, own.budgets.get(lever.id)!.campaigns))!.version
  mirror.personHolds.delete(key)
  const isOrderedBack = next.cutBackTo !== undefined && microsOf(next.cutBackTo) < microsOf(next.known)
  if (isOrderedBack || next.doubted) return
  const broken = brokenBy(one, worker, { before, next, own, policy, date: seen.date })
  if (broken) found('never-adopted', `${key} from ${microsOf(before.known)} to ${microsOf(next.known)}: ${broken}`)
  const { insideCaps, holdDays } = policy.drift
  if (insideCaps !== 'reassert' && holdDays > 0)
    mirror.personHolds.set(key, { until: commit.at + holdDays * DAY_MS, event: mirror.event })
}

interface Edit {
  readonly before: LeverState
  readonly next: LeverState
  readonly own: TrueAccount
  readonly policy: PolicyVersion['policy']
  readonly date: string
}

/** What says that an edit may not stand; a smaller budget may always. */
function brokenBy(one: Bystander, worker: Worker, { before, next, own, policy, date }: Edit): string | undefined {
  const { lever } = next
  const [was, is] = [microsOf(before.known), microsOf(next.known)]
  const bound = policy.bounds.find(({ account, budget }) => budget === lever.id && accountKey(account) === own.key)
  if (bound?.atMost && is > bound.atMost.micros) return `the policy bounds it by ${bound.atMost.micros}`
  if (is <= was) return undefined
  if (is > was * BigInt(Math.ceil(policy.guardrails.implausibleFactor))) return 'that can only be an error'
  const cap = capOf(one, worker, own, date)
  if (cap === undefined) return undefined
  const worst = worstInTruth(one.mirror, own, date, leverKey(lever)) + timesUp(is, factorOf(own.account))
  return worst > cap + ROUNDING ? `the day may cost ${worst} with it, and its cap is ${cap}` : undefined
}

/** The most that the account's day may cost, by the ledger or by the policies that the worker has read; undefined: nothing is said. */
function capOf({ mirror }: Bystander, worker: Worker, own: TrueAccount, date: string): bigint | undefined {
  const ledger = mirror.accountDays.get(`${own.key} ${date}`)
  const caps = [...mirror.policies].map(([portfolio, { version }]) => {
    const read = (worker.looked.get(`policies ${portfolio}`)?.saw as PolicyVersion | undefined) ?? version
    return read.policy.accounts.find(({ account }) => accountKey(account) === own.key)?.dayCap?.micros
  })
  const [first, ...others] = caps
  if (!ledger?.cap || first === undefined) return undefined
  let least = first
  for (const cap of others) {
    if (cap === undefined) return undefined
    if (cap < least) least = cap
  }
  return most(least, ledger.cap.micros)
}
