import * as z from 'zod'
import type { AccountId, AccountRef, AdGroupId, CampaignId } from '../../model/account.ts'
import type { ConversionCount, ConversionRule } from '../../model/conversions.ts'
import { PlatformError } from '../../model/failure.ts'
import type { PerformanceQuery, PerformanceReport, PerformanceRow } from '../../model/performance.ts'
import type { Clock } from '../../ports/clock.ts'
import type { AccountDate } from '../../units/calendar.ts'
import { type CurrencyCode, type Money, money } from '../../units/money.ts'
import { readAs } from '../../wire/exact-json.ts'
import type { AccountBasics } from './account.ts'
import type { AccountIndex, Indexes } from './account-index.ts'
import { type Api, LIST_LIMIT, nextQuery } from './api.ts'
import { countsOf, fieldsOf, type SnapRule, snapRule } from './conversions.ts'
import type { Params } from './sender.ts'
import { type Breakdown, type Cell, cellsOf, readSeries, type Series, type Stats } from './stats-answer.ts'
import { boundsOf, type DateWindow, windowsOf } from './times.ts'

export interface PerformanceOptions {
  readonly api: Api
  readonly clock: Clock
  readonly basics: (account: AccountId) => Promise<AccountBasics>
  readonly indexes: Indexes
}

/** Spend and claims by campaign, or by ad squad where any ad squad holds a budget, with the account's own totals. */
export async function readPerformance(
  options: PerformanceOptions,
  account: AccountRef,
  query: PerformanceQuery,
  rules: readonly ConversionRule[],
): Promise<PerformanceReport> {
  const { clock, basics, indexes } = options
  const groups = groupsOf(query.grain === 'day' ? rules.map(snapRule) : [])
  const { currency, zone } = await basics(account.id)
  const index = await indexes.of(account.id)
  const asking: Asking = { options, account: account.id, zone, grain: query.grain }
  const rows: PerformanceRow[] = []
  const accountSpend = new Map<AccountDate, Money>()
  for (const window of windowsOf(query, query.grain)) {
    for (const row of await rowsIn(asking, window, groups, index, currency)) rows.push(row)
    for (const [date, spend] of await totalsIn(asking, window, currency)) accountSpend.set(date, spend)
  }
  const known = await withCampaigns(rows, account.id, index, indexes)
  return { account, query, rows: known, accountSpend, readAt: clock.now() }
}

/** Rules that one request can ask for together; one group without any where nothing is counted. */
function groupsOf(rules: readonly SnapRule[]): readonly (readonly SnapRule[])[] {
  if (rules.length === 0) return [[]]
  return [...Map.groupBy(rules, ({ params }) => JSON.stringify(params)).values()]
}

interface Asking {
  readonly options: PerformanceOptions
  readonly account: AccountId
  readonly zone: AccountBasics['zone']
  readonly grain: 'day' | 'hour'
}

const deliverySchema = z.object({ impressions: z.number().int().nonnegative(), swipes: z.number().int().nonnegative() })

/** A row that does not know its campaign yet. */
type Row = Omit<PerformanceRow, 'campaign'> & { readonly id: string }

async function rowsIn(
  asking: Asking,
  window: DateWindow,
  groups: readonly (readonly SnapRule[])[],
  { level }: AccountIndex,
  currency: CurrencyCode,
): Promise<readonly PerformanceRow[]> {
  const found = new Map<string, { row: Row; conversions: ConversionCount[] }>()
  for (const [nth, rules] of groups.entries()) {
    const fields = ['spend', 'impressions', 'swipes', ...fieldsOf(rules)]
    const params = { ...rules[0]?.params, fields: fields.join(','), breakdown: level, omit_empty: 'false' }
    for (const cell of await readCells(asking, window, params, level)) {
      const key = `${cell.id} ${cell.date} ${cell.hour ?? ''}`
      const before = found.get(key)
      const counts = countsOf(cell.stats, rules, currency)
      if (nth === 0) found.set(key, { row: toRow(cell, currency), conversions: [...counts] })
      else if (before) before.conversions.push(...counts)
      else if (counts.length > 0) throw transient(`${cell.id} is in one of two reports of ${cell.date}`)
    }
  }
  return [...found.values()].map(({ row: { id, ...row }, conversions }) => ({
    ...(level === 'adsquad' ? { campaign: UNKNOWN, adGroup: id as AdGroupId } : { campaign: id as CampaignId }),
    ...row,
    conversions,
  }))
}

const UNKNOWN = '' as CampaignId
const transient = (detail: string) => new PlatformError({ kind: 'transient', detail: `stats: ${detail}` })

function toRow({ id, date, hour, stats }: Cell, currency: CurrencyCode): Row {
  const delivery = stats.map((one) => readAs(deliverySchema, one, `stats of ${id}`))
  return {
    id,
    date,
    ...(hour !== undefined && { hour }),
    spend: spendOf(stats, currency),
    impressions: delivery.reduce((sum, one) => sum + one.impressions, 0),
    clicks: delivery.reduce((sum, one) => sum + one.swipes, 0),
    conversions: [],
  }
}

const spendOf = (stats: readonly Stats[], currency: CurrencyCode): Money =>
  money(
    stats.reduce((sum, { spend }) => sum + spend, 0n),
    currency,
  )

/** The account's own spend: the only thing that Snapchat tells of an account as a whole. */
async function totalsIn(asking: Asking, window: DateWindow, currency: CurrencyCode) {
  const cells = await readCells({ ...asking, grain: 'day' }, window, { fields: 'spend' }, undefined)
  return cells.map(({ date, stats }) => [date, spendOf(stats, currency)] as const)
}

/** Every page of one report, as cells. */
async function readCells(
  { options: { api, clock }, account, zone, grain }: Asking,
  window: DateWindow,
  params: Params,
  breakdown: Breakdown | undefined,
): Promise<readonly Cell[]> {
  const path = `adaccounts/${account}/stats`
  const series: Series[] = []
  const seen = new Set<string>()
  const first: Params = { granularity: grain === 'day' ? 'DAY' : 'HOUR', ...boundsOf(window, zone), ...params }
  let query: Params | undefined = breakdown ? { ...first, ...LIST_LIMIT } : first
  while (query) {
    const { json, redact } = await api.answer({ account, path, query })
    const page = readSeries(json, breakdown, redact)
    for (const one of page.series) series.push(one)
    query = nextQuery(page.next, api.sender.origin, path, seen)
  }
  return cellsOf(series, { window, grain, zone, now: clock.now() })
}

/** Statistics name ad squads only: their campaigns are in the listing, which is read anew for one that is younger. */
async function withCampaigns(
  rows: readonly PerformanceRow[],
  account: AccountId,
  index: AccountIndex,
  indexes: Indexes,
): Promise<readonly PerformanceRow[]> {
  const isMissing = ({ campaignOf }: AccountIndex) =>
    rows.find(({ adGroup }) => adGroup !== undefined && !campaignOf.has(adGroup))?.adGroup
  const whole = isMissing(index) === undefined ? index : await indexes.of(account, 0)
  const stranger = isMissing(whole)
  if (stranger !== undefined) throw transient(`ad squad ${stranger} is not among the account's ad squads`)
  return rows.map((row) =>
    row.adGroup === undefined ? row : { ...row, campaign: whole.campaignOf.get(row.adGroup) as CampaignId },
  )
}
