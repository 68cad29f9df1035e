import {
  type AccountDate,
  accountDate,
  addDays,
  dateAt,
  dayOfWeek,
  type Instant,
  type TimeZone,
} from '../../../lib/units/calendar.ts'
import { badParameter, oneOf, rangeTooOld } from './errors.ts'
import { type Filter, readFilters } from './filters.ts'
import type { NodeKind } from './nodes.ts'
import type { Params } from './params.ts'

export const INSIGHT_LEVELS = ['account', 'campaign', 'adset'] as const
export type InsightLevel = (typeof INSIGHT_LEVELS)[number]

export const HOURLY = 'hourly_stats_aggregated_by_advertiser_time_zone'

export interface InsightsQuery {
  readonly level: InsightLevel
  readonly from: AccountDate
  readonly to: AccountDate
  /** Days per row; all of them in one row, or calendar months. */
  readonly increment: number | 'all_days' | 'monthly'
  readonly hourly: boolean
  /** Attribution windows that get a key of their own beside `value`. */
  readonly windows: readonly string[]
  readonly fields: readonly string[] | undefined
  readonly filters: readonly Filter[]
}

/** Windows that the parameter takes; 7d_view and 28d_view are accepted and answer nothing since 2026-01-12. */
const WINDOWS = [
  '1d_click',
  '7d_click',
  '28d_click',
  '1d_view',
  '1d_ev',
  '7d_view',
  '28d_view',
  'dda',
  'default',
] as const

type Range = readonly [AccountDate, AccountDate]

const monthStart = (date: AccountDate): AccountDate => `${date.slice(0, 7)}-01` as AccountDate
const lastMonth = (today: AccountDate): Range => {
  const to = addDays(monthStart(today), -1)
  return [monthStart(to), to]
}
const quarterStart = (date: AccountDate): AccountDate => {
  const month = Math.floor((Number(date.slice(5, 7)) - 1) / 3) * 3 + 1
  return `${date.slice(0, 4)}-${month.toString().padStart(2, '0')}-01` as AccountDate
}
const lastQuarter = (today: AccountDate): Range => {
  const to = addDays(quarterStart(today), -1)
  return [quarterStart(to), to]
}
const yearStart = (date: AccountDate, back = 0): AccountDate =>
  `${Number(date.slice(0, 4)) - back}-01-01` as AccountDate
/** The day 37 months earlier; the longest that reports reach back. */
const oldest = (today: AccountDate): AccountDate => {
  const months = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1 - 37
  return `${Math.floor(months / 12)}-${((months % 12) + 1).toString().padStart(2, '0')}-01` as AccountDate
}
const lastDays =
  (days: number) =>
  (today: AccountDate): Range => [addDays(today, -days), addDays(today, -1)]
const monday = (today: AccountDate): AccountDate => addDays(today, 1 - dayOfWeek(today))
const sunday = (today: AccountDate): AccountDate => addDays(today, -(dayOfWeek(today) % 7))

/** The `last_…d` presets end yesterday. */
const PRESETS: Readonly<Record<string, (today: AccountDate) => Range>> = {
  today: (today) => [today, today],
  yesterday: lastDays(1),
  last_3d: lastDays(3),
  last_7d: lastDays(7),
  last_14d: lastDays(14),
  last_28d: lastDays(28),
  last_30d: lastDays(30),
  last_90d: lastDays(90),
  this_month: (today) => [monthStart(today), today],
  last_month: lastMonth,
  this_quarter: (today) => [quarterStart(today), today],
  last_quarter: lastQuarter,
  this_year: (today) => [yearStart(today), today],
  last_year: (today) => [yearStart(today, 1), addDays(yearStart(today), -1)],
  this_week_mon_today: (today) => [monday(today), today],
  this_week_sun_today: (today) => [sunday(today), today],
  last_week_mon_sun: (today) => [addDays(monday(today), -7), addDays(monday(today), -1)],
  last_week_sun_sat: (today) => [addDays(sunday(today), -7), addDays(sunday(today), -1)],
  maximum: (today) => [oldest(today), today],
  data_maximum: (today) => [oldest(today), today],
}

export const DATE_PRESETS = Object.keys(PRESETS)

function dateOf(range: Readonly<Record<string, unknown>>, name: 'since' | 'until'): AccountDate {
  try {
    return accountDate(String(range[name]))
  } catch {
    throw badParameter(`Must be a date representation in the format YYYY-MM-DD: time_range[${name}]`)
  }
}

function rangeOf(params: Params, today: AccountDate): Range {
  if (params.has('time_ranges')) throw badParameter('param time_ranges is not part of this pretence: use time_range.')
  const given = params.json('time_range')
  if (given === undefined) {
    const name = params.text('date_preset') ?? 'last_30d'
    const preset = PRESETS[name]
    if (!preset) throw oneOf('date_preset', DATE_PRESETS)
    return preset(today)
  }
  if (typeof given !== 'object' || given === null) throw badParameter('param time_range must be an object.')
  const range = given as Record<string, unknown>
  const [from, to] = [dateOf(range, 'since'), dateOf(range, 'until')]
  if (from > to) throw badParameter('time_range: since must be earlier than or the same as until.')
  if (from < oldest(today)) throw rangeTooOld()
  return [from, to]
}

function incrementOf(params: Params): InsightsQuery['increment'] {
  const text = params.text('time_increment') ?? 'all_days'
  if (text === 'all_days' || text === 'monthly') return text
  const days = Number(text)
  if (!Number.isInteger(days) || days < 1 || days > 90)
    throw badParameter('time_increment must be all_days, monthly or a number of days from 1 to 90.')
  return days
}

function hourlyOf(params: Params): boolean {
  const breakdowns = params.list('breakdowns') ?? []
  const other = breakdowns.find((name) => name !== HOURLY)
  if (other !== undefined) throw badParameter(`breakdown ${other} is not part of this pretence: it has ${HOURLY} only.`)
  return breakdowns.length > 0
}

function levelOf(params: Params, kind: NodeKind): InsightLevel {
  const own = kind === 'ad-set' ? 'adset' : kind === 'campaign' ? 'campaign' : 'account'
  const asked = params.text('level') ?? own
  const level = INSIGHT_LEVELS.find((known) => known === asked)
  if (level === undefined) throw oneOf('level', INSIGHT_LEVELS)
  // What is above the object itself comes out as the object.
  return INSIGHT_LEVELS.indexOf(level) < INSIGHT_LEVELS.indexOf(own) ? own : level
}

function windowsOf(params: Params): readonly string[] {
  const asked = params.list('action_attribution_windows') ?? []
  asked.forEach((name, at) => {
    if (!WINDOWS.some((known) => known === name)) throw oneOf(`action_attribution_windows[${at}]`, WINDOWS)
  })
  return asked
}

/**
 * The report that a call asks for. `use_unified_attribution_setting` and `action_report_time` are ignored, as they are since
 * 2025-06-10.
 *
 * @throws GraphError for what Graph would refuse
 */
export function readInsightsQuery(params: Params, kind: NodeKind, now: Instant, zone: TimeZone): InsightsQuery {
  const [from, to] = rangeOf(params, dateAt(now, zone))
  return {
    level: levelOf(params, kind),
    from,
    to,
    increment: incrementOf(params),
    hourly: hourlyOf(params),
    windows: windowsOf(params),
    fields: params.list('fields'),
    filters: readFilters(params),
  }
}
