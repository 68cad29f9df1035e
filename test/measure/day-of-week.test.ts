import { describe, expect, test } from 'vitest'
import { dayOfWeekFactors } from '../../lib/measure/day-of-week.ts'
import type { UsableDay } from '../../lib/measure/series.ts'
import { addDays, dayOfWeek } from '../../lib/units/calendar.ts'
import { TODAY } from './samples.ts'

/** Eight whole weeks of a budget, by weekday (1 Monday). */
const weeks = (figures: (weekday: number) => { spend: number; conversions: number }): readonly UsableDay[] =>
  Array.from({ length: 56 }, (_, i) => {
    const date = addDays(TODAY, i - 56)
    return { date, ageDays: 56 - i, value: 0, exposure: 1, ...figures(dayOfWeek(date)) }
  })

describe('demand by day of week', () => {
  test('is 1 on every day without data', () => {
    expect(dayOfWeekFactors([])).toEqual(new Array(7).fill(1))
  })

  test('is 1 on every day when every day brought the same', () => {
    for (const factor of dayOfWeekFactors([weeks(() => ({ spend: 100, conversions: 20 }))]))
      expect(factor).toBeCloseTo(1, 12)
  })

  test('has a mean of 1, and finds Saturdays that bring double', () => {
    const factors = dayOfWeekFactors([weeks((day) => ({ spend: 100, conversions: day === 6 ? 400 : 200 }))])
    expect(factors.reduce((a, b) => a + b, 0) / 7).toBeCloseTo(1, 12)
    // Double is 1.75 of the mean; 40 conversions of prior take a little of it.
    expect(factors[5]).toBeGreaterThan(1.7)
    expect(factors[5]).toBeLessThan(1.75)
    expect(factors[0]).toBeCloseTo(factors[1]!, 12)
  })

  test('does not take money for demand: more spent on Saturdays brings more at an elasticity of 0.6', () => {
    const factors = dayOfWeekFactors([
      weeks((day) => ({ spend: day === 6 ? 200 : 100, conversions: 200 * (day === 6 ? 2 ** 0.6 : 1) })),
    ])
    for (const factor of factors) expect(factor).toBeCloseTo(1, 3)
  })

  test('does not take immature days for weak ones', () => {
    const days = weeks(() => ({ spend: 100, conversions: 200 })).map((day) => {
      const visible = day.ageDays <= 2 ? 0.5 : 1
      return { ...day, conversions: day.conversions * visible, exposure: visible }
    })
    for (const factor of dayOfWeekFactors([days])) expect(factor).toBeCloseTo(1, 10)
  })

  test('does not care in what money spend is counted', () => {
    const days = weeks((day) => ({ spend: 90 + day, conversions: 20 + day }))
    const factors = dayOfWeekFactors([days])
    const yen = dayOfWeekFactors([days.map((day) => ({ ...day, spend: day.spend * 160 }))])
    for (const [i, factor] of factors.entries()) expect(yen[i]).toBeCloseTo(factor, 10)
  })

  test('is pulled towards the factors of the whole by 40 conversions', () => {
    const centre = [1, 1, 1, 1, 1, 1.4, 0.6]
    // Without a conversion it is the centre itself.
    for (const [i, factor] of dayOfWeekFactors([], centre).entries()) expect(factor).toBeCloseTo(centre[i]!, 12)
  })

  test('barely moves on a handful of conversions', () => {
    const factors = dayOfWeekFactors([weeks((day) => ({ spend: 10, conversions: day === 6 ? 1 : 0 }))])
    expect(factors[5]).toBeLessThan(1.2)
  })
})
