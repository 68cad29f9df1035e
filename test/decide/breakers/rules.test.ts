import { describe, expect, test } from 'vitest'
import { claimsAboveOrders } from '../../../lib/decide/breakers/claims-above-orders.ts'
import { divergence } from '../../../lib/decide/breakers/divergence.ts'
import { askRules, judgeBreakers } from '../../../lib/decide/breakers/judge.ts'
import { notServing } from '../../../lib/decide/breakers/not-serving.ts'
import { oscillation } from '../../../lib/decide/breakers/oscillation.ts'
import { priceJump } from '../../../lib/decide/breakers/price-jump.ts'
import { refusals } from '../../../lib/decide/breakers/refusals.ts'
import { runawaySpend } from '../../../lib/decide/breakers/runaway-spend.ts'
import { spendVelocity } from '../../../lib/decide/breakers/spend-velocity.ts'
import type { GuardView } from '../../../lib/decide/breakers/view.ts'
import { visibleShare } from '../../../lib/decide/breakers/visible-share.ts'
import { zeroConversions } from '../../../lib/decide/breakers/zero-conversions.ts'
import { zeroDelivery } from '../../../lib/decide/breakers/zero-delivery.ts'
import { BREAKERS } from '../../../lib/model/breakers.ts'
import type { Lever, LeverValue } from '../../../lib/model/lever.ts'
import type { LeverState } from '../../../lib/model/lever-state.ts'
import type { ChangeEvent } from '../../../lib/model/structure.ts'
import { addDays, HOUR_MS, type Instant, later } from '../../../lib/units/calendar.ts'
import {
  ACCOUNT,
  aView,
  campaign,
  eur,
  HATS,
  history,
  hourly,
  NOW,
  policyWith,
  RULE,
  SHOES,
  TODAY,
  withCampaign,
} from './views.ts'

const sale = (more: object = {}) =>
  policyWith({ events: [{ name: 'sale', from: TODAY, to: TODAY, expectedUplift: 4, ...more }] })
const spends = (shoes: ReturnType<typeof hourly>): GuardView['spend'] =>
  new Map([
    [SHOES, shoes],
    [HATS, hourly(5, 13)],
  ])
const one = <T>(found: readonly T[] | undefined): T => {
  expect(found).toHaveLength(1)
  return found![0]!
}
const amount = (units: number): LeverValue => ({ kind: 'money', amount: eur(units) })
const budget = (id: string): Lever => ({ account: ACCOUNT, kind: 'daily-budget', entity: 'budget', id })

test('an ordinary day trips nothing', () => {
  const { trips, judged } = judgeBreakers(aView())
  expect(trips).toEqual([])
  // Claims and orders were not read.
  expect(BREAKERS.filter((name) => !judged.has(name))).toEqual(['zeroConversions', 'claimsAboveOrders'])
})

describe('runawaySpend', () => {
  test('trips when the account has spent its cap', () => {
    const trip = one(runawaySpend(aView({ spend: spends(hourly(80, 13)) })))
    // 13 × 80 + 13 × 5 = 1,105 of 1,000; 85 in each of the last two hours.
    expect(trip.what).toContain('has spent 1105.00 EUR today of its cap of 1000.00 EUR, which is past it')
    expect(trip.waiting).toEqual({ kind: 'overspent', perHour: eur(85) })
    // Hats are on their usual day.
    expect(trip.campaigns).toEqual([SHOES])
  })
  test('trips when half of the cap is gone and the day is on its way past it', () => {
    // 13 × 45 = 585, and 14 of 24 hours are usual by now: 585 × 24 / 14 = 1,002.86.
    const trip = one(runawaySpend(aView({ spend: spends(hourly(40, 13)) })))
    expect(trip.what).toContain('on its way to 1002.86 EUR')
    expect(runawaySpend(aView({ spend: spends(hourly(39, 13)) }))).toEqual([])
  })
  test('cannot be judged without a cap, and an event does not lift it', () => {
    const { cap: _, ...uncapped } = aView()
    expect(runawaySpend(uncapped)).toBeUndefined()
    expect(runawaySpend(aView({ spend: spends(hourly(80, 13)), policy: sale() }))).toHaveLength(1)
  })
})

