import { sameAccount } from '../model/account.ts'
import { scopesOf } from '../model/freeze.ts'
import { isBudget, type LeverKey, type LeverValue, leverKey, sameValue } from '../model/lever.ts'
import { campaignsMovedBy } from '../model/lever-place.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import type { ChangeDecision, Decision, ExpectedEffect, HoldDecision, PlanId } from '../model/plan.ts'
import { DAY_MS, type Instant, isoInstant, later } from '../units/calendar.ts'
import { larger, times } from '../units/money.ts'
import type { CapabilitiesOf } from './capabilities-of.ts'
import { hardLimits, roundedUp } from './guardrails.ts'
import { type BudgetQuestion, reasonNotToCutBack, reasonNotToTouch } from './holds.ts'
import { above, bounded, type Limit } from './interval.ts'
import { NO_BELIEFS } from './no-beliefs.ts'
import { questionsOf } from './questions.ts'
import { refusedToday, spentFloor } from './spent-today.ts'
import { amountText, changeText, valueWords } from './words.ts'

/** A change that a plan made: its decision, and what the platform has stored since. */
export interface MadeChange {
  readonly decision: ChangeDecision
  /** What was told, or the platform's own rounding of it; where an earlier rollback got only so far, where that left it. */
  readonly stored: LeverValue
  readonly at: Instant
}

/** A lever that stands elsewhere than the plan left it, or where somebody else has set it since. */
export interface MovedSince {
  readonly made: MadeChange
  /** Absent: it is gone. */
  readonly now: LeverValue | undefined
}

export interface RollbackQuestion {
  readonly of: PlanId
  readonly made: readonly MadeChange[]
  readonly observation: Observation
  readonly capabilitiesOf: CapabilitiesOf
  /** Values as just read from the platforms. */
  readonly live: ReadonlyMap<LeverKey, LeverValue | undefined>
  /** Levers that somebody else has set to that value since, though the plan did too; absent: none. */
  readonly theirs?: ReadonlySet<LeverKey>
  /** Who asks for it. */
  readonly by: string
}

export interface Rollback {
  /** One for each lever that stands where the plan left it: a change back, or a hold that says what stands in its way. */
  readonly decisions: readonly Decision[]
  readonly moved: readonly MovedSince[]
  /** Levers that stand where they stood before the plan already. */
  readonly back: readonly MadeChange[]
}

/**
 * What takes a plan's changes back: each lever to the value that it had before, within the bounds, the day's rise and the
 * caps that hold for any other plan. Steps and the deadband do not bind: the value was there before, and a person asks for
 * it. What has moved since is not touched.
 */
export function rollBack(question: RollbackQuestion): Rollback {
  const { made, observation, capabilitiesOf, live, theirs } = question
  const questions = questionsOf(observation, NO_BELIEFS, capabilitiesOf)
  const budgets = new Map(questions.map((one) => [leverKey(one.lever), one]))
  const decisions: Decision[] = []
  const moved: MovedSince[] = []
  const back: MadeChange[] = []
  for (const one of made) {
    const { lever, from } = one.decision.change
    const key = leverKey(lever)
    const now = live.get(key)
    if (now && sameValue(now, from)) back.push(one)
    else if (!now || !sameValue(now, one.stored) || theirs?.has(key)) moved.push({ made: one, now })
    else decisions.push(decideOne(one, question, budgets.get(key)))
  }
  return { decisions, moved, back }
}

function decideOne(one: MadeChange, question: RollbackQuestion, budget: BudgetQuestion | undefined): Decision {
  const { lever } = one.decision.change
  if (isBudget(lever))
    return budget
      ? decideBudget(one, question, budget)
      : holdOf(one, 'not-managed', 'its budget is in this portfolio no more')
  return decideSetting(one, question)
}

function decideBudget(one: MadeChange, question: RollbackQuestion, budget: BudgetQuestion): Decision {
  const { from } = one.decision.change
  const obstacle = reasonNotToCutBack(budget)
  if (obstacle) return holdOf(one, obstacle.reason, obstacle.detail)
  if (from.kind !== 'money') return holdOf(one, 'unsupported-budget', 'a budget is an amount')
  const found = bounded(above(spentFloor(budget), limitsOf(budget)), from.amount)
  if (found.kind === 'impossible')
    return holdOf(one, 'guardrail', found.between.map(({ name, detail }) => `${name}: ${detail}`).join('; '))
  const normal = budget.capabilities.normalise(budget.lever.kind, { kind: 'money', amount: found.to })
  if (sameValue(normal, one.stored)) return holdOf(one, 'guardrail', bindingText(found.binding))
  const refused = normal.kind === 'money' ? refusedToday(budget, normal.amount) : undefined
  if (refused) return holdOf(one, refused.reason, refused.detail)
  return changeBack(one, normal, found.binding, question)
}

