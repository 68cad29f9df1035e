import { type AccountDate, accountDate, daysBetween } from '../../../lib/units/calendar.ts'
import { invalid, unknownField } from './errors.ts'
import { PRIMARY_STATUSES } from './nodes.ts'
import type { Params } from './params.ts'

export type DataLevel = 'AUCTION_ADVERTISER' | 'AUCTION_CAMPAIGN' | 'AUCTION_ADGROUP'

export interface ReportQuery {
  readonly type: 'BASIC' | 'TT_SHOP'
  readonly level: DataLevel
  readonly time: 'stat_time_day' | 'stat_time_hour' | undefined
  readonly metrics: readonly string[]
  readonly from: AccountDate
  readonly to: AccountDate
  readonly campaigns: ReadonlySet<string> | undefined
  readonly adGroups: ReadonlySet<string> | undefined
  /** Status that the objects of the level must have. */
  readonly primary: string
}

const PARAMS = [
  ...['advertiser_id', 'report_type', 'service_type', 'data_level', 'dimensions', 'metrics', 'start_date', 'end_date'],
  ...['filtering', 'page', 'page_size', 'query_lifetime', 'enable_total_metrics', 'order_field', 'order_type'],
]
const LEVELS: readonly string[] = ['AUCTION_ADVERTISER', 'AUCTION_CAMPAIGN', 'AUCTION_ADGROUP']
/** The one id that rows of a level are grouped by. */
export const ID_DIMENSION: Readonly<Record<DataLevel, string>> = {
  AUCTION_ADVERTISER: 'advertiser_id',
  AUCTION_CAMPAIGN: 'campaign_id',
  AUCTION_ADGROUP: 'adgroup_id',
}
const TIMES = ['stat_time_day', 'stat_time_hour'] as const
const DAYS_MAX = { stat_time_day: 30, stat_time_hour: 1 } as const
const DAYS_MAX_WITHOUT_TIME = 365

/** Figures, and the attributes of ad groups and campaigns, that a basic report knows here. */
const BASIC_METRICS = new Set([
  ...['spend', 'impressions', 'clicks', 'conversion', 'real_time_conversion'],
  ...['complete_payment', 'total_complete_payment_rate', 'total_purchase', 'total_purchase_value'],
  ...[
    'onsite_shopping',
    'total_onsite_shopping_value',
    'campaign_id',
    'campaign_name',
    'adgroup_name',
    'objective_type',
  ],
])
const SHOP_METRICS = new Set(['spend', 'billed_cost'])

/** @throws TikTokError 40002 */
export function readReportQuery(params: Params): ReportQuery {
  params.only(...PARAMS)
  const type = params.text('report_type')
  if (type !== 'BASIC' && type !== 'TT_SHOP') throw invalid(`report_type: ${type} is not known to this twin.`)
  const level = levelOf(params, type)
  const time = timeOf(params, level)
  const filters = type === 'TT_SHOP' ? new Map<string, readonly string[]>() : filtersOf(params, level)
  return {
    type,
    level,
    time,
    metrics: metricsOf(params, type),
    ...rangeOf(params, time),
    campaigns: setOf(filters.get('campaign_ids')),
    adGroups: setOf(filters.get('adgroup_ids')),
    primary: primaryOf(filters, level, type),
  }
}

function levelOf(params: Params, type: string): DataLevel {
  const level = params.text('data_level')
  if (!LEVELS.includes(level) || (type === 'TT_SHOP' && level === 'AUCTION_ADGROUP'))
    throw invalid(`data_level: ${level} is not supported for ${type}.`)
  return level as DataLevel
}

function timeOf(params: Params, level: DataLevel): ReportQuery['time'] {
  const dimensions = params.list('dimensions')
  if (!dimensions?.includes(ID_DIMENSION[level])) throw invalid(`dimensions: Must contain ${ID_DIMENSION[level]}.`)
  const others = dimensions.filter((one) => one !== ID_DIMENSION[level])
  const time = TIMES.find((one) => one === others[0])
  if (others.length > 1 || (others.length === 1 && !time))
    throw invalid('dimensions: The combination is not supported.')
  return time
}

function metricsOf(params: Params, type: ReportQuery['type']): readonly string[] {
  const metrics = params.list('metrics') ?? (type === 'BASIC' ? ['spend', 'impressions'] : ['spend', 'billed_cost'])
  const known = type === 'BASIC' ? BASIC_METRICS : SHOP_METRICS
  for (const metric of metrics) if (!known.has(metric)) throw unknownField('metrics', metric)
  return metrics
}

function rangeOf(params: Params, time: ReportQuery['time']): { from: AccountDate; to: AccountDate } {
  const [from, to] = [dateOf(params, 'start_date'), dateOf(params, 'end_date')]
  const days = daysBetween(from, to) + 1
  const most = time ? DAYS_MAX[time] : DAYS_MAX_WITHOUT_TIME
  if (days < 1) throw invalid('start_date: Must not be later than end_date.')
  if (days > most) throw invalid(`The time range must not exceed ${most} day(s) with these dimensions.`)
  return { from, to }
}

function dateOf(params: Params, name: string): AccountDate {
  try {
    return accountDate(params.text(name))
  } catch {
    throw invalid(`${name}: Time format should be YYYY-MM-DD.`)
  }
}

const STATUS_FILTER: Readonly<Partial<Record<DataLevel, string>>> = {
  AUCTION_CAMPAIGN: 'campaign_status',
  AUCTION_ADGROUP: 'adgroup_status',
}

/** `filter_value` is JSON within JSON. */
function filtersOf(params: Params, level: DataLevel): ReadonlyMap<string, readonly string[]> {
  const filtering = params.json('filtering') ?? []
  if (!Array.isArray(filtering)) throw invalid('filtering: Not a valid list.')
  return new Map(
    filtering.map((filter: Readonly<Record<string, unknown>>): [string, readonly string[]] => {
      const { field_name: name, filter_type: kind, filter_value: value } = filter
      if (name !== 'campaign_ids' && name !== 'adgroup_ids' && name !== STATUS_FILTER[level])
        throw unknownField('filtering', String(name))
      if (kind !== 'IN') throw invalid(`filtering.filter_type: ${String(kind)} is not supported here.`)
      const values = listIn(value)
      if (values.length > 100) throw invalid(`filtering.${String(name)}: At most 100 values.`)
      return [String(name), values]
    }),
  )
}

function listIn(value: unknown): readonly string[] {
  try {
    const values: unknown = JSON.parse(String(value))
    if (Array.isArray(values) && values.every((one) => typeof one === 'string')) return values
  } catch {
    // Falls through to the refusal below.
  }
  throw invalid('filtering.filter_value: Not a valid JSON array string.')
}

const setOf = (values: readonly string[] | undefined): ReadonlySet<string> | undefined => values && new Set(values)

function primaryOf(
  filters: ReadonlyMap<string, readonly string[]>,
  level: DataLevel,
  type: ReportQuery['type'],
): string {
  const [asked = type === 'TT_SHOP' ? 'STATUS_ALL' : 'STATUS_NOT_DELETE'] =
    filters.get(STATUS_FILTER[level] ?? '') ?? []
  if (!PRIMARY_STATUSES.includes(asked)) throw invalid(`filtering: ${asked} is not a status.`)
  return asked
}
