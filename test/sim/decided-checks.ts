import { accountKey } from '../../lib/model/account.ts'
import { breakersOf } from '../../lib/model/breakers.ts'
import { isBudget, isCut, type LeverChange, type LeverKey, leverKey } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import { isPause } from '../../lib/model/pause.ts'
import type { Plan } from '../../lib/model/plan.ts'
import type { Policy } from '../../lib/model/policy.ts'
import { dateAt, later, SECOND_MS } from '../../lib/units/calendar.ts'
import type { Bystander } from './commit-checks.ts'
import { BY_HAND } from './data-checks.ts'
import { microsOf } from './mirror.ts'
import { safeStepOf, type TrueAccount } from './platforms.ts'
import type { Worker } from './workers.ts'

/** Clocks of workers are no further apart. */
const SKEW_MS = 3 * SECOND_MS

interface Decided {
  readonly plan: Plan
  readonly policy: Policy
  readonly change: LeverChange
  readonly own: TrueAccount
  /** The record as the planner has read it. */
  readonly state: LeverState | undefined
  readonly what: string
}

/** What a plan may decide, by the policy and by what was held when it was made. What a person wants may be anything. */
export function onDecided(one: Bystander, plan: Plan, worker: Worker | undefined): void {
  if (plan.inputsHash === BY_HAND || plan.occasion === 'rollback') return
  const { policy } = one.mirror.policies.get(plan.portfolio)!.version
  for (const decision of plan.decisions) {
    if (decision.kind !== 'change') continue
    const { change } = decision
    const own = one.accounts.get(accountKey(change.lever.account))!
    const read = worker?.looked.get(`levers ${own.key}`)
    const records = read?.saw as ReadonlyMap<LeverKey, LeverState> | undefined
    const what = `${plan.id} (${plan.occasion}) moves ${leverKey(change.lever)} to ${microsOf(change.to)}`
    const decided = { plan, policy, change, own, state: records?.get(leverKey(change.lever)), what }
    notInTest(one, decided)
    if (plan.occasion === 'guard') onGuard(one, decided)
    else if (isBudget(change.lever)) {
      notHeld(one, decided, read?.event ?? 0)
      withinStep(one, decided)
    }
  }
}

/** An order back to the caps stands in spite of a hold, and goes as far as it must. */
const isOrdered = ({ state, change }: Decided): boolean => state?.cutBackTo !== undefined && isCut(change)

function notInTest({ found }: Bystander, { plan, change: { lever }, own, what }: Decided): void {
  const day = dateAt(later(plan.madeAt, SKEW_MS), own.zone)
  const moved: readonly string[] = lever.entity === 'budget' ? own.budgets.get(lever.id)!.campaigns : [lever.id]
  const test = own.experiments.find(
    ({ campaigns, to }) => campaigns.some((id) => moved.includes(id)) && (to === undefined || day <= to),
  )
  if (test) found('held', `${what}, which is in a test of the platform until ${test.to ?? 'it is stopped'}`)
}

function notHeld({ mirror, found }: Bystander, decided: Decided, readAt: number): void {
  const { plan, change, state, what } = decided
  const { madeAt } = plan
  if (plan.occasion !== 'daily' || isOrdered(decided)) return
  if (state?.hold && state.hold.until > madeAt + SKEW_MS) found('held', `${what}: ${state.hold.reason}`)
  const theirs = mirror.personHolds.get(leverKey(change.lever))
  if (theirs && theirs.event < readAt && theirs.until > madeAt + SKEW_MS)
    found('held', `${what}: somebody set it, which was seen at ${theirs.event}`)
}

function withinStep({ found }: Bystander, decided: Decided): void {
  const { plan, policy, change, own, what } = decided
  const { maxStepUp, maxStepDown } = policy.guardrails
  const safe = safeStepOf(own.account)
  const [from, to] = [microsOf(change.from), microsOf(change.to)]
  if (to > timesFloor(from, 1 + Math.min(maxStepUp, safe))) found('step', `${what} from ${from}`)
  if (plan.occasion !== 'daily' || isOrdered(decided)) return
  if (to < timesFloor(from, 1 - Math.min(maxStepDown, safe))) found('step', `${what} from ${from}`)
}

const timesFloor = (micros: bigint, factor: number): bigint => (micros * BigInt(Math.round(factor * 1000))) / 1000n

/** The guard cuts and pauses, never below its floor of what the day began with, and not what is in a test. */
function onGuard({ mirror, found }: Bystander, { plan, policy, change, own, what }: Decided): void {
  if (isPause(change)) return
  if (!isBudget(change.lever) || !isCut(change)) {
    found('guard-takes-less', what)
    return
  }
  const start = mirror.dayStart.get(leverKey(change.lever))
  // Of what may have been read wrong, nobody knows what it began with.
  if (start?.date !== dateAt(plan.madeAt, own.zone) || mirror.levers.get(leverKey(change.lever))?.doubted) return
  if (microsOf(change.to) < timesFloor(start.micros, breakersOf(policy).floor))
    found('guard-takes-less', `${what}, below the floor of ${start.micros}`)
}