/** What binds a budget on its way back: bounds, the day's rise, and what is taken for an error. */
function limitsOf(question: BudgetQuestion): readonly Limit[] {
  const { budget, state, account, capabilities, observation } = question
  const { guardrails } = observation.policy.policy
  const share = Math.min(guardrails.maxDayRise, capabilities.learningSafeStep)
  const start = state?.day === account.today && state.dayStart?.kind === 'money' ? state.dayStart.amount : budget.amount
  const factor = guardrails.implausibleFactor
  const limits: readonly Limit[] = [
    ...hardLimits(question),
    {
      name: 'day-rise',
      detail: `at most ${Math.round(1000 * share) / 10} % up within one day, all decisions together`,
      atMost: larger(times(start, 1 + share, 'down'), budget.amount),
    },
    {
      name: 'implausible',
      detail: `more than ${factor} times the present budget is taken for an error`,
      atMost: times(budget.amount, factor, 'down'),
      atLeast: times(budget.amount, 1 / factor, 'up'),
    },
  ]
  return limits.map((limit) => (limit.atLeast ? { ...limit, atLeast: roundedUp(limit.atLeast, capabilities) } : limit))
}

function decideSetting(one: MadeChange, question: RollbackQuestion): Decision {
  const { lever, from } = one.decision.change
  const account = question.observation.accounts.find(({ structure }) => sameAccount(structure.account, lever.account))
  if (!account) return holdOf(one, 'not-managed', 'its account is in the policy no more')
  if (from.kind === 'status' && from.status === 'active')
    return holdOf(one, 'paused', 'what is paused is started by a person only: start it at the platform')
  const campaigns = campaignsMovedBy(account.structure, lever)
  const obstacle =
    reasonNotToTouch(question.observation, account, scopesOf(lever.account, campaigns)) ?? inTest(account, campaigns)
  return obstacle ? holdOf(one, obstacle.reason, obstacle.detail) : changeBack(one, from, [], question)
}

function inTest(
  { structure, today }: AccountObservation,
  campaigns: readonly string[],
): Pick<HoldDecision, 'reason' | 'detail'> | undefined {
  const test = structure.experiments.find(
    (running) =>
      running.campaigns.some((id) => campaigns.includes(id)) && (running.to === undefined || today <= running.to),
  )
  return test && { reason: 'in-experiment', detail: `the platform is running the test "${test.name}" on it` }
}

/** Left alone afterwards: the next decision would make the same change again. */
function changeBack(
  one: MadeChange,
  to: LeverValue,
  binding: readonly Limit[],
  { of, observation, by }: RollbackQuestion,
): ChangeDecision {
  const { change, name, class: of_, expected, maturity } = one.decision
  const { holdDays } = observation.policy.policy.drift
  const short = sameValue(to, change.from) ? '' : `, on its way to ${valueWords(change.from)}: ${bindingText(binding)}`
  return {
    kind: 'change',
    change: { lever: change.lever, from: one.stored, to },
    name,
    class: of_,
    expected: negated(expected),
    binding: binding.map((limit) => ({ name: limit.name, detail: limit.detail })),
    why: `Plan ${of} set it from ${valueWords(change.from)} at ${isoInstant(one.at)}; it goes back${moveText(one.stored, to)}${short}.`,
    maturity,
    ...(holdDays > 0
      ? {
          holdAfter: {
            until: later(observation.now, holdDays * DAY_MS),
            reason: `${by} rolled plan ${of} back`,
          },
        }
      : {}),
  }
}

const moveText = (from: LeverValue, to: LeverValue): string =>
  from.kind === 'money' && to.kind === 'money'
    ? ` to ${amountText(to.amount)} (${changeText(from.amount, to.amount)})`
    : ` to ${valueWords(to)}`

const bindingText = (binding: readonly Limit[]): string => [...new Set(binding.map(({ detail }) => detail))].join('; ')

/** What is given up again. */
const negated = ({ unit, mean, low, high }: ExpectedEffect): ExpectedEffect => ({
  unit,
  mean: 0 - mean,
  low: 0 - high,
  high: 0 - low,
})

const holdOf = ({ decision, stored }: MadeChange, reason: HoldDecision['reason'], detail: string): HoldDecision => ({
  kind: 'hold',
  lever: decision.change.lever,
  name: decision.name,
  value: stored,
  reason,
  detail,
})
