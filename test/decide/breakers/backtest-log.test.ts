import { expect, test } from 'vitest'
import { type Backtest, backtest } from '../../../lib/decide/breakers/backtest.ts'
import { handsSeen } from '../../../lib/decide/breakers/hands.ts'
import type { Recorded, RecordedLog, Served } from '../../../lib/decide/breakers/past-views.ts'
import type { RecentOutcome } from '../../../lib/decide/breakers/view.ts'
import type { AlertId } from '../../../lib/model/alert.ts'
import type { BreakerName } from '../../../lib/model/breakers.ts'
import type { IntentId } from '../../../lib/model/intent.ts'
import type { Lever, LeverValue } from '../../../lib/model/lever.ts'
import type { Drift, LeverState } from '../../../lib/model/lever-state.ts'
import { addDays, type Instant, instant } from '../../../lib/units/calendar.ts'
import { ACCOUNT, aView, eur, history, policyWith, SHOES, TODAY } from './views.ts'

const YESTERDAY = addDays(TODAY, -1)
/** Wall clock of Berlin on the day that is tried. */
const at = (clock: string): Instant => instant(`${YESTERDAY}T${clock}:00+02:00`)
const budget: Lever = { account: ACCOUNT, kind: 'daily-budget', entity: 'budget', id: SHOES }
const amount = (units: number): LeverValue => ({ kind: 'money', amount: eur(units) })
const state = (more: Partial<LeverState> = {}): LeverState => ({
  lever: budget,
  version: 1,
  known: amount(240),
  knownAt: at('00:10'),
  ours: true,
  idle: false,
  ...more,
})
const written = (clock: string, more: Partial<LeverState>) => ({ at: at(clock), state: state(more) })

const tried = (log?: Partial<RecordedLog>, served: readonly Served[] = [], more: Partial<Recorded> = {}): Backtest => {
  const of: Recorded = {
    policy: policyWith(),
    structure: aView().structure,
    histories: [history(SHOES, { spend: 240 })],
    hours: new Map(),
    changes: [],
    orders: [],
    cap: eur(1000),
    visible: { today: 1, yesterday: 1 },
    served,
    ...more,
    ...(log ? { log: { since: at('00:00'), levers: [], outcomes: [], drifts: [], ...log } } : {}),
  }
  return backtest(of, YESTERDAY, YESTERDAY)
}
const hoursOf = (rule: BreakerName, { trips }: Backtest) =>
  trips.filter(({ trip }) => trip.rule === rule).map(({ hour }) => hour)

test('divergence is asked of the levers as the log has them at each hour', () => {
  // The answer was lost at 5:05, which is an hour and a half ago at 6:35.
  const pending = { intent: 'p/l' as IntentId, to: amount(300), leaseUntil: at('05:05'), highBefore: amount(240) }
  const lost = tried({ levers: [written('05:00', { pending }), written('12:00', {})] })
  expect(hoursOf('divergence', lost)).toEqual([7])
  expect(hoursOf('divergence', tried({ levers: [written('05:00', { pending }), written('06:00', {})] }))).toEqual([])
})

test('outsideCaps is asked of budgets as they were edited, while they stood so at the full hour', () => {
  const above = { known: amount(1000), cutBackTo: amount(240) }
  expect(hoursOf('outsideCaps', tried({ levers: [written('09:30', above), written('11:15', {})] }))).toEqual([10])
  expect(hoursOf('outsideCaps', tried({ levers: [written('09:30', above), written('09:45', {})] }))).toEqual([])
})

test('deadManSwitch is asked of campaigns that the rule paused', () => {
  const lever: Lever = { account: ACCOUNT, kind: 'status', entity: 'campaign', id: SHOES }
  const stopped = {
    lever,
    known: { kind: 'status', status: 'paused' },
    stopped: { at: at('13:20'), by: 'rule' },
  } as const
  const log = { levers: [written('13:40', { ...stopped, pausedFor: 'a1' as AlertId })] }
  expect(hoursOf('deadManSwitch', tried(log))).toEqual([14])
})

const outcome = (clock: string, refused?: string): RecordedLog['outcomes'][number] => ({
  at: at(clock),
  outcome: {
    change: { lever: budget, from: amount(240), to: amount(200) },
    at: at(clock),
    ...(refused === undefined ? {} : { refused }),
  } as RecentOutcome,
})

