import {
  type AccountDate,
  dateAt,
  dates,
  endOfDay,
  HOUR_MS,
  hourAt,
  type Instant,
  later,
  MINUTE_MS,
  startOfDay,
} from '../../../lib/units/calendar.ts'
import type { World, WorldAccount, WorldClaim, WorldFact } from '../../world.ts'
import type { Fields } from './exact.ts'
import { page } from './paging.ts'
import { CONVERSIONS, datesOf, PURCHASE_VALUE, type StatsLevel, type StatsQuery } from './stats-query.ts'
import { zonedText } from './times.ts'

/** Whose statistics are asked for. */
export interface StatsSubject {
  readonly level: StatsLevel
  readonly account: WorldAccount
  readonly id: string
}

export interface StatsRequest {
  readonly world: World
  readonly subject: StatsSubject
  readonly query: StatsQuery
  readonly paged: Parameters<typeof page>[1]
}

interface Interval {
  readonly start: Instant
  readonly end: Instant
  readonly key: string
}

const TYPES: Readonly<Record<StatsLevel, string>> = { account: 'AD_ACCOUNT', campaign: 'CAMPAIGN', adsquad: 'AD_SQUAD' }
const WORLD_LEVELS = { account: 'account', campaign: 'campaign', adsquad: 'ad-group' } as const

const hourKey = (date: AccountDate, hour: number): string => `${date} ${hour}`

/** The hour that a clock shows twice is one hour of the world: the first of the two has all of it. */
function intervalsOf(query: StatsQuery, { zone }: WorldAccount): readonly Interval[] {
  const [from, to] = datesOf(query, zone)
  if (query.granularity !== 'HOUR')
    return dates(from, to).map((date) => ({ start: startOfDay(date, zone), end: endOfDay(date, zone), key: date }))
  const seen = new Set<string>()
  const intervals: Interval[] = []
  for (let start = query.from; start < query.to; start = later(start, HOUR_MS)) {
    const key = hourKey(dateAt(start, zone), hourAt(start, zone))
    intervals.push({ start, end: later(start, HOUR_MS), key: seen.has(key) ? `${key} again` : key })
    seen.add(key)
  }
  return intervals
}

function factsOf(world: World, account: WorldAccount, level: StatsLevel, query: StatsQuery): readonly WorldFact[] {
  const [from, to] = datesOf(query, account.zone)
  return world.facts({
    platform: 'snapchat',
    accountId: account.id,
    level: WORLD_LEVELS[level],
    grain: query.granularity === 'HOUR' ? 'hour' : 'day',
    from,
    to,
    // Of the touch that a conversion is credited to the world knows the day of the click.
    basis: query.reportTime === 'conversion' ? 'conversion' : 'click',
  })
}

const keyOf = ({ date, hour }: WorldFact): string => (hour === undefined ? date : hourKey(date, hour))

const isCounted = ({ touch, lagDays }: WorldClaim, { swipeDays, viewDays }: StatsQuery): boolean =>
  lagDays < (touch === 'click' ? swipeDays : viewDays)

function metric(field: string, facts: readonly WorldFact[], query: StatsQuery): unknown {
  if (field === 'spend') return facts.reduce((sum, fact) => sum + fact.spendMicros, 0n)
  if (field === 'impressions') return facts.reduce((sum, fact) => sum + fact.impressions, 0)
  if (field === 'swipes') return facts.reduce((sum, fact) => sum + fact.clicks, 0)
  const action = field === PURCHASE_VALUE ? 'purchase' : CONVERSIONS.get(field)
  const claims = facts.flatMap((fact) => fact.claims.filter((one) => one.action === action && isCounted(one, query)))
  if (field === PURCHASE_VALUE) return claims.reduce((sum, one) => sum + one.valueMicros, 0n)
  return Math.round(claims.reduce((sum, one) => sum + one.count, 0) * 1e6) / 1e6
}

const statsOf = (facts: readonly WorldFact[], query: StatsQuery): Fields =>
  Object.fromEntries(query.fields.map((field) => [field, metric(field, facts, query)]))

