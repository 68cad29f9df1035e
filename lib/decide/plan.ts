import { isLimitedByBudget } from '../measure/delivery.ts'
import { predictClaims } from '../measure/predict.ts'
import { hashOf } from '../model/canonical.ts'
import type { Estimates } from '../model/estimates.ts'
import { demandFactor, eventsOf } from '../model/events.ts'
import { leverKey } from '../model/lever.ts'
import type { Observation } from '../model/observation.ts'
import { isPause } from '../model/pause.ts'
import { type Decision, decisionLever, type Pace, type Plan, type PlanId, type PlanTerms } from '../model/plan.ts'
import { pushDate } from '../model/push-day.ts'
import { compare, fromMainUnits, larger, type Money, mainUnits, smaller } from '../units/money.ts'
import { stepCaps } from './approved-step.ts'
import { memberEnds } from './calendar/member-ends.ts'
import type { CapabilitiesOf } from './capabilities-of.ts'
import { withinChangeLimit } from './change-limit.ts'
import { CAPS } from './cut-back.ts'
import { decideAlone } from './decide-alone.ts'
import { flightLimits } from './flight-limits.ts'
import { commitmentsToday, floorsOf } from './floors.ts'
import type { BudgetQuestion } from './holds.ts'
import { type Moved, moveBudgets } from './move-budgets.ts'
import { netGrowth } from './net-growth.ts'
import { type DayPace, paceDay } from './pace-day.ts'
import { expiryOf, steerDay } from './pacing/steer-day.ts'
import { policyGaps } from './policy-gaps.ts'
import type { Movable } from './position.ts'
import { proposedCaps } from './proposed-caps.ts'
import { questionsOf } from './questions.ts'
import { withinSharedCaps } from './shared-caps.ts'
import { steerMultipliers } from './steer-multipliers.ts'
import { steerTargets } from './steer-targets.ts'
import { besideTarget } from './targets/headroom-step.ts'
import { placedTargets } from './targets/placed.ts'
import { leftToTargets } from './targets/room.ts'
import { withVerdicts } from './verdicts.ts'

/**
 * Decides about every lever of a portfolio: the whole of it is a function of what was observed, so that the same inputs
 * give the same plan, a year later too.
 *
 * @param inputsHash where the observation is kept
 * @throws Error when an exchange rate is missing: no plan is made on part of the money
 */
export function decide(
  observation: Observation,
  estimates: Estimates,
  capabilitiesOf: CapabilitiesOf,
  inputsHash: string,
): Plan {
  const questions = questionsOf(observation, estimates, capabilitiesOf)
  const day = paceDay(observation, questions, estimates)
  const commitments = commitmentsToday(observation, questions, day.target)
  const target = withMinimums(day, commitments)
  const capsOf = stepCaps(questions)
  const steered = steerDay(observation, questions, target)
  const placed = placedTargets(observation, questions)
  const leftAlone = leftToTargets(observation, questions, target)
  const { settled, beside, staying, movable } = sorted(questions, leftAlone, (one) => decideAlone(one, capsOf, steered))
  const floors = floorsOf(observation, commitments, day.day)
  const moved = moveBudgets(observation, movable, staying, target, floors)
  const targets = steerTargets(observation, placed, questions, estimates, moved.marginalReturn)
  const multipliers = steerMultipliers(observation, questions, [...settled, ...moved.decisions, ...beside, ...targets])
  // What was approved beforehand comes first: it has the first claim on the room under the caps.
  const asked = withinSharedCaps(questions, settled, [...moved.decisions, ...beside, ...targets, ...multipliers])
  const chosen = withinChangeLimit(observation, asked)
  const predicted = withPredictions([...settled, ...chosen], questions, estimates)
  const decided = [...predicted, ...memberEnds(observation, capabilitiesOf)].filter(
    (decision) => !observation.partial || needsNoRoom(decision),
  )
  const all = withVerdicts(observation, decided, questions, target)
  return named(
    {
      ...terms(observation, inputsHash),
      expiresAt: expiryOf(observation, all),
      dayTarget: target,
      marginalReturn: moved.marginalReturn,
      netGrowth: netGrowth(all, observation),
      limits: moved.limits,
      explorationCost: moved.exploration.share,
      explorationPerDay: explorationPerDay(moved, target, observation),
      unspent: fromMainUnits(Math.max(0, moved.unspent), target.currency, 'down'),
      pace: withWarnings(
        day.paceWith((terms) =>
          isStuck(moved) ? 'stuck' : flightLimits(observation, estimates, capabilitiesOf, terms),
        ),
        commitments,
        policyGaps(observation, questions, mainUnits(target)),
      ),
      proposedCaps: proposedCaps(observation, capabilitiesOf),
    },
    all,
  )
}

interface Sorted {
  /** Decided without a comparison. */
  readonly settled: readonly Decision[]
  /** Left where they stand, because a target steers their spend. */
  readonly beside: readonly Decision[]
  /** The questions of both, as the budgets will stand. */
  readonly staying: readonly BudgetQuestion[]
  /** What is left to be compared. */
  readonly movable: readonly Movable[]
}

