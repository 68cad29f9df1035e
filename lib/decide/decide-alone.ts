import { conversionChange } from '../measure/response-curve.ts'
import { eventsOf } from '../model/events.ts'
import type { ChangeDecision, Decision, HoldDecision } from '../model/plan.ts'
import { pushDate } from '../model/push-day.ts'
import { type Money, mainUnits } from '../units/money.ts'
import { eventStep } from './calendar/event-step.ts'
import { cutBack, tooMuchSpent } from './cut-back.ts'
import { effectOf } from './effect.ts'
import { hardLimits } from './guardrails.ts'
import { type BudgetQuestion, reasonNotToCutBack, reasonToHold } from './holds.ts'
import { baseUnitsOf, rateOf } from './position.ts'
import { amountText, changeText } from './words.ts'

/**
 * What needs no comparison with other budgets: cuts back to the caps, holds, and the steps of events and launches that
 * were approved beforehand. Undefined: the budget takes part in the split.
 */
export function decideAlone(question: BudgetQuestion): Decision | undefined {
  const { budget, state, observation } = question
  if (state?.cutBackTo?.kind === 'money' && budget.amount.micros > state.cutBackTo.amount.micros) {
    const obstacle = reasonNotToCutBack(question)
    return obstacle
      ? holdOf(question, obstacle)
      : (cutBack(question, state.cutBackTo.amount) ?? holdOf(question, tooMuchSpent(question)))
  }
  if (observation.occasion === 'correction')
    return holdOf(question, {
      reason: 'between-decisions',
      detail: 'only edits outside the caps are corrected between two daily decisions',
    })
  return approvedStep(question) ?? ordinaryHold(question)
}

function ordinaryHold(question: BudgetQuestion): HoldDecision | undefined {
  const reason = reasonToHold(question)
  return reason && holdOf(question, reason)
}

/** What an event asks of the budget on the day of the push, if nothing but learning or thin history stands against it. */
function approvedStep(question: BudgetQuestion): Decision | undefined {
  const { observation, account, budget, state } = question
  const { policy } = observation.policy
  const events = eventsOf(policy, account.structure, budget, account.today)
  if (events.length === 0 || budget.period !== 'daily') return undefined
  const obstacle = reasonNotToCutBack(question)
  if (obstacle) return undefined
  const step = eventStep({
    events,
    on: pushDate(observation.now, account.structure.zone),
    standing: budget.amount,
    state,
    caps: hardLimits(question),
  })
  switch (step.kind) {
    case 'none':
    case 'left':
      return undefined
    case 'hold':
      return holdOf(question, { reason: 'event', detail: step.why })
    case 'step':
    case 'return':
      return approvedChange(question, step.to, step.event, step.why)
  }
}

/** A move that was approved beforehand: neither steps nor deadband bound it. */
function approvedChange(
  question: BudgetQuestion,
  wanted: Money,
  name: string,
  why: string,
): ChangeDecision | HoldDecision {
  const { budget, lever, membership, estimate, observation, capabilities } = question
  const normal = capabilities.normalise(lever.kind, { kind: 'money', amount: wanted })
  const to = normal.kind === 'money' ? normal.amount : wanted
  if (to.micros === budget.amount.micros) return holdOf(question, { reason: 'event', detail: why })
  const baseUnits = baseUnitsOf(rateOf(question))
  const [before, after] = [mainUnits(budget.amount), mainUnits(to)]
  const change = estimate ? conversionChange(estimate.curve, before, after) : { mean: 0, sd: 0 }
  return {
    kind: 'change',
    change: { lever, from: { kind: 'money', amount: budget.amount }, to: { kind: 'money', amount: to } },
    name: budget.name,
    class: membership.class,
    expected: effectOf(
      observation.policy.policy.goal,
      { ...change, spend: (after - before) * baseUnits },
      estimate,
      baseUnits,
    ),
    binding: [{ name: 'event', detail: `"${name}" was approved with its step` }],
    why: `${changeText(budget.amount, to)} to ${amountText(to)}: ${why}.`,
    maturity: estimate?.maturity ?? 0,
  }
}

const holdOf = (
  { lever, budget }: BudgetQuestion,
  { reason, detail }: Pick<HoldDecision, 'reason' | 'detail'>,
): HoldDecision => ({
  kind: 'hold',
  lever,
  name: budget.name,
  value: { kind: 'money', amount: budget.amount },
  reason,
  detail,
})
