import { describe, expect, test } from 'vitest'
import { type AlertStep, foldAlerts, GUARD, settledBy } from '../../../lib/decide/breakers/fold-alerts.ts'
import type { Trip } from '../../../lib/decide/breakers/view.ts'
import type { PortfolioId } from '../../../lib/model/account.ts'
import type { Alert } from '../../../lib/model/alert.ts'
import type { BreakerName } from '../../../lib/model/breakers.ts'
import { HOUR_MS, type Instant, later, MINUTE_MS } from '../../../lib/units/calendar.ts'
import { ACCOUNT, eur, NOW, SHOES } from './views.ts'

const PLACE = { portfolio: 'eu' as PortfolioId, account: ACCOUNT }
const subject = { kind: 'campaign', id: SHOES, name: 'Shoes' } as const
const trip = (perHour = 10, more: Partial<Trip> = {}): Trip => ({
  ...{ rule: 'priceJump', subject, campaigns: [SHOES], what: 'it is dear', remedy: 'look' },
  waiting: { kind: 'overspent', perHour: eur(perHour) },
  ...more,
})
const ago = (ms: number): Instant => later(NOW, -ms)
/** An alert of shoes that opened two hours ago, and tripped a minute ago. */
const alert = (more: Partial<Alert> = {}): Alert => ({
  ...{ id: 'a1' as Alert['id'], version: 4, rule: 'priceJump', ...PLACE, subject, state: 'open', acts: [] },
  ...{ firstAt: ago(2 * HOUR_MS), lastAt: ago(MINUTE_MS), toldAt: ago(2 * HOUR_MS), by: GUARD, at: ago(2 * HOUR_MS) },
  ...{ what: 'it is dear', remedy: 'look', waiting: { kind: 'overspent', perHour: eur(10) } },
  ...more,
})
const folded = (known: readonly Alert[], trips: readonly Trip[], judged: readonly BreakerName[] = ['priceJump']) =>
  foldAlerts(known, { trips, judged: new Set(judged) }, PLACE, NOW)
const one = (known: readonly Alert[], trips: readonly Trip[], judged?: readonly BreakerName[]): AlertStep => {
  const steps = folded(known, trips, judged)
  expect(steps).toHaveLength(1)
  return steps[0]!
}

describe('what trips', () => {
  test('for the first time opens an alert, of which a person is told', () => {
    const { before, after, told, trip: of } = one([], [trip()])
    expect([before, told, of]).toEqual([undefined, true, trip()])
    expect(after).toEqual({
      ...alert({ id: after.id, version: 1 }),
      ...{ firstAt: NOW, lastAt: NOW, toldAt: NOW, at: NOW },
    })
    expect(after.id).toMatch(/^[0-9a-f]{8}$/)
  })

  test('of another campaign, another rule or another portfolio is another alert', () => {
    const other = trip(10, { subject: { kind: 'account' } })
    expect(folded([alert({ lastAt: NOW })], [trip(), other]).map(({ told }) => told)).toEqual([false, true])
    expect(one([alert({ portfolio: 'us' as PortfolioId })], [trip()]).told).toBe(true)
    expect(folded([alert()], [trip(10, { rule: 'zeroDelivery' })], []).map(({ told }) => told)).toEqual([true])
  })

  test('again is written once an hour, where what waiting costs has not moved by more than a quarter', () => {
    const open = alert()
    expect(one([open], [trip()])).toEqual({ before: open, after: open, told: false, trip: trip() })
    for (const perHour of [12.5, 8]) expect(one([open], [trip(perHour)]).after).toBe(open)
    for (const perHour of [12.51, 7.99])
      expect(one([open], [trip(perHour)])).toMatchObject({
        after: { version: 5, lastAt: NOW, waiting: { perHour: eur(perHour) } },
        told: false,
      })
    const almost = alert({ lastAt: ago(HOUR_MS - 1) })
    expect(one([almost], [trip()]).after).toBe(almost)
    const hour = alert({ lastAt: ago(HOUR_MS) })
    expect(one([hour], [trip()]).after).toEqual({ ...hour, version: 5, lastAt: NOW })
  })

  test('after it was quiet is not quiet any more', () => {
    const { after } = one([alert({ quietSince: ago(MINUTE_MS) })], [trip()])
    expect(after).toEqual(alert({ version: 5, lastAt: NOW }))
  })

  test('within a day after it was over is the same trouble: it opens again, and nobody is told', () => {
    const over = (since: number, more: Partial<Alert> = {}) =>
      alert({ state: 'resolved', at: ago(since), note: 'it no longer trips', acts: [{} as never], ...more })
    expect(one([over(24 * HOUR_MS - 1)], [trip()])).toMatchObject({ before: { id: 'a1' }, told: false })
    expect(one([over(24 * HOUR_MS - 1)], [trip()]).after).toEqual(alert({ version: 5, lastAt: NOW, at: NOW }))
    expect(one([over(24 * HOUR_MS)], [trip()])).toMatchObject({ before: undefined, told: true })
    // A person has said that it is over.
    expect(one([over(HOUR_MS, { by: 'ana' })], [trip()]).before).toBeUndefined()
    expect(one([over(HOUR_MS, { subject: { kind: 'account' } })], [trip()]).before).toBeUndefined()
  })

  test('is the alert that is not over, or the one that was over last', () => {
    const id = (of: string) => ({ id: of as Alert['id'] })
    const first = alert({ ...id('a'), state: 'resolved', at: ago(3 * HOUR_MS) })
    const last = alert({ ...id('b'), state: 'resolved', at: ago(HOUR_MS) })
    expect(one([first, last], [trip()]).before?.id).toBe('b')
    expect(one([last, first], [trip()]).before?.id).toBe('b')
    expect(one([last, first, alert(id('c'))], [trip()]).before?.id).toBe('c')
  })
})