test('refusals are asked of what the log says came of the pushes of a day', () => {
  const refused = ['03:10', '04:10', '05:10', '06:10', '07:10'].map((clock) => outcome(clock, 'too low'))
  expect(hoursOf('refusals', tried({ outcomes: refused }))).toEqual([8])
  expect(hoursOf('refusals', tried({ outcomes: refused.slice(1) }))).toEqual([])
})

const drift = (clock: string, actor?: string): Drift => ({
  lever: budget,
  lastKnown: amount(200),
  observed: amount(240),
  seenAt: at(clock),
  resolution: 'cut-back',
  detail: '',
  ...(actor === undefined ? {} : { actor }),
})

test('where the platform tells of no changes, oscillation goes by our own pushes and by what pulls have seen moved', () => {
  const outcomes = [outcome('03:10'), outcome('05:10'), outcome('07:10')]
  const drifts = [drift('04:10'), drift('06:10')]
  // Ours, theirs, ours, theirs, ours: the fourth turn is at ten past seven.
  const { trips } = tried({ outcomes, drifts })
  expect(trips.map(({ trip, hour }) => [trip.rule, hour])).toEqual([['oscillation', 8]])
  expect(trips[0]!.trip.what).toContain('Sluice and somebody moved the same setting in turns, 4 times')
  expect(tried({ outcomes, drifts: [] }).trips).toEqual([])
})

test('a refused push moved nothing, and who moved it is named where it is known', () => {
  const refused = outcome('03:10', 'too low').outcome
  expect(handsSeen([refused], [drift('04:10', 'anna@shop')])).toEqual([
    {
      ...{ at: at('04:10'), actor: 'anna@shop', origin: 'unknown' },
      ...{ entity: { kind: 'budget', id: SHOES }, field: 'daily-budget' },
    },
  ])
  const shared: Lever = { account: ACCOUNT, kind: 'target-cpa', entity: 'portfolio-strategy', id: '9' }
  expect(handsSeen([], [{ ...drift('04:10'), lever: shared }])).toEqual([])
})

test('what came after such a trip is known only where the hours of the day are', () => {
  const above = { known: amount(1000), cutBackTo: amount(240) }
  expect(tried({ levers: [written('09:30', above)] }).trips[0]).not.toHaveProperty('after')
})

test('before the log begins, and without one, rules of the log are not judged', () => {
  const names = ['outsideCaps', 'divergence', 'oscillation', 'refusals', 'deadManSwitch', 'notServing'] as const
  const days = ({ judged }: Backtest) => names.map((name) => judged.get(name)?.days)
  expect(days(tried())).toEqual([0, 0, 0, 0, 0, 0])
  expect(days(tried({ since: at('23:30') }))).toEqual([1, 1, 1, 1, 1, 0])
  expect(days(tried({ since: instant(`${TODAY}T00:30:00+02:00`) }))).toEqual([0, 0, 0, 0, 0, 0])
})

const said = (clock: string, more: object): Served => ({
  at: at(clock),
  campaigns: new Map([[SHOES, { status: 'active', ...more }]]),
})
const trouble = { kind: 'stopped', reasons: ['ADS_DISAPPROVED'] } as const

test('notServing is asked of what the platform had said when a plan was made', () => {
  const { trips, judged } = tried(undefined, [said('01:20', {}), said('09:20', { trouble })])
  expect(judged.get('notServing')).toEqual({ days: 1, byHour: 1 })
  expect(trips.map(({ trip, hour }) => [trip.rule, hour])).toEqual([['notServing', 10]])
  expect(hoursOf('notServing', tried(undefined, [said('09:20', { trouble, status: 'paused' })]))).toEqual([])
})

test('what is said of a campaign now is not what was said of it then', () => {
  const now = aView().structure
  const campaigns = now.campaigns.map((one) => ({ ...one, trouble }))
  const of = { structure: { ...now, campaigns } }
  expect(hoursOf('notServing', tried(undefined, [said('09:20', {})], of))).toEqual([])
  expect(tried(undefined, [], of).judged.get('notServing')).toEqual({ days: 0, byHour: 0 })
})
