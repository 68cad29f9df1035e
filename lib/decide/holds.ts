import { policyAccount } from '../measure/budget-days.ts'
import type { PlatformCapabilities } from '../model/capability.ts'
import type { BudgetEstimate, CountingBreak } from '../model/estimates.ts'
import { type FreezeScope, scopesOf } from '../model/freeze.ts'
import type { Lever } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import { type BudgetMembership, canSpend, entitiesOf } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import { perObject } from '../model/per-object.ts'
import type { HoldReason } from '../model/plan.ts'
import { pushDate } from '../model/push-day.ts'
import { raiseBeside } from '../model/scheduled-raise.ts'
import type { BudgetHolder } from '../model/structure.ts'
import { adGroupById, campaignsFedBy } from '../model/structure-index.ts'
import { addDays, daysBetween, isoInstant, MINUTE_MS } from '../units/calendar.ts'
import { type Money, toDecimal } from '../units/money.ts'
import { heldUntil } from './guardrails.ts'
import type { SpendLimit } from './targets/spend-limit.ts'

export interface Hold {
  readonly reason: HoldReason
  readonly detail: string
}

export interface BudgetQuestion {
  readonly observation: Observation
  readonly account: AccountObservation
  readonly budget: BudgetHolder
  readonly lever: Lever
  readonly membership: BudgetMembership
  readonly state: LeverState | undefined
  readonly estimate: BudgetEstimate | undefined
  readonly capabilities: PlatformCapabilities
  /** Its account's conversions cannot be trusted at the moment. */
  readonly dataBreak: CountingBreak | undefined
  /** What limits its spend in its place, or may do so; absent: its campaigns have neither target nor bid. */
  readonly limited?: SpendLimit
  /** Decided already: what an approved step, a return or a cut back sets it to. */
  readonly stepsTo?: Money
}

/** An account as a whole, and the scopes whose freezes count for what is asked about. */
interface Touch {
  readonly observation: Observation
  readonly account: AccountObservation
  readonly scopes: readonly FreezeScope[]
}

type Check<Q = BudgetQuestion> = (question: Q) => Hold | undefined

const hold = (reason: HoldReason, detail: string): Hold => ({ reason, detail })

/** Why nothing on this account may move at all. */
const accountChecks: readonly Check<Touch>[] = [
  ({ observation: { today, policy } }) => {
    const { from, to } = policy.policy.flight
    return today < from || today > to ? hold('outside-flight', `the flight runs from ${from} to ${to}`) : undefined
  },
  ({ observation: { policy } }) =>
    policy.policy.mode === 'observe' ? hold('observe-only', 'the portfolio only observes') : undefined,
  ({ observation, scopes }) => {
    const freeze = observation.freezes.find(({ scope }) => scopes.includes(scope))
    return freeze && hold('frozen', `${freeze.scope} is frozen by ${freeze.by}: ${freeze.reason}`)
  },
  ({ account }) => {
    const [blocker] = account.structure.blockers
    return blocker && hold('account-blocked', `${blocker.code}: ${blocker.detail}`)
  },
  ({ observation, account }) => {
    const { dayCap } = policyAccount(observation, account)
    if (dayCap === undefined) return hold('no-caps', `account ${account.account} has no dayCap in the policy yet`)
    const { currency } = account.structure
    if (dayCap.currency !== currency)
      return hold('no-caps', `the dayCap of ${account.account} is in ${dayCap.currency}: write it in ${currency}`)
    return observation.policy.policy.dayCap === undefined
      ? hold('no-caps', 'the portfolio has no dayCap in the policy yet')
      : undefined
  },
  ({ observation, account }) => staleness(observation, account),
  ({ observation, account }) => unreconciled(observation, account),
]

/** The last of them: whether what was read is anything to decide by. */
const CHECKS_OF_READINGS = 2

/** Yesterday, and a day for the hours after midnight in which it has not been read yet. */
const HISTORY_MAX_AGE_DAYS = 2

