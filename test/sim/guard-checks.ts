import { accountKey } from '../../lib/model/account.ts'
import { type Alert, isUnresolved } from '../../lib/model/alert.ts'
import { breakersOf } from '../../lib/model/breakers.ts'
import type { Policy, PolicyVersion } from '../../lib/model/policy.ts'
import { dateAt } from '../../lib/units/calendar.ts'
import type { Bystander } from './commit-checks.ts'
import { most } from './mirror.ts'
import type { TrueAccount } from './platforms.ts'
import { spentSoFar } from './spend.ts'
import { count } from './tally.ts'
import type { Worker } from './workers.ts'

/** Turns of the guard that may find the spend over a cap before something must have come of it. */
const TURNS = 2

/**
 * A turn of the guard has come to its end. Where an account has spent more than its cap, by what its platform has shown
 * this worker or, if it has not even asked, by what has really gone out, for the second turn running, a person has been
 * told, and what the policy says was done, or the alert says why not.
 */
export function onGuardTurn(
  { mirror, found, now }: Bystander,
  worker: Worker,
  own: TrueAccount,
  alerts: readonly Alert[],
): void {
  const date = dateAt(now(), own.zone)
  const spent = (worker.looked.get('spend')?.saw as bigint | undefined) ?? spentSoFar(own, date)
  for (const [portfolio, { version }] of mirror.policies) {
    const read = (worker.looked.get(`policies ${portfolio}`)?.saw as PolicyVersion | undefined) ?? version
    const limit = limitOf(mirror.policies, own, [version.policy, read.policy])
    const key = `${own.key} ${portfolio} ${date}`
    if (limit === undefined || spent <= limit) {
      mirror.overspent.delete(key)
      continue
    }
    const turns = (mirror.overspent.get(key) ?? 0) + 1
    mirror.overspent.set(key, turns)
    if (turns < TURNS) continue
    if (turns === TURNS) count(mirror.guard, 'days over a cap, seen by two turns')
    const alert = alerts.find((one) => one.rule === 'runawaySpend' && one.portfolio === portfolio && isUnresolved(one))
    const what = `${key}: ${spent} of ${limit} spent, for turn ${turns} of the guard`
    if (!alert) found('guard-acts', `${what}, and nobody is told`)
    else if (isToAct(version.policy) && isToAct(read.policy) && alert.acts.length === 0 && !alert.notDone)
      found('guard-acts', `${what}, and it does not ${breakersOf(read.policy).runawaySpend.action}`)
  }
}

const isToAct = (policy: Policy): boolean => !['off', 'alert'].includes(breakersOf(policy).runawaySpend.action)

/** The share of the account's cap from which spend runs away, by the larger of what stands and what the worker has read. */
function limitOf(
  policies: ReadonlyMap<string, { readonly version: PolicyVersion }>,
  own: TrueAccount,
  asked: readonly Policy[],
): bigint | undefined {
  let limit: bigint | undefined
  for (const policy of asked) {
    const { action, share } = breakersOf(policy).runawaySpend
    const caps = [policy, ...[...policies.values()].map(({ version }) => version.policy)].map(
      ({ accounts }) => accounts.find(({ account }) => accountKey(account) === own.key)?.dayCap?.micros,
    )
    if (action === 'off' || caps.some((cap) => cap === undefined)) return undefined
    // The largest of them is never less than the tightest that the guard goes by.
    const highest = caps.reduce((a, b) => most(a!, b!))!
    limit = most(limit ?? 0n, (highest * BigInt(Math.round(share * 1000))) / 1000n)
  }
  return limit
}