describe('what trips by a limit of the day', () => {
  const runaway = trip(10, { rule: 'runawaySpend', subject: { kind: 'account' } })
  const dayBegan = ago(HOUR_MS)
  const onDay = (of: Partial<Alert>, tripped = runaway) => {
    const known = alert({ rule: 'runawaySpend', subject: { kind: 'account' }, ...of })
    return foldAlerts([known], { trips: [tripped], judged: new Set() }, { ...PLACE, dayBegan }, NOW)
  }

  test('belongs to the day’s own alert, from its first instant on', () => {
    expect(onDay({ lastAt: dayBegan })).toMatchObject([{ before: { id: 'a1' }, told: false }])
  })

  test('is told anew of each day, however soon after the breach of the day before', () => {
    const [today] = onDay({ lastAt: later(dayBegan, -1) })
    expect(today).toMatchObject({ before: undefined, told: true })
    // What the day is does not become the alert’s.
    expect(today!.after).toEqual({
      ...alert({ id: today!.after.id, version: 1, rule: 'runawaySpend', subject: { kind: 'account' } }),
      ...{ firstAt: NOW, lastAt: NOW, toldAt: NOW, at: NOW },
    })
  })

  test('is no matter for rules of other kinds, nor where no day is asked about', () => {
    const before = { rule: 'priceJump', lastAt: later(dayBegan, -1) } as const
    expect(onDay(before, trip(10, { subject: { kind: 'account' } }))).toMatchObject([{ before: { id: 'a1' } }])
    const yesterday = alert({ rule: 'runawaySpend', subject: { kind: 'account' }, lastAt: later(dayBegan, -1) })
    expect(one([yesterday], [runaway]).before).toBe(yesterday)
  })
})

describe('what a person has taken up', () => {
  const snoozed = (until: Instant | undefined) =>
    alert({ state: 'snoozed', by: 'ana', note: 'later', ...(until === undefined ? {} : { snoozedUntil: until }) })

  test('stays with the person, who is told again when the time is up', () => {
    const acknowledged = alert({ state: 'acknowledged', by: 'ana', lastAt: ago(HOUR_MS) })
    expect(one([acknowledged], [trip()])).toMatchObject({ after: { state: 'acknowledged', by: 'ana' }, told: false })
    expect(one([snoozed(later(NOW, 1))], [trip()])).toMatchObject({ after: { state: 'snoozed' }, told: false })
    const { after, told } = one([snoozed(NOW)], [trip()])
    expect(told).toBe(true)
    expect(after).toEqual(alert({ version: 5, lastAt: NOW, toldAt: NOW, at: NOW }))
    expect(one([snoozed(undefined)], [trip()]).told).toBe(true)
    // An alert that is not put off has no such time.
    expect(one([alert({ snoozedUntil: ago(1) })], [trip()]).told).toBe(false)
  })

  test('is written with who, when and why', () => {
    const by = { by: 'ana', at: NOW }
    const { note: _, ...plain } = snoozed(later(NOW, HOUR_MS))
    expect(settledBy(alert(), 'snoozed', { ...by, until: later(NOW, HOUR_MS) })).toEqual({
      ...plain,
      ...{ version: 5, at: NOW },
    })
    expect(settledBy(snoozed(NOW), 'acknowledged', { ...by, note: 'mine', until: NOW })).toEqual(
      alert({ version: 5, state: 'acknowledged', ...by, note: 'mine' }),
    )
    expect(settledBy(snoozed(NOW), 'snoozed', by)).not.toHaveProperty('snoozedUntil')
    expect(settledBy(snoozed(NOW), 'resolved', by)).toEqual(alert({ version: 5, state: 'resolved', ...by }))
  })
})

describe('what does not trip any more', () => {
  const quiet = (ms: number, more: Partial<Alert> = {}) => alert({ quietSince: ago(ms), ...more })

  test('is quiet at first, and over after half an hour', () => {
    expect(one([alert()], [])).toEqual({ before: alert(), after: alert({ version: 5, quietSince: NOW }), told: false })
    expect(folded([quiet(30 * MINUTE_MS - 1)], [])).toEqual([])
    expect(one([quiet(30 * MINUTE_MS, { notDone: 'no cut', snoozedUntil: NOW })], [])).toEqual({
      before: quiet(30 * MINUTE_MS, { notDone: 'no cut', snoozedUntil: NOW }),
      after: alert({ version: 5, state: 'resolved', at: NOW, note: 'it no longer trips' }),
      told: false,
    })
  })

  test('stays as it is where its rule could not be judged, where something was paused for it, and where it is over', () => {
    expect(folded([alert()], [], [])).toEqual([])
    const paused = { step: 'pause', at: NOW, detail: 'paused' } as const
    expect(folded([alert({ acts: [paused] })], [])).toEqual([])
    expect(folded([alert({ state: 'resolved' })], [])).toEqual([])
  })
})
