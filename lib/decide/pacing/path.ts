import { type AccountDate, dates } from '../../units/calendar.ts'
import type { DayWeight } from './weights.ts'

/** A launch whose money is kept back from the flight, so that its start is funded. */
export interface Launch {
  readonly name: string
  readonly from: AccountDate
  /** The flight's end when absent. */
  readonly to?: AccountDate
  /** Main units of the base currency. */
  readonly perDay: number
}

/** Where a flight stands. Amounts are main units of the base currency, dates the portfolio's. */
export interface FlightPosition {
  readonly from: AccountDate
  readonly to: AccountDate
  readonly total: number
  readonly today: AccountDate
  /** Of the flight, before today. */
  readonly spent: number
  readonly weights: ReadonlyMap<AccountDate, DayWeight>
  readonly launches: readonly Launch[]
}

export interface PathDay {
  readonly date: AccountDate
  readonly target: number
  /** Of the target, kept for launches. */
  readonly reserved: number
  /** What a budget that is left alone spends on this day against an ordinary one: events, and who is still there. */
  readonly event: number
  readonly presence: number
}

export interface TargetPath {
  /** From today (or the flight's first day) to its last; they sum to what remains, if there is a day left. */
  readonly days: readonly PathDay[]
  /** Never negative. */
  readonly remaining: number
  /** What launches ask for and the flight cannot give. */
  readonly launchShortfall: number
}

/**
 * What remains of the flight over the days that remain, today included: each launch's money on its own days, the rest in
 * proportion to the weights. Made afresh every day, so that what one day spent too much or too little is made up by all
 * the rest together.
 */
export function targetPath({ from, to, total, today, spent, weights, launches }: FlightPosition): TargetPath {
  const days = dates(today > from ? today : from, to)
  const remaining = Math.max(0, total - spent)
  const asked = days.map((date) => reservedOn(launches, date))
  const askedInAll = sum(asked)
  const granted = askedInAll > remaining ? remaining / askedInAll : 1
  const reserved = asked.map((amount) => amount * granted)
  const free = Math.max(0, remaining - sum(reserved))
  const shares = sharesOf(days.map((date) => weights.get(date)?.weight ?? 1))
  return {
    days: days.map((date, i) => ({
      date,
      target: (reserved[i] ?? 0) + free * (shares[i] ?? 0),
      reserved: reserved[i] ?? 0,
      event: weights.get(date)?.event ?? 1,
      presence: weights.get(date)?.presence ?? 1,
    })),
    remaining,
    launchShortfall: days.length > 0 ? Math.max(0, askedInAll - remaining) : 0,
  }
}

/** What the flight's path as a whole would have spent before a date: what is compared with what was spent. */
export function expectedBefore(position: FlightPosition, date: AccountDate): number {
  const whole = targetPath({ ...position, today: position.from, spent: 0 })
  return sum(whole.days.filter((day) => day.date < date).map(({ target }) => target))
}

/** What launches ask for on a day, main units. */
export const reservedOn = (launches: readonly Launch[], date: AccountDate): number =>
  sum(
    launches
      .filter(({ from, to }) => from <= date && (to === undefined || date <= to))
      .map(({ perDay }) => perDay)
      // Rounding must not depend on the order in which launches are written.
      .sort((a, b) => a - b),
  )

/** Parts of one; even when nothing weighs. */
function sharesOf(weights: readonly number[]): readonly number[] {
  const all = sum(weights)
  return weights.map((weight) => (all > 0 ? weight / all : 1 / weights.length))
}

const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0)
