import { accountKey } from '../model/account.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { AccountStructure } from '../model/structure.ts'
import { mayPushNow, openPlans } from './dispatch.ts'
import { dueSchedules } from './due-schedules.ts'
import type { Loop } from './loop.ts'
import { policiesOf } from './portfolios.ts'
import { takeBackSchedule } from './schedule-back.ts'
import { placeSchedule } from './schedule-place.ts'
import { steeringOf } from './steering.ts'
import type { Summary } from './summary.ts'

/**
 * Takes back the schedules of ours that are not to stand any longer, and writes those that are due, under a plan of the
 * day that was let through, once everything else of it has been pushed. Each one is counted in the ledger before it is sent,
 * and for as long as it may be there.
 */
export async function keepSchedules(structure: AccountStructure, loop: Loop): Promise<Summary> {
  const { account } = structure
  if (!loop.platforms(account.platform).capabilities.budgetSchedules || loop.asked) return {}
  const policies = await loop.policies.all()
  const since = loop.clock.now()
  const due = await dueSchedules(await loop.money.allLevers(account), structure, policies, loop)
  if (due.unwanted.length + due.wanted.length === 0) return {}
  const counts: Record<string, number> = {}
  const count = (what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  for (const one of due.unwanted) count(`takenBack-${await takeBackSchedule(one, structure, since, loop)}`)
  const own = policiesOf(policies, account)
  for (const { schedule, version } of due.wanted) {
    if (!(await isLetThrough(version, structure, loop))) continue
    const steering = steeringOf(version, own, account, loop)
    count(`scheduled-${await placeSchedule(schedule, steering, structure, since, loop)}`)
  }
  return counts
}

/** A plan of the day was let through under this very policy, and nothing of any plan is left to be pushed before. */
async function isLetThrough(version: PolicyVersion, structure: AccountStructure, loop: Loop): Promise<boolean> {
  const now = loop.clock.now()
  const key = accountKey(structure.account)
  const headers = await openPlans(version.policy, now, loop)
  const day = headers.find(({ occasion }) => occasion === 'daily')
  if (day?.policyVersion !== version.version || !mayPushNow(day, version.policy, structure.zone, now, true))
    return false
  for (const { id, accounts } of headers) {
    const chunks = accounts.find(({ account }) => account === key)?.chunks.length ?? 0
    if (((await loop.plans.progress(id))?.cursors[key] ?? 0) < chunks) return false
  }
  return true
}
