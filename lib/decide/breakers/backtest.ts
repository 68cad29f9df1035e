import type { CampaignId } from '../../model/account.ts'
import { accountKey } from '../../model/account.ts'
import { subjectKey } from '../../model/alert.ts'
import { BREAKERS, type BreakerName } from '../../model/breakers.ts'
import { ruleKey } from '../../model/conversions.ts'
import type { EntityHistory } from '../../model/history.ts'
import type { OrderDay } from '../../model/orders.ts'
import type { Policy } from '../../model/policy.ts'
import type { AccountStructure, ChangeEvent } from '../../model/structure.ts'
import { type AccountDate, addDays, dates, endOfDay, type Instant, startOfDay } from '../../units/calendar.ts'
import type { Money } from '../../units/money.ts'
import { mean, spentBefore, spentBetween } from './figures.ts'
import { judgeBreakers } from './judge.ts'
import type { ClaimedDay, GuardView, Hours, Trip } from './view.ts'

/** Rules about what was being pushed at the time, of which nothing is recorded that could be asked again. */
export const NOT_RECORDED: ReadonlySet<BreakerName> = new Set([
  'outsideCaps',
  'divergence',
  'refusals',
  'notServing',
  'deadManSwitch',
])
const PAST_DAYS = 7
const HOURS = 24

/** What was recorded of one account. */
export interface Recorded {
  readonly policy: Policy
  readonly structure: AccountStructure
  readonly histories: readonly EntityHistory[]
  /** Spend by hour, of those days of which it is kept. */
  readonly hours: ReadonlyMap<AccountDate, ReadonlyMap<CampaignId, Hours>>
  readonly changes: readonly ChangeEvent[]
  readonly orders: readonly OrderDay[]
  readonly cap: Money | undefined
}

/** When a rule would have tripped for a subject first on a day, and what stopping it there would have meant. */
export interface BacktestTrip {
  readonly trip: Trip
  readonly date: AccountDate
  /** Hours of the day that were over; 24 where only the whole day is known. */
  readonly hour: number
  /** Main units that went out after it beyond what is usual: what a stop would have saved. */
  readonly saved: number
  /** Main units that usually go out after it: what a stop for nothing would have kept back. */
  readonly keptBack: number
  /** Conversions claimed for what was spent after it. */
  readonly claims: number
}

export interface Backtest {
  readonly trips: readonly BacktestTrip[]
  /** Days on which each rule could be judged, by what is recorded. */
  readonly judged: ReadonlyMap<BreakerName, number>
}

/** Asks every rule, switched on or not, hour by hour and day by day of what was recorded, as if it were then. */
export function backtest(recorded: Recorded, from: AccountDate, to: AccountDate): Backtest {
  const trips: BacktestTrip[] = []
  const judged = new Map<BreakerName, number>(BREAKERS.map((name) => [name, 0]))
  for (const date of dates(from, to)) {
    const seen = new Set<string>()
    const able = new Set<BreakerName>()
    for (const hour of recorded.hours.has(date) ? hoursToTry : [HOURS]) {
      const view = viewAt(recorded, date, hour)
      if (!view) continue
      const found = judgeBreakers(view, true)
      for (const name of found.judged) if (!NOT_RECORDED.has(name)) able.add(name)
      for (const trip of found.trips) {
        const key = `${trip.rule} ${subjectKey(trip.subject)}`
        if (seen.has(key)) continue
        seen.add(key)
        trips.push(weighed(trip, date, hour, viewAt(recorded, date, HOURS) ?? view))
      }
    }
    for (const name of able) judged.set(name, (judged.get(name) ?? 0) + 1)
  }
  return { trips, judged }
}

const hoursToTry: readonly number[] = Array.from({ length: HOURS }, (_, hour) => hour + 1)

