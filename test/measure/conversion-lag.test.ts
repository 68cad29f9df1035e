import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { completionAt, completionByAge, LAG_DAYS } from '../../lib/measure/conversion-lag.ts'
import type { Revision } from '../../lib/model/history.ts'
import { addDays } from '../../lib/units/calendar.ts'
import { RULE, TODAY } from './samples.ts'

const reading = (dayAge: number, ageDays: number, count: number, rule = RULE): Revision => ({
  date: addDays(TODAY, -dayAge),
  ageDays,
  conversions: { [rule]: { count, valueMicros: 0n } },
})

describe('completion without history', () => {
  test('by click day: 55 % on the day itself, and a tail that shrinks by a quarter a day', () => {
    const completion = completionByAge([], RULE, TODAY)
    expect(completion).toHaveLength(LAG_DAYS + 1)
    // 1 − 0.45 · 0.75^age, up to what is still to come after 30 days.
    for (const [age, wanted] of [
      [0, 0.55],
      [1, 0.6625],
      [2, 0.746875],
      [7, 0.939931],
    ] as const)
      expect(completion[age]! / completion[LAG_DAYS]!).toBeCloseTo(wanted, 3)
    expect(completion[LAG_DAYS]).toBe(1)
  })

  test.each(['conversion', 'impression', 'mixed'])('by %s: 97 %% when the day is over', (basis) => {
    expect(completionByAge([], `purchase|7c|0v|${basis}`, TODAY)[0]).toBeCloseTo(0.97, 4)
  })
})

describe('completion with history', () => {
  test('is the chain ladder with a prior of 50 conversions, worked by hand', () => {
    // One day, ten days old: 600 at age 1, 900 at age 2, 1000 from age 3 on.
    const completion = completionByAge([[reading(10, 1, 600), reading(10, 2, 900), reading(10, 3, 1000)]], RULE, TODAY)
    const prior = (age: number): number => 1 - 0.45 * 0.75 ** age
    const hazard = (arrived: number, visible: number, age: number): number =>
      (arrived + 50 * (1 - prior(age - 1) / prior(age))) / (visible + 50)
    // From age 4 to age 10 nothing came, of 1000; beyond that nobody has looked yet.
    let rest = 1
    for (let age = LAG_DAYS; age >= 4; age--) rest *= 1 - hazard(0, age <= 10 ? 1000 : 0, age)
    expect(completion[3]).toBeCloseTo(rest, 12)
    expect(completion[2]).toBeCloseTo(rest * (1 - hazard(100, 1000, 3)), 12)
    expect(completion[1]).toBeCloseTo(rest * (1 - hazard(100, 1000, 3)) * (1 - hazard(300, 900, 2)), 12)
    // About 600 of 1000, as the plain ladder has it.
    expect(completion[1]).toBeGreaterThan(0.57)
    expect(completion[1]).toBeLessThan(0.62)
  })

  test('pools days and campaigns by what they count: a large one outweighs a small one', () => {
    const small = [reading(10, 1, 1), reading(10, 2, 20)]
    const large = [reading(10, 1, 5000), reading(10, 2, 5000)]
    expect(completionByAge([small, large], RULE, TODAY)[1]).toBeGreaterThan(0.95)
  })

  test('keeps the campaigns apart: readings of two on one date are no arrivals', () => {
    const apart = completionByAge([[reading(5, 1, 1000)], [reading(5, 1, 10)]], RULE, TODAY)
    expect(apart).toEqual(completionByAge([[reading(5, 1, 1010)]], RULE, TODAY))
  })

  test('a day that nobody read again stood still: a reading is kept only where something changed', () => {
    const kept = completionByAge([[reading(20, 1, 1000)]], RULE, TODAY)
    const reread = completionByAge([Array.from({ length: 20 }, (_, i) => reading(20, i + 1, 1000))], RULE, TODAY)
    expect(kept).toEqual(reread)
  })

  test('counts only the rule that is asked for', () => {
    const other = completionByAge(
      [[reading(10, 1, 1, 'lead|7c|0v|click'), reading(10, 2, 900, 'lead|7c|0v|click')]],
      RULE,
      TODAY,
    )
    expect(other).toEqual(completionByAge([], RULE, TODAY))
  })

  test('refunds do not make a day more than complete', () => {
    const completion = completionByAge([[reading(10, 1, 1000), reading(10, 5, 700)]], RULE, TODAY)
    expect(Math.max(...completion)).toBe(1)
  })

  test('always rises from above 0 to exactly 1, in any order of readings', () => {
    const someReadings = fc.array(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 40 }), fc.nat({ max: 5000 })), {
        maxLength: 12,
      }),
      { maxLength: 4 },
    )
    fc.assert(
      fc.property(someReadings, (series) => {
        const readings = series.map((one) => [
          ...new Map(
            one.map(([day, age, count]) => [`${day}/${age}`, reading(day, Math.min(age, day), count)]),
          ).values(),
        ])
        fc.pre(readings.every((one) => new Set(one.map((r) => `${r.date}/${r.ageDays}`)).size === one.length))
        const completion = completionByAge(readings, RULE, TODAY)
        expect(completion[0]).toBeGreaterThan(0)
        expect(completion[LAG_DAYS]).toBe(1)
        for (let age = 1; age <= LAG_DAYS; age++) expect(completion[age]).toBeGreaterThanOrEqual(completion[age - 1]!)
        expect(
          completionByAge(
            readings.map((one) => one.toReversed()),
            RULE,
            TODAY,
          ),
        ).toEqual(completion)
      }),
    )
  })
})

describe('completion at an age', () => {
  test.each([
    [-1, 0.5],
    [0, 0.5],
    [1, 0.8],
    [2, 1],
    [90, 1],
  ])('of %d days is %d', (age, wanted) => {
    expect(completionAt([0.5, 0.8, 1], age)).toBe(wanted)
  })
})
