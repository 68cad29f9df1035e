import { sameAccount } from '../../model/account.ts'
import type { PlatformCapabilities } from '../../model/capability.ts'
import { eventsOf, isWithin, type SteppedEvent } from '../../model/events.ts'
import type { Lever } from '../../model/lever.ts'
import { budgetMembership, canSpend } from '../../model/membership.ts'
import type { CalendarEvent, Policy } from '../../model/policy.ts'
import type { ScheduledRaise } from '../../model/scheduled-raise.ts'
import type { AccountStructure, BudgetHolder } from '../../model/structure.ts'
import { endOfDay, HOUR_MS, type Instant, later, startOfDay } from '../../units/calendar.ts'
import { compare, equal, type Money, times } from '../../units/money.ts'

/** An event's approved step of one budget, as a schedule for the platform. */
export interface WantedSchedule {
  readonly event: SteppedEvent
  readonly budget: BudgetHolder
  readonly lever: Lever
  readonly from: Instant
  readonly to: Instant
  /** What the budget is raised to, and from. */
  readonly amount: Money
  readonly over: Money
}

export interface SchedulingAccount {
  readonly policy: Policy
  readonly structure: AccountStructure
  readonly capabilities: PlatformCapabilities
  readonly now: Instant
  /** Whether another portfolio lays claim to a budget as well. */
  isContested(budget: BudgetHolder): boolean
}

/**
 * Not before the last hours of the eve: until then the budget goes on being moved, and what it stands at is what is
 * raised. What is not told by then is stepped by the budget itself when the event begins.
 */
const EARLIEST_MS = 12 * HOUR_MS

/** What an account's platform is to be told now of the steps of events that are to be announced. */
export function wantedSchedules(account: SchedulingAccount): readonly WantedSchedule[] {
  const { policy, structure, capabilities, now } = account
  const limits = capabilities.budgetSchedules
  if (!limits) return []
  return policy.events.filter(isScheduled).flatMap((event) => {
    const span = spanOfEvent(event, structure)
    const isTime = later(span.from, -EARLIEST_MS) <= now && now <= later(span.from, -limits.leadMs)
    if (!isTime || span.to - span.from < limits.leastMs || !isInFlight(event, policy)) return []
    return structure.budgets.flatMap((budget): readonly WantedSchedule[] => {
      if (!mayBeScheduled(event, budget, account)) return []
      const lever: Lever = { account: structure.account, kind: 'daily-budget', entity: 'budget', id: budget.id }
      const amount = levelOf(event, budget, account)
      const isRaise = compare(amount, budget.amount) > 0 && capabilities.honours(lever, structure).kind === 'honoured'
      return isRaise ? [{ event, budget, lever, ...span, amount, over: budget.amount }] : []
    })
  })
}

const isScheduled = (event: CalendarEvent): event is SteppedEvent => event.announce && event.budgetFactor !== undefined

const spanOfEvent = ({ from, to }: CalendarEvent, { zone }: AccountStructure) => ({
  from: startOfDay(from, zone),
  to: endOfDay(to, zone),
})

const isInFlight = ({ from, to }: CalendarEvent, { flight }: Policy): boolean => flight.from <= from && to <= flight.to

/** To the event's multiple, as the platform would store it. */
function levelOf({ budgetFactor }: SteppedEvent, { amount }: BudgetHolder, { capabilities }: SchedulingAccount): Money {
  const wanted = times(amount, budgetFactor, 'down')
  const stored = capabilities.normalise('daily-budget', { kind: 'money', amount: wanted })
  return stored.kind === 'money' ? stored.amount : wanted
}

function mayBeScheduled(event: SteppedEvent, budget: BudgetHolder, account: SchedulingAccount): boolean {
  const { policy, structure } = account
  if (budget.period !== 'daily' || budget.amount.micros <= 0n || !canSpend(structure, budget)) return false
  if (!concerns(event, budget, account) || account.isContested(budget)) return false
  const isTested = structure.experiments.some(
    ({ campaigns, to }) =>
      campaigns.some((id) => budget.campaigns.includes(id)) && (to === undefined || event.from <= to),
  )
  const most = policy.bounds.find((one) => one.budget === budget.id && sameAccount(one.account, structure.account))
  return !isTested && (!most?.atMost || compare(levelOf(event, budget, account), most.atMost) <= 0)
}

/** It is the portfolio's to move from the first day to the last, and no other event steps it on one of them. */
function concerns(event: SteppedEvent, budget: BudgetHolder, { policy, structure }: SchedulingAccount): boolean {
  const days = [event.from, event.to]
  if (!days.every((day) => budgetMembership(policy, structure, budget, day)?.managed)) return false
  const stepping = eventsOf(policy, structure, budget, event.from).filter(
    (one) => one.budgetFactor !== undefined && (isWithin(one, event.from) || isWithin(event, one.from)),
  )
  return stepping.length === 1 && stepping[0]?.name === event.name
}

/** Why a schedule that was written for an event is not to stand any longer; undefined: it is. */
export function unwanted(
  { ours, from, to }: ScheduledRaise,
  budget: BudgetHolder | undefined,
  known: Money | undefined,
  account: SchedulingAccount,
): string | undefined {
  if (!ours) return undefined
  const { policy, structure } = account
  const event = policy.events.filter(isScheduled).find(({ name }) => name === ours.event)
  if (!event) return `the policy no longer announces a step for "${ours.event}"`
  const span = spanOfEvent(event, structure)
  if (span.from !== from || span.to !== to || event.budgetFactor !== ours.factor)
    return `the policy says something else of "${ours.event}" by now`
  if (!budget || account.isContested(budget) || !concerns(event, budget, account))
    return 'the budget is no longer the portfolio’s to raise'
  return known && equal(known, ours.over) ? undefined : 'the budget was moved since'
}
