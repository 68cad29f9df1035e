import type { WorldAccount } from '../../world.ts'
import { type CompiledQuery, compileQuery } from './compile.ts'
import type { Row } from './field.ts'
import { parseGaql } from './gaql.ts'
import { fieldMask, type Json, renderer } from './render.ts'
import { reportRows } from './report.ts'
import { rowsOf } from './resources.ts'
import { addSums, noSums } from './sums.ts'
import type { View } from './view.ts'

/** Rows of one page of `search`, and of one chunk of `searchStream`. */
export const PAGE_ROWS = 10_000

export interface SearchResult {
  /** Not yet rendered, in the query's order, cut to its limit. */
  readonly rows: readonly Row[]
  /** Number of rows before the limit. */
  readonly total: number
  readonly render: (row: Row) => Json
  readonly fieldMask: string
  /** One row with the sums of the selected metrics. */
  readonly summary: () => Json
}

/** @throws GoogleFault for a query that the platform would refuse */
export function search(view: View, account: WorldAccount, text: string): SearchResult {
  const query = parseGaql(text)
  const compiled = compileQuery(query, view.today(account), account.id === view.loginCustomerId)
  const rows = evaluate(compiled, view, account)
  return {
    rows: compiled.limit === undefined ? rows : rows.slice(0, compiled.limit),
    total: rows.length,
    render: renderer(compiled.fields),
    fieldMask: fieldMask(query.select),
    summary: () => summaryRow(compiled, view, account, rows),
  }
}

/** Checks the query only. @throws GoogleFault for a query that the platform would refuse */
export function validateSearch(view: View, account: WorldAccount, text: string): void {
  compileQuery(parseGaql(text), view.today(account), account.id === view.loginCustomerId)
}

function evaluate(query: CompiledQuery, view: View, account: WorldAccount): Row[] {
  const entities: Row[] = []
  for (const row of rowsOf(query.resource, view, account)) if (query.entityFilter(row)) entities.push(row)
  const rows = query.needsFacts ? reportRows(query, view, account, entities) : entities
  const kept = query.needsFacts ? rows.filter(query.rowFilter) : rows
  return query.compare ? kept.sort(query.compare) : kept
}

function summaryRow(query: CompiledQuery, view: View, account: WorldAccount, rows: readonly Row[]): Json {
  const metrics = noSums()
  for (const row of rows) if (row.metrics) addSums(metrics, row.metrics)
  return renderer(query.metrics)({ view, account, metrics })
}
