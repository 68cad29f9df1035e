import { subjectKey } from '../../model/alert.ts'
import { BREAKERS, type BreakerName } from '../../model/breakers.ts'
import { type AccountDate, dates } from '../../units/calendar.ts'
import { LEAST_DAYS, mean, spentBefore, spentBetween } from './figures.ts'
import { askRules } from './judge.ts'
import { HOURS } from './past-spend.ts'
import { type PastDay, pastDays, type Recorded } from './past-views.ts'
import type { Trip } from './view.ts'

/**
 * What of the past a rule looks at. `hours`: spend by the hour. `spend`: that, or a day's at its end. `counts`: clicks by the
 * hour, or a day's at its end. `orders`: days before it. `log`: the audit log. `changes`: that, or the platform's change
 * history. `plans`: what the platform had said when a plan was made.
 */
export const ASKED_OF: Readonly<
  Record<BreakerName, 'hours' | 'spend' | 'counts' | 'orders' | 'log' | 'changes' | 'plans'>
> = {
  runawaySpend: 'spend',
  spendVelocity: 'hours',
  priceJump: 'counts',
  zeroDelivery: 'hours',
  zeroConversions: 'counts',
  claimsAboveOrders: 'orders',
  outsideCaps: 'log',
  divergence: 'log',
  oscillation: 'changes',
  refusals: 'log',
  notServing: 'plans',
  deadManSwitch: 'log',
}

/** When a rule would have tripped for a subject first on a day. */
export interface BacktestTrip {
  readonly trip: Trip
  readonly date: AccountDate
  /** Hours of the day that were over; 24 at its end. */
  readonly hour: number
  /** Absent where the hours after it, or what is usual in them, are not known. */
  readonly after?: After
}

/** What stopping it there would have meant. */
export interface After {
  /** Main units that went out after it beyond what is usual: what a stop would have saved. */
  readonly saved: number
  /** Main units that usually go out after it: what a stop for nothing would have kept back. */
  readonly keptBack: number
  /** Conversions claimed for what was spent after it. */
  readonly claims: number
}

/** Days on which a rule could say something. */
export interface Judged {
  readonly days: number
  /** Those of them on which it could do so before the day's end. */
  readonly byHour: number
}

export interface Backtest {
  readonly trips: readonly BacktestTrip[]
  readonly judged: ReadonlyMap<BreakerName, Judged>
}

/** Asks every rule, switched on or not, hour by hour and day by day of what was recorded, as if it were then. */
export function backtest(recorded: Recorded, from: AccountDate, to: AccountDate): Backtest {
  const dayOf = pastDays(recorded)
  const days = dates(from, to).flatMap((date) => {
    const day = dayOf(date)
    return day ? [tryDay(day, recorded)] : []
  })
  const judged = BREAKERS.map((name): [BreakerName, Judged] => [
    name,
    {
      days: days.filter(({ asked }) => asked.has(name)).length,
      byHour: days.filter(({ byHour }) => byHour.has(name)).length,
    },
  ])
  return { trips: days.flatMap(({ trips }) => trips), judged: new Map(judged) }
}

interface TriedDay {
  readonly trips: readonly BacktestTrip[]
  readonly asked: ReadonlySet<BreakerName>
  readonly byHour: ReadonlySet<BreakerName>
}

function tryDay(day: PastDay, { log, changes }: Recorded): TriedDay {
  const found = new Map<string, { trip: Trip; hour: number }>()
  const [byHour, asked] = [new Set<BreakerName>(), new Set<BreakerName>()]
  const ask = (hour: number, view: PastDay['whole'], names: readonly BreakerName[], into: Set<BreakerName>): void => {
    const { trips, judged } = askRules(view, names)
    for (const name of judged) into.add(name)
    for (const trip of trips) {
      const key = `${trip.rule} ${subjectKey(trip.subject)}`
      if (!found.has(key)) found.set(key, { trip, hour })
    }
  }
  for (let hour = 1; hour <= HOURS; hour++) {
    const view = day.at(hour)
    const isLogged = log !== undefined && view.now >= log.since
    const isTold = isLogged || changes.some(({ at }) => at <= view.now)
    const names = BREAKERS.filter((name) => isAskable(ASKED_OF[name], hour, day, isLogged, isTold))
    ask(hour, view, names, byHour)
    const served = day.served(hour)
    if (served) ask(hour, served, OF_PLANS, byHour)
  }
  ask(
    HOURS,
    day.whole,
    BREAKERS.filter((name) => isOfDays(ASKED_OF[name])),
    asked,
  )
  const trips = [...found.values()].map(({ trip, hour }) => weighed(trip, hour, day, byHour.has(trip.rule)))
  return { trips, byHour, asked: asked.union(byHour) }
}

type AskedOf = (typeof ASKED_OF)[BreakerName]

const OF_PLANS = BREAKERS.filter((name) => ASKED_OF[name] === 'plans')

const isOfDays = (of: AskedOf): boolean => of === 'spend' || of === 'counts' || of === 'orders'

function isAskable(
  of: AskedOf,
  hour: number,
  { until, hasCounts }: PastDay,
  isLogged: boolean,
  isTold: boolean,
): boolean {
  switch (of) {
    case 'hours':
    case 'spend':
    case 'orders':
      return hour <= until
    case 'counts':
      return hour <= until && hasCounts
    case 'log':
      return isLogged
    case 'changes':
      return isTold
    case 'plans':
      return false
  }
}

/** What went out after a trip, told apart into what is usual and what is not. */
function weighed(trip: Trip, hour: number, { date, until, whole }: PastDay, isByHour: boolean): BacktestTrip {
  if (!isByHour || until === 0 || whole.past.length < LEAST_DAYS) return { trip, date, hour }
  const parts = trip.campaigns.map((id) => {
    const spent = spentBetween(whole.spend.get(id), hour, HOURS)
    const day = spentBetween(whole.spend.get(id), 0, HOURS)
    const claims = whole.claims?.[0]?.campaigns.get(id)?.conversions ?? 0
    return {
      spent,
      usual: mean(spentBefore(whole, id, hour, HOURS)),
      claims: day > 0 ? (claims * spent) / day : 0,
    }
  })
  return {
    ...{ trip, date, hour },
    after: {
      saved: parts.reduce((sum, { spent, usual }) => sum + Math.max(0, spent - usual), 0),
      keptBack: parts.reduce((sum, { spent, usual }) => sum + Math.min(spent, usual), 0),
      claims: parts.reduce((sum, { claims }) => sum + claims, 0),
    },
  }
}
