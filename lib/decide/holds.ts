import type { PlatformCapabilities } from '../model/capability.ts'
import type { BudgetEstimate, CountingBreak } from '../model/estimates.ts'
import { type FreezeScope, scopesOf } from '../model/freeze.ts'
import type { Lever } from '../model/lever.ts'
import { cooldownOf } from '../model/lever-cooldown.ts'
import { type LeverState, writesOn } from '../model/lever-state.ts'
import { type BudgetMembership, canSpend, entitiesOf } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import { perObject } from '../model/per-object.ts'
import { pushDate } from '../model/push-day.ts'
import { raiseBeside } from '../model/scheduled-raise.ts'
import type { BudgetHolder } from '../model/structure.ts'
import { adGroupById, campaignsFedBy } from '../model/structure-index.ts'
import { isoInstant } from '../units/calendar.ts'
import { type Money, toDecimal } from '../units/money.ts'
import { accountChecks, CHECKS_OF_READINGS, type Touch } from './account-checks.ts'
import { type Check, type CheckResult, first, found, type Hold, hold } from './check.ts'
import { heldUntil } from './guardrails.ts'
import { misread } from './magnitude.ts'
import { beyondCap } from './over-cap.ts'
import type { SpendLimit } from './targets/spend-limit.ts'

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

/** How many of the checks below also stand in the way of a cut back to the caps. */
const CHECKS_OF_A_CUT = 9
/** How many of them are about what the budget is, and will be tomorrow. */
const CHECKS_OF_WHAT_IT_IS = 6

/** Why this budget may not move. */
const budgetChecks: readonly Check<BudgetQuestion>[] = [
  [
    'not-managed',
    ({ account, budget }) => {
      const other = account.contested.find((one) => one.budget === budget.id)
      return (
        other &&
        hold('not-managed', `it feeds campaigns of portfolio ${other.portfolio} too: a budget belongs to one portfolio`)
      )
    },
  ],
  [
    'not-managed',
    ({ membership }) =>
      membership.managed ? undefined : hold('not-managed', 'a campaign that it feeds is not managed by this portfolio'),
  ],
  [
    'unsupported-budget',
    ({ budget }) =>
      budget.period !== 'daily' || budget.amount.micros <= 0n
        ? hold(
            'unsupported-budget',
            `a ${budget.period} budget of ${toDecimal(budget.amount, 2)} ${budget.amount.currency} is counted and not moved`,
          )
        : undefined,
  ],
  [
    'paused',
    ({ account, budget }) =>
      canSpend(account.structure, budget) ? undefined : hold('paused', 'nothing that it feeds is running'),
  ],
  [
    'in-experiment',
    ({ account, budget }) => {
      const test = account.structure.experiments.find(
        ({ campaigns, to }) =>
          campaigns.some((id) => budget.campaigns.includes(id)) && (to === undefined || account.today <= to),
      )
      return test && hold('in-experiment', `the platform is running the test "${test.name}" on it`)
    },
  ],
  [
    'not-honoured',
    ({ capabilities, lever, account }) => {
      const capability = capabilities.honours(lever, account.structure)
      return capability.kind === 'honoured' ? undefined : hold('not-honoured', capability.reason)
    },
  ],
  [
    'pending-outcome',
    ({ state }) =>
      state?.pending &&
      hold('pending-outcome', 'the outcome of an earlier push is not known yet: it is counted at the worse value'),
  ],
  [
    'often-changed',
    ({ state, capabilities, observation }) => {
      const held = state && cooldownOf(state, capabilities, 'cut', observation.now)
      return held && hold('often-changed', `not before ${isoInstant(held.until)}: ${held.reason}`)
    },
  ],
  ['magnitude', misread],
  ['event', (question) => scheduled(question)],
  [
    'human-hold',
    ({ state, observation }) => {
      const held = heldUntil(state, observation.now)
      return held && hold('human-hold', `${held.reason}; left alone until ${isoInstant(held.until)}`)
    },
  ],
  ['over-cap', beyondCap],
  ['data-break', ({ dataBreak }) => dataBreak && hold('data-break', dataBreak.detail)],
  ['learning', (question) => learning(question)],
  [
    'too-little-history',
    ({ estimate, observation, account, budget }) => {
      const needed = observation.policy.policy.freshness.minHistoryDays
      const longest = longestHistory(account)
      const days = Math.max(0, ...entitiesOf(budget).map((entity) => longest.get(entity) ?? 0))
      return estimate === undefined || days < needed
        ? hold('too-little-history', `${days} days of history, ${needed} are needed`)
        : undefined
    },
  ],
  ['often-changed', (question) => oftenChanged(question)],
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

/** Each change of a lever makes the platform learn anew, and each is a chance to be wrong. */
function oftenChanged({ observation, account, state, capabilities }: BudgetQuestion): Hold | undefined {
  const { maxChangesPerLeverDay } = observation.policy.policy.guardrails
  const day = pushDate(observation.now, account.structure.zone)
  const writes = state ? writesOn(state, day) : 0
  if (writes >= maxChangesPerLeverDay)
    return hold(
      'often-changed',
      `it was moved ${writes} times on ${day}, and the policy lets a lever be moved ${maxChangesPerLeverDay} times a day`,
    )
  const held = state && cooldownOf(state, capabilities, 'raise', observation.now)
  return held && hold('often-changed', `not before ${isoInstant(held.until)}: ${held.reason}`)
}

/** Every check of a move in the usual course, by name, with what it found: what a decision shows of them. */
export const allChecks = (question: BudgetQuestion): readonly CheckResult[] => [
  ...found(accountChecks, touchOf(question)),
  ...found(budgetChecks, question),
]

/** The same of what is ordered or was approved beforehand: see `reasonNotToCutBack`. */
export const checksOfACut = (question: BudgetQuestion): readonly CheckResult[] => [
  ...found(accountChecks, touchOf(question)),
  ...found(budgetChecks.slice(0, CHECKS_OF_A_CUT), question),
]

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

const touchOf = ({ observation, account, budget }: BudgetQuestion): Touch => ({
  observation,
  account,
  scopes: scopesOf(account.structure.account, budget.campaigns),
})

const accountReason = (question: BudgetQuestion): Hold | undefined => first(accountChecks, touchOf(question))

/** The first reason to leave a budget as it is; the order is the order of docs/architecture.md. */
export const reasonToHold = (question: BudgetQuestion): Hold | undefined =>
  accountReason(question) ?? first(budgetChecks, question)

/** Why a budget could not be moved on any day, as things are: what it is, and not what happens to stand in its way today. */
export const reasonToStay = (question: BudgetQuestion): Hold | undefined =>
  first(budgetChecks.slice(0, CHECKS_OF_WHAT_IT_IS), question)

/** For a cut back to the caps: neither learning, nor history, nor the person's own hold stand in its way. */
export const reasonNotToCutBack = (question: BudgetQuestion): Hold | undefined =>
  accountReason(question) ?? first(budgetChecks.slice(0, CHECKS_OF_A_CUT), question)
