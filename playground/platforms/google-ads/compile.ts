/** A parsed query checked against the catalogue, and split into what can be decided when. */
import type { AccountDate } from '../../../lib/units/calendar.ts'
import { CATALOGUE, RESOURCES, resourceNameField } from './catalogue.ts'
import {
  BY_DATE_METRICS,
  CONVERSION_METRICS,
  CONVERSION_SEGMENTS,
  CORE_DATE_SEGMENTS,
  IMPRESSION_SHARES,
} from './catalogue-metrics.ts'
import { checkChangeEventQuery } from './change-event-query.ts'
import { queryFault } from './failure.ts'
import type { Field, Row } from './field.ts'
import { type Predicate, predicate, sortable } from './filters.ts'
import type { Condition, Ordering, Query } from './gaql.ts'
import { checkRetention, isBounded, reportWindow } from './report-dates.ts'
import { type DateRange, duringRange } from './times.ts'

export interface CompiledQuery {
  readonly resource: string
  readonly fields: readonly Field[]
  /** Decidable from the entity alone. */
  readonly entityFilter: Predicate
  /** Decidable only with metrics and segments. */
  readonly rowFilter: Predicate
  readonly segments: ReadonlySet<string>
  readonly metrics: readonly Field[]
  /** Whether some metric or segment occurs at all, so that the facts must be read. */
  readonly needsFacts: boolean
  readonly needsConversionDate: boolean
  readonly range: DateRange | undefined
  readonly compare: ((a: Row, b: Row) => number) | undefined
  readonly limit: number | undefined
}

/** @throws GoogleFault for what the platform would refuse */
export function compileQuery(query: Query, today: AccountDate, isManager: boolean): CompiledQuery {
  const resource = query.from
  if (!RESOURCES[resource])
    throw queryFault('BAD_RESOURCE_TYPE_IN_FROM_CLAUSE', `Resource type '${resource}' is not known.`, resource)
  const fields = query.select.map((name) => selectable(resource, name))
  const where = query.where.map((c) => ({ condition: bounded(c, today), field: filterable(resource, c.field) }))
  const used = [...fields, ...where.map((w) => w.field)]
  const selected = new Set(query.select)
  checkReferences(query, selected)
  checkCombinations(used)
  if (isManager && used.some((f) => f.category === 'METRIC'))
    throw queryFault('REQUESTED_METRICS_FOR_MANAGER', 'Metrics cannot be requested for a manager account.')
  if (resource === 'change_event') checkChangeEventQuery(query, today)

  const dates = where.filter((w) => CORE_DATE_SEGMENTS.has(w.field.name)).map((w) => w.condition)
  const range = dateRange(dates, selected, today)
  const rest = where.filter((w) => !CORE_DATE_SEGMENTS.has(w.field.name))
  const metrics = fields.filter((f) => f.category === 'METRIC')
  return {
    resource,
    fields: withResourceNames(resource, fields),
    entityFilter: all(rest.filter((w) => w.field.category === 'ATTRIBUTE')),
    rowFilter: all(rest.filter((w) => w.field.category !== 'ATTRIBUTE')),
    segments: new Set(fields.filter((f) => f.category === 'SEGMENT').map((f) => f.name)),
    metrics,
    needsFacts: [...fields, ...rest.map((w) => w.field)].some((f) => f.category !== 'ATTRIBUTE'),
    needsConversionDate: used.some((f) => BY_DATE_METRICS.has(f.name)),
    range,
    compare: comparator(resource, query.orderBy),
    limit: query.limit,
  }
}

function known(name: string): Field {
  const field = CATALOGUE.get(name)
  if (!field) throw queryFault('UNRECOGNIZED_FIELD', `Unrecognized field in the query: '${name}'.`, name)
  return field
}

/** @throws GoogleFault unless the field goes with the resource in FROM */
function compatible(resource: string, name: string, clause: 'SELECT' | 'WHERE'): Field {
  const field = known(name)
  const { metrics, attributed, uncounted = [] } = RESOURCES[resource]!
  const refuse = (code: string) =>
    queryFault(code, `'${name}' cannot stand in the ${clause} clause of a query of '${resource}'.`, name)
  if (field.category === 'METRIC' && !metrics) throw refuse('PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE')
  if (field.category === 'SEGMENT' && (!metrics || uncounted.includes(name)))
    throw refuse('PROHIBITED_SEGMENT_IN_SELECT_OR_WHERE_CLAUSE')
  const own = field.category !== 'ATTRIBUTE' || field.resource === resource || attributed.includes(field.resource)
  if (!own) throw refuse(`PROHIBITED_RESOURCE_TYPE_IN_${clause}_CLAUSE`)
  return field
}

const selectable = (resource: string, name: string): Field => compatible(resource, name, 'SELECT')

