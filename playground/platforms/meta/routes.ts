import { checkEdgeFields, edgeOf, expandIn } from './edges.ts'
import { badParameter, noSuchAliases, noSuchObject, noSuchPath } from './errors.ts'
import type { InsightsNode } from './insight-fields.ts'
import { type InsightsReport, insightsReport } from './insights.ts'
import { type InsightsQuery, readInsightsQuery } from './insights-query.ts'
import type { UseCase } from './limits.ts'
import { type GraphNode, nodeId, type ScheduleNode } from './nodes.ts'
import { page } from './paging.ts'
import { planSchedule } from './schedules.ts'
import { parseFields, type Selection, shown } from './selection.ts'
import { type GraphCall, nowOf, type Twin } from './twin.ts'
import { carryOut, isDryRun, planUpdate } from './updates.ts'

/** What a call turned out to be about, for its usage headers. */
export interface Visit {
  node?: GraphNode
  useCase: UseCase
}

const IDS_MAX = 50

function resolve(twin: Twin, id: string, method: string): GraphNode {
  if (id === 'me' || id === twin.context.user.id) return { kind: 'user' }
  const node = twin.reports.find(id) ?? twin.directory.find(id) ?? twin.rules.find(id)
  if (!node) throw noSuchObject(id, method)
  return node
}

function charge(twin: Twin, node: GraphNode, visit: Visit, kind: 'read' | 'write'): void {
  visit.node = node
  if (visit.useCase === 'ads_insights') twin.requests.insights += 1
  else if (kind === 'write') twin.requests.writes += 1
  else twin.requests.reads += 1
  if (node.kind !== 'user') twin.limits.charge(node.account, visit.useCase, kind, nowOf(twin))
}

const fieldsOf = ({ params }: GraphCall): readonly Selection[] | undefined => {
  const text = params.text('fields')
  if (text === undefined || text === '') return undefined
  return parseFields(text.startsWith('[') ? (params.list('fields') ?? []).join(',') : text)
}

/** Address of this list from the cursor on, with every parameter repeated and the token in it. */
function linkFor(
  { baseUrl, version, segments, params, token }: GraphCall,
  cursor: Readonly<Record<string, string>>,
): string {
  const query = new URLSearchParams({ access_token: token ?? '' })
  for (const name of params.names())
    if (!['access_token', 'appsecret_proof', 'after', 'before'].includes(name)) query.set(name, params.text(name) ?? '')
  for (const [name, value] of Object.entries(cursor)) query.set(name, value)
  return `${baseUrl}/${[version, ...segments].filter(Boolean).join('/')}?${query}`
}

function list<T>(twin: Twin, call: GraphCall, items: readonly T[], keyOf: (item: T, at: number) => string) {
  return page(items, {
    keyOf,
    params: call.params,
    linkTo: (cursor) => linkFor(call, cursor),
    emptyFirstPage: twin.emptyFirstPages,
  })
}

function readEdge(twin: Twin, call: GraphCall, node: GraphNode, name: string): unknown {
  const edge = edgeOf(node, name, twin, call.params)
  if (!edge) throw noSuchPath(name)
  const fields = fieldsOf(call)
  checkEdgeFields(edge, fields)
  const { items, paging } = list(twin, call, edge.nodes, (item, at) => nodeId(item) || String(at))
  const expand = expandIn(twin)
  return { data: items.map((item) => shown(item, fields, twin.context, expand)), ...(paging && { paging }) }
}

const hasInsights = (node: GraphNode): node is InsightsNode =>
  node.kind === 'account' || node.kind === 'campaign' || node.kind === 'ad-set'

function queryOf(twin: Twin, call: GraphCall, node: InsightsNode): InsightsQuery {
  return readInsightsQuery(call.params, node.kind, nowOf(twin), node.account.zone)
}

/** A page asks for the whole report again: it is kept until the clock moves or somebody changes something. */
function reportNow(twin: Twin, call: GraphCall, node: InsightsNode): InsightsReport {
  const query = queryOf(twin, call, node)
  const moment = [nowOf(twin), node.account.changes.length, twin.archived.size, nodeId(node)]
  const source = { context: twin.context, rowsMax: twin.syncRowsMax }
  return twin.recentReports.get(`${moment} ${JSON.stringify(query)}`, () => insightsReport(node, query, source))
}

function readInsights(twin: Twin, call: GraphCall, node: GraphNode): unknown {
  if (node.kind !== 'report' && !hasInsights(node)) throw noSuchPath('insights')
  const { rows, words } = node.kind === 'report' ? twin.reports.result(node) : reportNow(twin, call, node)
  const { items, paging } = list(twin, call, rows, (_, at) => String(at))
  return { data: items.map(words), ...(paging && { paging }) }
}

