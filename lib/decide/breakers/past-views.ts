import type { CampaignId } from '../../model/account.ts'
import { accountKey } from '../../model/account.ts'
import { ruleKey } from '../../model/conversions.ts'
import type { EntityHistory } from '../../model/history.ts'
import { leverKey } from '../../model/lever.ts'
import type { Drift, LeverState } from '../../model/lever-state.ts'
import type { OrderDay } from '../../model/orders.ts'
import type { Policy } from '../../model/policy.ts'
import type { AccountStructure, Campaign, ChangeEvent } from '../../model/structure.ts'
import {
  type AccountDate,
  addDays,
  DAY_MS,
  dates,
  endOfDay,
  HOUR_MS,
  type Instant,
  startOfDay,
} from '../../units/calendar.ts'
import type { Money } from '../../units/money.ts'
import { handsSeen } from './hands.ts'
import { completed, dayFigures, HOURS, type RecordedHours } from './past-spend.ts'
import type { CapSpend, ClaimedDay, Counts, GuardView, Hours, RecentOutcome } from './view.ts'

const PAST_DAYS = 7

/** What is recorded of an account, from which what could be seen at an hour of the past is put together. */
export interface Recorded {
  /** As it is now, like the structure: what either was then is not asked. */
  readonly policy: Policy
  readonly structure: AccountStructure
  readonly histories: readonly EntityHistory[]
  readonly hours: ReadonlyMap<AccountDate, RecordedHours>
  readonly changes: readonly ChangeEvent[]
  readonly orders: readonly OrderDay[]
  readonly cap: Money | undefined
  /** What the caps over more than one account had spent when so many hours of a day of this one were over; absent: none. */
  readonly caps?: (date: AccountDate, hour: number) => readonly CapSpend[]
  /** Share of the eventual conversions of a day's clicks that can be seen on the day, and on the day after. */
  readonly visible: { readonly today: number; readonly yesterday: number }
  readonly log?: RecordedLog
  /** Oldest first. */
  readonly served: readonly Served[]
}

/** What the platform said of campaigns when a plan was made, by the inputs that are kept of it. */
export interface Served {
  readonly at: Instant
  readonly campaigns: ReadonlyMap<CampaignId, Pick<Campaign, 'status' | 'trouble'>>
}

/** What the audit log of the account has of its levers and of pushes to it. */
export interface RecordedLog {
  readonly since: Instant
  /** As each write left them, oldest first. */
  readonly levers: readonly { readonly at: Instant; readonly state: LeverState }[]
  /** With when it was known. */
  readonly outcomes: readonly { readonly at: Instant; readonly outcome: RecentOutcome }[]
  readonly drifts: readonly Drift[]
}

/** A day of the past, as it could be seen. */
export interface PastDay {
  readonly date: AccountDate
  /** So many of its hours are known one by one. */
  readonly until: number
  readonly hasCounts: boolean
  /** When so many hours were over. */
  at(hour: number): GuardView
  /** The same with what was said of campaigns in the hour before that; undefined: nothing was. */
  served(hour: number): GuardView | undefined
  /** At its end; what is known of the day alone is spread over the hours of which nothing is. */
  readonly whole: GuardView
}

/** @returns the days that are asked for in their order; undefined for one of which nothing is known */
export function pastDays(recorded: Recorded): (date: AccountDate) => PastDay | undefined {
  const ended = lastSpent(recorded)
  const levers = leversOver(recorded.log)
  return (date) => {
    const figures = dayFigures(recorded.histories, date)
    const known = recorded.hours.get(date)
    if (figures.size === 0 && !known) return undefined
    const before: Before = {
      histories: recorded.histories.map((one) => ({ ...one, days: one.days.filter((day) => day.date < date) })),
      past: dates(addDays(date, -PAST_DAYS), addDays(date, -1)).flatMap((day) => {
        const hours = recorded.hours.get(day)
        return hours ? [{ date: day, spend: hours.spend }] : []
      }),
    }
    const base = (hour: number) => baseView(recorded, date, hour, before, ended, levers)
    const until = known?.until ?? 0
    const capsAt = (hour: number) => (recorded.caps ? { caps: recorded.caps(date, hour) } : {})
    const at = (hour: number): GuardView => ({
      ...base(hour),
      ...upTo(recorded, date, hour),
      ...(hour <= until ? capsAt(hour) : {}),
    })
    return {
      date,
      until,
      hasCounts: known?.counts !== undefined,
      at,
      served: (hour) => asServed(at(hour), recorded.served),
      whole: {
        ...base(HOURS),
        ...capsAt(HOURS),
        spend: completed(known, figures),
        counts: figures,
        claims: claimsOn(recorded, date, figures),
      },
    }
  }
}

type Before = Pick<GuardView, 'histories' | 'past'>

function baseView(
  { policy, structure, orders, cap, changes, log }: Recorded,
  date: AccountDate,
  hour: number,
  before: Before,
  ended: ReadonlyMap<CampaignId, Ended>,
  levers: (now: Instant) => readonly LeverState[],
): Omit<GuardView, 'spend' | 'counts'> {
  const [start, end] = [startOfDay(date, structure.zone), endOfDay(date, structure.zone)]
  const now = (start + ((end - start) * hour) / HOURS) as Instant
  const isLately = (at: Instant): boolean => now - DAY_MS <= at && at <= now
  const outcomes = (log?.outcomes ?? []).flatMap(({ at, outcome }) =>
    at <= now && isLately(outcome.at) ? [outcome] : [],
  )
  const told = changes.filter(({ at }) => isLately(at))
  const drifts = (log?.drifts ?? []).filter(({ seenAt }) => isLately(seenAt))
  return {
    ...{ now, today: date, clock: hour, policy, orders, outcomes, ...before },
    structure: {
      ...structure,
      campaigns: structure.campaigns.map((one) =>
        one.status !== 'active' && ranAt(ended.get(one.id), date, hour) ? { ...one, status: 'active' } : one,
      ),
    },
    ...(cap ? { cap } : {}),
    levers: levers(now),
    changes: told.length > 0 ? told : handsSeen(outcomes, drifts),
  }
}

