import type { AccountDate } from '../../../lib/units/calendar.ts'
import { addDays } from '../../../lib/units/calendar.ts'
import { fault, type GoogleFault } from './failure.ts'
import type { Condition, Query } from './gaql.ts'
import { duringRange } from './times.ts'

const TIME = 'change_event.change_date_time'
const MAX_ROWS = 10_000
const MAX_AGE_DAYS = 30

const refuse = (code: string, message: string): GoogleFault => fault('changeEventError', code, message)

/** A finite range of change times, at most 30 days back, and a limit of at most 10,000 rows. */
export function checkChangeEventQuery(query: Query, today: AccountDate): void {
  const bounds = query.where.filter((c) => c.field === TIME).flatMap((c) => boundsOf(c, today))
  const starts = bounds.flatMap((b) => b.from ?? [])
  const ends = bounds.flatMap((b) => b.to ?? [])
  const start = starts.toSorted().at(-1)
  const end = ends.toSorted()[0]
  if (start === undefined || end === undefined)
    throw refuse('CHANGE_DATE_RANGE_INFINITE', `A query of change_event must bound '${TIME}' on both sides.`)
  if (start > end) throw refuse('CHANGE_DATE_RANGE_NEGATIVE', `'${TIME}' is bound from ${start} to ${end}.`)
  if (start.slice(0, 10) < addDays(today, -MAX_AGE_DAYS))
    throw refuse('START_DATE_TOO_OLD', `The start date ${start} is too old: at most ${MAX_AGE_DAYS} days.`)
  if (query.limit === undefined) throw refuse('LIMIT_NOT_SPECIFIED', 'A query of change_event must have a LIMIT.')
  if (query.limit > MAX_ROWS)
    throw refuse('INVALID_LIMIT_CLAUSE', `The LIMIT of a query of change_event is at most ${MAX_ROWS}.`)
}

interface Bounds {
  readonly from?: string
  readonly to?: string
}

function boundsOf({ operator, values }: Condition, today: AccountDate): readonly Bounds[] {
  const [first = '', second = ''] = values.map((v) => v.text)
  switch (operator) {
    case '=':
      return [{ from: first, to: first }]
    case '>':
    case '>=':
      return [{ from: first }]
    case '<':
    case '<=':
      return [{ to: first }]
    case 'BETWEEN':
      return [{ from: first, to: second }]
    case 'DURING': {
      const range = duringRange(first, today)
      return range ? [range] : []
    }
    default:
      return []
  }
}
