import { eventsOf, stepInForce } from '../model/events.ts'
import type { EventMark } from '../model/lever-state.ts'
import type { ChangeDecision, HoldDecision } from '../model/plan.ts'
import type { CalendarEvent } from '../model/policy.ts'
import { raiseBeside } from '../model/scheduled-raise.ts'
import { add, compare, fromMainUnits, type Money, mainUnits, subtract } from '../units/money.ts'
import { baseUnitsOf, rateOf } from './base-rate.ts'
import { type EventStep, eventStep } from './calendar/event-step.ts'
import { effectOfMove } from './effect.ts'
import { groupRooms } from './group-rooms.ts'
import { hardLimits, heldUntil } from './guardrails.ts'
import { type BudgetQuestion, reasonNotToCutBack } from './holds.ts'
import type { Limit } from './interval.ts'
import { pushedOn, refusedToday } from './spent-today.ts'
import { amountText, changeText } from './words.ts'

/** Caps that the approved steps of a day share, as each budget's own limit. */
export type StepCaps = (question: BudgetQuestion) => readonly Limit[]

/** What an event asks of a budget, if anything does; undefined where no event concerns it, or it cannot be moved. */
function wantedStep(question: BudgetQuestion, caps: readonly Limit[]): EventStep | undefined {
  const { observation, account, budget, state } = question
  const events = eventsOf(observation.policy.policy, account.structure, budget, account.today)
  if (events.length === 0 && !state?.event) return undefined
  if (reasonNotToCutBack(question)) return undefined
  const scheduled = scheduledStep(events, question)
  if (scheduled) return scheduled
  const limits = [...hardLimits(question), ...caps]
  return eventStep({ events, on: pushedOn(question), standing: budget.amount, state, caps: limits })
}

/** Either the budget is moved for an event, or the platform raises it by a schedule: never both. */
function scheduledStep(events: readonly CalendarEvent[], question: BudgetQuestion): EventStep | undefined {
  const { state } = question
  const on = pushedOn(question)
  const inForce = stepInForce(events, on)
  if (!inForce || state?.event?.stoodAt) return undefined
  const hold = (why: string): EventStep => ({ kind: 'hold', event: inForce.name, why })
  const beside = raiseBeside(state?.raises, on)
  if (beside)
    return hold(
      beside.ours ? `the platform raises it by a schedule until ${beside.last}` : 'somebody’s schedule raises it',
    )
  return state?.raises?.some(({ ours, gone, last }) => ours?.event === inForce.name && gone && on <= last)
    ? hold('somebody took its schedule back: it is left as it is')
    : undefined
}

/**
 * The day caps as limits of each approved step: where an account's, or the portfolio's, leaves less than all the steps
 * of the day ask for, each gets the same share of what it asks for.
 */
export function stepCaps(questions: readonly BudgetQuestion[]): StepCaps {
  const stepping = questions.filter(isStepping)
  const [first] = stepping
  if (!first) return () => []
  const { rooms, indexesOf } = groupRooms(first.observation, questions)
  const asked = rooms.map(() => 0)
  const growths = new Map<BudgetQuestion, number>()
  for (const question of stepping) {
    const step = wantedStep(question, [])
    if (step?.kind !== 'step' || compare(step.to, question.budget.amount) <= 0) continue
    const growth = mainUnits(subtract(step.to, question.budget.amount))
    growths.set(question, growth)
    for (const index of indexesOf(question)) asked[index] = asked[index]! + growth * baseUnitsOf(rateOf(question))
  }
  return (question) => {
    const growth = growths.get(question)
    if (growth === undefined) return []
    return indexesOf(question).flatMap((index, place): readonly Limit[] => {
      const [room, all] = [rooms[index]!, asked[index]!]
      if (room >= all) return []
      const own = fromMainUnits((growth * room) / all, question.budget.amount.currency, 'down')
      return [{ ...CAPS[place === 0 ? 0 : 1], atMost: add(question.budget.amount, own) }]
    })
  }
}

const CAPS = [
  { name: 'account-cap', detail: 'the account’s day cap leaves no more' },
  { name: 'portfolio-cap', detail: 'the portfolio’s day cap leaves no more' },
] as const

const isStepping = (question: BudgetQuestion): boolean => {
  const { observation, account, budget } = question
  const events = eventsOf(observation.policy.policy, account.structure, budget, account.today)
  return stepInForce(events, pushedOn(question)) !== undefined
}

/** What an event asks of the budget on the day of the push, if nothing but learning or thin history stands against it. */
export function approvedStep(question: BudgetQuestion, capsOf: StepCaps): ChangeDecision | HoldDecision | undefined {
  const { budget, state, observation } = question
  const step = wantedStep(question, capsOf(question))
  if (!step) return undefined
  switch (step.kind) {
    case 'none':
    case 'left':
      return undefined
    case 'hold':
      return holdOf(question, 'event', step.why)
    case 'return':
      return approvedChange(question, step, undefined)
    case 'step': {
      const held = heldUntil(state, observation.now)
      return held && compare(step.to, budget.amount) > 0
        ? holdOf(question, 'human-hold', `${held.reason}; "${step.event}" does not raise it over that`)
        : approvedChange(question, step, { name: step.event, stoodAt: step.stoodAt })
    }
  }
}

/** A move that was approved beforehand: neither steps nor deadband bound it. */
function approvedChange(
  question: BudgetQuestion,
  { to: wanted, event, why, cutBy }: Extract<EventStep, { kind: 'step' | 'return' }>,
  mark: EventMark | undefined,
): ChangeDecision | HoldDecision {
  const { budget, lever, membership, estimate, capabilities } = question
  const to = normalised(capabilities.normalise(lever.kind, { kind: 'money', amount: wanted }), wanted)
  if (to.micros === budget.amount.micros) return holdOf(question, 'event', why)
  const refused = refusedToday(question, to)
  if (refused) return holdOf(question, refused.reason, refused.detail)
  return {
    kind: 'change',
    change: { lever, from: { kind: 'money', amount: budget.amount }, to: { kind: 'money', amount: to } },
    name: budget.name,
    class: membership.class,
    expected: effectOfMove(question, mainUnits(budget.amount), mainUnits(to)),
    binding: [
      { name: 'event', detail: `"${event}" was approved with its step` },
      ...(cutBy ? [{ name: cutBy.name, detail: cutBy.detail }] : []),
    ],
    why: `${changeText(budget.amount, to)} to ${amountText(to)}: ${why}.`,
    maturity: estimate?.maturity ?? 0,
    ...(mark ? { event: mark } : {}),
  }
}

const normalised = (value: ChangeDecision['change']['to'], wanted: Money): Money =>
  value.kind === 'money' ? value.amount : wanted

const holdOf = ({ lever, budget }: BudgetQuestion, reason: HoldDecision['reason'], detail: string): HoldDecision => ({
  kind: 'hold',
  lever,
  name: budget.name,
  value: { kind: 'money', amount: budget.amount },
  reason,
  detail,
})
