import { expect, test } from 'vitest'
import { backtest, type Recorded } from '../../../lib/decide/breakers/backtest.ts'
import { addDays, dates } from '../../../lib/units/calendar.ts'
import { aView, eur, HATS, history, hourly, policyWith, SHOES, TODAY } from './views.ts'

const recorded = (more: Partial<Recorded> = {}): Recorded => ({
  policy: policyWith(),
  structure: aView().structure,
  histories: [
    history(SHOES, { spend: 240, clicks: 240, impressions: 24_000, conversions: 24 }),
    history(HATS, { spend: 120, clicks: 120, impressions: 12_000, conversions: 12 }),
  ],
  hours: new Map(
    dates(addDays(TODAY, -10), addDays(TODAY, -1)).map((date) => [
      date,
      new Map([
        [SHOES, hourly(10)],
        [HATS, hourly(5)],
      ]),
    ]),
  ),
  changes: [],
  orders: [],
  cap: eur(1000),
  ...more,
})
const YESTERDAY = addDays(TODAY, -1)

test('ordinary days trip nothing, and every rule says on how many of them it could be judged', () => {
  const { trips, judged } = backtest(recorded(), addDays(TODAY, -5), YESTERDAY)
  expect(trips).toEqual([])
  expect(judged.get('spendVelocity')).toBe(5)
  expect(judged.get('claimsAboveOrders')).toBe(0)
  // Nothing is recorded of what they look at.
  expect(judged.get('divergence')).toBe(0)
})

test('a trip is weighed by what went out after it: beyond the usual is saved, the usual is kept back', () => {
  // From ten on yesterday, 40 an hour in place of 10.
  const jumped = hourly(10).map((micros, hour) => (hour >= 10 ? eur(40).micros : micros))
  const base = recorded()
  const hours = new Map([
    ...base.hours,
    [
      YESTERDAY,
      new Map([
        [SHOES, jumped],
        [HATS, hourly(5)],
      ]),
    ],
  ] as const)
  const { trips } = backtest({ ...base, hours }, YESTERDAY, YESTERDAY)
  const [velocity, ...others] = trips.filter(({ trip }) => trip.rule === 'spendVelocity')
  expect(others).toEqual([])
  // At eleven 50 of 20 is less than three times; at twelve it is 80 of 20.
  expect(velocity).toMatchObject({ date: YESTERDAY, hour: 12, saved: 12 * 30, keptBack: 12 * 10 })
  // 480 of the 100 + 560 of the day went out after it, and brought as much of the day's 24 claims.
  expect(velocity!.claims).toBeCloseTo((24 * 480) / 660, 10)
})

test('where only whole days are known, only rules about whole days are asked', () => {
  const { judged, trips } = backtest(recorded({ hours: new Map(), cap: eur(300) }), YESTERDAY, YESTERDAY)
  expect(judged.get('spendVelocity')).toBe(0)
  // 360 of 300, known at the day's end.
  expect(trips.map(({ trip, hour }) => [trip.rule, hour])).toEqual([['runawaySpend', 24]])
})
