import { expect, test } from 'vitest'
import { type Backtest, backtest } from '../../../lib/decide/breakers/backtest.ts'
import type { RecordedHours } from '../../../lib/decide/breakers/past-spend.ts'
import type { Recorded } from '../../../lib/decide/breakers/past-views.ts'
import type { Counts, Hours } from '../../../lib/decide/breakers/view.ts'
import type { BreakerName } from '../../../lib/model/breakers.ts'
import type { EntityHistory } from '../../../lib/model/history.ts'
import type { AccountStructure } from '../../../lib/model/structure.ts'
import { type AccountDate, addDays, dates } from '../../../lib/units/calendar.ts'
import { aView, eur, HATS, history, hourly, policyWith, RULE, SHOES, TODAY } from './views.ts'

const YESTERDAY = addDays(TODAY, -1)
const hatsOf = (shoes: Hours, more: Partial<RecordedHours> = {}): RecordedHours => ({
  spend: new Map([
    [SHOES, shoes],
    [HATS, hourly(5)],
  ]),
  until: 24,
  ...more,
})
const usualHours = new Map(
  dates(addDays(TODAY, -10), YESTERDAY).map((date): [AccountDate, RecordedHours] => [date, hatsOf(hourly(10))]),
)
const recorded = (more: Partial<Recorded> = {}): Recorded => ({
  policy: policyWith(),
  structure: aView().structure,
  histories: [
    history(SHOES, { spend: 240, clicks: 240, impressions: 24_000, conversions: 24 }),
    history(HATS, { spend: 120, clicks: 120, impressions: 12_000, conversions: 12 }),
  ],
  hours: usualHours,
  changes: [],
  orders: [],
  cap: eur(1000),
  visible: { today: 0.5, yesterday: 1 },
  served: [],
  ...more,
})
const withYesterday = (day: RecordedHours, more: Partial<Recorded> = {}): Recorded =>
  recorded({ hours: new Map([...usualHours, [YESTERDAY, day]]), ...more })
/** From ten in the morning on so much an hour in place of 10. */
const fromTen = (units: number): Hours => hourly(10).map((micros, hour) => (hour >= 10 ? eur(units).micros : micros))

const yesterday = (of: Recorded): Backtest => backtest(of, YESTERDAY, YESTERDAY)
const tripsOf = (rule: BreakerName, { trips }: Backtest) => trips.filter(({ trip }) => trip.rule === rule)

test('ordinary days trip nothing, and every rule says on how many of them it could be judged, and by the hour', () => {
  const { trips, judged } = backtest(recorded(), addDays(TODAY, -5), YESTERDAY)
  expect(trips).toEqual([])
  expect(Object.fromEntries(judged)).toMatchObject({
    spendVelocity: { days: 5, byHour: 5 },
    runawaySpend: { days: 5, byHour: 5 },
    // Clicks are known by the day alone.
    priceJump: { days: 5, byHour: 0 },
    zeroConversions: { days: 5, byHour: 0 },
    claimsAboveOrders: { days: 0, byHour: 0 },
    // Nothing is in the log, and what is said of serving is not kept.
    divergence: { days: 0, byHour: 0 },
    notServing: { days: 0, byHour: 0 },
  })
})

test('a trip is weighed by what went out after it: beyond the usual is saved, the usual is kept back', () => {
  const tried = yesterday(withYesterday(hatsOf(fromTen(40))))
  const [velocity, ...others] = tripsOf('spendVelocity', tried)
  expect(others).toEqual([])
  // At eleven 50 of 20 is less than three times; at twelve it is 80 of 20.
  expect(velocity).toMatchObject({ date: YESTERDAY, hour: 12, after: { saved: 12 * 30, keptBack: 12 * 10 } })
  // 480 of the 100 + 560 of the day went out after it, and brought as much of the day's 24 claims.
  expect(velocity!.after!.claims).toBeCloseTo((24 * 480) / 660, 10)
})

test('what came after a trip is not known where whole days alone are, and is not called nothing', () => {
  const { judged, trips } = yesterday(recorded({ hours: new Map(), cap: eur(300) }))
  expect(judged.get('spendVelocity')).toEqual({ days: 0, byHour: 0 })
  expect(judged.get('runawaySpend')).toEqual({ days: 1, byHour: 0 })
  // 360 of 300, known at the day's end.
  expect(trips.map(({ trip, hour, after }) => [trip.rule, hour, after])).toEqual([['runawaySpend', 24, undefined]])
})

test('what a stop would have saved is not known either where fewer than three days before have hours', () => {
  const few = new Map([...usualHours].slice(-3))
  const [trip] = tripsOf('runawaySpend', yesterday(recorded({ hours: few, cap: eur(300) })))
  // Two days of hours before it: a straight line to 360, and half of 300 is spent at ten.
  expect(trip).toEqual({ trip: expect.anything(), date: YESTERDAY, hour: 10 })
})

const clicksByHour = (of: (hour: number) => number): ReadonlyMap<typeof SHOES, readonly Counts[]> =>
  new Map([[SHOES, Array.from({ length: 24 }, (_, hour) => ({ impressions: 0, clicks: of(hour) }))]])

test('priceJump is asked at each hour where clicks are kept by hour', () => {
  // 10 EUR bought 100 clicks an hour; from ten on 20 EUR buy 20, ten times as dear each.
  const histories = [history(SHOES, { spend: 240, clicks: 2_400, conversions: 24 })]
  const counts = clicksByHour((hour) => (hour < 10 ? 100 : 20))
  const [trip, ...others] = tripsOf(
    'priceJump',
    yesterday(withYesterday(hatsOf(fromTen(20), { counts }), { histories })),
  )
  expect(others).toEqual([])
  // At eleven the last two hours are 30 EUR for 120 clicks, 0.25 against 0.10; at twelve 40 for 40.
  expect(trip).toMatchObject({ hour: 12, after: { saved: 12 * 10, keptBack: 12 * 10 } })
})

