import { describe, expect, test } from 'vitest'
import { divergence } from '../../../lib/decide/breakers/divergence.ts'
import { notServing } from '../../../lib/decide/breakers/not-serving.ts'
import { oscillation } from '../../../lib/decide/breakers/oscillation.ts'
import { refusals } from '../../../lib/decide/breakers/refusals.ts'
import type { RecentOutcome } from '../../../lib/decide/breakers/view.ts'
import type { AdGroupId } from '../../../lib/model/account.ts'
import type { Lever, LeverValue } from '../../../lib/model/lever.ts'
import type { LeverState } from '../../../lib/model/lever-state.ts'
import type { ChangeEvent } from '../../../lib/model/structure.ts'
import { type Instant, later, MINUTE_MS } from '../../../lib/units/calendar.ts'
import { ACCOUNT, aView, campaign, eur, HATS, history, hourly, NOW, policyWith, SHOES, withCampaign } from './views.ts'

const amount = (units: number): LeverValue => ({ kind: 'money', amount: eur(units) })
const budget = (id: string): Lever => ({ account: ACCOUNT, kind: 'daily-budget', entity: 'budget', id })
const status = (id: string): Lever => ({ account: ACCOUNT, kind: 'status', entity: 'campaign', id })
const LONG_AGO = later(NOW, -90 * MINUTE_MS)

describe('divergence', () => {
  const state = (more: Partial<LeverState>): LeverState => ({
    ...{ lever: budget('10'), version: 3, known: amount(480), ours: true, idle: false },
    knownAt: (LONG_AGO - 1) as Instant,
    ...more,
  })
  const cut = state({ cutBackTo: amount(240) })
  const pendingTo = (to: LeverValue, leaseUntil: number): Partial<LeverState> => ({
    pending: { intent: 'p/l' as never, to, leaseUntil: leaseUntil as Instant, highBefore: amount(480) },
  })
  const found = (...levers: readonly LeverState[]) => divergence(aView({ levers }))!

  test('is one after more than ninety minutes', () => {
    expect(found(cut)).toHaveLength(1)
    expect(found({ ...cut, knownAt: LONG_AGO })).toEqual([])
    expect(found(state(pendingTo(amount(240), LONG_AGO - 1)))).toHaveLength(1)
    expect(found(state(pendingTo(amount(240), LONG_AGO)))).toEqual([])
  })

  test('is none of what cannot spend, or is no amount, or stands no higher than it may', () => {
    expect(found({ ...cut, idle: true })).toEqual([])
    expect(found({ ...cut, known: { kind: 'ratio', value: 3 } })).toEqual([])
    expect(found({ ...cut, cutBackTo: { kind: 'ratio', value: 3 } })).toEqual([])
    expect(found({ ...cut, known: amount(240) })).toEqual([])
    expect(found({ ...cut, known: amount(240.01) })).toHaveLength(1)
    expect(found(state({}))).toEqual([])
  })

  test('is none of campaigns that are not the portfolio’s', () => {
    const policy = policyWith({ members: [{ name: 'hats', class: 'prospecting' }] })
    expect(divergence(aView({ policy, levers: [cut] }))).toEqual([])
  })

  test('of three is told of each, of more of three and how many besides', () => {
    const text = (count: number) => found(...Array.from({ length: count }, () => cut))[0]!.what
    const ONE = 'the daily budget of "10" stands at 480.00 EUR and not at 240.00 EUR'
    expect(text(3)).toBe(`${ONE}; ${ONE}; ${ONE}.`)
    expect(text(4)).toBe(`${ONE}; ${ONE}; ${ONE}; and 1 more.`)
    expect(text(5)).toBe(`${ONE}; ${ONE}; ${ONE}; and 2 more.`)
  })

  test('costs what stands above, and nothing where it is below or no amount', () => {
    const long = LONG_AGO - 1
    // 240 a day twice over.
    expect(found(cut, state({ ...pendingTo(amount(240), long) }))[0]!.waiting.perHour).toEqual(eur(20))
    expect(found(state({ ...pendingTo(amount(960), long) }))[0]!.waiting.perHour).toEqual(eur(0))
    const paused: LeverValue = { kind: 'status', status: 'paused' }
    const stopped = state({
      ...{ lever: status('10'), known: { kind: 'status', status: 'active' } },
      ...pendingTo(paused, long),
    })
    const [trip] = found(stopped)
    expect(trip!.waiting.perHour).toEqual(eur(0))
    expect(trip!.what).toMatch(/^the status of "Shoes" stands at/)
    expect(found(state({ ...pendingTo(paused, long) }))[0]!.waiting.perHour).toEqual(eur(0))
  })
})

