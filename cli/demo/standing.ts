import type { LandingLine, LimitedByLine, LimitLine } from '../../dashboard/run-report.ts'
import type { PlanHeader } from '../../lib/model/plan.ts'
import { dateAt, type TimeZone } from '../../lib/units/calendar.ts'
import { mainUnits } from '../../lib/units/money.ts'
import type { Decided } from './gather.ts'

const daily = (headers: readonly PlanHeader[]): readonly PlanHeader[] =>
  headers.filter(({ occasion }) => occasion === 'daily')

/** Where each daily plan saw the flight land. */
export const landingLines = (headers: readonly PlanHeader[], zone: TimeZone): readonly LandingLine[] =>
  daily(headers).flatMap(({ pace, madeAt, unspent }) =>
    pace && pace.daysLeft > 0
      ? [{ date: dateAt(madeAt, zone), ...pace.landing, unspent: unspent ? mainUnits(unspent) : 0 }]
      : [],
  )

/** Amounts differ from day to day; the limit is the same. */
const FIGURES = /[\d.]+/g

/** What bound the portfolio as a whole, in the words of the last day, on how many days, and what more of it would have been worth. */
export function limitLines(headers: readonly PlanHeader[]): readonly LimitLine[] {
  const bound = daily(headers).flatMap(({ limits = [] }) => limits)
  return [...Map.groupBy(bound, ({ name, detail }) => `${name} ${detail.replace(FIGURES, '')}`).values()]
    .map((own) => {
      const { name, detail } = own.at(-1)!
      const worths = own.flatMap(({ worthPerUnit = 0 }) => (worthPerUnit > 0 ? [worthPerUnit] : []))
      const worth = worths.reduce((a, b) => a + b, 0) / worths.length
      return { name, detail, days: own.length, ...(worths.length > 0 ? { worthPerUnit: worth } : {}) }
    })
    .toSorted((a, b) => b.days - a.days)
}

/** What kept budgets from bringing more, by the last daily plan. */
export function limitedByLines(decided: readonly Decided[]): readonly LimitedByLine[] {
  const last = decided.findLast(({ header }) => header.occasion === 'daily')?.header.id
  const known = decided.flatMap(({ header, decision }) =>
    header.id === last && decision.limitedBy ? [{ by: decision.limitedBy, name: decision.name }] : [],
  )
  return [...Map.groupBy(known, ({ by }) => by)]
    .map(([by, own]) => ({ by, budgets: own.map(({ name }) => name) }))
    .toSorted((a, b) => b.budgets.length - a.budgets.length)
}