const isEmpty = (facts: readonly WorldFact[]): boolean =>
  facts.every((one) => one.spendMicros === 0n && one.impressions === 0 && one.clicks === 0 && one.claims.length === 0)

/** Statistics of one entity: a series, or one sum for `TOTAL`. */
function seriesOf(facts: readonly WorldFact[], query: StatsQuery, account: WorldAccount): Fields {
  if (query.granularity === 'TOTAL') return { stats: statsOf(facts, query) }
  const byKey = Map.groupBy(facts, keyOf)
  const { zone } = account
  return {
    timeseries: intervalsOf(query, account).map(({ start, end, key }) => ({
      start_time: zonedText(start, zone),
      end_time: zonedText(end, zone),
      stats: statsOf(byKey.get(key) ?? [], query),
    })),
  }
}

/** Delivery of the last two days may still change; conversions are processed every fifteen minutes. */
function head({ world, subject, query }: StatsRequest): Fields {
  const { zone } = subject.account
  const finalized = startOfDay(dateAt(later(world.now(), -48 * HOUR_MS), zone), zone)
  const processed = (Math.floor(world.now() / (15 * MINUTE_MS)) * 15 * MINUTE_MS) as Instant
  return {
    id: subject.id,
    type: TYPES[subject.level],
    granularity: query.granularity,
    start_time: zonedText(query.from, zone),
    end_time: zonedText(query.to, zone),
    finalized_data_end_time: zonedText(finalized, zone),
    conversion_data_processed_end_time: zonedText(processed, zone),
    swipe_up_attribution_window: query.swipeDays === 0 ? 'none' : `${query.swipeDays}_DAY`,
    view_attribution_window: query.viewDays === 0 ? 'none' : `${query.viewDays}_DAY`,
  }
}

/** The entities that a breakdown lists: those that are there, and those that are gone and spent. */
function breakdownIds(
  { subject, query }: StatsRequest,
  byId: ReadonlyMap<string, readonly WorldFact[]>,
): readonly string[] {
  const { account } = subject
  const campaigns = [...account.campaigns.values()].filter(({ id }) => subject.level === 'account' || id === subject.id)
  const all = query.breakdown === 'campaign' ? campaigns : campaigns.flatMap(({ adGroups }) => [...adGroups.values()])
  return all
    .filter(({ id, status }) => {
      const none = isEmpty(byId.get(id) ?? [])
      return !none || (!query.omitsEmpty && status !== 'removed')
    })
    .map(({ id }) => id)
}

/** The envelope's fields beside `request_status` and `request_id`. */
export function readStats(request: StatsRequest): Fields {
  const { world, subject, query, paged } = request
  const { account } = subject
  if (query.granularity === 'LIFETIME') return lifetime(subject)
  const [list, item] =
    query.granularity === 'TOTAL' ? ['total_stats', 'total_stat'] : ['timeseries_stats', 'timeseries_stat']
  const level = query.breakdown ?? subject.level
  const byId = Map.groupBy(factsOf(world, account, level, query), ({ id }) => id)
  const envelope = (body: Fields, paging: object): Fields => ({
    paging,
    [list]: [{ sub_request_status: 'SUCCESS', [item]: { ...head(request), ...body } }],
  })
  if (!query.breakdown) return envelope(seriesOf(byId.get(subject.id) ?? [], query, account), {})
  const { items, paging } = page(breakdownIds(request, byId), paged)
  const shown = items.map((id) => ({
    id,
    type: TYPES[level],
    granularity: query.granularity,
    ...seriesOf(byId.get(id) ?? [], query, account),
  }))
  return envelope({ breakdown_stats: { [query.breakdown]: shown } }, paging)
}

/** Of the account only: the pretend world knows nobody else's whole life. */
const lifetime = ({ account, id, level }: StatsSubject): Fields => ({
  lifetime_stats: [
    {
      sub_request_status: 'SUCCESS',
      lifetime_stat: { id, type: TYPES[level], granularity: 'LIFETIME', stats: { spend: account.spentMicros() } },
    },
  ],
})