function filterable(resource: string, name: string): Field {
  const field = compatible(resource, name, 'WHERE')
  if (field.name === 'change_event.changed_fields')
    throw queryFault('PROHIBITED_FIELD_IN_WHERE_CLAUSE', `'${name}' cannot be filtered.`, name)
  return field
}

/** Change times take a range literal too; the other days of a query are the report's own, see `reportWindow`. */
function bounded(condition: Condition, today: AccountDate): Condition {
  const range = condition.operator === 'DURING' ? duringRange(condition.values[0]?.text ?? '', today) : undefined
  if (condition.field !== 'change_event.change_date_time' || !range) return condition
  const text = (value: string) => ({ kind: 'string', text: value }) as const
  return { ...condition, operator: 'BETWEEN', values: [text(range.from), text(`${range.to} 23:59:59.999999`)] }
}

/** Segments that are filtered, and whatever of segments and metrics is sorted by, must be selected. */
function checkReferences(query: Query, selected: ReadonlySet<string>): void {
  const must = [
    ...query.where.map((c) => c.field).filter((f) => f.startsWith('segments.') && !CORE_DATE_SEGMENTS.has(f)),
    ...query.orderBy.map((o) => o.field).filter((f) => f.startsWith('segments.') || f.startsWith('metrics.')),
  ]
  const missing = must.find((name) => !selected.has(name))
  if (missing !== undefined)
    throw queryFault(
      'EXPECTED_REFERENCED_FIELD_IN_SELECT_CLAUSE',
      `'${missing}' must be present in the SELECT clause to be filtered or sorted by.`,
      missing,
    )
}

function checkCombinations(used: readonly Field[]): void {
  const names = new Set(used.map((f) => f.name))
  const metrics = used.filter((f) => f.category === 'METRIC').map((f) => f.name)
  const refuse = (segment: string, metric: string) =>
    queryFault(
      'PROHIBITED_SEGMENT_WITH_METRIC_IN_SELECT_OR_WHERE_CLAUSE',
      `'${segment}' cannot be combined with '${metric}'.`,
      segment,
    )
  const split = [...CONVERSION_SEGMENTS].find((s) => names.has(s))
  const whole = metrics.find((m) => !CONVERSION_METRICS.has(m))
  if (split !== undefined && whole !== undefined) throw refuse(split, whole)
  const share = metrics.find((m) => IMPRESSION_SHARES.has(m))
  if (names.has('segments.hour') && share !== undefined) throw refuse('segments.hour', share)
}

function dateRange(
  conditions: readonly Condition[],
  selected: ReadonlySet<string>,
  today: AccountDate,
): DateRange | undefined {
  const range = reportWindow(conditions, today)
  const dated = [...CORE_DATE_SEGMENTS].filter((s) => selected.has(s))
  if (dated.length > 0 && !(range && isBounded(range)))
    throw queryFault(
      'EXPECTED_FILTERS_ON_DATE_RANGE',
      `Expects filters on the following field to limit a finite date range: '${dated[0]}'.`,
      dated[0],
    )
  const fine = ['segments.date', 'segments.week', 'segments.hour'].some((s) => selected.has(s))
  if (range && fine) checkRetention(range, today)
  return range
}

/** Every resource of which something is selected comes with its name, asked for or not. */
function withResourceNames(resource: string, fields: readonly Field[]): readonly Field[] {
  const resources = new Set([resource, ...fields.filter((f) => f.category === 'ATTRIBUTE').map((f) => f.resource)])
  const names = [...resources].flatMap((r) => resourceNameField(r) ?? [])
  return [...new Set([...names, ...fields])]
}

function all(conditions: readonly { condition: Condition; field: Field }[]): Predicate {
  const tests = conditions.map(({ condition, field }) => predicate(field, condition))
  return (row) => tests.every((test) => test(row))
}

function comparator(resource: string, orderBy: readonly Ordering[]): CompiledQuery['compare'] {
  if (orderBy.length === 0) return undefined
  const keys = orderBy.map(({ field: name, descending }) => {
    const field = selectable(resource, name)
    if (field.traits.has('repeated') || field.type === 'MESSAGE')
      throw queryFault('PROHIBITED_FIELD_IN_ORDER_BY_CLAUSE', `'${name}' cannot be sorted by.`, name)
    return { field, sign: descending ? -1 : 1 }
  })
  return (a, b) => {
    for (const { field, sign } of keys) {
      const order = compareBy(field, a, b)
      if (order !== 0) return sign * order
    }
    return 0
  }
}

/** Unset before set. */
function compareBy(field: Field, a: Row, b: Row): number {
  const left = field.read(a)
  const right = field.read(b)
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined)
  const [x, y] = [sortable(field, left), sortable(field, right)]
  return x < y ? -1 : x > y ? 1 : 0
}
