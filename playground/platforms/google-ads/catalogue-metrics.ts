/** Metrics and segments. */
import { type Field, fieldsOf, type SegmentValues } from './field.ts'
import { conversionActionName, DEVICE_ENUM } from './names.ts'
import type { Sums } from './sums.ts'
import { startOfPeriod, weekdayName } from './times.ts'

const metric = fieldsOf<Sums>('metrics', 'METRIC', (r) => r.metrics)
const segment = fieldsOf<SegmentValues>('segments', 'SEGMENT', (r) => r.segments)

const units = (micros: bigint): number => Number(micros) / 1e6
/** A ratio with nothing below the line is 0, as the platform reports it. */
const ratio = (above: number, below: number): number => (below === 0 ? 0 : above / below)

export const METRIC_FIELDS: readonly Field[] = [
  metric('cost_micros', 'INT64', [], (s) => s.costMicros),
  metric('impressions', 'INT64', [], (s) => BigInt(s.impressions)),
  metric('clicks', 'INT64', [], (s) => BigInt(s.clicks)),
  metric('interactions', 'INT64', [], (s) => BigInt(s.clicks)),
  metric('ctr', 'DOUBLE', [], (s) => ratio(s.clicks, s.impressions)),
  metric('average_cpc', 'DOUBLE', [], (s) => ratio(Number(s.costMicros), s.clicks)),
  metric('conversions', 'DOUBLE', [], (s) => s.conversions),
  metric('conversions_value', 'DOUBLE', [], (s) => units(s.conversionsMicros)),
  metric('all_conversions', 'DOUBLE', [], (s) => s.allConversions),
  metric('all_conversions_value', 'DOUBLE', [], (s) => units(s.allConversionsMicros)),
  metric('conversions_by_conversion_date', 'DOUBLE', [], (s) => s.conversionsByDate),
  metric('conversions_value_by_conversion_date', 'DOUBLE', [], (s) => units(s.conversionsByDateMicros)),
  metric('all_conversions_by_conversion_date', 'DOUBLE', [], (s) => s.allByDate),
  metric('all_conversions_value_by_conversion_date', 'DOUBLE', [], (s) => units(s.allByDateMicros)),
  metric('view_through_conversions', 'INT64', [], (s) => BigInt(Math.round(s.viewThrough))),
  metric('cost_per_conversion', 'DOUBLE', [], (s) => ratio(Number(s.costMicros), s.conversions)),
  metric('conversions_value_per_cost', 'DOUBLE', [], (s) => ratio(Number(s.conversionsMicros), Number(s.costMicros))),
  metric('search_budget_lost_impression_share', 'DOUBLE', [], (s) =>
    s.knownImpressions === 0 ? undefined : Math.round((1e4 * s.lostWeight) / s.knownImpressions) / 1e4,
  ),
]

export const SEGMENT_FIELDS: readonly Field[] = [
  segment('date', 'DATE', [], (s) => s.date),
  segment('week', 'DATE', [], (s) => s.date && startOfPeriod(s.date, 'week')),
  segment('month', 'DATE', [], (s) => s.date && startOfPeriod(s.date, 'month')),
  segment('quarter', 'DATE', [], (s) => s.date && startOfPeriod(s.date, 'quarter')),
  segment('year', 'INT32', [], (s) => s.date && Number(s.date.slice(0, 4))),
  segment('day_of_week', 'ENUM:DayOfWeek', ['implicit'], (s) => s.date && weekdayName(s.date)),
  segment('hour', 'INT32', [], (s) => s.hour),
  segment('device', 'ENUM:Device', ['implicit'], (s) => s.device && DEVICE_ENUM[s.device]),
  segment(
    'conversion_action',
    'RESOURCE_NAME',
    [],
    (s, r) => s.action && conversionActionName(r.account.id, s.action.id),
  ),
  segment('conversion_action_name', 'STRING', [], (s) => s.action?.name),
  segment('conversion_action_category', 'ENUM:ConversionActionCategory', ['implicit'], (s) => s.action?.category),
  segment('conversion_lag_bucket', 'ENUM:ConversionLagBucket', ['implicit'], (s) => s.lag),
  segment(
    'conversion_or_adjustment_lag_bucket',
    'ENUM:ConversionOrAdjustmentLagBucket',
    ['implicit'],
    (s) => s.adjustedLag,
  ),
]

export const CONVERSION_SEGMENTS: ReadonlySet<string> = new Set([
  'segments.conversion_action',
  'segments.conversion_action_name',
  'segments.conversion_action_category',
  'segments.conversion_lag_bucket',
  'segments.conversion_or_adjustment_lag_bucket',
])

/** Metrics that can be split by conversion segments: a click or a dollar belongs to no conversion action. */
export const CONVERSION_METRICS: ReadonlySet<string> = new Set([
  'metrics.conversions',
  'metrics.conversions_value',
  'metrics.all_conversions',
  'metrics.all_conversions_value',
  'metrics.conversions_by_conversion_date',
  'metrics.conversions_value_by_conversion_date',
  'metrics.all_conversions_by_conversion_date',
  'metrics.all_conversions_value_by_conversion_date',
  'metrics.view_through_conversions',
])

/** Segments whose filter need not be selected. They bound the report's days. */
export const CORE_DATE_SEGMENTS: ReadonlySet<string> = new Set([
  'segments.date',
  'segments.week',
  'segments.month',
  'segments.quarter',
  'segments.year',
])

export const IMPRESSION_SHARES: ReadonlySet<string> = new Set(['metrics.search_budget_lost_impression_share'])
export const BY_DATE_METRICS: ReadonlySet<string> = new Set(
  METRIC_FIELDS.map((f) => f.name).filter((name) => name.endsWith('_by_conversion_date')),
)
