import {
  type AccountDate,
  dateAt,
  daysBetween,
  HOUR_MS,
  type Instant,
  startOfDay,
  type TimeZone,
} from '../../../lib/units/calendar.ts'
import { badRequest, badStatsQuery } from './errors.ts'
import { timeIn, zonedText } from './times.ts'

export type StatsLevel = 'account' | 'campaign' | 'adsquad'
export type Granularity = 'TOTAL' | 'DAY' | 'HOUR' | 'LIFETIME'

export interface StatsQuery {
  readonly granularity: Granularity
  readonly from: Instant
  readonly to: Instant
  readonly fields: readonly string[]
  readonly breakdown: 'campaign' | 'adsquad' | undefined
  /** Days; 0: none. */
  readonly swipeDays: number
  readonly viewDays: number
  readonly reportTime: 'conversion' | 'impression'
  readonly omitsEmpty: boolean
}

/** Conversion fields, each with the world's action that it counts. */
export const CONVERSIONS: ReadonlyMap<string, string> = new Map([
  ['conversion_purchases', 'purchase'],
  ['conversion_sign_ups', 'signup'],
  ['conversion_add_cart', 'add-to-cart'],
  ['conversion_subscribe', 'subscribe'],
  ['conversion_start_trial', 'trial'],
  ['conversion_start_checkout', 'checkout'],
  ['conversion_view_content', 'view-content'],
  ['conversion_page_views', 'page-view'],
  ['native_leads', 'lead'],
  ['total_installs', 'app-install'],
])
export const PURCHASE_VALUE = 'conversion_purchases_value'
const DELIVERY = new Set(['impressions', 'swipes', 'spend'])
const isConversion = (field: string): boolean => CONVERSIONS.has(field) || field === PURCHASE_VALUE

const SWIPE_WINDOWS: ReadonlyMap<string, number> = new Map([
  ['1_DAY', 1],
  ['7_DAY', 7],
  ['28_DAY', 28],
])
/** Windows of hours are left out: the pretend world counts the time to a conversion in whole days. */
const VIEW_WINDOWS: ReadonlyMap<string, number> = new Map([
  ['none', 0],
  ['1_DAY', 1],
  ['7_DAY', 7],
])
const PARAMETERS = new Set([
  'granularity',
  'start_time',
  'end_time',
  'fields',
  'breakdown',
  'swipe_up_attribution_window',
  'view_attribution_window',
  'action_report_time',
  'conversion_source_types',
  'omit_empty',
  'limit',
  'cursor',
])
const GRANULARITIES = ['TOTAL', 'DAY', 'HOUR', 'LIFETIME'] as const

/** Most that one request may ask for. */
const DAYS_MAX = 31
const HOURS_MAX = 7 * 24

/** @throws SnapError E1008 for bounds, E1001 for everything else that is not as documented */
export function readStatsQuery(query: URLSearchParams, level: StatsLevel, zone: TimeZone): StatsQuery {
  const unknown = [...query.keys()].find((name) => !PARAMETERS.has(name))
  if (unknown) throw badRequest(`unrecognized parameter ${unknown}`)
  const granularity = GRANULARITIES.find((known) => known === (query.get('granularity') ?? 'TOTAL'))
  if (!granularity) throw badRequest(`granularity must be one of ${GRANULARITIES.join(', ')}`)
  const breakdown = breakdownIn(query, level)
  const fields = (query.get('fields') ?? 'spend').split(',')
  checkFields(fields, granularity, level === 'account' && breakdown === undefined)
  return {
    granularity,
    ...boundsIn(query, granularity, zone),
    fields,
    breakdown,
    swipeDays: windowIn(query, 'swipe_up_attribution_window', SWIPE_WINDOWS, '28_DAY'),
    viewDays: windowIn(query, 'view_attribution_window', VIEW_WINDOWS, '1_DAY'),
    reportTime: reportTimeIn(query),
    omitsEmpty: query.get('omit_empty') !== 'false',
  }
}

function breakdownIn(query: URLSearchParams, level: StatsLevel): StatsQuery['breakdown'] {
  const breakdown = query.get('breakdown')
  if (breakdown === null) return undefined
  const allowed = level === 'account' ? ['campaign', 'adsquad'] : level === 'campaign' ? ['adsquad'] : []
  if (!allowed.includes(breakdown)) throw badRequest(`breakdown ${breakdown} is not available here`)
  return breakdown as 'campaign' | 'adsquad'
}

function checkFields(fields: readonly string[], granularity: Granularity, isWholeAccount: boolean): void {
  const unknown = fields.find((field) => !DELIVERY.has(field) && !isConversion(field))
  if (unknown !== undefined) throw badRequest(`unrecognized field ${unknown}`)
  if (isWholeAccount && fields.some((field) => field !== 'spend'))
    throw badStatsQuery('spend is the only metric of an ad account without a breakdown')
  if (granularity === 'HOUR' && fields.some(isConversion))
    throw badStatsQuery('conversion metrics are not available with HOUR granularity')
}

function windowIn(
  query: URLSearchParams,
  name: string,
  windows: ReadonlyMap<string, number>,
  byDefault: string,
): number {
  const days = windows.get(query.get(name) ?? byDefault)
  if (days === undefined) throw badRequest(`${name} must be one of ${[...windows.keys()].join(', ')}`)
  return days
}

function reportTimeIn(query: URLSearchParams): StatsQuery['reportTime'] {
  const given = query.get('action_report_time') ?? 'conversion'
  if (given !== 'conversion' && given !== 'impression')
    throw badRequest('action_report_time must be conversion or impression')
  return given
}

function boundsIn(query: URLSearchParams, granularity: Granularity, zone: TimeZone): { from: Instant; to: Instant } {
  if (granularity === 'LIFETIME') return { from: 0 as Instant, to: 0 as Instant }
  const [from, to] = [timeOf(query, 'start_time'), timeOf(query, 'end_time')]
  if (from >= to) throw badStatsQuery('end_time must be after start_time')
  if (granularity === 'DAY') checkDays(from, to, zone)
  else if (![from, to].every((at) => zonedText(at, zone).includes(':00:00.000')))
    throw badStatsQuery('times must be on the hour')
  if (granularity === 'HOUR' && to - from > HOURS_MAX * HOUR_MS)
    throw badStatsQuery('HOUR granularity is limited to 7 days')
  return { from, to }
}

function timeOf(query: URLSearchParams, name: string): Instant {
  const at = timeIn(query.get(name) ?? '')
  if (at === undefined) throw badStatsQuery(`${name} must be a time with its offset`)
  return at
}

function checkDays(from: Instant, to: Instant, zone: TimeZone): void {
  for (const at of [from, to])
    if (startOfDay(dateAt(at, zone), zone) !== at)
      throw badStatsQuery(`DAY granularity needs the start of a day in ${zone}`)
  if (daysBetween(dateAt(from, zone), dateAt(to, zone)) > DAYS_MAX)
    throw badStatsQuery(`DAY granularity is limited to ${DAYS_MAX} days`)
}

/** First and last date that the query touches. */
export const datesOf = ({ from, to }: StatsQuery, zone: TimeZone): readonly [AccountDate, AccountDate] => [
  dateAt(from, zone),
  dateAt((to - 1) as Instant, zone),
]
