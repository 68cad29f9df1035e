import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { expectedBefore, type FlightPosition, type Launch, targetPath } from '../../../lib/decide/pacing/path.ts'
import { dayWeights } from '../../../lib/decide/pacing/weights.ts'
import { type AccountDate, accountDate, addDays } from '../../../lib/units/calendar.ts'

const FROM = accountDate('2026-11-01')
const TO = accountDate('2026-11-30')
const EVEN = dayWeights(FROM, TO, { dayOfWeek: [1, 1, 1, 1, 1, 1, 1] })

/** A flight of 3,000 over thirty even days. */
const position = (over: Partial<Record<keyof FlightPosition, unknown>> = {}): FlightPosition =>
  ({ from: FROM, to: TO, total: 3000, today: FROM, spent: 0, weights: EVEN, launches: [], ...over }) as FlightPosition
const on = (date: string, over: Partial<Record<keyof FlightPosition, unknown>> = {}) =>
  targetPath(position({ today: accountDate(date), ...over })).days
const launch = (from: string, perDay: number, to?: string): Launch => ({
  name: 'New shop',
  from: accountDate(from),
  perDay,
  ...(to ? { to: accountDate(to) } : {}),
})

describe('the target path', () => {
  test.each<[why: string, date: string, over: Partial<Record<keyof FlightPosition, unknown>>, today: number]>([
    ['gives the first of thirty days a thirtieth', '2026-11-01', {}, 100],
    ['makes up by all remaining days what was overspent', '2026-11-21', { spent: 2100 }, 90],
    ['and what was underspent', '2026-11-21', { spent: 1900 }, 110],
    ['gives the last day all that is left', '2026-11-30', { spent: 2950 }, 50],
    ['gives nothing when all is spent', '2026-11-10', { spent: 3500 }, 0],
    // 11 days × 50 are kept from the 20th on: 2,450 over thirty days.
    ['keeps a launch’s money back before it starts', '2026-11-01', { launches: [launch('2026-11-20', 50)] }, 2450 / 30],
    [
      'and adds it from its first day on',
      '2026-11-20',
      { spent: 19 * (2450 / 30), launches: [launch('2026-11-20', 50)] },
      2450 / 30 + 50,
    ],
    // 3 days × 100: 2,700 over thirty days.
    ['keeps it for its own days only', '2026-11-01', { launches: [launch('2026-11-10', 100, '2026-11-12')] }, 90],
    // 5 × 1,000 are asked of 3,000: all of it is kept, and nothing left for today.
    ['keeps no more than there is', '2026-11-01', { launches: [launch('2026-11-26', 1000)] }, 0],
  ])('%s', (_why, date, over, today) => expect(on(date, over)[0]?.target).toBeCloseTo(today, 9))

  test('says what launches ask for and the flight cannot give', () => {
    expect(targetPath(position({ launches: [launch('2026-11-26', 1000)] })).launchShortfall).toBe(2000)
  })

  test('has no day left after the flight', () => {
    expect(targetPath(position({ today: accountDate('2026-12-01') })).days).toEqual([])
  })

  test('expects before a day what the whole path has there, launches included', () => {
    const flight = position({ launches: [launch('2026-11-20', 50)] })
    expect(expectedBefore(flight, accountDate('2026-11-21'))).toBeCloseTo(20 * (2450 / 30) + 50, 9)
    expect(expectedBefore(flight, FROM)).toBe(0)
  })

  const weights = fc
    .array(fc.double({ min: 0.1, max: 3, noNaN: true }), { minLength: 7, maxLength: 7 })
    .map((dayOfWeek) => dayWeights(FROM, TO, { dayOfWeek }))
  const launches = fc.array(
    fc.record({
      from: fc.integer({ min: -5, max: 35 }),
      days: fc.integer({ min: 0, max: 20 }),
      perDay: fc.integer({ min: 0, max: 300 }),
    }),
    { maxLength: 3 },
  )
  const someFlight = fc
    .record({
      weights,
      launches,
      total: fc.integer({ min: 1, max: 9000 }),
      spent: fc.integer({ min: 0, max: 9000 }),
      day: fc.integer({ min: 0, max: 29 }),
    })
    .map(({ launches: raw, day, ...rest }) =>
      position({
        ...rest,
        today: addDays(FROM, day),
        launches: raw.map(({ from, days, perDay }, i): Launch => {
          const first: AccountDate = addDays(FROM, from)
          return { name: `L${i}`, from: first, to: addDays(first, days), perDay }
        }),
      }),
    )

  test('sums to what remains, no day below zero', () => {
    fc.assert(
      fc.property(someFlight, (flight) => {
        const { days, remaining } = targetPath(flight)
        expect(days.reduce((sum, { target }) => sum + target, 0)).toBeCloseTo(remaining, 6)
        expect(days.every(({ target, reserved }) => target >= reserved - 1e-9 && reserved >= 0)).toBe(true)
      }),
    )
  })

  test('scales with all money, and does not depend on the order of launches', () => {
    fc.assert(
      fc.property(someFlight, fc.integer({ min: 2, max: 1000 }), (flight, by) => {
        const scaled = targetPath({
          ...flight,
          total: flight.total * by,
          spent: flight.spent * by,
          launches: flight.launches.map((one) => ({ ...one, perDay: one.perDay * by })),
        })
        const path = targetPath(flight)
        for (const [i, { target }] of path.days.entries()) expect(scaled.days[i]!.target).toBeCloseTo(target * by, 4)
        expect(targetPath({ ...flight, launches: flight.launches.toReversed() })).toEqual(path)
      }),
    )
  })
})