describe('spendVelocity', () => {
  test('trips when the last two hours cost more than three times what these hours cost', () => {
    const spend = hourly(10, 11).map((micros, hour) => (hour === 11 || hour === 12 ? eur(31).micros : micros))
    const trip = one(spendVelocity(aView({ spend: spends(spend) })))
    // 62 against 20.
    expect(trip.what).toContain('"Shoes" spent 62.00 EUR from 11:00 to 13:00; 20.00 EUR are usual')
    expect(trip.waiting).toEqual({ kind: 'overspent', perHour: eur(21) })
  })
  test('does not trip at three times, nor for what an event announces', () => {
    const at = (units: number) =>
      hourly(10, 11).map((micros, hour) => (hour === 11 || hour === 12 ? eur(units).micros : micros))
    expect(spendVelocity(aView({ spend: spends(at(30)) }))).toEqual([])
    expect(spendVelocity(aView({ spend: spends(at(100)), policy: sale() }))).toEqual([])
    expect(spendVelocity(aView({ spend: spends(at(121)), policy: sale() }))).toHaveLength(1)
  })
  test('holds what spends at an hour that it never did against its budget, spent evenly', () => {
    const quiet = aView().past.map((day) => ({ ...day, spend: new Map([...day.spend, [SHOES, hourly(0)]]) }))
    const at = (units: number): GuardView =>
      aView({
        past: quiet,
        spend: spends(hourly(0).map((_, hour) => (hour === 11 || hour === 12 ? eur(units).micros : 0n))),
      })
    const [budget] = at(0).structure.budgets.filter(({ campaigns }) => campaigns.includes(SHOES))
    const even = (2 * Number(budget!.amount.micros)) / 1e6 / 24
    const trip = one(spendVelocity(at(300)))
    expect(trip.what).toContain(
      `"Shoes" spent 600.00 EUR from 11:00 to 13:00; ${even.toFixed(2)} EUR are what its budget comes to, and nothing is usual in these hours`,
    )
    expect(spendVelocity(at((3 * even) / 2))).toEqual([])
  })
  test('cannot be judged in the first hours, or with less than three earlier days', () => {
    expect(spendVelocity(aView({ clock: 1.9 }))).toBeUndefined()
    expect(spendVelocity(aView({ past: aView().past.slice(0, 2) }))).toBeUndefined()
  })
})

describe('priceJump', () => {
  const clicks = (shoes: number, impressions = 13_000) =>
    aView({ counts: new Map([[SHOES, { impressions, clicks: shoes }]]) })
  test('trips when a click costs more than three times what it did', () => {
    // 130 / 40 = 3.25 against 1; beyond it, 40 × 2.25 in 13 hours.
    const trip = one(priceJump(clicks(40)))
    expect(trip.what).toContain('A click of "Shoes" costs 3.25 EUR today; 1.00 EUR')
    expect(trip.waiting.perHour).toEqual(eur(6.923077))
    expect(priceJump(clicks(44))).toEqual([])
  })
  test('trips by a thousand impressions where clicks are too few to say', () => {
    // 130 for 4,000 are 32.50 a thousand against 10.
    expect(one(priceJump(clicks(20, 4_000))).what).toContain('A thousand impressions of "Shoes" costs 32.50 EUR')
    expect(priceJump(clicks(20, 2_999))).toEqual([])
  })
  test('is not asked of campaigns that an event concerns', () => {
    expect(priceJump({ ...clicks(40), policy: sale() })).toEqual([])
    expect(priceJump({ ...clicks(40), policy: sale({ match: { name: 'hats' } }) })).toHaveLength(1)
  })
})

describe('zeroDelivery', () => {
  test('trips when a campaign that always spends has spent nothing for six hours', () => {
    const trip = one(zeroDelivery(aView({ spend: spends(hourly(10, 6)) })))
    // An hour is left to reports: 06:00 to 12:00.
    expect(trip.what).toContain('"Shoes" has spent nothing from 6:00 to 12:00; 60.00 EUR are usual')
    expect(trip.waiting).toEqual({ kind: 'unspent', perHour: eur(10) })
    expect(zeroDelivery(aView({ spend: spends(hourly(10, 7)) }))).toEqual([])
  })
  test('trips once for the account where none of its campaigns spends', () => {
    const trip = one(zeroDelivery(aView({ spend: new Map() })))
    expect(trip.subject).toEqual({ kind: 'account' })
    expect(trip.waiting.perHour).toEqual(eur(15))
  })
  test('expects nothing of what starts today, of quiet days that were announced, and of hours that are not always used', () => {
    const silent = aView({ spend: spends(hourly(10, 6)) })
    expect(zeroDelivery(withCampaign(silent, campaign(SHOES, 'Shoes', { startsOn: TODAY })))).toEqual([])
    expect(zeroDelivery({ ...silent, policy: sale({ expectedUplift: 0.5 }) })).toEqual([])
    const [first, ...others] = silent.past
    expect(zeroDelivery({ ...silent, past: [{ ...first!, spend: new Map([[HATS, hourly(5)]]) }, ...others] })).toEqual(
      [],
    )
  })
})