describe('oscillation', () => {
  /** So many hours ago; ours or another tool's. */
  const moved = (hour: number, isOurs: boolean, more: Partial<ChangeEvent> = {}): ChangeEvent => ({
    ...{ at: (NOW - hour * 60 * MINUTE_MS) as Instant, actor: isOurs ? 'sluice' : 'rules' },
    ...{ origin: isOurs ? 'ours' : 'other-tool', entity: { kind: 'budget', id: '10' }, field: 'amount' },
    ...more,
  })
  const inTurn = (hands: string, more: Partial<ChangeEvent> = {}): readonly ChangeEvent[] =>
    [...hands].map((hand, i) => moved(20 - i, hand === 'o', more))
  const found = (changes: readonly ChangeEvent[]) => oscillation(aView({ changes }))!

  test('counts how often the hand changes, not how often somebody moves it', () => {
    expect(found(inTurn('otoot'))).toEqual([])
    expect(found(inTurn('ootot'))).toEqual([])
    expect(found(inTurn('totto'))).toEqual([])
    expect(found(inTurn('otottoo'))).toHaveLength(1)
    expect(found(inTurn('ototo'))[0]!.what).toContain('Sluice and rules moved the same setting in turns, 4 times')
  })

  test('of several settings of a campaign tells of the worst, and of the first of equals', () => {
    const [four, five] = [inTurn('ototo'), inTurn('ototot', { field: 'bid', actor: 'bidder' })]
    expect(found([...four, ...five])[0]!.what).toContain('bidder moved the same setting in turns, 5 times')
    expect(found([...five, ...four])[0]!.what).toContain('bidder moved the same setting in turns, 5 times')
    const other = inTurn('ototo', { field: 'bid', actor: 'bidder' })
    expect(found([...four, ...other])[0]!.what).toContain('Sluice and rules moved')
  })

  test('is told of the campaign itself, of all that a budget feeds, or of the ad group’s', () => {
    const view = aView()
    const adGroups = [{ id: '7' as AdGroupId, name: 'Boots', campaign: HATS, status: 'active' }] as never
    const budgets = [{ ...view.structure.budgets[0]!, campaigns: [SHOES, HATS] }]
    const structure = { ...view.structure, adGroups, budgets }
    const of = (entity: ChangeEvent['entity']) =>
      oscillation({ ...view, structure, changes: inTurn('ototo', { entity }) })!.flatMap(({ campaigns }) => campaigns)
    expect(of({ kind: 'campaign', id: '11' })).toEqual([HATS])
    expect(of({ kind: 'budget', id: '10' })).toEqual([SHOES, HATS])
    expect(of({ kind: 'budget', id: '7' })).toEqual([])
    expect(of({ kind: 'ad-group', id: '7' })).toEqual([HATS])
    expect(of({ kind: 'ad-group', id: '8' })).toEqual([])
    expect(of({ kind: 'account', id: '7' })).toEqual([])
  })
})

describe('refusals', () => {
  const outcome = (from: number, to: number, refused?: string, lever = budget('10')): RecentOutcome => ({
    ...{ change: { lever, from: amount(from), to: amount(to) }, at: NOW },
    ...(refused ? { refused } : {}),
  })
  const times = (count: number, one: RecentOutcome) => Array.from({ length: count }, () => one)
  const found = (outcomes: readonly RecentOutcome[]) => refusals(aView({ outcomes }))!

  test('of raises leave money unspent, of cuts as large as the raises overspent', () => {
    // 3 × 48 and 2 × 72 a day.
    const [cut, raise] = [outcome(240, 192, 'no'), outcome(240, 312, 'no')]
    expect(found([...times(3, cut), ...times(2, raise)])[0]!.waiting).toEqual({ kind: 'overspent', perHour: eur(6) })
    expect(found([...times(2, cut), ...times(3, raise)])[0]!.waiting).toEqual({ kind: 'unspent', perHour: eur(9) })
  })

  test('of what is no amount cost nothing that is known', () => {
    const paused: RecentOutcome = {
      change: {
        lever: status('10'),
        from: { kind: 'status', status: 'active' },
        to: { kind: 'status', status: 'paused' },
      },
      ...{ at: NOW, refused: 'no' },
    }
    expect(found(times(5, paused))[0]!.waiting.perHour).toEqual(eur(0))
    const odd = { ...paused, change: { ...paused.change, to: amount(24) } }
    expect(found(times(5, odd))[0]!.waiting.perHour).toEqual(eur(0))
    const odder = { ...paused, change: { ...paused.change, from: amount(24) } }
    expect(found(times(5, odder))[0]!.waiting.perHour).toEqual(eur(0))
  })

  test('are told by what was said most often', () => {
    const said = (why: string) => outcome(240, 192, why)
    expect(found([said('rare'), ...times(4, said('often'))])[0]!.what).toContain('most often: often.')
    expect(found([...times(4, said('often')), said('rare')])[0]!.what).toContain('most often: often.')
  })

  test('count where a budget feeds a campaign of the portfolio among others', () => {
    const view = aView({
      policy: policyWith({ members: [{ name: 'hats', class: 'prospecting' }] }),
      outcomes: times(5, outcome(240, 192, 'no')),
    })
    const shared = [{ ...view.structure.budgets[0]!, campaigns: [SHOES, HATS] }]
    expect(refusals(view)).toEqual([])
    expect(refusals({ ...view, structure: { ...view.structure, budgets: shared } })).toHaveLength(1)
  })
})

describe('notServing', () => {
  const stopped = (kind: 'stopped' | 'disapproved', more: Parameters<typeof aView>[0] = {}) =>
    notServing(withCampaign(aView(more), campaign(SHOES, 'Shoes', { trouble: { kind, reasons: [] } })))!

  test('says which of the two it is', () => {
    expect(stopped('stopped')[0]!.what).toBe('"Shoes" does not serve.')
    expect(stopped('disapproved')[0]!.what).toBe('"Shoes" has ads that were not let through.')
  })

  test('costs what is usual in an hour and not spent, in the first hour as if it were over', () => {
    const spend = new Map([[SHOES, hourly(4, 1)]])
    expect(stopped('stopped', { spend, clock: 0.5 })[0]!.waiting.perHour).toEqual(eur(6))
    expect(stopped('stopped', { spend, clock: 1.6 })[0]!.waiting.perHour).toEqual(eur(7.5))
    const histories = [history(HATS, { spend: 120 })]
    expect(stopped('stopped', { spend: new Map(), histories })[0]!.waiting.perHour).toEqual(eur(0))
  })
})
