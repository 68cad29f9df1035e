import { type After, ASKED_OF, type Backtest, type BacktestTrip } from '../../lib/decide/breakers/backtest.ts'
import { amountText } from '../../lib/decide/words.ts'
import type { AccountKey } from '../../lib/model/account.ts'
import { type BreakerAction, type BreakerName, breakersOf } from '../../lib/model/breakers.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import { type CurrencyCode, fromMainUnits } from '../../lib/units/money.ts'
import { table } from '../terminal/table.ts'

/** The breakers as tried on what is recorded of one account. */
export interface Tried {
  readonly version: PolicyVersion
  readonly account: AccountKey
  readonly currency: CurrencyCode
  /** Days that were asked for. */
  readonly days: number
  /** Whether the platform has told of any change, by whomever. */
  readonly isToldChanges: boolean
  readonly result: Backtest
}

/** What the trips of one rule come to. */
interface Sums {
  readonly rule: BreakerName
  readonly action: BreakerAction
  readonly judged: number
  readonly byHour: number
  readonly trips: readonly BacktestTrip[]
  /** Trips of which it is not known what came after them. */
  readonly unweighed: number
  /** Over those of which it is. */
  readonly after: After
  /** What could not be tried, and why. */
  readonly note?: string
}

function sumsOf(rule: BreakerName, tried: Tried): Sums {
  const { result, version } = tried
  const trips = result.trips.filter(({ trip }) => trip.rule === rule)
  const { days: judged, byHour } = result.judged.get(rule) ?? { days: 0, byHour: 0 }
  const total = (of: keyof After): number => trips.reduce((sum, { after }) => sum + (after?.[of] ?? 0), 0)
  const note = noteOf(rule, judged, byHour, tried)
  return {
    ...{ rule, trips, judged, byHour, action: breakersOf(version.policy)[rule].action },
    unweighed: trips.filter(({ after }) => after === undefined).length,
    after: { saved: total('saved'), keptBack: total('keptBack'), claims: total('claims') },
    ...(note ? { note } : {}),
  }
}

const NEEDS: Readonly<Record<(typeof ASKED_OF)[BreakerName], string>> = {
  hours: 'no hourly history of the day and of three days before it',
  spend: 'no spend is recorded, or there is no cap of the day',
  counts: 'no clicks are recorded',
  orders: 'the orders of the days before are not known',
  log: 'the audit log of the account has nothing of these days',
  changes: 'nothing is recorded',
  plans: 'no plan was made on these days, or its inputs are not kept',
}

/** What of a rule cannot be asked of the past at all. */
const LEFT_OUT: Partial<Readonly<Record<BreakerName, string>>> = {
  outsideCaps: 'asked of budgets that were edited; what all budgets together could cost then is not kept',
  notServing:
    'asked of what the platform had said when a daily plan was made, and not of what came and went in between',
  deadManSwitch: 'asked of campaigns that it paused; whether the rule stood at the platform then is not kept',
}

const WITHOUT_CHANGES =
  'the platform has told of no changes: asked of our own pushes and of what pulls have seen moved, several moves between two pulls as one'

function noteOf(rule: BreakerName, judged: number, byHour: number, { days, isToldChanges }: Tried): string | undefined {
  const of = ASKED_OF[rule]
  if (judged === 0) return `${NEEDS[of]}: it cannot be tested`
  const notes = [
    judged < days ? `on ${days - judged} of ${days} days it cannot be tested (${NEEDS[of]})` : '',
    byHour < judged
      ? `on ${judged - byHour} of ${days} days it could only be asked at the day’s end (${of === 'counts' ? 'no clicks by the hour' : 'no hourly history'}): what a stop would have saved there is not known`
      : '',
    LEFT_OUT[rule] ?? '',
    of === 'changes' && !isToldChanges ? WITHOUT_CHANGES : '',
  ].filter((note) => note !== '')
  return notes.length > 0 ? notes.join('; ') : undefined
}

const HEAD = ['breaker', 'action now', 'days judged', 'trips', 'a stop saves', 'a stop keeps back', 'claims of that']

export function triedText(tried: Tried, rules: readonly BreakerName[]): string {
  const { version, account } = tried
  const sums = rules.map((rule) => sumsOf(rule, tried))
  const trips = sums.flatMap((one) =>
    one.trips.map(
      ({ trip, date, hour }) => `  ${date} ${hour === 24 ? 'day’s end' : `${hour}:00`}  ${trip.rule}: ${trip.what}`,
    ),
  )
  const quiet = sums.some(({ judged }) => judged > 0)
    ? '  Nothing would have tripped on the days that could be judged.'
    : '  Nothing could be judged.'
  return [
    `Portfolio ${version.policy.portfolio} · ${account}`,
    table(
      HEAD,
      sums.map((one) => rowOf(one, tried)),
    ),
    ...(trips.length > 0 ? trips : [quiet]),
    ...sums.flatMap(({ rule, note }) => (note ? [`  ${rule}: ${note}.`] : [])),
    '',
  ].join('\n')
}

function rowOf({ rule, action, judged, trips, unweighed, after }: Sums, { currency }: Tried): readonly string[] {
  if (judged === 0) return [rule, action, '0', '—', '—', '—', '—']
  const weighed = trips.length - unweighed
  const known = (text: string): string =>
    unweighed === 0 ? text : weighed === 0 ? 'not known' : `${text} + ${unweighed} not known`
  const amount = (units: number): string => known(amountText(fromMainUnits(units, currency, 'half-even')))
  return [
    ...[rule, action, String(judged), String(trips.length)],
    ...[amount(after.saved), amount(after.keptBack), known(after.claims.toFixed(1))],
  ]
}

export function triedJson(tried: Tried, rules: readonly BreakerName[]) {
  const { version, account, currency } = tried
  const amount = (units: number) => ({
    micros: fromMainUnits(units, currency, 'half-even').micros.toString(),
    currency,
  })
  return {
    portfolio: version.policy.portfolio,
    account,
    breakers: rules.map((rule) => {
      const { action, judged, byHour, trips, unweighed, after, note } = sumsOf(rule, tried)
      const isKnown = judged > 0 && (trips.length === 0 || unweighed < trips.length)
      return {
        ...{ rule, action, daysJudged: judged, daysByHour: byHour, notKnown: unweighed, note: note ?? null },
        claimsKeptBack: isKnown ? after.claims : null,
        saved: isKnown ? amount(after.saved) : null,
        keptBack: isKnown ? amount(after.keptBack) : null,
        trips: trips.map((one) => ({
          ...{ date: one.date, hour: one.hour, what: one.trip.what },
          saved: one.after ? amount(one.after.saved) : null,
          keptBack: one.after ? amount(one.after.keptBack) : null,
        })),
      }
    }),
  }
}
