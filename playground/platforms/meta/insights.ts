import { type AccountDate, addDays, dateAt, daysBetween } from '../../../lib/units/calendar.ts'
import type { WorldAccount, WorldClaim, WorldFact } from '../../world.ts'
import { actionCounts, actionValues } from './actions.ts'
import { badParameter, tooMuchData } from './errors.ts'
import type { FactBook } from './fact-book.ts'
import { type Filter, filtered, passes } from './filters.ts'
import { HOURLY, type InsightsQuery } from './insights-query.ts'
import { toReportedAmount } from './money.ts'
import {
  type AccountNode,
  type AdSetNode,
  adSetsOf,
  allAdSetsOf,
  type CampaignNode,
  campaignsOf,
  type FieldContext,
  nodeId,
} from './nodes.ts'

export type InsightsNode = AccountNode | CampaignNode | AdSetNode

/** One row before it is put into words. */
interface Row {
  readonly account: WorldAccount
  readonly entity: InsightsNode
  readonly from: AccountDate
  readonly to: AccountDate
  readonly hour: number | undefined
  spendMicros: bigint
  impressions: number
  clicks: number
  claims: WorldClaim[]
}

type RowField = (row: Row, query: InsightsQuery) => unknown

const campaignOf = ({ entity }: Row) => (entity.kind === 'account' ? undefined : entity.campaign)
const adGroupOf = ({ entity }: Row) => (entity.kind === 'ad-set' ? entity.adGroup : undefined)
// Conversions off Meta are not given by hour.
const claimsOf = ({ claims }: Row, { hourly }: InsightsQuery) => (hourly ? [] : claims)
const ratio = (part: number, whole: number): string | undefined => (whole > 0 ? (part / whole).toFixed(6) : undefined)
const spendUnits = ({ spendMicros }: Row): number => Number(spendMicros) / 1e6

function purchaseRoas(row: Row, query: InsightsQuery): unknown {
  const purchases = claimsOf(row, query).filter(({ action }) => action === 'purchase')
  const entry = actionValues(purchases, [], row.account.currency)?.[0]
  const roas = entry && ratio(Number(entry.value), spendUnits(row))
  return roas && [{ action_type: 'omni_purchase', value: roas }]
}

/** The fields of a report row that this twin can tell. */
export const INSIGHT_FIELDS: Readonly<Record<string, RowField>> = {
  account_currency: ({ account }) => account.currency,
  account_id: ({ account }) => account.id,
  account_name: ({ account }) => account.name,
  campaign_id: (row) => campaignOf(row)?.id,
  campaign_name: (row) => campaignOf(row)?.name,
  adset_id: (row) => adGroupOf(row)?.id,
  adset_name: (row) => adGroupOf(row)?.name,
  impressions: ({ impressions }) => String(impressions),
  clicks: ({ clicks }) => String(clicks),
  inline_link_clicks: ({ clicks }) => (clicks > 0 ? String(clicks) : undefined),
  spend: ({ spendMicros, account }) => toReportedAmount(spendMicros, account.currency),
  actions: (row, query) => actionCounts(claimsOf(row, query), row.clicks, query.windows),
  action_values: (row, query) => actionValues(claimsOf(row, query), query.windows, row.account.currency),
  cpc: (row) => ratio(spendUnits(row), row.clicks),
  cpm: (row) => ratio(spendUnits(row) * 1_000, row.impressions),
  ctr: (row) => ratio(row.clicks * 100, row.impressions),
  purchase_roas: purchaseRoas,
  attribution_setting: () => '7d_click_1d_view',
  objective: () => 'OUTCOME_SALES',
  // Often without a value in the open, where `actions` has one; never here.
  conversions: () => undefined,
  date_start: ({ from }) => from,
  date_stop: ({ to }) => to,
}

const ALWAYS = ['date_start', 'date_stop'] as const
const DEFAULTS = ['account_id', 'campaign_id', 'adset_id', 'impressions', 'spend'] as const
const METRIC_FILTERS = new Set(['spend', 'impressions', 'clicks'])

function fieldsOf(query: InsightsQuery): readonly string[] {
  const asked = query.fields ?? DEFAULTS
  const unknown = asked.find((name) => !INSIGHT_FIELDS[name])
  if (unknown !== undefined)
    throw badParameter(`${unknown} is not valid for fields param. Please check the reference for all valid values.`)
  return [...asked, ...ALWAYS]
}

const hourText = (hour: number): string => {
  const text = hour.toString().padStart(2, '0')
  return `${text}:00:00 - ${text}:59:59`
}

function inWords(row: Row, fields: readonly string[], query: InsightsQuery): Readonly<Record<string, unknown>> {
  const answer: Record<string, unknown> = {}
  for (const name of fields) {
    const value = INSIGHT_FIELDS[name]?.(row, query)
    if (value !== undefined) answer[name] = value
  }
  if (row.hour !== undefined) answer[HOURLY] = hourText(row.hour)
  return answer
}

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
): readonly Row[] {
  const rows = new Map<string, Row>()
  for (const fact of facts) {
    const entity = shown.get(fact.id)
    if (!entity) continue
    const [from, to] = bucket(fact.date, query)
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

const emptyRow = (entity: InsightsNode, from: AccountDate, to: AccountDate, hour: number | undefined): Row => ({
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

const isEmpty = ({ spendMicros, impressions, clicks, claims }: Row, { hourly }: InsightsQuery): boolean =>
  spendMicros === 0n && impressions === 0 && clicks === 0 && (hourly || claims.length === 0)

const metric = (row: Row, field: string): string =>
  field === 'spend' ? String(spendUnits(row)) : String(field === 'clicks' ? row.clicks : row.impressions)

const earlier = (a: AccountDate, b: AccountDate): AccountDate => (daysBetween(a, b) > 0 ? a : b)

export interface InsightsSource {
  readonly book: FactBook
  readonly context: FieldContext
  /** Rows that a report may have at most; Infinity for one that is made in the background. */
  readonly rowsMax: number
}

/**
 * The rows of a report, zero rows left out.
 *
 * Conversions are put on the day they happened: that is Meta's rule for what happens off Meta.
 *
 * @throws GraphError 100/1487534 when the report could have more than `rowsMax` rows
 */
export function insightsRows(
  node: InsightsNode,
  query: InsightsQuery,
  { book, context, rowsMax }: InsightsSource,
): readonly Readonly<Record<string, unknown>>[] {
  const fields = fieldsOf(query)
  const shown = entities(node, query, context)
  const to = earlier(query.to, dateAt(context.world.now(), node.account.zone))
  if (query.from > to || shown.size === 0) return []
  const days = query.increment === 'all_days' ? 1 : daysBetween(query.from, to) + 1
  if (shown.size * days * (query.hourly ? 24 : 1) > rowsMax) throw tooMuchData()
  const facts = book.facts({
    platform: 'meta',
    accountId: node.account.id,
    level: factLevel(node, query),
    grain: query.hourly ? 'hour' : 'day',
    from: query.from,
    to,
    basis: 'conversion',
  })
  const metricFilters = query.filters.filter(({ field }) => METRIC_FILTERS.has(field))
  return rowsOf(facts, shown, query)
    .filter((row) => !isEmpty(row, query) && metricFilters.every((filter) => passes(metric(row, filter.field), filter)))
    .map((row) => inWords(row, fields, query))
}