describe('zeroConversions', () => {
  const claimed = (shoes: number, hats: number): GuardView['claims'] => [
    {
      visible: 0.25,
      campaigns: new Map([
        [SHOES, { clicks: 160, conversions: 0 }],
        [HATS, { clicks: 80, conversions: 0 }],
      ]),
    },
    {
      visible: 0.5,
      campaigns: new Map([
        [SHOES, { clicks: 240, conversions: shoes }],
        [HATS, { clicks: 120, conversions: hats }],
      ]),
    },
  ]
  test('trips when clicks that should have brought eight by now brought none', () => {
    // A conversion of ten clicks: 0.25 × 16 + 0.5 × 24 = 16 of shoes, 8 of hats.
    const trip = one(zeroConversions(aView({ claims: claimed(0, 3)! })))
    expect(trip.what).toContain('"Shoes" has no conversion since yesterday; its clicks should have brought 16.0')
    // 130 in 13 hours.
    expect(trip.waiting).toEqual({ kind: 'at-risk', perHour: eur(10) })
  })
  test('trips once for the account where no campaign has any', () => {
    const trip = one(zeroConversions(aView({ claims: claimed(0, 0)! })))
    expect(trip.subject).toEqual({ kind: 'account' })
    expect(trip.what).toContain('should have brought 24.0')
  })
  test('one conversion is enough, and what was not read is not judged', () => {
    expect(zeroConversions(aView({ claims: claimed(1, 1)! }))).toEqual([])
    expect(zeroConversions(aView())).toBeUndefined()
  })
  test('the share that is visible on the day after is learned from how days were restated', () => {
    const date = addDays(TODAY, -10)
    const revision = (ageDays: number, count: number) => ({
      date,
      ageDays,
      conversions: { [RULE]: { count, valueMicros: 0n } },
    })
    const histories = [history(SHOES, { spend: 1, conversions: 60 })]
    // 24 of 60 were there on the day after; half of that share of today's.
    expect(visibleShare([[revision(1, 24), revision(5, 50)]], histories, RULE, TODAY)).toEqual({
      yesterday: 0.4,
      today: 0.2,
    })
    expect(visibleShare([], histories, RULE, TODAY)).toEqual({ yesterday: 0.2, today: 0.1 })
  })
})

describe('claimsAboveOrders', () => {
  const orders = (perDay: number, days = 7) =>
    Array.from({ length: days }, (_, i) => ({ date: addDays(TODAY, -1 - i), orders: perDay, valueMicros: 0n }))
  test('trips when one account claims more than the shop has sold, beyond chance', () => {
    // 7 × 36 = 252 claims; of 210 orders, 210 + 3 × √210 = 253.5 are chance; of 203 it is 245.7.
    expect(claimsAboveOrders(aView({ orders: orders(30) }))).toEqual([])
    const trip = one(claimsAboveOrders(aView({ orders: orders(29) })))
    expect(trip.what).toContain('claims 252 conversions from 2026-05-26 to 2026-06-01; the shop took 203 orders in all')
    // 15 an hour are spent, 49 of 252 claims cannot be.
    expect(trip.waiting.perHour).toEqual(eur(2.916667))
  })
  test('cannot be judged while a day of orders is missing', () => {
    expect(claimsAboveOrders(aView({ orders: orders(1, 6) }))).toBeUndefined()
  })
})

