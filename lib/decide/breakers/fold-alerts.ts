import type { PortfolioId } from '../../model/account.ts'
import { type AccountRef, accountKey } from '../../model/account.ts'
import { type Alert, type AlertId, hasPaused, isUnresolved, subjectKey } from '../../model/alert.ts'
import type { BreakerName } from '../../model/breakers.ts'
import { hashOf } from '../../model/canonical.ts'
import { HOUR_MS, type Instant, MINUTE_MS } from '../../units/calendar.ts'
import type { Judgement } from './judge.ts'
import type { Trip } from './view.ts'

/** An alert is over when its rule has not tripped for so long: more than one reading says so. */
const OVER_AFTER_MS = 30 * MINUTE_MS
/** Figures that moved are written this often, and at once where what waiting costs has moved by more than a quarter. */
const REWRITE_MS = HOUR_MS
const MUCH = 1.25
/** What comes back so soon after it was over is the same trouble: nobody is told of it twice. */
const SAME_AFTER_MS = 24 * HOUR_MS

export const GUARD = 'guard'

/** Whom the alerts are of. */
export interface AlertPlace {
  readonly portfolio: PortfolioId
  readonly account: AccountRef
  /** When the account's day began; absent where only rules are folded that are about no day. */
  readonly dayBegan?: Instant
}

/** Rules about a limit of the day: each day's breach is one of its own, however soon after another. */
const BY_DAY: ReadonlySet<BreakerName> = new Set(['runawaySpend'])

/** What a reading makes of one alert. */
export interface AlertStep {
  readonly before: Alert | undefined
  /** The same object as before where there is nothing to write. */
  readonly after: Alert
  /** A person is to be told of it, for the first time or because the time is up for which it was put off. */
  readonly told: boolean
  /** The trip that it is about now; absent: it did not trip this time. */
  readonly trip?: Trip
}

/**
 * Holds what tripped against the alerts that there are: one alert for each rule and subject, told once. What a person has
 * taken up stays with the person. An alert is over when its rule can be judged and has not tripped for a while; one for
 * which something was paused never is by itself.
 *
 * @param known alerts of the account, of every portfolio
 */
export function foldAlerts(
  known: readonly Alert[],
  { trips, judged }: Judgement,
  place: AlertPlace,
  now: Instant,
): readonly AlertStep[] {
  const own = known.filter(({ portfolio }) => portfolio === place.portfolio)
  const tripped = new Map(trips.map((trip) => [keyOf(trip), trip]))
  const steps = [...tripped].map(([key, trip]) =>
    tripStep(
      latest(
        own.filter((one) => isOfToday(one, place)),
        key,
        now,
      ),
      trip,
      place,
      now,
    ),
  )
  const quiet = own.filter((alert) => isUnresolved(alert) && !tripped.has(keyOf(alert)))
  return [...steps, ...quiet.flatMap((alert) => quietStep(alert, judged, now) ?? [])]
}

const keyOf = ({ rule, subject }: Pick<Alert, 'rule' | 'subject'>): string => `${rule} ${subjectKey(subject)}`

const isOfToday = ({ rule, lastAt }: Alert, { dayBegan }: AlertPlace): boolean =>
  dayBegan === undefined || !BY_DAY.has(rule) || lastAt >= dayBegan

/** The alert that a trip belongs to: the one that is not over, or the last one if it was over only just now. */
const latest = (own: readonly Alert[], key: string, now: Instant): Alert | undefined =>
  own.find((alert) => keyOf(alert) === key && isUnresolved(alert)) ??
  own
    .filter((alert) => keyOf(alert) === key && alert.by === GUARD && now - alert.at < SAME_AFTER_MS)
    .toSorted((a, b) => b.at - a.at)[0]

function tripStep(before: Alert | undefined, trip: Trip, place: AlertPlace, now: Instant): AlertStep {
  const { rule, subject, what, remedy, waiting } = trip
  const { portfolio, account } = place
  const seen = { what, remedy, waiting, lastAt: now }
  if (!before) {
    const id = hashOf({ rule, subject, account: accountKey(account), portfolio, now }).slice(0, 8) as AlertId
    const opened = { id, version: 1, portfolio, account, rule, subject, ...seen, acts: [], ...mark(now) } as const
    return { before, after: { ...opened, state: 'open', firstAt: now, toldAt: now }, told: true, trip }
  }
  const next = { ...before, ...seen, version: before.version + 1 }
  if (before.state === 'resolved') {
    const { note: _, quietSince: _since, ...rest } = next
    return { before, after: { ...rest, state: 'open', acts: [], ...mark(now) }, told: false, trip }
  }
  if (before.state === 'snoozed' && now >= (before.snoozedUntil ?? now)) {
    const { snoozedUntil: _, note: _note, ...rest } = next
    return { before, after: { ...rest, state: 'open', toldAt: now, ...mark(now) }, told: true, trip }
  }
  const isSame = before.quietSince === undefined && now - before.lastAt < REWRITE_MS && !hasMoved(before, trip)
  const { quietSince: _, ...tripping } = next
  return { before, after: isSame ? before : tripping, told: false, trip }
}

function hasMoved({ waiting: before }: Alert, { waiting }: Trip): boolean {
  const [a, b] = [Number(before.perHour.micros), Number(waiting.perHour.micros)]
  return Math.max(a, b) > MUCH * Math.min(a, b)
}

function quietStep(alert: Alert, judged: ReadonlySet<BreakerName>, now: Instant): AlertStep | undefined {
  if (!judged.has(alert.rule) || hasPaused(alert)) return undefined
  const { quietSince = now } = alert
  if (alert.quietSince === undefined)
    return { before: alert, after: { ...alert, version: alert.version + 1, quietSince }, told: false }
  if (now - quietSince < OVER_AFTER_MS) return undefined
  const { snoozedUntil: _, notDone: _notDone, quietSince: _since, ...rest } = alert
  const after: Alert = {
    ...rest,
    version: alert.version + 1,
    state: 'resolved',
    ...mark(now),
    note: 'it no longer trips',
  }
  return { before: alert, after, told: false }
}

const mark = (now: Instant): Pick<Alert, 'by' | 'at'> => ({ by: GUARD, at: now })

/** The alert as a person leaves it. */
export function settledBy(
  alert: Alert,
  state: 'acknowledged' | 'snoozed' | 'resolved',
  {
    by,
    at,
    note,
    until,
  }: { readonly by: string; readonly at: Instant; readonly note?: string; readonly until?: Instant },
): Alert {
  const { snoozedUntil: _, note: _note, ...rest } = alert
  return {
    ...rest,
    version: alert.version + 1,
    state,
    by,
    at,
    ...(note === undefined ? {} : { note }),
    ...(state === 'snoozed' && until !== undefined ? { snoozedUntil: until } : {}),
  }
}
