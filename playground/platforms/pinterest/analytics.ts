import { type AccountDate, addDays, dateAt, daysBetween } from '../../../lib/units/calendar.ts'
import type { World, WorldAccount, WorldClaim, WorldFact } from '../../world.ts'
import { invalid } from './errors.ts'
import { ID_LONGEST } from './lists.ts'
import { Query } from './query.ts'

export type Level = 'account' | 'campaign' | 'ad-group'

const IDS: Readonly<Record<Level, { readonly parameter?: string; readonly column: string }>> = {
  account: { column: 'AD_ACCOUNT_ID' },
  campaign: { parameter: 'campaign_ids', column: 'CAMPAIGN_ID' },
  'ad-group': { parameter: 'ad_group_ids', column: 'AD_GROUP_ID' },
}
const SHARED = [
  'start_date',
  'end_date',
  'columns',
  'granularity',
  'click_window_days',
  'engagement_window_days',
  'view_window_days',
  'conversion_report_time',
]
const WINDOWS = ['0', '1', '7', '14', '30', '60'] as const
const IDS_MAX = 250
const DAYS_BACK = 90
const HOURS_DAYS_BACK = 8
const HOURS_DAYS_MAX = 3

/** Conversion columns by the world's action; an action of another name is a custom event. */
const EVENTS: Readonly<Record<string, string>> = {
  CHECKOUT: 'purchase',
  WEB_CHECKOUT: 'purchase',
  SIGNUP: 'signup',
  LEAD: 'lead',
  SUBSCRIBE: 'subscribe',
  PAGE_VISIT: 'page-visit',
  CUSTOM: '',
}
const NAMED = new Set(Object.values(EVENTS))

interface Windows {
  readonly click: number
  readonly view: number
}

type Column = (fact: WorldFact, windows: Windows) => number

const whole = (micros: bigint): number => Number(micros)
const METRICS: Readonly<Record<string, Column>> = {
  SPEND_IN_MICRO_DOLLAR: ({ spendMicros }) => whole(spendMicros),
  SPEND_IN_DOLLAR: ({ spendMicros }) => whole(spendMicros) / 1e6,
  PAID_IMPRESSION: ({ impressions }) => impressions,
  TOTAL_IMPRESSION: ({ impressions }) => impressions,
  TOTAL_CLICKTHROUGH: ({ clicks }) => clicks,
}

const CONVERSION = /^TOTAL_(CLICK_|VIEW_|ENGAGEMENT_)?([A-Z_]+?)(_VALUE_IN_MICRO_DOLLAR)?$/

/** The column of a conversion; `undefined` when it is none that the twin can tell. */
function conversionColumn(name: string): Column | undefined {
  const [, touch, event = '', value] = CONVERSION.exec(name) ?? []
  const action = EVENTS[event]
  if (action === undefined) return undefined
  const isWanted = (claim: WorldClaim, windows: Windows): boolean => {
    const days = claim.touch === 'click' ? windows.click : windows.view
    const isOf = action === '' ? !NAMED.has(claim.action) : claim.action === action
    const isTouch = touch === undefined || touch === `${claim.touch.toUpperCase()}_`
    return isOf && isTouch && claim.lagDays < days
  }
  return ({ claims }, windows) =>
    claims
      .filter((claim) => isWanted(claim, windows))
      .reduce((total, claim) => total + (value ? whole(claim.valueMicros) : claim.count), 0)
}

interface Asked {
  readonly from: AccountDate
  readonly to: AccountDate
  readonly granularity: 'DAY' | 'HOUR'
  readonly columns: readonly string[]
  readonly windows: Windows
  readonly basis: 'click' | 'conversion'
  readonly ids: readonly string[] | undefined
}

/** @throws ApiError 400 */
function readAsked(level: Level, params: URLSearchParams, today: AccountDate): Asked {
  const { parameter } = IDS[level]
  const query = new Query(params, [...SHARED, ...(parameter ? [parameter] : [])])
  const granularity = query.oneOf('granularity', ['DAY', 'HOUR'])
  if (!granularity) throw invalid('Parameter granularity is required.')
  const ids = parameter === undefined ? undefined : query.ids(parameter, IDS_MAX, ID_LONGEST)
  if (parameter !== undefined && !ids) throw invalid(`Parameter ${parameter} is required.`)
  const window = (name: string, days: string): number => Number(query.oneOf(name, WINDOWS) ?? days)
  const reportTime = query.oneOf('conversion_report_time', ['TIME_OF_AD_ACTION', 'TIME_OF_CONVERSION'])
  window('engagement_window_days', '30')
  return {
    ...datesIn(query, granularity, today),
    granularity,
    columns: columnsIn(query),
    windows: { click: window('click_window_days', '30'), view: window('view_window_days', '1') },
    basis: reportTime === 'TIME_OF_CONVERSION' ? 'conversion' : 'click',
    ids,
  }
}

function datesIn(query: Query, granularity: Asked['granularity'], today: AccountDate): Pick<Asked, 'from' | 'to'> {
  const [from, to] = [query.date('start_date'), query.date('end_date')]
  const [back, most] = granularity === 'HOUR' ? [HOURS_DAYS_BACK, HOURS_DAYS_MAX - 1] : [DAYS_BACK, DAYS_BACK]
  if (to < from) throw invalid('end_date is before start_date.')
  if (from < addDays(today, -back)) throw invalid(`start_date cannot be more than ${back} days back.`)
  if (daysBetween(from, to) > most) throw invalid(`The time range is longer than ${most} days.`)
  return { from, to }
}

function columnsIn(query: Query): readonly string[] {
  const columns = query.text('columns')?.split(',') ?? []
  if (columns.length === 0) throw invalid('Parameter columns is required.')
  const unknown = columns.find((name) => !METRICS[name] && !conversionColumn(name))
  if (unknown !== undefined) throw invalid(`Column ${unknown} is unknown to the pretend Pinterest.`)
  return columns
}

/** Rows without those that are nothing but zeros; by the hour there are no conversions in them. */
export function analytics(
  world: World,
  account: WorldAccount,
  level: Level,
  params: URLSearchParams,
): readonly Readonly<Record<string, unknown>>[] {
  const today = dateAt(world.now(), account.zone)
  const asked = readAsked(level, params, today)
  const facts = world.facts({
    platform: 'pinterest',
    accountId: account.id,
    level,
    grain: asked.granularity === 'HOUR' ? 'hour' : 'day',
    from: asked.from,
    to: earlier(asked.to, today),
    basis: asked.basis,
  })
  const shown = facts.filter((fact) => asked.ids?.includes(fact.id) ?? true)
  return shown.filter(isAny).map((fact) => toRow(fact, level, asked))
}

const earlier = (a: AccountDate, b: AccountDate): AccountDate => (daysBetween(a, b) > 0 ? a : b)

const isAny = ({ spendMicros, impressions, clicks, claims }: WorldFact): boolean =>
  spendMicros > 0n || impressions > 0 || clicks > 0 || claims.length > 0

function toRow(fact: WorldFact, level: Level, asked: Asked): Readonly<Record<string, unknown>> {
  const isHour = asked.granularity === 'HOUR'
  const row: Record<string, unknown> = { [IDS[level].column]: fact.id, DATE: fact.date }
  if (isHour) row.HOUR = fact.hour
  for (const name of asked.columns) {
    const column = METRICS[name] ?? (isHour ? undefined : conversionColumn(name))
    const value = column?.(fact, asked.windows)
    // What did not happen has no entry among the conversions.
    if (value !== undefined && (value !== 0 || METRICS[name])) row[name] = Math.round(value * 1e6) / 1e6
  }
  return row
}