function staleness({ now, policy }: Observation, { status, today }: AccountObservation): Hold | undefined {
  const { structureMaxAgeMinutes, spendMaxAgeMinutes } = policy.policy.freshness
  if (now - status.structureAt > structureMaxAgeMinutes * MINUTE_MS)
    return hold('stale-data', `the account was last read at ${isoInstant(status.structureAt)}`)
  if (now - status.spendAt > spendMaxAgeMinutes * MINUTE_MS)
    return hold('stale-data', `spend was last read at ${isoInstant(status.spendAt)}`)
  if (status.historyTo === undefined) return hold('stale-data', 'history has not been read yet')
  return daysBetween(status.historyTo, today) > HISTORY_MAX_AGE_DAYS
    ? hold('stale-data', `history was last read to ${status.historyTo}`)
    : undefined
}

/** The account's spend by date, in micros. */
export const spendByDate = perObject(({ histories }: AccountObservation): ReadonlyMap<string, bigint> => {
  const spend = new Map<string, bigint>()
  for (const { days } of histories)
    for (const { date, spendMicros } of days) spend.set(date, (spend.get(date) ?? 0n) + spendMicros)
  return spend
})

/** Whether some day of the last week has spend that no campaign accounts for. */
function unreconciled({ policy }: Observation, account: AccountObservation): Hold | undefined {
  const limit = policy.policy.freshness.maxUnexplainedSpendShare
  const spend = spendByDate(account)
  const weekAgo = addDays(account.today, -7)
  const recent = [...account.status.unexplainedMicros].filter(([date]) => weekAgo <= date && date < account.today)
  for (const [date, gap] of recent) {
    const explained = Number(spend.get(date) ?? 0n)
    const missing = Math.abs(Number(gap))
    if (missing > limit * (explained + missing))
      return hold(
        'unreconciled-data',
        `${toDecimal({ micros: gap, currency: account.structure.currency }, 2)} ${account.structure.currency} of ${date} belong to no campaign that was reported`,
      )
  }
  return undefined
}

/** How many of the checks below also stand in the way of a cut back to the caps. */
const CHECKS_OF_A_CUT = 7
/** How many of them are about what the budget is, and will be tomorrow. */
const CHECKS_OF_WHAT_IT_IS = 6

/** Why this budget may not move. */
const budgetChecks: readonly Check[] = [
  ({ account, budget }) => {
    const other = account.contested.find((one) => one.budget === budget.id)
    return (
      other &&
      hold('not-managed', `it feeds campaigns of portfolio ${other.portfolio} too: a budget belongs to one portfolio`)
    )
  },
  ({ membership }) =>
    membership.managed ? undefined : hold('not-managed', 'a campaign that it feeds is not managed by this portfolio'),
  ({ budget }) =>
    budget.period !== 'daily' || budget.amount.micros <= 0n
      ? hold(
          'unsupported-budget',
          `a ${budget.period} budget of ${toDecimal(budget.amount, 2)} ${budget.amount.currency} is counted and not moved`,
        )
      : undefined,
  ({ account, budget }) =>
    canSpend(account.structure, budget) ? undefined : hold('paused', 'nothing that it feeds is running'),
  ({ account, budget }) => {
    const test = account.structure.experiments.find(
      ({ campaigns, to }) =>
        campaigns.some((id) => budget.campaigns.includes(id)) && (to === undefined || account.today <= to),
    )
    return test && hold('in-experiment', `the platform is running the test "${test.name}" on it`)
  },
  ({ capabilities, lever, account }) => {
    const capability = capabilities.honours(lever, account.structure)
    return capability.kind === 'honoured' ? undefined : hold('not-honoured', capability.reason)
  },
  ({ state }) =>
    state?.pending &&
    hold('pending-outcome', 'the outcome of an earlier push is not known yet: it is counted at the worse value'),
  (question) => scheduled(question),
  ({ state, observation }) => {
    const held = heldUntil(state, observation.now)
    return held && hold('human-hold', `${held.reason}; left alone until ${isoInstant(held.until)}`)
  },
  ({ dataBreak }) => dataBreak && hold('data-break', dataBreak.detail),
  (question) => learning(question),
  ({ estimate, observation, account, budget }) => {
    const needed = observation.policy.policy.freshness.minHistoryDays
    const longest = longestHistory(account)
    const days = Math.max(0, ...entitiesOf(budget).map((entity) => longest.get(entity) ?? 0))
    return estimate === undefined || days < needed
      ? hold('too-little-history', `${days} days of history, ${needed} are needed`)
      : undefined
  },
]

