import { type AccountDate, addDays, daysBetween } from '../units/calendar.ts'
import type { Membership, Policy } from './policy.ts'

/** A launch has its own money for so long; then it is split like any other. */
const LAUNCH_DAYS = 14

/** The last day on which a launch has its own money. */
export function launchEnd({ from, to }: { readonly from: AccountDate; readonly to?: AccountDate }): AccountDate {
  const ends = addDays(from, LAUNCH_DAYS - 1)
  return to !== undefined && to < ends ? to : ends
}

/** Days of the flight on which a membership's launch budget is kept for it; 0 without one. */
export function launchDays({ from, to, launchBudget }: Membership, { flight }: Pick<Policy, 'flight'>): number {
  if (!launchBudget || from === undefined) return 0
  const ends = launchEnd(to === undefined ? { from } : { from, to })
  const first = from > flight.from ? from : flight.from
  const last = [ends, flight.to].toSorted()[0]!
  return first > last ? 0 : daysBetween(first, last) + 1
}