describe('divergence', () => {
  const state = (more: Partial<LeverState>): LeverState => ({
    lever: budget('10'),
    version: 3,
    known: amount(480),
    knownAt: later(NOW, -2 * HOUR_MS),
    ours: true,
    idle: false,
    ...more,
  })
  test('trips when a budget that is to be cut back still stands above the cap an hour and a half later', () => {
    const trip = one(divergence(aView({ levers: [state({ cutBackTo: amount(240) })] })))
    expect(trip.what).toBe('the daily budget of "10" stands at 480.00 EUR and not at 240.00 EUR.')
    // 240 a day too much.
    expect(trip.waiting).toEqual({ kind: 'overspent', perHour: eur(10) })
    expect(divergence(aView({ levers: [state({ cutBackTo: amount(240), knownAt: later(NOW, -HOUR_MS) })] }))).toEqual(
      [],
    )
    expect(divergence(aView({ levers: [state({ cutBackTo: amount(480) })] }))).toEqual([])
  })
  test('trips when the outcome of a push is unknown for so long', () => {
    const pending = {
      intent: 'p/l' as never,
      to: amount(240),
      leaseUntil: later(NOW, -2 * HOUR_MS),
      highBefore: amount(480),
    }
    expect(one(divergence(aView({ levers: [state({ pending })] }))).campaigns).toEqual([SHOES])
    expect(divergence(aView({ levers: [state({ pending: { ...pending, leaseUntil: NOW } })] }))).toEqual([])
  })
})

describe('oscillation', () => {
  const moved = (hour: number, origin: ChangeEvent['origin']): ChangeEvent => ({
    at: (NOW - hour * HOUR_MS) as Instant,
    actor: origin === 'ours' ? 'sluice' : 'rules@agency.example',
    origin,
    entity: { kind: 'budget', id: '10' },
    field: 'amount',
  })
  test('trips when the hand on one setting changes four times in a day', () => {
    const changes = [
      moved(1, 'ours'),
      moved(5, 'ours'),
      moved(2, 'other-tool'),
      moved(3, 'ours'),
      moved(4, 'other-tool'),
    ]
    const trip = one(oscillation(aView({ changes })))
    expect(trip.what).toContain('"Shoes": Sluice and rules@agency.example moved the same setting in turns, 4 times')
    expect(oscillation(aView({ changes: changes.slice(0, 4) }))).toEqual([])
  })
})

describe('refusals', () => {
  const outcome = (refused?: string) => ({
    change: { lever: budget('10'), from: amount(240), to: amount(192) },
    at: NOW,
    ...(refused ? { refused } : {}),
  })
  test('trips at five that are half of what was pushed', () => {
    const five = Array.from({ length: 5 }, () => outcome('rejected (BUDGET): too low'))
    const trip = one(refusals(aView({ outcomes: [...five, ...Array.from({ length: 5 }, () => outcome())] })))
    expect(trip.what).toBe('The platform refused 5 of 10 changes in a day, most often: rejected (BUDGET): too low.')
    // Five cuts of 48 a day that were not made.
    expect(trip.waiting).toEqual({ kind: 'overspent', perHour: eur(10) })
    expect(refusals(aView({ outcomes: [...five, ...Array.from({ length: 6 }, () => outcome())] }))).toEqual([])
    expect(refusals(aView({ outcomes: five.slice(0, 4) }))).toEqual([])
  })
})

describe('notServing', () => {
  test('says what the platform says, and what goes unspent', () => {
    const trouble = { kind: 'stopped', reasons: ['HAS_ADS_DISAPPROVED'] } as const
    const stopped = withCampaign(aView({ spend: spends(hourly(0)) }), campaign(SHOES, 'Shoes', { trouble }))
    const trip = one(notServing(stopped))
    expect(trip.what).toBe('"Shoes" does not serve: has ads disapproved.')
    expect(trip.waiting).toEqual({ kind: 'unspent', perHour: eur(10) })
    expect(notServing(withCampaign(stopped, campaign(SHOES, 'Shoes', { trouble, status: 'paused' })))).toEqual([])
  })
})

test('a rule that is switched off trips nothing, and counts as judged so that its alerts end', () => {
  const view = aView({ spend: spends(hourly(80, 13)), policy: policyWith({}, { runawaySpend: { action: 'off' } }) })
  const { trips, judged } = judgeBreakers(view)
  expect(trips.filter(({ rule }) => rule === 'runawaySpend')).toEqual([])
  expect(judged).toContain('runawaySpend')
  expect(askRules(view, ['runawaySpend']).trips.map(({ rule }) => rule)).toEqual(['runawaySpend'])
})