/** What could be seen when so many hours of a day were over; undefined for a day of which nothing is known. */
function viewAt(recorded: Recorded, date: AccountDate, hour: number): GuardView | undefined {
  const { policy, structure, histories, hours, orders, cap } = recorded
  const figures = dayFigures(histories, date)
  const byHour = hours.get(date)
  if (figures.size === 0 && !byHour) return undefined
  const spend = new Map([...(byHour ?? spreadEvenly(figures))].map(([id, of]) => [id, upTo(of, hour)] as const))
  const past = dates(addDays(date, -PAST_DAYS), addDays(date, -1)).flatMap((day) => {
    const known = hours.get(day)
    return known ? [{ date: day, spend: known }] : []
  })
  const [start, end] = [startOfDay(date, structure.zone), endOfDay(date, structure.zone)]
  const now = (start + ((end - start) * hour) / HOURS) as Instant
  const isOver = hour === HOURS
  return {
    ...{ now, today: date, clock: hour, policy, structure, spend, past, orders },
    counts: isOver ? figures : new Map(),
    histories: histories.map((one) => ({ ...one, days: one.days.filter((day) => day.date < date) })),
    ...(isOver ? { claims: [claimedOn(recorded, date)] } : {}),
    ...(cap ? { cap } : {}),
    levers: [],
    changes: recorded.changes.filter(({ at }) => start <= at && at < now),
    outcomes: [],
  }
}

const upTo = (hours: Hours, hour: number): Hours => hours.map((micros, i) => (i < hour ? micros : 0n))

interface Figures {
  spendMicros: bigint
  impressions: number
  clicks: number
}

function dayFigures(histories: readonly EntityHistory[], date: AccountDate): ReadonlyMap<CampaignId, Figures> {
  const figures = new Map<CampaignId, Figures>()
  for (const { campaign, days } of histories)
    for (const day of days) {
      if (day.date !== date) continue
      const { spendMicros = 0n, impressions = 0, clicks = 0 } = figures.get(campaign) ?? {}
      figures.set(campaign, {
        spendMicros: spendMicros + day.spendMicros,
        impressions: impressions + day.impressions,
        clicks: clicks + day.clicks,
      })
    }
  return figures
}

/** Where only the day is known: only rules about whole days are asked of it. */
const spreadEvenly = (figures: ReadonlyMap<CampaignId, Figures>): ReadonlyMap<CampaignId, Hours> =>
  new Map(
    [...figures].map(([id, { spendMicros }]) => [id, Array.from({ length: HOURS }, () => spendMicros / BigInt(HOURS))]),
  )

/** As it was counted in the end: what was visible on the day itself is not asked. */
function claimedOn({ policy, structure, histories }: Recorded, date: AccountDate): ClaimedDay {
  const terms = policy.accounts.find(({ account }) => accountKey(account) === accountKey(structure.account))
  const rule = terms ? ruleKey(terms.conversions) : ''
  const campaigns = new Map<CampaignId, { clicks: number; conversions: number }>()
  for (const { campaign, days } of histories)
    for (const day of days.filter((one) => one.date === date)) {
      const { clicks = 0, conversions = 0 } = campaigns.get(campaign) ?? {}
      campaigns.set(campaign, {
        clicks: clicks + day.clicks,
        conversions: conversions + (day.conversions[rule]?.count ?? 0),
      })
    }
  return { visible: 1, campaigns }
}

/** What went out after a trip, told apart into what is usual and what is not. */
function weighed(trip: Trip, date: AccountDate, hour: number, day: GuardView): BacktestTrip {
  const after = trip.campaigns.map((id) => ({
    id,
    spent: spentBetween(day.spend.get(id), hour, HOURS),
    usual: mean(spentBefore(day, id, hour, HOURS)),
  }))
  const claims = after.reduce((sum, { id, spent }) => {
    const whole = spentBetween(day.spend.get(id), 0, HOURS)
    const counted = day.claims?.reduce((all, { campaigns }) => all + (campaigns.get(id)?.conversions ?? 0), 0) ?? 0
    return whole > 0 ? sum + (counted * spent) / whole : sum
  }, 0)
  return {
    ...{ trip, date, hour, claims },
    saved: after.reduce((sum, { spent, usual }) => sum + Math.max(0, spent - usual), 0),
    keptBack: after.reduce((sum, { spent, usual }) => sum + Math.min(spent, usual), 0),
  }
}