/** A raise that the platform makes by a schedule, today or tomorrow, is over the budget as it stands: it is not moved. */
function scheduled({ state, account, observation }: BudgetQuestion): Hold | undefined {
  const days = [account.today, pushDate(observation.now, account.structure.zone)]
  const beside = days.map((day) => raiseBeside(state?.raises, day)).find((one) => one !== undefined)
  if (!beside) return undefined
  const span = `${beside.first} to ${beside.last}`
  return beside.ours
    ? hold('event', `a schedule raises it for "${beside.ours.event}" (${span})`)
    : hold('human-hold', `somebody has scheduled a raise (${span})`)
}

/** Days of the longest history of each campaign, be it its own or an ad group's, and of each ad group. */
const longestHistory = perObject(({ histories }: AccountObservation): ReadonlyMap<string, number> => {
  const longest = new Map<string, number>()
  const see = (entity: string, days: number): unknown => longest.set(entity, Math.max(longest.get(entity) ?? 0, days))
  for (const { campaign, adGroup, days } of histories) {
    see(campaign, days.length)
    if (adGroup !== undefined) see(`${campaign}/${adGroup}`, days.length)
  }
  return longest
})

function learning({ observation, account, budget }: BudgetQuestion): Hold | undefined {
  if (!observation.policy.policy.guardrails.holdWhileLearning) return undefined
  const { structure } = account
  const states =
    budget.adGroup === undefined
      ? campaignsFedBy(structure, budget).filter(({ status }) => status === 'active')
      : [adGroupById(structure, budget.adGroup)].filter((one) => one !== undefined)
  const found = states.find((one) => one.learning === 'learning')
  return found && hold('learning', `"${found.name}" is in its learning phase, which a budget change would restart`)
}

function first<Q>(checks: readonly Check<Q>[], question: Q): Hold | undefined {
  for (const check of checks) {
    const found = check(question)
    if (found) return found
  }
  return undefined
}

/** Why nothing under these freeze scopes may move, whatever kind of lever it is. */
export const reasonNotToTouch = (
  observation: Observation,
  account: AccountObservation,
  scopes: readonly FreezeScope[],
): Hold | undefined => first(accountChecks, { observation, account, scopes })

/** The same for what follows from a date alone, however old or odd what was read may be. */
export const reasonNotToFollowDate = (
  observation: Observation,
  account: AccountObservation,
  scopes: readonly FreezeScope[],
): Hold | undefined => first(accountChecks.slice(0, -CHECKS_OF_READINGS), { observation, account, scopes })

const accountReason = ({ observation, account, budget }: BudgetQuestion): Hold | undefined =>
  reasonNotToTouch(observation, account, scopesOf(account.structure.account, budget.campaigns))

/** The first reason to leave a budget as it is; the order is the order of docs/architecture.md. */
export const reasonToHold = (question: BudgetQuestion): Hold | undefined =>
  accountReason(question) ?? first(budgetChecks, question)

/** Why a budget could not be moved on any day, as things are: what it is, and not what happens to stand in its way today. */
export const reasonToStay = (question: BudgetQuestion): Hold | undefined =>
  first(budgetChecks.slice(0, CHECKS_OF_WHAT_IT_IS), question)

/** For a cut back to the caps: neither learning, nor history, nor the person's own hold stand in its way. */
export const reasonNotToCutBack = (question: BudgetQuestion): Hold | undefined =>
  accountReason(question) ?? first(budgetChecks.slice(0, CHECKS_OF_A_CUT), question)
