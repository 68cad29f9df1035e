import { unwanted, type WantedSchedule, wantedSchedules } from '../decide/calendar/budget-schedules.ts'
import { accountKey, type PortfolioId } from '../model/account.ts'
import { scopesOf } from '../model/freeze.ts'
import { type LeverKey, leverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { PolicyVersion } from '../model/policy.ts'
import { isNear, isOf, type ScheduledRaise } from '../model/scheduled-raise.ts'
import type { AccountStructure, BudgetHolder } from '../model/structure.ts'
import { dateAt } from '../units/calendar.ts'
import { amountOf } from './exposure.ts'
import type { Loop } from './loop.ts'
import { policiesOf, portfoliosOf } from './portfolios.ts'

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

/** What is to be written as a schedule by now, and what is to be taken back. */
export async function dueSchedules(
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
