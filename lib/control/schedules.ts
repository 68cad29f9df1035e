import { unwanted, type WantedSchedule, wantedSchedules } from '../decide/calendar/budget-schedules.ts'
import { accountKey, type PortfolioId } from '../model/account.ts'
import { scopesOf } from '../model/freeze.ts'
import { type LeverKey, leverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { isNear, isOf, type ScheduledRaise } from '../model/scheduled-raise.ts'
import type { AccountStructure, BudgetHolder } from '../model/structure.ts'
import { dateAt, type Instant } from '../units/calendar.ts'
import { mayPushNow, openPlans } from './dispatch.ts'
import { amountOf } from './exposure.ts'
import type { Loop } from './loop.ts'
import { allPolicies, policiesOf, portfoliosOf } from './portfolios.ts'
import { takeBackSchedule } from './schedule-back.ts'
import { placeSchedule } from './schedule-place.ts'
import { steeringOf } from './steering.ts'
import type { Summary } from './summary.ts'

type States = ReadonlyMap<LeverKey, LeverState>

/** A schedule of ours that is not to stand any longer. */
interface Unwanted {
  readonly key: LeverKey
  readonly raise: ScheduledRaise
  readonly portfolio: PortfolioId
  readonly why: string
}

interface Due {
  readonly unwanted: readonly Unwanted[]
  readonly wanted: readonly { readonly schedule: WantedSchedule; readonly version: PolicyVersion }[]
}

/**
 * Asks for the account to be acted on, where a step of an event is to be written as a budget schedule by now, or one that
 * was written is to be taken back. At every pull until it is done.
 */
export async function askForSchedules(
  states: States,
  structure: AccountStructure,
  policies: readonly PolicyVersion[],
  loop: Loop,
): Promise<void> {
  if (!loop.platforms(structure.account.platform).capabilities.budgetSchedules) return
  const due = await dueSchedules(states, structure, policies, loop)
  if (due.unwanted.length + due.wanted.length === 0) return
  await loop.queue.send([{ stage: 'act', key: accountKey(structure.account), turn: loop.clock.now(), attempt: 0 }])
}

/**
 * Takes back the schedules of ours that are not to stand any longer, and writes those that are due, under a plan of the
 * day that was let through, once everything else of it has been pushed. Each one is counted in the ledger before it is sent,
 * and for as long as it may be there.
 */
export async function keepSchedules(structure: AccountStructure, loop: Loop): Promise<Summary> {
  const { account } = structure
  if (!loop.platforms(account.platform).capabilities.budgetSchedules || loop.asked) return {}
  const policies = await allPolicies(loop)
  const since = loop.clock.now()
  const due = await dueSchedules(await loop.money.allLevers(account), structure, policies, loop)
  if (due.unwanted.length + due.wanted.length === 0) return {}
  const counts: Record<string, number> = {}
  const count = (what: string): unknown => (counts[what] = (counts[what] ?? 0) + 1)
  for (const one of due.unwanted) count(`takenBack-${await takeBackSchedule(one, structure, since, loop)}`)
  const own = policiesOf(policies, account)
  for (const { schedule, version } of due.wanted) {
    if (!(await isLetThrough(version, structure, loop))) continue
    const steering = steeringOf(version, own, account, loop)
    count(`scheduled-${await placeSchedule(schedule, steering, structure, since, loop)}`)
  }
  return counts
}

async function dueSchedules(
  states: States,
  structure: AccountStructure,
  policies: readonly PolicyVersion[],
  loop: Loop,
): Promise<Due> {
  const now = loop.clock.now()
  const { account } = structure
  const budgets = new Map<string, BudgetHolder>(structure.budgets.map((budget) => [budget.id, budget]))
  const today = dateAt(now, structure.zone)
  const termsOf = ({ policy }: PolicyVersion) => ({
    policy,
    structure,
    capabilities: loop.platforms(account.platform).capabilities,
    now,
    isContested: (budget: BudgetHolder) => portfoliosOf(policies, structure, budget, today).length > 1,
  })
  const unwantedOnes: Unwanted[] = []
  for (const [key, state] of states)
    for (const raise of state.raises ?? []) {
      // Without its name on the platform it cannot be taken back: the next pull reads it.
      if (!raise.ours || raise.id === undefined || raise.gone !== undefined || raise.to <= now) continue
      const { portfolio } = raise.ours
      const version = policies.find(({ policy }) => policy.portfolio === portfolio)
      const budget = budgets.get(state.lever.id)
      const why =
        version && isActing(version) ? unwanted(raise, budget, amountOf(state.known), termsOf(version)) : undefined
      const stopped =
        why ?? (raise.leaving ? 'it was to be taken back already' : await frozenBy(structure, budget, loop))
      if (stopped) unwantedOnes.push({ key, raise, portfolio, why: stopped })
    }
  const wanted = policiesOf(policies, account)
    .filter(isActing)
    .flatMap((version) => wantedSchedules(termsOf(version)).map((schedule) => ({ schedule, version })))
    .filter(({ schedule }) => isMissing(schedule, states))
  return { unwanted: unwantedOnes, wanted }
}

/** Neither observing nor shadowing tells anybody anything. */
const isActing = ({ policy }: PolicyVersion): boolean => policy.mode === 'auto' || policy.mode === 'approve'

async function frozenBy(
  { account }: AccountStructure,
  budget: BudgetHolder | undefined,
  loop: Loop,
): Promise<string | undefined> {
  const [freeze] = await loop.freezes.active(scopesOf(account, budget?.campaigns ?? []))
  return freeze && `${freeze.scope} is frozen by ${freeze.by}: ${freeze.reason}`
}

/** Neither there, nor perhaps there, nor taken away by somebody, and nothing else raises the budget then. */
function isMissing({ lever, event, from }: WantedSchedule, states: States): boolean {
  const raises = states.get(leverKey(lever))?.raises ?? []
  return !raises.some((one) => isOf(one, event.name, from) || isNear(one, event))
}

/** A plan of the day was let through under this very policy, and nothing of any plan is left to be pushed before. */
async function isLetThrough(version: PolicyVersion, structure: AccountStructure, loop: Loop): Promise<boolean> {
  const now: Instant = loop.clock.now()
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
