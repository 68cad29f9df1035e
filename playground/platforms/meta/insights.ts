import { type AccountDate, addDays, dateAt, daysBetween } from '../../../lib/units/calendar.ts'
import type { WorldFact } from '../../world.ts'
import { tooMuchData } from './errors.ts'
import { type Filter, filtered, passes } from './filters.ts'
import { fieldsOf, type InsightRow, type InsightsNode, inWords, spendUnits } from './insight-fields.ts'
import type { InsightsQuery } from './insights-query.ts'
import { adSetsOf, allAdSetsOf, campaignsOf, type FieldContext, nodeId } from './nodes.ts'

const METRIC_FILTERS = new Set(['spend', 'impressions', 'clicks'])

/** First and last date of the row that `date` falls into. */
function bucket(date: AccountDate, { from, to, increment }: InsightsQuery): readonly [AccountDate, AccountDate] {
  if (increment === 'all_days') return [from, to]
  if (increment === 'monthly') {
    const first = `${date.slice(0, 7)}-01` as AccountDate
    const last = addDays(`${addDays(first, 31).slice(0, 7)}-01` as AccountDate, -1)
    return [first < from ? from : first, last > to ? to : last]
  }
  const first = addDays(from, Math.floor(daysBetween(from, date) / increment) * increment)
  const last = addDays(first, increment - 1)
  return [first, last > to ? to : last]
}

const entityFilters = ({ filters }: InsightsQuery): readonly Filter[] =>
  filters.filter(({ field }) => !METRIC_FILTERS.has(field))

/** The objects that may have rows, by id: those under `node` at the level asked for, hidden ones only where named. */
function entities(node: InsightsNode, query: InsightsQuery, context: FieldContext): ReadonlyMap<string, InsightsNode> {
  const { account } = node
  const filters = entityFilters(query)
  const byId = (nodes: readonly InsightsNode[]) => new Map(nodes.map((entity) => [nodeId(entity), entity]))
  // An object that is asked for by its own id shows its rows whatever its status.
  if (node.kind === 'ad-set' || (node.kind === 'campaign' && query.level === 'campaign')) return byId([node])
  if (node.kind === 'campaign') return byId(filtered(adSetsOf(account, node.campaign), undefined, filters, context))
  if (query.level === 'adset') return byId(filtered(allAdSetsOf(account), undefined, filters, context))
  if (query.level === 'campaign') return byId(filtered(campaignsOf(account), undefined, filters, context))
  // The account as a whole keeps what deleted campaigns spent.
  if (filters.length === 0) return new Map([[account.id, node]])
  const kept = filtered(campaignsOf(account), undefined, filters, context)
  return new Map(kept.map(({ campaign }) => [campaign.id, node]))
}

const factLevel = (node: InsightsNode, query: InsightsQuery): 'account' | 'campaign' | 'ad-group' => {
  if (query.level === 'adset') return 'ad-group'
  return query.level === 'account' && entityFilters(query).length === 0 && node.kind === 'account'
    ? 'account'
    : 'campaign'
}

function rowsOf(
  facts: readonly WorldFact[],
  shown: ReadonlyMap<string, InsightsNode>,
  query: InsightsQuery,
): readonly InsightRow[] {
  const rows = new Map<string, InsightRow>()
  const buckets = new Map<AccountDate, readonly [AccountDate, AccountDate]>()
  for (const fact of facts) {
    const entity = shown.get(fact.id)
    if (!entity) continue
    const [from, to] = buckets.get(fact.date) ?? bucket(fact.date, query)
    buckets.set(fact.date, [from, to])
    const hour = query.hourly ? (fact.hour ?? 0) : undefined
    // The hour that a clock shows twice is one hour here: Meta has 24 labels.
    const key = `${nodeId(entity)} ${from} ${hour ?? ''}`
    const row = rows.get(key) ?? emptyRow(entity, from, to, hour)
    rows.set(key, row)
    row.spendMicros += fact.spendMicros
    row.impressions += fact.impressions
    row.clicks += fact.clicks
    if (fact.claims.length > 0) row.claims = row.claims.concat(fact.claims)
  }
  return [...rows.values()]
}

const emptyRow = (entity: InsightsNode, from: AccountDate, to: AccountDate, hour: number | undefined): InsightRow => ({
  account: entity.account,
  entity,
  from,
  to,
  hour,
  spendMicros: 0n,
  impressions: 0,
  clicks: 0,
  claims: [],
})

const isEmpty = ({ spendMicros, impressions, clicks, claims }: InsightRow, { hourly }: InsightsQuery): boolean =>
  spendMicros === 0n && impressions === 0 && clicks === 0 && (hourly || claims.length === 0)

const metric = (row: InsightRow, field: string): string =>
  field === 'spend' ? String(spendUnits(row)) : String(field === 'clicks' ? row.clicks : row.impressions)

const earlier = (a: AccountDate, b: AccountDate): AccountDate => (daysBetween(a, b) > 0 ? a : b)

export interface InsightsSource {
  readonly context: FieldContext
  /** Rows that a report may have at most; Infinity for one that is made in the background. */
  readonly rowsMax: number
}

/** A report whose rows are put into words when they are shown: most of a large one is never on the same page. */
export interface InsightsReport {
  readonly rows: readonly InsightRow[]
  words(row: InsightRow): Readonly<Record<string, unknown>>
}

/**
 * A report without its zero rows.
 *
 * Conversions are put on the day they happened: that is Meta's rule for what happens off Meta.
 *
 * @throws GraphError 100/1487534 when the report could have more than `rowsMax` rows
 */
export function insightsReport(
  node: InsightsNode,
  query: InsightsQuery,
  { context, rowsMax }: InsightsSource,
): InsightsReport {
  const fields = fieldsOf(query)
  const shown = entities(node, query, context)
  const to = earlier(query.to, dateAt(context.world.now(), node.account.zone))
  const words = (row: InsightRow) => inWords(row, fields, query)
  if (query.from > to || shown.size === 0) return { rows: [], words }
  const days = query.increment === 'all_days' ? 1 : daysBetween(query.from, to) + 1
  if (shown.size * days * (query.hourly ? 24 : 1) > rowsMax) throw tooMuchData()
  const facts = context.world.facts({
    platform: 'meta',
    accountId: node.account.id,
    level: factLevel(node, query),
    grain: query.hourly ? 'hour' : 'day',
    from: query.from,
    to,
    basis: 'conversion',
  })
  const metricFilters = query.filters.filter(({ field }) => METRIC_FILTERS.has(field))
  const isShown = (row: InsightRow): boolean =>
    !isEmpty(row, query) && metricFilters.every((filter) => passes(metric(row, filter.field), filter))
  return { rows: rowsOf(facts, shown, query).filter(isShown), words }
}
