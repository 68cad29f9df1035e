import type { AccountId, AccountRef, CampaignId } from '../../model/account.ts'
import type { ConversionRule } from '../../model/conversions.ts'
import { PlatformError } from '../../model/failure.ts'
import type { PerformanceQuery, PerformanceReport, PerformanceRow } from '../../model/performance.ts'
import type { Clock } from '../../ports/clock.ts'
import { type AccountDate, addDays, dateAt, daysBetween } from '../../units/calendar.ts'
import type { CurrencyCode } from '../../units/money.ts'
import { ZONE } from './account.ts'
import { type Asked, columnsFor, readRows, readTotals, rowKey, rowsSchema, TOTAL_COLUMNS } from './analytics.ts'
import type { Api } from './api.ts'
import { type RuleGroup, ruleGroups } from './conversions.ts'
import { chunks, IDS_PER_CALL, LEVELS } from './entities.ts'
import type { Shape } from './shape.ts'

export interface PerformanceOptions {
  readonly api: Api
  readonly clock: Clock
  readonly currency: (account: AccountId) => Promise<CurrencyCode>
  readonly shape: (account: AccountId) => Promise<Shape>
}

/** How far back reports go, and how many days one may have. */
const REACH = { day: { back: 90, range: 90 }, hour: { back: 8, range: 3 } } as const

/** Spend and claims by campaign, or by ad group where any ad group holds a budget, with the account's own totals. */
export async function readPerformance(
  options: PerformanceOptions,
  account: AccountRef,
  query: PerformanceQuery,
  rules: readonly ConversionRule[],
): Promise<PerformanceReport> {
  const { api, clock } = options
  checkReach(query, dateAt(clock.now(), ZONE))
  // By the hour Pinterest reports no conversions.
  const groups = query.grain === 'day' ? ruleGroups(rules) : []
  const currency = await options.currency(account.id)
  const shape = await options.shape(account.id)
  const rows = new Map<string, PerformanceRow>()
  for (const group of groups.length > 0 ? groups : [undefined])
    for (const row of await readGroup(api, account.id, { shape, query, group, currency })) merge(rows, row)
  return {
    account,
    query,
    rows: [...rows.values()],
    accountSpend: await readAccountSpend(api, account.id, query, currency),
    readAt: clock.now(),
  }
}

/** @throws PlatformError rejected for days that Pinterest no longer tells of */
function checkReach({ grain, from }: PerformanceQuery, today: AccountDate): void {
  const { back } = REACH[grain]
  if (daysBetween(from, today) <= back) return
  const detail = `Pinterest reports ${grain}s of the last ${back} days only, and not of ${from}: ask from ${addDays(today, -back)} on`
  throw new PlatformError({ kind: 'rejected', code: 'range', detail })
}

interface GroupAsked {
  readonly shape: Shape
  readonly query: PerformanceQuery
  readonly group: RuleGroup | undefined
  readonly currency: CurrencyCode
}

async function readGroup(api: Api, account: AccountId, asked: GroupAsked): Promise<readonly PerformanceRow[]> {
  const { shape, query } = asked
  const rows: (readonly PerformanceRow[])[] = []
  for (const part of parts(query))
    for (const entities of chunks([...shape.campaignOf], IDS_PER_CALL))
      rows.push(await readPart(api, account, { ...asked, query: part }, new Map(entities)))
  return rows.flat()
}

async function readPart(
  api: Api,
  account: AccountId,
  { shape: { level }, query, group, currency }: GroupAsked,
  campaignOf: ReadonlyMap<string, CampaignId>,
): Promise<readonly PerformanceRow[]> {
  const { path, ids } = LEVELS[level]
  const asked: Asked = { level, query, group, currency, campaignOf }
  const params = {
    ...datesOf(query),
    granularity: query.grain === 'day' ? 'DAY' : 'HOUR',
    columns: columnsFor(asked),
    [ids]: [...campaignOf.keys()],
    ...group?.query,
  }
  const json = await api.get({ account, path: `${path}/analytics`, kind: 'ads_analytics', query: params }, rowsSchema)
  return readRows(json, asked)
}

const datesOf = ({ from, to }: PerformanceQuery) => ({ start_date: from, end_date: to })

/** The days asked for, in as many pieces as Pinterest takes them in. */
function parts({ grain, from, to }: PerformanceQuery): readonly PerformanceQuery[] {
  const { range } = REACH[grain]
  const found: PerformanceQuery[] = []
  for (let start = from; start <= to; start = addDays(start, range)) {
    const end = addDays(start, range - 1)
    found.push({ grain, from: start, to: end < to ? end : to })
  }
  return found
}

/** The same row under other rules adds its claims; the rest of it was read already. */
function merge(rows: Map<string, PerformanceRow>, row: PerformanceRow): void {
  const key = rowKey(row)
  const before = rows.get(key)
  rows.set(key, before ? { ...before, conversions: [...before.conversions, ...row.conversions] } : row)
}

async function readAccountSpend(api: Api, account: AccountId, query: PerformanceQuery, currency: CurrencyCode) {
  const totals: PerformanceReport['accountSpend'][] = []
  for (const part of parts({ ...query, grain: 'day' })) {
    const params = { ...datesOf(part), granularity: 'DAY', columns: TOTAL_COLUMNS }
    const json = await api.get({ account, path: '/analytics', kind: 'ads_analytics', query: params }, rowsSchema)
    totals.push(readTotals(json, { query: part, currency }))
  }
  return new Map(totals.flatMap((total) => [...total]))
}
