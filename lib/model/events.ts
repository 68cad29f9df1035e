import { type AccountDate, addDays, dates } from '../units/calendar.ts'
import type { CalendarEvent, Policy } from './policy.ts'
import { fedCampaigns, selectsBudget } from './selection.ts'
import type { AccountStructure, BudgetHolder } from './structure.ts'

/** Events that concern a budget, in the policy's order. */
export function eventsOf(
  policy: Policy,
  structure: AccountStructure,
  budget: BudgetHolder,
  on: AccountDate,
): readonly CalendarEvent[] {
  if (policy.events.length === 0) return []
  const fed = fedCampaigns(policy, structure, budget, on)
  return policy.events.filter(({ match }) => match === undefined || selectsBudget(match, structure.account, fed))
}

export const isWithin = ({ from, to }: Pick<CalendarEvent, 'from' | 'to'>, date: AccountDate): boolean =>
  from <= date && date <= to

/** Whether `date` is one of the days after an event on which buyers stay away because they bought early. */
const isInDip = ({ to, dipAfter }: CalendarEvent, date: AccountDate): boolean =>
  dipAfter !== undefined && to < date && date <= addDays(to, dipAfter.days)

/**
 * Demand of a day against a normal one, as the calendar announces it: 1 on a day that it does not name. Events on the same
 * day multiply; the dip after one does not apply while another event is on, whose uplift was estimated for that very day.
 *
 * @param events those that concern whom the question is about: see `eventsOf`
 * @returns > 0; what a response is expected to be multiplied by
 */
export function demandFactor(events: readonly CalendarEvent[], date: AccountDate): number {
  const on = events.filter((event) => isWithin(event, date))
  if (on.length > 0) return on.reduce((product, { expectedUplift }) => product * expectedUplift, 1)
  return events.reduce((product, event) => product * (isInDip(event, date) ? (event.dipAfter?.factor ?? 1) : 1), 1)
}

export type SteppedEvent = CalendarEvent & { readonly budgetFactor: number }

/** The event whose approved step is in force on a day: of several the one that began last, being the most particular. */
export function stepInForce(events: readonly CalendarEvent[], date: AccountDate): SteppedEvent | undefined {
  const on = events.filter((event): event is SteppedEvent => event.budgetFactor !== undefined && isWithin(event, date))
  return on.reduce<SteppedEvent | undefined>(
    (last, event) => (last === undefined || event.from > last.from ? event : last),
    undefined,
  )
}

/** Money of a day against a normal one: the approved step where there is one, the expected demand elsewhere. */
export const spendFactor = (events: readonly CalendarEvent[], date: AccountDate): number =>
  stepInForce(events, date)?.budgetFactor ?? demandFactor(events, date)

/** Dates from `from` to `to` that nothing is to be learned from. */
export const excludedDates = (
  events: readonly CalendarEvent[],
  from: AccountDate,
  to: AccountDate,
): ReadonlySet<AccountDate> =>
  new Set(
    events
      .filter(({ excludeFromLearning }) => excludeFromLearning)
      .flatMap((event) => dates(event.from > from ? event.from : from, event.to < to ? event.to : to)),
  )
