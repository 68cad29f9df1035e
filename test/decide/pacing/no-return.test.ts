import { describe, expect, test } from 'vitest'
import { landing } from '../../../lib/decide/pacing/landing.ts'
import { type NoReturnTerms, pointOfNoReturn } from '../../../lib/decide/pacing/no-return.ts'
import { accountDate, addDays } from '../../../lib/units/calendar.ts'

/** Ten days from 21 November with 1,000 to spend. */
const ask = (over: Partial<NoReturnTerms> = {}) =>
  pointOfNoReturn({
    path: {
      days: Array.from({ length: 10 }, (_, i) => ({
        date: addDays(accountDate('2026-11-21'), i),
        target: 100,
        reserved: 0,
        event: 1,
        presence: 1,
      })),
      remaining: 1000,
      launchShortfall: 0,
    },
    standing: 100,
    stepUp: 0.2,
    stepDown: 0.2,
    ...over,
  })

describe('the point of no return', () => {
  test('there is none while the budgets as they stand land', () => {
    expect(ask()).toMatchObject({ kind: 'none' })
    expect(ask({ standing: 99.5 })).toMatchObject({ kind: 'none' })
  })

  test('is the first day from which even the largest steps fall short', () => {
    // Left at 80: 800. From day 7 on: 6 × 80 + 80 × (1.2 + 1.44 + 1.728 + 2.0736) = 995; from day 8 on: 909.
    expect(ask({ standing: 80 })).toEqual({
      kind: 'under',
      date: '2026-11-28',
      isPast: false,
      gap: expect.closeTo(200, 9),
      why: 'if budgets stay as they are 200.00 stay unspent; from 2026-11-28 on the total can no longer be reached',
    })
  })

  test('comes earlier where bounds are near', () => {
    // At most 105: day 2 at the latest, 80 + 96 + 8 × 105 = 1,016; day 3: 160 + 96 + 7 × 105 = 991; day 4: 240 + 96 + 630.
    expect(ask({ standing: 80, atMost: 105 })).toMatchObject({ kind: 'under', date: '2026-11-24' })
  })

  test('is past when the total is out of reach already, and says by how much', () => {
    // 24 + 28.80 + 8 × 30 = 292.80.
    expect(ask({ standing: 20, atMost: 30 })).toMatchObject({
      kind: 'under',
      date: '2026-11-21',
      isPast: true,
      gap: expect.closeTo(707.2, 9),
    })
  })

  test('is the first day from which even the largest cuts are too late', () => {
    // Left at 120: 1,200. From day 7 on: 720 + 120 × (0.8 + 0.64 + 0.512 + 0.4096) = 1,003; from day 8 on: 1,074.
    expect(ask({ standing: 120 })).toMatchObject({
      kind: 'over',
      date: '2026-11-28',
      isPast: false,
      gap: expect.closeTo(200, 9),
    })
  })

  test('is past when lower bounds spend too much by themselves', () => {
    expect(ask({ standing: 150, atLeast: 150 })).toMatchObject({
      kind: 'over',
      isPast: true,
      gap: expect.closeTo(500, 9),
    })
  })

  test('leaves launches less where the budgets that stand need it, as the landing does', () => {
    // 30 a day spend 300 of the 1,000 that launches ask for; they get a part of what is left each day, on the last all but 30.
    const days = Array.from({ length: 10 }, (_, i) => ({
      ...{ date: addDays(accountDate('2026-11-21'), i), target: 100, reserved: 100 },
      ...{ event: 1, presence: 1 },
    }))
    const path = { days, remaining: 1000, launchShortfall: 400 }
    const steps = { standing: 30, stepUp: 0.2, stepDown: 0.2 }
    // 30 · 0.8¹⁰ = 3.2 on the last day.
    expect(landing({ ...steps, path, total: 1000, spent: 0, noise: 0 }).mean).toBeCloseTo(1003.2, 1)
    expect(ask({ path, standing: 30 })).toMatchObject({ kind: 'over', isPast: false, gap: expect.closeTo(30, 6) })
  })

  test('is not reached while the last day still makes up for it', () => {
    // Left at 98.5: 985. On the last day alone: 9 × 98.5 + 118.2 = 1,004.7.
    expect(ask({ standing: 98.5 })).toEqual({
      kind: 'none',
      why: 'what the budgets are off by can be made up on the last day still',
    })
  })

  test('has nothing to say after the flight', () => {
    expect(ask({ path: { days: [], remaining: 500, launchShortfall: 0 } })).toMatchObject({ kind: 'none' })
  })
})
