import { describe, expect, test } from 'vitest'
import { type LandingTerms, landing } from '../../../lib/decide/pacing/landing.ts'
import { type PathDay, type TargetPath, targetPath } from '../../../lib/decide/pacing/path.ts'
import { dayWeights } from '../../../lib/decide/pacing/weights.ts'
import { accountDate, addDays } from '../../../lib/units/calendar.ts'
import { DAY_OF_WEEK, fly } from './flights.ts'

const FIRST = accountDate('2026-11-21')

/** So many even days that remain, with 100 each unless told otherwise. */
const even = (
  days: number,
  over: (day: number) => Partial<PathDay> = () => ({}),
  remaining = 100 * days,
): TargetPath => ({
  days: Array.from({ length: days }, (_, i) => ({
    date: addDays(FIRST, i),
    target: remaining / days,
    reserved: 0,
    event: 1,
    presence: 1,
    ...over(i),
  })),
  remaining,
  launchShortfall: 0,
})
const land = (path: TargetPath, over: Partial<LandingTerms> = {}) =>
  landing({
    path,
    total: 1000 + path.remaining,
    spent: 1000,
    standing: 100,
    stepUp: 0.2,
    stepDown: 0.2,
    noise: 0,
    ...over,
  })

describe('where the flight lands', () => {
  test.each<[why: string, path: TargetPath, over: Partial<LandingTerms>, mean: number]>([
    ['on its total when budgets can follow', even(10), {}, 2000],
    // 100 asked of two days, budgets at 50 grow to 60 and 72.
    ['short when budgets cannot grow that fast', even(2), { standing: 50 }, 1132],
    ['short when bounds are in the way', even(10), { atMost: 60, standing: 60 }, 1600],
    ['beyond when budgets cannot be cut that fast', even(2, undefined, 100), { standing: 100 }, 1144],
    // Down to 80 and 64 by steps of 20 %, and 60 from then on: a bound is come to by steps like everything else.
    ['by steps at a bound that lies below what budgets stand at', even(4), { atMost: 60, standing: 100 }, 1264],
    ['and by steps at one that lies above', even(3, undefined, 150), { atLeast: 130, standing: 100 }, 1380],
    ['beyond when lower bounds are in the way', even(10), { atLeast: 120, standing: 120 }, 2200],
    // Day 2 asks for four times day 1, by an approved step and not by steps of 20 %: 40 + 160.
    [
      'on its total over an event’s step',
      even(2, (i) => (i === 1 ? { event: 4, target: 160 } : { target: 40 })),
      { standing: 40 },
      1200,
    ],
    // Half of the budgets end after day 1: 100 and then 50, asked 100 each; the rest grows by 20 % to 60.
    [
      'short when campaigns end that nobody replaces',
      even(2, (i) => ({ presence: i === 0 ? 1 : 0.5 })),
      { standing: 100 },
      1160,
    ],
    [
      'on its total when a launch comes with its own money',
      even(2, (i) => (i === 1 ? { reserved: 100, target: 150 } : { target: 50 })),
      { standing: 50 },
      1200,
    ],
    ['at what is spent when no day remains', even(0), {}, 1000],
  ])('%s', (_why, path, over, mean) => {
    const landed = land(path, over)
    expect(landed.mean).toBeCloseTo(mean, 6)
    expect([landed.low80, landed.high80]).toEqual([expect.closeTo(mean, 6), expect.closeTo(mean, 6)])
    expect(landed.spent + landed.plannedRest).toBeCloseTo(mean, 6)
  })

  test('says what is missing for want of room, and what because nothing is worth it', () => {
    expect(land(even(10), { atMost: 60, standing: 60 })).toMatchObject({
      unspentForWantOfRoom: expect.closeTo(400, 6),
      unspentAboveCeiling: 0,
      why: 'lands at 1600.00 (1600.00 to 1600.00) of 2000.00; 400.00 stay unspent because budgets cannot grow that far in time',
    })
    expect(
      land(even(10), { worth: { perDay: Array(10).fill(70), doubt: 0, learnedOver: 7 }, standing: 70 }),
    ).toMatchObject({
      unspentForWantOfRoom: 0,
      unspentAboveCeiling: expect.closeTo(300, 6),
      why: 'lands at 1700.00 (1700.00 to 1700.00) of 2000.00; 300.00 stay unspent because the next unit would cost more than the ceiling allows',
    })
    expect(land(even(2, undefined, 100))).toMatchObject({ overspent: expect.closeTo(44, 6) })
  })

  test('says what came of a flight that has ended, and blames no step for it', () => {
    expect(land(even(0), { spent: 1200, total: 1000 }).why).toBe(
      'lands at 1200.00 of 1000.00; 200.00 more than the total were spent',
    )
    expect(land(even(0), { spent: 800, total: 1000 }).why).toBe(
      'lands at 800.00 of 1000.00; 200.00 of the total were not spent',
    )
  })

  test('asks of the days that remain what they would have to spend', () => {
    expect(land(even(8), {}).requiredPerDay).toBe(100)
    expect(land(even(0), {}).requiredPerDay).toBeUndefined()
  })

  test('is as unsure as the last day, since the others are made up', () => {
    // 10 % of about 100 on the last day: 80 % within ±12.8.
    const { low80, high80, mean } = land(even(10), { noise: 0.1 })
    expect(mean).toBeCloseTo(2000, -1)
    expect(high80 - low80).toBeGreaterThan(20)
    expect(high80 - low80).toBeLessThan(32)
  })

  test('is as unsure as all days together when nothing can be made up', () => {
    // √10 × 10 % × 100 = 31.6; 80 % within ±40.5.
    const { low80, high80 } = land(even(10), { noise: 0.1, atMost: 50, standing: 50 })
    expect(high80 - low80).toBeGreaterThan(0.5 * 60)
    expect(high80 - low80).toBeLessThan(0.5 * 100)
  })

  test('scales with all money', () => {
    const small = land(even(5), { noise: 0.1, standing: 70, atMost: 110 })
    const path = even(5, undefined, 50_000)
    const large = landing({
      path,
      total: 150_000,
      spent: 100_000,
      standing: 7000,
      atMost: 11_000,
      stepUp: 0.2,
      stepDown: 0.2,
      noise: 0.1,
    })
    for (const figure of ['mean', 'low80', 'high80', 'plannedRest', 'unspentForWantOfRoom'] as const)
      expect(large[figure]).toBeCloseTo(100 * small[figure], 4)
  })

  test('has intervals that hold what they promise, four times in five', () => {
    const [from, to] = [accountDate('2026-10-01'), accountDate('2026-10-31')]
    const weights = dayWeights(from, to, { dayOfWeek: DAY_OF_WEEK })
    let held = 0
    const flights = Array.from({ length: 70 }, (_, i) => fly({ from, to }, 5000 + i))
    const moments = [8, 20, 28]
    for (const { days, error } of flights)
      for (const at of moments) {
        const past = days.slice(0, at)
        const spent = past.reduce((sum, day) => sum + day.spent, 0)
        const { date: today, noise } = days[at]!
        const path = targetPath({ from, to, total: 30_000, today, spent, weights, launches: [] })
        const { low80, high80 } = landing({
          path,
          total: 30_000,
          spent,
          standing: past.at(-1)!.spent,
          stepUp: 0.2,
          stepDown: 0.2,
          noise,
        })
        if (low80 <= 30_000 * (1 + error) && 30_000 * (1 + error) <= high80) held += 1
      }
    // 70 flights: a standard error of five points.
    expect(held / (flights.length * moments.length)).toBeGreaterThan(0.7)
    expect(held / (flights.length * moments.length)).toBeLessThan(0.93)
  })
})
