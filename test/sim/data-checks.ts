import { accountKey } from '../../lib/model/account.ts'
import type { PullStatus } from '../../lib/model/history.ts'
import { isBudget, isCut, leverKey } from '../../lib/model/lever.ts'
import type { Plan } from '../../lib/model/plan.ts'
import { addDays, dateAt, MINUTE_MS } from '../../lib/units/calendar.ts'
import type { Bystander } from './commit-checks.ts'
import type { TrueAccount } from './platforms.ts'

/** What a bystander knows of what was read. */
export interface DataQuality {
  /** By account, what whoever made the plan has read; or, where it has not, what is stored. */
  readonly statusOf: (account: string) => PullStatus | undefined
  /** Conversions of the account are counted wrongly, and the estimates say so. */
  readonly miscounted: (account: string, madeAt: Plan['madeAt']) => boolean
}

/** Plans that a person made say so in place of their inputs. */
export const BY_HAND = 'by hand'

/** Whether a plan moves budgets on an account of which too little was read, or what was read cannot be trusted. */
export function onGoodData({ mirror, accounts, found }: Bystander, plan: Plan, data: DataQuality): void {
  // The guard cuts by spend that it has read itself, and a person may want anything.
  if (plan.inputsHash === BY_HAND || plan.occasion === 'guard' || plan.occasion === 'rollback') return
  const { freshness } = mirror.policies.get(plan.portfolio)!.version.policy
  for (const decision of plan.decisions) {
    if (decision.kind !== 'change' || !isBudget(decision.change.lever)) continue
    const key = accountKey(decision.change.lever.account)
    const status = data.statusOf(key)
    const what = `${plan.id} moves ${leverKey(decision.change.lever)}`
    // The clock of whoever read it may be ahead of the planner's.
    const age = plan.madeAt - Math.min(status?.structureAt ?? 0, plan.madeAt)
    if (age > freshness.structureMaxAgeMinutes * MINUTE_MS) found('good-data', `${what}, read ${age} ms before`)
    const spendAge = plan.madeAt - Math.min(status?.spendAt ?? 0, plan.madeAt)
    if (spendAge > freshness.spendMaxAgeMinutes * MINUTE_MS)
      found('good-data', `${what}, spend of ${spendAge} ms before`)
    // It may have been carried out by another plan, or by hand, since this one was decided.
    const lever = leverKey(decision.change.lever)
    const wasOrdered = (mirror.orderedAt.get(lever) ?? 0) >= plan.madeAt - 10 * MINUTE_MS
    const isOrder = mirror.levers.get(lever)?.cutBackTo !== undefined || (wasOrdered && isCut(decision.change))
    if (data.miscounted(key, plan.madeAt) && !isOrder)
      found('good-data', `${what}, whose conversions are counted wrongly`)
    const gap = largestGap(accounts.get(key)!, status, plan)
    if (gap > freshness.maxUnexplainedSpendShare) found('good-data', `${what}, of which ${gap} of a day was missing`)
  }
}

/** The largest share of a day of the last week that was not in the report, against what was really spent. */
function largestGap(own: TrueAccount, status: PullStatus | undefined, { madeAt }: Plan): number {
  const today = dateAt(madeAt, own.zone)
  let largest = 0
  for (const [date, gap] of status?.unexplainedMicros ?? []) {
    if (date >= today || date < addDays(today, -7)) continue
    let spent = 0n
    for (const campaign of own.campaigns.keys()) spent += own.spend.get(`${campaign} ${date}`) ?? 0n
    if (spent > 0n) largest = Math.max(largest, Number(gap) / Number(spent))
  }
  return largest
}