test('priceJump is asked at the day’s end where they are not, and what came after is not known', () => {
  const dear = history(SHOES, { spend: 240, clicks: 240 })
  const histories = [{ ...dear, days: dear.days.map((day) => (day.date === YESTERDAY ? { ...day, clicks: 60 } : day)) }]
  const [trip] = tripsOf('priceJump', yesterday(recorded({ histories })))
  // 240 EUR for 60 clicks are 4 against 1.
  expect(trip).toEqual({ trip: expect.objectContaining({ rule: 'priceJump' }), date: YESTERDAY, hour: 24 })
})

/** The same history with no conversions on the last two days. */
const untracked = (of: EntityHistory): EntityHistory => ({
  ...of,
  days: of.days.map((day) =>
    day.date >= addDays(TODAY, -2) ? { ...day, conversions: { [RULE]: { count: 0, valueMicros: 0n } } } : day,
  ),
})

test('zeroConversions is asked at each hour of the clicks of that day and the one before, as they can be seen by then', () => {
  const [shoes, hats] = recorded().histories
  const tried = yesterday(
    withYesterday(hatsOf(hourly(10), { counts: clicksByHour(() => 10) }), {
      histories: [untracked(shoes!), hats!],
      visible: { today: 0.41, yesterday: 0.2 },
    }),
  )
  const [trip, ...others] = tripsOf('zeroConversions', tried)
  expect(others).toEqual([])
  // A conversion of ten clicks: 0.2 of the 24 of the day before and 0.41 an hour come to 8 at eight o'clock.
  expect(trip).toMatchObject({ hour: 8, after: { saved: 0, keptBack: 16 * 10, claims: 0 } })
  expect(trip!.trip.what).toContain('its clicks should have brought 8.1 by now')
})

test('one conversion that has come in since is enough for zeroConversions to have nothing to say', () => {
  const [shoes, hats] = recorded().histories
  const one = { [RULE]: { count: 1, valueMicros: 0n } }
  const late = untracked(shoes!)
  const days = late.days.map((day) => (day.date === YESTERDAY ? { ...day, conversions: one } : day))
  expect(tripsOf('zeroConversions', yesterday(recorded({ histories: [{ ...late, days }, hats!] })))).toEqual([])
})

const paused = (): AccountStructure => {
  const { structure } = aView()
  return {
    ...structure,
    campaigns: structure.campaigns.map((one) => (one.id === SHOES ? { ...one, status: 'paused' } : one)),
  }
}

test('a campaign that ran away and was paused since is judged as one that ran until it last spent', () => {
  const ranUntil = fromTen(40).map((micros, hour) => (hour < 15 ? micros : 0n))
  const [shoes, hats] = recorded().histories
  const last = {
    ...shoes!,
    days: shoes!.days.map((day) => (day.date === YESTERDAY ? { ...day, spendMicros: eur(300).micros } : day)),
  }
  const tried = yesterday(withYesterday(hatsOf(ranUntil), { structure: paused(), histories: [last, hats!] }))
  expect(tripsOf('spendVelocity', tried).map(({ hour }) => hour)).toEqual([12])
  // Paused at three in the afternoon: from then on nothing is expected of it.
  expect(tripsOf('zeroDelivery', tried)).toEqual([])
  const running = yesterday(withYesterday(hatsOf(ranUntil), { histories: [last, hats!] }))
  // Six hours without spend and one left to reports: at ten in the evening.
  expect(tripsOf('zeroDelivery', running).map(({ hour }) => hour)).toEqual([22])
})

test('hours after the day was read last are not known, and no delivery is missed in them', () => {
  const noon = hatsOf(hourly(10, 12), { until: 12 })
  const tried = yesterday(
    withYesterday({
      ...noon,
      spend: new Map([
        [SHOES, hourly(10, 12)],
        [HATS, hourly(5, 12)],
      ]),
    }),
  )
  expect(tried.trips).toEqual([])
  // The day's end is known all the same: 360 of 300.
  const [trip] = tripsOf('runawaySpend', yesterday(withYesterday(noon, { cap: eur(300) })))
  expect(trip?.hour).toBeLessThanOrEqual(12)
})

test('what is spent after the last reading is counted as what the day came to', () => {
  const noon: RecordedHours = {
    spend: new Map([[SHOES, fromTen(80).map((micros, hour) => (hour < 12 ? micros : 0n))]]),
    until: 12,
  }
  const shoes = history(SHOES, { spend: 240 })
  const days = shoes.days.map((day) => (day.date === YESTERDAY ? { ...day, spendMicros: eur(860).micros } : day))
  const [trip] = tripsOf('spendVelocity', yesterday(withYesterday(noon, { histories: [{ ...shoes, days }] })))
  // 260 by noon; 600 in the twelve hours after it, of which 120 are usual. At eleven, 90 of 20.
  expect(trip).toMatchObject({ hour: 11, after: { saved: 70 + 480, keptBack: 10 + 120 } })
})

test('a day whose hours are unknown is not asked what is usual in them', () => {
  const hours = new Map([...usualHours].filter(([date]) => date !== YESTERDAY))
  const tried = yesterday(recorded({ hours }))
  expect(tried.judged.get('spendVelocity')).toEqual({ days: 0, byHour: 0 })
  expect(tried.judged.get('zeroDelivery')).toEqual({ days: 0, byHour: 0 })
})
