import type { LeverValue } from '../model/lever.ts'
import { type LeverState, pastOn } from '../model/lever-state.ts'
import type { AccountDate } from '../units/calendar.ts'
import { larger, type Money, subtract, times, zero } from '../units/money.ts'

/** A budget lever's money. @throws TypeError for other levers: only budgets are counted in the ledger */
export function amountOf(value: LeverValue): Money {
  if (value.kind !== 'money') throw new TypeError(`a budget is an amount, got a ${value.kind}`)
  return value.amount
}

/** The highest that a budget has stood at on `date`, pending values included: what the day is charged by. */
export function highOn(state: LeverState, date: AccountDate): Money {
  const known = amountOf(state.known)
  const pending = state.pending ? amountOf(state.pending.to) : zero(known.currency)
  if (state.day === date && state.dayHigh) return larger(amountOf(state.dayHigh), pending)
  return state.idle ? pending : larger(known, pending)
}

/** Value at the start of `date`. */
export const startOn = (state: LeverState, date: AccountDate): LeverValue =>
  state.day === date && state.dayStart ? state.dayStart : state.known

/** What a budget adds to the worst case of its day. A lifetime budget may go in one day, but not twice. */
export const worstCase = (state: LeverState, date: AccountDate, factor: number): Money => {
  const high = highOn(state, date)
  return state.lever.kind === 'lifetime-budget' ? high : times(high, factor, 'up')
}

/** By how much the worst case of `date` grows (or, on a release, shrinks) when a budget's record changes. */
export const worstCaseChange = (before: LeverState, after: LeverState, date: AccountDate, factor: number): Money =>
  subtract(worstCase(after, date, factor), worstCase(before, date, factor))

/** The record with at least `amount` as its day's highest value. */
export const withHigh = (state: LeverState, amount: Money, date: AccountDate): LeverState => ({
  ...state,
  ...pastPart(state, date),
  day: date,
  dayStart: startOn(state, date),
  dayHigh: { kind: 'money', amount: larger(highOn(state, date), amount) },
})

function pastPart(state: LeverState, date: AccountDate): Pick<LeverState, 'past'> {
  const past = pastOn(state, date)
  return past.length === 0 ? {} : { past }
}
