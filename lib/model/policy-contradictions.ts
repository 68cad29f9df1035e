import { type AccountDate, daysBetween } from '../units/calendar.ts'
import { type Money, toDecimal } from '../units/money.ts'
import { type AccountRef, accountKey, sameAccount } from './account.ts'
import type { Policy } from './policy.ts'

/** Spend is remembered for 90 days: what a longer flight spent before that would be spent again. */
const LONGEST_FLIGHT_DAYS = 90

/** What the fields of a policy say against each other: each problem names the fields, their values and the remedy. */
export const contradictions = (policy: Policy): readonly string[] => [
  ...currencies(policy),
  ...accounts(policy),
  ...ranges(policy),
  ...periods(policy),
]

const text = (amount: Money): string => `${toDecimal(amount, 2)} ${amount.currency}`

const currencies = ({ baseCurrency, flight, dayCap, guardrails }: Policy): readonly string[] =>
  Object.entries({
    'flight.total': flight.total,
    dayCap,
    'guardrails.minDailyBudget': guardrails.minDailyBudget,
    'guardrails.maxDailyBudget': guardrails.maxDailyBudget,
  }).flatMap(([field, amount]) =>
    amount && amount.currency !== baseCurrency
      ? [`${field}: ${text(amount)} must be in the base currency, ${baseCurrency}`]
      : [],
  )

function accounts({ accounts: terms, bounds, members }: Policy): readonly string[] {
  const given = terms.map(({ account }) => accountKey(account))
  const twice = given.flatMap((key, i) =>
    given.indexOf(key) < i ? [`accounts.${i}.account: ${key} is given twice: keep one`] : [],
  )
  const unknown = (field: string, account: AccountRef | undefined): readonly string[] =>
    account && !terms.some((one) => sameAccount(one.account, account))
      ? [`${field}: ${accountKey(account)} is not among the accounts: add it there or correct it`]
      : []
  return [
    ...twice,
    ...bounds.flatMap(({ account }, i) => unknown(`bounds.${i}.account`, account)),
    ...members.flatMap(({ match }, i) => unknown(`members.${i}.account`, match.account)),
  ]
}

function ranges({ guardrails, bounds }: Policy): readonly string[] {
  const upsideDown = (field: string, atLeast: Money | undefined, atMost: Money | undefined): readonly string[] => {
    if (!atLeast || !atMost) return []
    if (atLeast.currency !== atMost.currency)
      return [`${field}: ${text(atLeast)} and ${text(atMost)} must be in one currency, the account's`]
    return atLeast.micros > atMost.micros
      ? [`${field}: no budget is at least ${text(atLeast)} and at most ${text(atMost)}: swap them`]
      : []
  }
  return [
    ...upsideDown('guardrails.minDailyBudget', guardrails.minDailyBudget, guardrails.maxDailyBudget),
    ...bounds.flatMap(({ atLeast, atMost }, i) => upsideDown(`bounds.${i}`, atLeast, atMost)),
  ]
}

function periods({ flight, members, events }: Policy): readonly string[] {
  const backwards = (field: string, from: AccountDate | undefined, to: AccountDate | undefined): readonly string[] =>
    from !== undefined && to !== undefined && to < from
      ? [`${field}: ends on ${to}, before it starts on ${from}: swap them`]
      : []
  const days = daysBetween(flight.from, flight.to) + 1
  return [
    ...(days > LONGEST_FLIGHT_DAYS
      ? [
          `flight: not yet honoured: ${days} days, at most ${LONGEST_FLIGHT_DAYS} for now; divide it into shorter flights`,
        ]
      : []),
    ...members.flatMap(({ from, to }, i) => backwards(`members.${i}`, from, to)),
    ...events.flatMap(({ from, to }, i) => backwards(`events.${i}`, from, to)),
  ]
}
