import { type AccountDate, dates, dayOfWeek } from '../../units/calendar.ts'

/**
 * A part of the portfolio, by its share of the usual spend, that comes, goes or has its own events. Launches with money of
 * their own are not among them.
 */
export interface PathPart {
  /** Of the portfolio's usual spend; any scale. */
  readonly share: number
  /** Last day on which it may spend; absent: the flight's. */
  readonly to?: AccountDate
  /** Money of a day against a normal one, as the event calendar has it: see `spendFactor`. */
  readonly eventFactor?: (date: AccountDate) => number
  /** How much of that comes at once, by a step that was approved beforehand; absent: nothing does. */
  readonly stepFactor?: (date: AccountDate) => number
}

export interface WeightTerms {
  /** Relative demand by day of week, Monday first, mean 1. */
  readonly dayOfWeek: readonly number[]
  /** The parts of the portfolio; one that is always there when absent. */
  readonly parts?: readonly PathPart[]
}

/** A day's part of the path. */
export interface DayWeight {
  readonly weight: number
  /** What budgets spend by approved steps against a normal day: nothing that ordinary steps have to bring about. */
  readonly event: number
  /** Share of the portfolio, by its usual spend, that is there: 0 to 1. */
  readonly presence: number
}

/** Further than this a day's money does not follow its demand: moving budgets to and fro costs learning phases. */
const LEAST = 0.85
const MOST = 1.15

/**
 * How a flight's money is to be spread over its days: in proportion to demand (day of week, within ±15 % of the
 * mean), times what announced events ask for, which no clip holds back, times the share of the portfolio that is there.
 *
 * In theory demand with elasticity e is met best by its power 1/(1−e); measured, a proportional path within the clip brings
 * as much and disturbs the platforms least.
 *
 * @returns a weight ≥ 0 per date of the flight, the same whenever it is worked out
 */
export function dayWeights(
  from: AccountDate,
  to: AccountDate,
  terms: WeightTerms,
): ReadonlyMap<AccountDate, DayWeight> {
  const { parts = [{ share: 1 }] } = terms
  const days = dates(from, to)
  const usual = days.map((date) => terms.dayOfWeek[dayOfWeek(date) - 1] ?? 1)
  const mean = usual.reduce((a, b) => a + b, 0) / Math.max(1, usual.length)
  const shares = parts.reduce((sum, { share }) => sum + share, 0)
  return new Map(
    days.map((date, i) => {
      const demand = mean > 0 ? Math.min(MOST, Math.max(LEAST, (usual[i] ?? mean) / mean)) : 1
      const present = parts.filter((part) => isThere(part, date))
      const there = present.reduce((sum, { share }) => sum + share, 0)
      const stepped = present.reduce((sum, { share, stepFactor }) => sum + share * (stepFactor?.(date) ?? 1), 0)
      const asked = present.reduce((sum, { share, eventFactor }) => sum + share * (eventFactor?.(date) ?? 1), 0)
      return [
        date,
        {
          weight: shares > 0 ? (demand * asked) / shares : demand,
          event: there > 0 ? stepped / there : 1,
          presence: shares > 0 ? there / shares : 1,
        },
      ]
    }),
  )
}

const isThere = ({ to }: PathPart, date: AccountDate): boolean => to === undefined || date <= to
