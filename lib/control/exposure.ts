import { isBudget, type LeverValue } from '../model/lever.ts'
import { type LeverState, pastOn, writesOn } from '../model/lever-state.ts'
import { countedRaise } from '../model/scheduled-raise.ts'
import type { AccountDate } from '../units/calendar.ts'
import { add, type CurrencyCode, larger, type Money, subtract, times, zero } from '../units/money.ts'

/** A budget lever's money. @throws TypeError for other values */
export function amountOf(value: LeverValue): Money {
  if (value.kind !== 'money') throw new TypeError(`a budget is an amount, got a ${value.kind}`)
  return value.amount
}

/** The highest that a budget has stood at on `date`, pending values included: what the day is charged by. */
export function highOn(state: LeverState, date: AccountDate): Money {
  const read = amountOf(state.known)
  // What is doubted counts at the larger of what was read and what it was.
  const known = state.doubted ? larger(read, amountOf(state.doubted.was)) : read
  const pending = state.pending ? amountOf(state.pending.to) : zero(known.currency)
  if (state.day === date && state.dayHigh) return larger(amountOf(state.dayHigh), pending)
  return state.idle ? pending : larger(known, pending)
}

/** Value at the start of `date`. */
export const startOn = (state: LeverState, date: AccountDate): LeverValue =>
  state.day === date && state.dayStart ? state.dayStart : state.known

/**
 * What a budget adds to the worst case of its day, with what schedules raise it by. A lifetime budget may go in one day,
 * but not twice. What cannot spend is raised by no schedule.
 */
const worstCase = (state: LeverState, date: AccountDate, factor: number): Money => {
  const base = highOn(state, date)
  const high = base.micros > 0n ? add(base, countedRaise(state.raises, date, base)) : base
  return state.lever.kind === 'lifetime-budget' ? high : times(high, factor, 'up')
}

/** What levers add to the worst case of a day. Only budgets do: a target or a bid spends no more than its budget lets it. */
export const worstCaseOf = (
  states: Iterable<LeverState>,
  date: AccountDate,
  factor: number,
  currency: CurrencyCode,
): Money => {
  let total = zero(currency)
  for (const state of states) if (isBudget(state.lever)) total = add(total, worstCase(state, date, factor))
  return total
}

/** By how much the worst case of `date` grows (or, on a release, shrinks) when a lever's record changes. */
export const worstCaseChange = (
  before: LeverState,
  after: LeverState,
  date: AccountDate,
  factor: number,
  currency: CurrencyCode,
): Money => subtract(worstCaseOf([after], date, factor, currency), worstCaseOf([before], date, factor, currency))

/** The record as written to on `date`; a budget's with at least `value` as its day's highest. */
export function withHigh(state: LeverState, value: LeverValue, date: AccountDate): LeverState {
  const { writes: _, ...rest } = state
  const writes = writesOn(state, date)
  const written = {
    ...rest,
    ...pastPart(state, date),
    ...(writes > 0 ? { writes } : {}),
    day: date,
    dayStart: startOn(state, date),
  }
  if (!isBudget(state.lever)) return written
  return { ...written, dayHigh: { kind: 'money', amount: larger(highOn(state, date), amountOf(value)) } }
}

/** What `withHigh` took the day's highest to be before: where the record goes back to. */
export const highBefore = (state: LeverState, date: AccountDate): LeverValue =>
  isBudget(state.lever) ? { kind: 'money', amount: highOn(state, date) } : state.known

function pastPart(state: LeverState, date: AccountDate): Pick<LeverState, 'past'> {
  const past = pastOn(state, date)
  return past.length === 0 ? {} : { past }
}