function sorted(
  questions: readonly BudgetQuestion[],
  leftAlone: ReadonlySet<BudgetQuestion>,
  alone: (question: BudgetQuestion) => Decision | undefined,
): Sorted {
  const settled: Decision[] = []
  const beside: Decision[] = []
  const staying: BudgetQuestion[] = []
  const movable: Movable[] = []
  for (const question of questions) {
    const decided = alone(question)
    if (!decided && leftAlone.has(question)) beside.push(besideTarget(question))
    else if (!decided && question.estimate) {
      movable.push({ ...question, estimate: question.estimate })
      continue
    }
    staying.push(decided ? standingAfter(question, decided) : question)
    if (decided) settled.push(decided)
  }
  return { settled, beside, staying, movable }
}

/** What may be decided on part of the money: orders back to the caps, and pauses. */
const needsNoRoom = (decision: Decision): boolean =>
  decision.kind === 'hold' || isPause(decision.change) || decision.binding.some(({ name }) => name === CAPS)

/** The path's target, or what commitments and launches ask for together if that is more; never more than remains. */
function withMinimums({ target, day }: DayPace, commitments: readonly { readonly atLeast: number }[]): Money {
  const asked = [...commitments, ...day.launches].reduce((sum, { atLeast }) => sum + atLeast, 0)
  const least = fromMainUnits(Math.max(0, asked), target.currency, 'down')
  if (compare(least, target) <= 0) return target
  return larger(target, smaller(least, fromMainUnits(day.remaining, target.currency, 'down')))
}

/** Limits that contradict each other hold every budget, today and until somebody changes them. */
const isStuck = ({ decisions }: Moved): boolean =>
  decisions.length > 0 && decisions.every((one) => one.kind === 'hold' && one.reason === 'guardrail')

const withWarnings = (
  pace: Pace,
  commitments: readonly { readonly isFeasible: boolean; readonly why: string }[],
  gaps: readonly string[],
): NonNullable<Plan['pace']> => ({
  ...pace,
  warnings: [...commitments.flatMap(({ isFeasible, why }) => (isFeasible ? [] : [why])), ...gaps],
})

/** In money by what as much outcome costs where the day's money runs out; of profit it is money. */
function explorationPerDay(
  { exploration: { outcome }, marginalReturn }: Moved,
  { currency }: Money,
  { policy }: Observation,
): NonNullable<Plan['explorationPerDay']> {
  const { goal } = policy.policy
  const units = goal.kind === 'profit' ? outcome : marginalReturn > 0 ? outcome / marginalReturn : undefined
  return { outcome, ...(units === undefined ? {} : { money: fromMainUnits(units, currency, 'up') }) }
}

const named = (terms: PlanTerms, decisions: readonly Decision[]): Plan => ({
  id: hashOf({ terms, decisions }).slice(0, 24) as PlanId,
  ...terms,
  decisions,
})

const terms = ({ now, policy, occasion, rates }: Observation, inputsHash: string) => ({
  portfolio: policy.policy.portfolio,
  mode: policy.policy.mode,
  madeAt: now,
  policyVersion: policy.version,
  inputsHash,
  rates,
  occasion,
})

/** A budget that does not take part in the split, at what it will stand at. */
const standingAfter = (question: BudgetQuestion, decided: Decision): BudgetQuestion =>
  decided.kind === 'change' && decided.change.to.kind === 'money'
    ? { ...question, stepsTo: decided.change.to.amount }
    : question

/** What each budget is expected to bring at what it will stand at, so that it can be scored. */
function withPredictions(
  decisions: readonly Decision[],
  questions: readonly BudgetQuestion[],
  estimates: Estimates,
): readonly Decision[] {
  const byLever = new Map(questions.map((question) => [leverKey(question.lever), question]))
  return decisions.map((decision) => {
    const question = byLever.get(leverKey(decisionLever(decision)))
    const value = decision.kind === 'change' ? decision.change.to : decision.value
    if (!question?.estimate || value?.kind !== 'money') return decision
    const { estimate } = question
    const prediction = predictionOf(question, estimate, value.amount, estimates)
    return { ...decision, maturity: estimate.maturity, prediction }
  })
}

function predictionOf(
  { observation, account, budget }: BudgetQuestion,
  estimate: NonNullable<BudgetQuestion['estimate']>,
  to: Money,
  estimates: Estimates,
) {
  const { structure, today } = account
  const events = eventsOf(observation.policy.policy, structure, budget, today)
  const most = Math.max(estimate.deliverablePerDay, 1e-9)
  const wanted = mainUnits(to) * estimate.delivery
  // What does not spend its budget will not begin to because the budget moved.
  const spend = isLimitedByBudget(estimate) ? wanted : Math.min(wanted, most)
  return predictClaims(
    estimate,
    spend,
    estimates.weekdays.get(account.account) ?? estimates.dayOfWeek,
    pushDate(observation.now, structure.zone),
    (date) => demandFactor(events, date),
  )
}
