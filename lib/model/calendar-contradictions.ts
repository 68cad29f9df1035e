import { type AccountDate, daysBetween } from '../units/calendar.ts'
import { add, type Money, zero } from '../units/money.ts'
import { commitmentDays } from './groups.ts'
import type { CalendarEvent, Commitment, Policy } from './policy.ts'
import { amount, namedTwice } from './problem-text.ts'
import { apart, covers } from './selection.ts'

/** Spend is remembered for 90 days: what a longer flight spent before that would be spent again. */
const LONGEST_FLIGHT_DAYS = 90

/** What the dates of a policy say against each other: flight, memberships, events, commitments. */
export const calendarContradictions = (policy: Policy): readonly string[] => [
  ...flightLength(policy),
  ...policy.members.flatMap(({ from, to }, i) => backwards(`members.${i}`, from, to)),
  ...namedTwice('events', policy.events),
  ...policy.events.flatMap((event, i) => eventProblems(policy, event, i)),
  ...namedTwice('commitments', policy.commitments),
  ...policy.commitments.flatMap((commitment, i) => commitmentProblems(policy, commitment, i)),
  ...committedTotal(policy),
]

function flightLength({ flight }: Policy): readonly string[] {
  const days = daysBetween(flight.from, flight.to) + 1
  return days > LONGEST_FLIGHT_DAYS
    ? [`flight: not yet honoured: ${days} days, at most ${LONGEST_FLIGHT_DAYS} for now; divide it into shorter flights`]
    : []
}

const backwards = (field: string, from: AccountDate | undefined, to: AccountDate | undefined): readonly string[] =>
  from !== undefined && to !== undefined && to < from
    ? [`${field}: ends on ${to}, before it starts on ${from}: swap them`]
    : []

interface Days {
  readonly from: AccountDate
  readonly to: AccountDate
}
const meet = (a: Days, b: Days): boolean => a.from <= b.to && b.from <= a.to

function eventProblems({ events, guardrails }: Policy, event: CalendarEvent, i: number): readonly string[] {
  const { from, to, name, budgetFactor, announce, expectedUplift, match = {} } = event
  const at = `events.${i}`
  const problems = [...backwards(at, from, to)]
  if (announce && expectedUplift === 1 && budgetFactor === undefined)
    problems.push(`${at}.announce: there is nothing to tell the platforms: give expectedUplift, or budgetFactor`)
  if (budgetFactor === undefined) return problems
  if (budgetFactor > guardrails.implausibleFactor)
    problems.push(
      `${at}.budgetFactor: ${budgetFactor} is more than guardrails.implausibleFactor, ${guardrails.implausibleFactor}, by which it is taken for an error: lower one or raise the other`,
    )
  const before = events
    .slice(0, i)
    .find((one) => one.budgetFactor !== undefined && meet(one, event) && !apart(one.match ?? {}, match))
  if (before)
    problems.push(
      `${at}.budgetFactor: "${name}" and "${before.name}" both step the budgets of the same campaigns between ${later(from, before.from)} and ${earlier(to, before.to)}: give them other days or other campaigns`,
    )
  return problems
}

const later = (a: AccountDate, b: AccountDate): AccountDate => (a > b ? a : b)
const earlier = (a: AccountDate, b: AccountDate): AccountDate => (a < b ? a : b)

function commitmentProblems(policy: Policy, commitment: Commitment, i: number): readonly string[] {
  const { flight, dayCap, commitments } = policy
  const days = commitmentDays(policy, commitment)
  const at = `commitments.${i}`
  const problems = [...backwards(at, commitment.from, days.to)]
  if (days.from < flight.from)
    problems.push(`${at}.from: ${days.from} is before the flight, which starts on ${flight.from}: start it there`)
  if (days.to < flight.from || days.to > flight.to)
    problems.push(
      `${at}.by: ${days.to} is not within the flight, ${flight.from} to ${flight.to}: end it there or move the flight`,
    )
  if (problems.length > 0) return problems
  const hiding = commitments
    .slice(0, i)
    .find((one) => covers(one.match, commitment.match) && holds(commitmentDays(policy, one), days))
  if (hiding)
    problems.push(
      `${at}: "${commitment.name}" is never reached: all its spend counts towards "${hiding.name}" before it: put it first, or begin it after the other`,
    )
  return [...problems, ...beyondCap(at, commitment.atLeast, dayCap, days)]
}

const holds = (wide: Days, narrow: Days): boolean => wide.from <= narrow.from && narrow.to <= wide.to

function beyondCap(at: string, atLeast: Money, dayCap: Money | undefined, { from, to }: Days): readonly string[] {
  const days = daysBetween(from, to) + 1
  return dayCap && dayCap.currency === atLeast.currency && atLeast.micros > dayCap.micros * BigInt(days)
    ? [
        `${at}.atLeast: ${amount(atLeast)} in ${days} days is more than dayCap, ${amount(dayCap)}, lets through: lower it or raise dayCap`,
      ]
    : []
}

/** No money counts towards two commitments, so that all of them must fit into the flight together. */
function committedTotal({ commitments, flight, baseCurrency }: Policy): readonly string[] {
  const amounts = commitments.map(({ atLeast }) => atLeast)
  if ([flight.total, ...amounts].some(({ currency }) => currency !== baseCurrency)) return []
  const [only] = commitments
  const all = amounts.reduce(add, zero(baseCurrency))
  if (!only || all.micros <= flight.total.micros) return []
  return commitments.length === 1
    ? [
        `commitments.0.atLeast: ${amount(all)} is more than flight.total, ${amount(flight.total)}: lower it or raise the total`,
      ]
    : [
        `commitments: ${commitments.map(({ name }) => `"${name}"`).join(' and ')} ask for ${amount(all)} together, more than flight.total, ${amount(flight.total)}: lower them or raise the total`,
      ]
}
