import type * as z from 'zod'
import type { AccountId, AccountRef, AdGroupId, CampaignId } from '../../model/account.ts'
import type { ConversionRule } from '../../model/conversions.ts'
import { PlatformError } from '../../model/failure.ts'
import type { PerformanceQuery, PerformanceReport, PerformanceRow } from '../../model/performance.ts'
import type { Clock } from '../../ports/clock.ts'
import { type AccountDate, accountDate, daysBetween } from '../../units/calendar.ts'
import { type CurrencyCode, fromDecimal, type Money } from '../../units/money.ts'
import type { AccountBasics } from './account.ts'
import { type ActionTypes, countsOf, type MetaRule, metaRule } from './conversions.ts'
import { TOO_LARGE } from './failures.ts'
import type { Graph } from './graph.ts'
import { HOURLY, type InsightRow, rowSchema, TOTAL_FIELDS, totalSchema } from './insight-row.ts'
import { orderReport, type Polling } from './report-run.ts'
import { AD_SET_STATUSES, CAMPAIGN_STATUSES } from './schema.ts'
import type { Params } from './sender.ts'
import type { AccountShape } from './shape.ts'

export interface InsightsOptions {
  readonly graph: Graph
  readonly clock: Clock
  readonly polling: Polling
  readonly actionTypes: ActionTypes
  readonly basics: (account: AccountId) => Promise<AccountBasics>
  readonly shape: (account: AccountId) => Promise<AccountShape>
}

/** Rows that a synchronous report may be expected to hold; larger ones are ordered at once. */
const SYNC_ROWS = 50_000
const ROWS_PER_PAGE = '500'

/** Spend and claims by campaign, or by ad set where any ad set holds a budget, with the account's own totals. */
export async function readPerformance(
  options: InsightsOptions,
  account: AccountRef,
  query: PerformanceQuery,
  rules: readonly ConversionRule[],
): Promise<PerformanceReport> {
  const { graph, clock, basics, shape } = options
  const metaRules = query.grain === 'day' ? rules.map((rule) => metaRule(rule, options.actionTypes)) : []
  const { currency } = await basics(account.id)
  const { level, entities } = await shape(account.id)
  const expectedRows = entities * (daysBetween(query.from, query.to) + 1) * (query.grain === 'hour' ? 24 : 1)
  const rows = await readInsights(options, account.id, rowParams(level, query, metaRules), rowSchema, expectedRows)
  const totals = await readAll(graph, account.id, totalParams(query))
  refuseTwice(rows.map((row) => `${row[`${level}_id`]} ${row.date_start} ${row[HOURLY] ?? ''}`))
  refuseTwice(totals.map((total) => total.date_start))
  return {
    account,
    query,
    rows: rows.map((row) => toRow(row, level, query, metaRules, currency)),
    accountSpend: new Map(totals.map((total) => [dateOf(total, query), spendOf(total.spend, currency)])),
    readAt: clock.now(),
  }
}

/** A row that comes twice would count its spend twice. */
function refuseTwice(keys: readonly string[]): void {
  const seen = new Set<string>()
  for (const key of keys) {
    if (seen.has(key)) throw unreadable(`rows: two of ${key}`)
    seen.add(key)
  }
}

const readAll = (graph: Graph, account: AccountId, params: Params) =>
  graph.all(account, `act_${account}/insights`, params, totalSchema)

/** The report at once, or as an ordered one where Meta finds it too large. */
async function readInsights<T>(
  { graph, polling }: InsightsOptions,
  account: AccountId,
  params: Params,
  row: z.ZodType<T>,
  expectedRows: number,
): Promise<readonly T[]> {
  if (expectedRows > SYNC_ROWS) return orderReport(graph, polling, account, params, row)
  try {
    return await graph.all(account, `act_${account}/insights`, params, row)
  } catch (error) {
    if (!isTooLarge(error)) throw error
    return orderReport(graph, polling, account, params, row)
  }
}

const isTooLarge = (error: unknown): boolean =>
  error instanceof PlatformError && error.failure.kind === 'rejected' && error.failure.code === TOO_LARGE

const rangeOf = ({ from, to }: PerformanceQuery): Params => ({
  time_range: JSON.stringify({ since: from, until: to }),
  time_increment: '1',
  limit: ROWS_PER_PAGE,
})

const totalParams = (query: PerformanceQuery): Params => ({ level: 'account', fields: TOTAL_FIELDS, ...rangeOf(query) })

function rowParams(level: AccountShape['level'], query: PerformanceQuery, rules: readonly MetaRule[]): Params {
  const fields = ['campaign_id', ...(level === 'adset' ? ['adset_id'] : []), 'spend', 'impressions', 'clicks']
  const windows = [...new Set(rules.flatMap((rule) => rule.windows))]
  return {
    level,
    fields: [...fields, ...(rules.length > 0 ? ['actions', 'action_values'] : [])].join(','),
    // Without a filter the archived ones are left out, and their past spend with them.
    filtering: statusFilter(level),
    ...(windows.length > 0 && { action_attribution_windows: JSON.stringify(windows) }),
    ...(query.grain === 'hour' && { breakdowns: HOURLY }),
    ...rangeOf(query),
  }
}

const statusFilter = (level: AccountShape['level']): string =>
  `[{"field":"${level}.effective_status","operator":"IN","value":${level === 'adset' ? AD_SET_STATUSES : CAMPAIGN_STATUSES}}]`

function toRow(
  row: InsightRow,
  level: AccountShape['level'],
  query: PerformanceQuery,
  rules: readonly MetaRule[],
  currency: CurrencyCode,
): PerformanceRow {
  const hour = row[HOURLY]
  if (level === 'adset' && row.adset_id === undefined) throw unreadable('adset_id: missing')
  if (query.grain === 'hour' && hour === undefined) throw unreadable(`${HOURLY}: missing`)
  return {
    campaign: row.campaign_id as CampaignId,
    ...(level === 'adset' && { adGroup: row.adset_id as AdGroupId }),
    date: dateOf(row, query),
    ...(hour !== undefined && { hour: Number(hour.slice(0, 2)) }),
    spend: spendOf(row.spend, currency),
    impressions: row.impressions,
    clicks: row.clicks,
    conversions: countsOf(row, rules, currency),
  }
}

function dateOf(row: { date_start: string; date_stop: string }, { from, to }: PerformanceQuery): AccountDate {
  const isWanted = row.date_start >= from && row.date_start <= to
  if (row.date_start !== row.date_stop || !isWanted) throw unreadable('date_start: not one of the days asked for')
  return accountDate(row.date_start)
}

function spendOf(text: string, currency: CurrencyCode): Money {
  // Nothing is spent below zero, and nobody spends a quadrillion.
  if (!/^\d{1,15}(\.\d{1,6})?$/.test(text)) throw unreadable('spend: not a decimal amount')
  return fromDecimal(text, currency)
}

const unreadable = (what: string) => new PlatformError({ kind: 'unreadable', detail: `insights ${what}` })