function orderReport(twin: Twin, call: GraphCall, node: GraphNode): unknown {
  if (!hasInsights(node)) throw noSuchPath('insights')
  const query = queryOf(twin, call, node)
  const source = { context: twin.context, rowsMax: Number.POSITIVE_INFINITY }
  const { account } = node
  const { from, to } = query
  const report = insightsReport(node, query, source)
  return { report_run_id: twin.reports.open({ account, from, to, requestedAt: nowOf(twin), report }) }
}

function createSchedule(twin: Twin, call: GraphCall, node: GraphNode): unknown {
  if (node.kind !== 'campaign' && node.kind !== 'ad-set') throw noSuchPath('budget_schedules')
  const { id, edit } = planSchedule(twin, node, call.params)
  if (isDryRun(call.params)) return { success: true }
  carryOut(twin, { edits: [edit] })
  return { id }
}

function removeSchedule(twin: Twin, call: GraphCall, { account, budget, schedule }: ScheduleNode): unknown {
  const edit = {
    platform: 'meta',
    accountId: account.id,
    kind: 'no-budget-schedule',
    budgetId: budget.id,
    scheduleId: schedule.id,
  } as const
  if (!isDryRun(call.params)) carryOut(twin, { edits: [edit] })
  return { success: true }
}

function update(twin: Twin, call: GraphCall, node: GraphNode): unknown {
  const planned = planUpdate(twin, node, call.params)
  if (!isDryRun(call.params)) carryOut(twin, planned)
  return { success: true }
}

function onEdge(twin: Twin, call: GraphCall, node: GraphNode, edge: string): unknown {
  if (call.method === 'GET')
    return edge === 'insights' ? readInsights(twin, call, node) : readEdge(twin, call, node, edge)
  if (call.method === 'POST' && edge === 'insights') return orderReport(twin, call, node)
  if (call.method === 'POST' && edge === 'budget_schedules') return createSchedule(twin, call, node)
  if (call.method === 'POST' && edge === 'adrules_library' && node.kind === 'account')
    return { id: twin.rules.create(node.account, call.params) }
  throw noSuchObject(nodeId(node), call.method)
}

function onObject(twin: Twin, call: GraphCall, node: GraphNode): unknown {
  if (call.method === 'GET') return shown(node, fieldsOf(call), twin.context, expandIn(twin))
  if (node.kind === 'rule' && call.method !== 'GET') {
    if (call.method === 'DELETE') twin.rules.remove(node)
    else twin.rules.update(node, call.params)
    return { success: true }
  }
  if (call.method === 'POST') return update(twin, call, node)
  if (call.method === 'DELETE' && node.kind === 'schedule') return removeSchedule(twin, call, node)
  if (call.method === 'DELETE') return update(twin, { ...call, params: call.params.with('status', 'DELETED') }, node)
  throw noSuchObject(nodeId(node), call.method)
}

function readMany(twin: Twin, call: GraphCall, visit: Visit): unknown {
  const ids = call.params.list('ids') ?? []
  if (ids.length > IDS_MAX) throw badParameter(`Too many IDs. Maximum: ${IDS_MAX}. Provided: ${ids.length}.`)
  const missing = ids.filter((id) => !twin.reports.find(id) && !twin.directory.find(id))
  if (missing.length > 0) throw noSuchAliases(missing)
  const fields = fieldsOf(call)
  return Object.fromEntries(
    ids.map((id) => {
      const node = resolve(twin, id, 'GET')
      charge(twin, node, visit, 'read')
      return [id, shown(node, fields, twin.context, expandIn(twin))]
    }),
  )
}

function debugToken(twin: Twin, call: GraphCall): unknown {
  const valid = call.params.text('input_token') === twin.credentials.accessToken
  const { id: user_id } = twin.context.user
  const { id: app_id, name: application } = twin.context.app
  const { scopes, expiresAt: expires_at, issuedAt: issued_at } = twin.token
  const token = { app_id, type: 'SYSTEM_USER', application, expires_at, issued_at, is_valid: valid, user_id }
  return { data: valid ? { ...token, scopes } : { is_valid: false, scopes: [] } }
}

/**
 * The body of the answer to a call that may be answered.
 *
 * @throws GraphError
 */
export function route(twin: Twin, call: GraphCall, visit: Visit): unknown {
  const [id, edge, ...beyond] = call.segments
  if (id === undefined) {
    if (call.method === 'GET' && call.params.has('ids')) return readMany(twin, call, visit)
    throw noSuchPath('')
  }
  if (id === 'debug_token') return debugToken(twin, call)
  if (beyond.length > 0) throw noSuchPath([edge, ...beyond].join('/'))
  const node = resolve(twin, id, call.method)
  visit.useCase = edge === 'insights' ? 'ads_insights' : 'ads_management'
  charge(twin, node, visit, call.method === 'GET' || edge === 'insights' ? 'read' : 'write')
  return edge === undefined ? onObject(twin, call, node) : onEdge(twin, call, node, edge)
}
