/** The days that a query's core date segments allow. */
import type { AccountDate } from '../../../lib/units/calendar.ts'
import { addDays } from '../../../lib/units/calendar.ts'
import { fault, queryFault } from './failure.ts'
import type { Condition, Literal } from './gaql.ts'
import { type DateRange, duringRange, endOfPeriod, isDate, monthsBefore, type Period, startOfPeriod } from './times.ts'

const FIRST = '0001-01-01' as AccountDate
const LAST = '9999-12-31' as AccountDate

/** Daily and finer figures are kept for 37 months. */
const RETENTION_MONTHS = 37

interface Window {
  readonly from: AccountDate
  readonly to: AccountDate
}

/**
 * Intersection of all date conditions.
 *
 * @returns nothing when there is none
 * @throws GoogleFault for a malformed date, an unsuitable operator, an empty range or one beyond retention
 */
export function reportWindow(conditions: readonly Condition[], today: AccountDate): DateRange | undefined {
  const windows = conditions.map((c) => windowOf(c, today))
  const from = windows
    .map((w) => w.from)
    .toSorted()
    .at(-1)
  const [to] = windows.map((w) => w.to).toSorted()
  if (from === undefined || to === undefined) return undefined
  if (from > to)
    throw queryFault('DATE_RANGE_TOO_NARROW', `The date filters begin on ${from}, after they end on ${to}.`)
  return { from, to }
}

export const isBounded = ({ from, to }: DateRange): boolean => from !== FIRST && to !== LAST

/** @throws GoogleFault when a daily or finer report reaches further back than the platform keeps it */
export function checkRetention(range: DateRange, today: AccountDate): void {
  const oldest = monthsBefore(today, RETENTION_MONTHS)
  if (range.from < oldest)
    throw fault(
      'dateRangeError',
      'INVALID_DATE',
      `Daily and hourly figures go back to ${oldest}, not to ${range.from}.`,
    )
}

function windowOf(condition: Condition, today: AccountDate): Window {
  const { field, operator, values } = condition
  if (operator === 'DURING') return during(field, values[0], today)
  const [first, second] = values.map((v) => spanOf(field, v))
  if (!first) throw queryFault('OPERATOR_FIELD_MISMATCH', `Operator ${operator} does not apply to '${field}'.`, field)
  switch (operator) {
    case '=':
      return first
    case '>':
      return { from: addDays(first.to, 1), to: LAST }
    case '>=':
      return { from: first.from, to: LAST }
    case '<':
      return { from: FIRST, to: addDays(first.from, -1) }
    case '<=':
      return { from: FIRST, to: first.to }
    case 'BETWEEN':
      return { from: first.from, to: second?.to ?? first.to }
    default:
      throw queryFault('OPERATOR_FIELD_MISMATCH', `Operator ${operator} does not apply to '${field}'.`, field)
  }
}

function during(field: string, literal: Literal | undefined, today: AccountDate): Window {
  if (field !== 'segments.date')
    throw queryFault('OPERATOR_FIELD_MISMATCH', `Operator DURING does not apply to '${field}'.`, field)
  const text = literal?.text ?? ''
  const range = literal?.kind === 'word' ? duringRange(text, today) : undefined
  if (!range) throw queryFault('INVALID_VALUE_WITH_DURING_OPERATOR', `'${text}' is not a date range literal.`, text)
  return range
}

/** First and last day that the literal stands for: one day, or the week, month, quarter or year. */
function spanOf(field: string, { kind, text }: Literal): Window {
  if (field === 'segments.year') {
    if (!/^\d{4}$/.test(text)) throw queryFault('BAD_NUMBER', `'${text}' is not a year.`, text)
    return { from: `${text}-01-01` as AccountDate, to: `${text}-12-31` as AccountDate }
  }
  if (kind !== 'string') throw queryFault('INVALID_STRING_VALUE', `Date ${text} must be a quoted string.`, text)
  const day = text.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3')
  if (!isDate(day)) throw queryFault('INVALID_DATE_FORMAT', `'${text}' is not a date of the form YYYY-MM-DD.`, text)
  const period = field.slice('segments.'.length)
  if (period === 'date') return { from: day, to: day }
  if (startOfPeriod(day, period as Period) !== day)
    throw queryFault('MISALIGNED_DATE_FOR_FILTER', `${text} is not the first day of a ${period}.`, text)
  return { from: day, to: endOfPeriod(day, period as Period) }
}
