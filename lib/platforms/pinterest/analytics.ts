import * as z from 'zod'
import type { AdGroupId, CampaignId } from '../../model/account.ts'
import type { ConversionCount } from '../../model/conversions.ts'
import { PlatformError } from '../../model/failure.ts'
import type { PerformanceQuery, PerformanceRow } from '../../model/performance.ts'
import { type AccountDate, accountDate } from '../../units/calendar.ts'
import { type CurrencyCode, type Money, money } from '../../units/money.ts'
import { readAs } from '../../wire/exact-json.ts'
import type { PinterestRule, RuleGroup } from './conversions.ts'
import type { Level } from './entities.ts'
import { id } from './schema.ts'

/** Micros of the account's currency, whatever the name says. */
const SPEND = 'SPEND_IN_MICRO_DOLLAR'
const METRICS = [SPEND, 'PAID_IMPRESSION', 'TOTAL_CLICKTHROUGH'] as const
/** Of one hour, 0 to 23. The API description has rows by the hour and does not say how; a time of day in DATE is taken too. */
const HOUR = 'HOUR'

/** In which column rows name their entity. */
const ID_COLUMN: Readonly<Record<Level, string>> = { campaign: 'CAMPAIGN_ID', 'ad-group': 'AD_GROUP_ID' }

/** A metric that a row does not have was none that day. */
const metric = z
  .union([z.string().regex(/^\d{1,20}(\.\d+)?$/), z.number().nonnegative().max(Number.MAX_SAFE_INTEGER)])
  .nullish()
const dateSchema = z.string().regex(/^\d{4}-\d{2}-\d{2}([T ]\d{2}:00(:00)?Z?)?$/, 'must be a date')
const rowSchema = z.looseObject({ DATE: dateSchema, [HOUR]: z.number().int().min(0).max(23).nullish() })
type Row = z.output<typeof rowSchema>

export const rowsSchema = z.array(z.unknown())

/** What one request asked for. */
export interface Asked {
  readonly level: Level
  readonly query: PerformanceQuery
  readonly group: RuleGroup | undefined
  readonly currency: CurrencyCode
  /** Campaigns of the entities that were asked for, by their ids. */
  readonly campaignOf: ReadonlyMap<string, CampaignId>
}

/** Comma-separated, as this one parameter is. */
export function columnsFor({ group }: Pick<Asked, 'group'>): string {
  const counted = (group?.rules ?? []).flatMap(({ columns: { count, value } }) => [count, ...(value ? [value] : [])])
  return [...new Set([...METRICS, ...counted])].join(',')
}

/** @throws PlatformError unreadable unless every row is of an entity and a time that were asked for, and of each one only */
export function readRows(json: unknown, asked: Asked): readonly PerformanceRow[] {
  const rows = readAs(rowsSchema, json, 'analytics').map((row) => toRow(readAs(rowSchema, row, 'analytics row'), asked))
  const seen = new Set<string>()
  for (const row of rows) {
    const key = rowKey(row)
    if (seen.has(key)) throw unreadable(`${key} comes twice`)
    seen.add(key)
  }
  return rows
}

/** Unique among the rows of one report. */
export const rowKey = ({ campaign, adGroup, date, hour }: PerformanceRow): string =>
  `${adGroup ?? campaign} ${date}${hour === undefined ? '' : ` ${hour}`}`

function toRow(row: Row, { level, query, group, currency, campaignOf }: Asked): PerformanceRow {
  const entity = readAs(id, row[ID_COLUMN[level]], `analytics row ${ID_COLUMN[level]}`)
  const campaign = campaignOf.get(entity)
  if (campaign === undefined) throw unreadable(`${level} ${entity} was not asked for`)
  return {
    campaign,
    ...(level === 'ad-group' && { adGroup: entity as AdGroupId }),
    ...timeOf(row, query),
    spend: amountOf(row, SPEND, currency),
    impressions: countOf(row, 'PAID_IMPRESSION'),
    clicks: countOf(row, 'TOTAL_CLICKTHROUGH'),
    conversions: (group?.rules ?? []).flatMap((rule) => claimOf(row, rule, currency)),
  }
}

function timeOf(row: Row, { grain, from, to }: PerformanceQuery): Pick<PerformanceRow, 'date' | 'hour'> {
  const date = dateIn(row.DATE.slice(0, 10))
  if (date < from || date > to) throw unreadable('DATE: not one of the days asked for')
  if (grain === 'day') return { date }
  const hour = row[HOUR] ?? (row.DATE.length > 10 ? Number(row.DATE.slice(11, 13)) : undefined)
  if (hour === undefined || hour > 23) throw unreadable(`${HOUR}: missing in a report by the hour`)
  return { date, hour }
}

function dateIn(text: string): AccountDate {
  try {
    return accountDate(text)
  } catch {
    throw unreadable('DATE: not a date')
  }
}

/** Nothing under a rule whose columns the row does not have. */
function claimOf(row: Row, { rule, columns }: PinterestRule, currency: CurrencyCode): readonly ConversionCount[] {
  if (metricIn(row, columns.count) === undefined) return []
  const value = columns.value === undefined ? money(0n, currency) : amountOf(row, columns.value, currency)
  return [{ rule, conversions: countOf(row, columns.count), value }]
}

const metricIn = (row: Row, column: string): number | string | undefined =>
  readAs(metric, row[column], `analytics row ${column}`) ?? undefined

function countOf(row: Row, column: string): number {
  const count = Number(metricIn(row, column) ?? 0)
  if (!Number.isFinite(count)) throw unreadable(`${column}: not a count`)
  return count
}

/** Micros; a part of one is rounded to the nearest. */
function amountOf(row: Row, column: string, currency: CurrencyCode): Money {
  const found = metricIn(row, column) ?? 0
  if (typeof found === 'string') return money(BigInt(found.split('.')[0] ?? '0'), currency)
  if (!Number.isFinite(found)) throw unreadable(`${column}: not an amount`)
  return money(BigInt(Math.round(found)), currency)
}

const totalSchema = z.looseObject({ DATE: dateSchema })

/** What the account spent, by date. */
export function readTotals(
  json: unknown,
  { query: { from, to }, currency }: Pick<Asked, 'query' | 'currency'>,
): ReadonlyMap<AccountDate, Money> {
  const totals = new Map<AccountDate, Money>()
  for (const total of readAs(rowsSchema, json, 'account analytics')) {
    const row = readAs(totalSchema, total, 'account analytics row')
    const date = dateIn(row.DATE.slice(0, 10))
    if (date < from || date > to || totals.has(date)) throw unreadable('account DATE: not asked for, or twice')
    totals.set(date, amountOf(row as Row, SPEND, currency))
  }
  return totals
}

export const TOTAL_COLUMNS: string = SPEND

const unreadable = (detail: string) => new PlatformError({ kind: 'unreadable', detail: `analytics ${detail}` })