type Seen = Pick<GuardView, 'spend' | 'counts' | 'countsByHour' | 'claims'>

/** A campaign of which nothing was said then is in no trouble that is known. */
function asServed(view: GuardView, served: readonly Served[]): GuardView | undefined {
  const said = served.findLast(({ at }) => view.now - HOUR_MS < at && at <= view.now)
  if (!said) return undefined
  const campaigns = view.structure.campaigns.map(({ trouble: _, ...one }) => ({
    ...one,
    ...said.campaigns.get(one.id),
  }))
  return { ...view, structure: { ...view.structure, campaigns } }
}

function upTo(recorded: Recorded, date: AccountDate, hour: number): Seen {
  const { spend = new Map<CampaignId, Hours>(), counts } = recorded.hours.get(date) ?? {}
  const until = new Map([...spend].map(([id, of]) => [id, of.map((micros, i) => (i < hour ? micros : 0n))] as const))
  if (!counts) return { spend: until, counts: new Map() }
  const soFar = new Map([...counts].map(([id, of]) => [id, together(of.slice(0, hour))] as const))
  const byHour = new Map(
    [...counts].map(([id, of]) => [id, of.map((one, i) => (i < hour ? one : together([])))] as const),
  )
  return { spend: until, counts: soFar, countsByHour: byHour, claims: claimsOn(recorded, date, soFar) }
}

const together = (counts: readonly Counts[]): Counts => ({
  impressions: counts.reduce((sum, one) => sum + one.impressions, 0),
  clicks: counts.reduce((sum, one) => sum + one.clicks, 0),
})

/** The last hour in which something is known to have been spent. */
interface Ended {
  readonly date: AccountDate
  readonly hour: number
}

/** A campaign that does not run any more ran until it last spent something. */
const ranAt = (ended: Ended | undefined, date: AccountDate, hour: number): boolean =>
  ended !== undefined && (date < ended.date || (date === ended.date && hour - 1 <= ended.hour))

function lastSpent({ histories, hours }: Recorded): ReadonlyMap<CampaignId, Ended> {
  const last = new Map<CampaignId, Ended>()
  const spentOn = (id: CampaignId, one: Ended): void => {
    const before = last.get(id)
    if (!before || before.date < one.date) last.set(id, one)
  }
  for (const { campaign, days } of histories) {
    const day = days.findLast(({ spendMicros }) => spendMicros > 0n)
    if (day) spentOn(campaign, { date: day.date, hour: lastHour(hours.get(day.date), campaign) })
  }
  for (const [date, known] of hours)
    for (const [id, of] of known.spend)
      if (of.some((micros) => micros > 0n)) spentOn(id, { date, hour: lastHour(known, id) })
  return last
}

/** Where the hours of the day are not known to its end, it may have been any later one. */
function lastHour(known: RecordedHours | undefined, id: CampaignId): number {
  const hour = known?.spend.get(id)?.findLastIndex((micros) => micros > 0n) ?? -1
  return known && hour >= 0 && hour < known.until - 1 ? hour : HOURS - 1
}

/** Of the day and of the one before it, conversions as they are counted by now: none is none at any hour. */
function claimsOn(
  { policy, structure, histories, visible }: Recorded,
  date: AccountDate,
  counts: ReadonlyMap<CampaignId, Counts>,
): readonly ClaimedDay[] {
  const terms = policy.accounts.find(({ account }) => accountKey(account) === accountKey(structure.account))
  const rule = terms ? ruleKey(terms.conversions) : ''
  const yesterday = addDays(date, -1)
  const of = (day: AccountDate, clicked: ReadonlyMap<CampaignId, Counts>): ClaimedDay['campaigns'] => {
    const counted = conversionsOn(histories, rule, day)
    const ids = new Set([...counted.keys(), ...clicked.keys()])
    return new Map(
      [...ids].map((id) => [id, { clicks: clicked.get(id)?.clicks ?? 0, conversions: counted.get(id) ?? 0 }]),
    )
  }
  return [
    { visible: visible.today, campaigns: of(date, counts) },
    { visible: visible.yesterday, campaigns: of(yesterday, dayFigures(histories, yesterday)) },
  ]
}

function conversionsOn(
  histories: readonly EntityHistory[],
  rule: string,
  date: AccountDate,
): ReadonlyMap<CampaignId, number> {
  const counts = new Map<CampaignId, number>()
  for (const { campaign, days } of histories)
    for (const day of days)
      if (day.date === date) counts.set(campaign, (counts.get(campaign) ?? 0) + (day.conversions[rule]?.count ?? 0))
  return counts
}

/** The levers as they stood at an instant; asked for one after the other, each write is looked at once. */
function leversOver(log: RecordedLog | undefined): (now: Instant) => readonly LeverState[] {
  const states = new Map<string, LeverState>()
  let next = 0
  let last = Number.NEGATIVE_INFINITY
  return (now) => {
    if (now < last) {
      states.clear()
      next = 0
    }
    last = now
    for (let write = log?.levers[next]; write && write.at <= now; write = log?.levers[next]) {
      states.set(leverKey(write.state.lever), write.state)
      next += 1
    }
    return [...states.values()]
  }
}
