import { describe, expect, test } from 'vitest'
import { planned, WEEKLY } from '../../bench/control/baselines/curve-fits.ts'
import { observations } from '../../bench/control/baselines/curves.ts'
import { fitHill, type Observation, usualSpend } from '../../bench/control/baselines/fit.ts'
import { hillAt } from '../../bench/control/baselines/hill.ts'
import { hull, optimise } from '../../bench/control/baselines/optimise.ts'
import { weekdayFactors } from '../../bench/control/baselines/weekdays.ts'
import { worths } from '../../bench/control/baselines/worth.ts'
import { aDay, aView, days, unreported } from './views.ts'

const FLAT = { logShape: 0, logShapeSd: 20, logHalfway: 0, logHalfwaySd: 20, rate: 1, strength: 1e-6 }

const noiseless = (curve: { ceiling: number; halfway: number; shape: number }): readonly Observation[] =>
  Array.from({ length: 40 }, (_, k) => {
    const spend = 20 + 10 * k
    return { spend, conversions: hillAt(curve, spend), demand: 1, weight: 1 }
  })

describe('a Hill curve', () => {
  test.each([
    { spend: 100, conversions: 5 },
    { spend: 0, conversions: 0 },
    { spend: 300, conversions: 9 },
    { spend: 1e200, conversions: 10 },
  ])('of ceiling 10, halfway 100 and shape 2 brings $conversions for $spend', ({ spend, conversions }) => {
    // 300²/(300² + 100²) = 0.9.
    expect(hillAt({ ceiling: 10, halfway: 100, shape: 2 }, spend)).toBeCloseTo(conversions, 9)
  })
})

describe('a fit', () => {
  test.each([
    { name: 'concave', curve: { ceiling: 40, halfway: 180, shape: 0.9 } },
    { name: 'S-shaped', curve: { ceiling: 40, halfway: 180, shape: 1.9 } },
    { name: 'close to saturated', curve: { ceiling: 25, halfway: 60, shape: 1 } },
  ])('recovers a $name curve from noiseless days', ({ curve }) => {
    const data = noiseless(curve)
    const fitted = fitHill(data, usualSpend(data), 1, FLAT)
    for (const { spend, conversions } of data)
      expect(Math.abs(hillAt(fitted, spend) / conversions - 1)).toBeLessThan(0.01)
    expect(Math.abs(Math.log(fitted.shape / curve.shape))).toBeLessThan(0.05)
  })

  test('takes out demand: a day of double demand is no better curve', () => {
    const data = noiseless({ ceiling: 40, halfway: 180, shape: 1 })
    const doubled = data.map((day, k) => (k % 2 === 0 ? day : { ...day, demand: 2, conversions: 2 * day.conversions }))
    const fitted = fitHill(doubled, usualSpend(doubled), 1, FLAT)
    expect(Math.abs(hillAt(fitted, 200) / hillAt({ ceiling: 40, halfway: 180, shape: 1 }, 200) - 1)).toBeLessThan(0.01)
  })

  test('without data is its prior', () => {
    const prior = {
      logShape: Math.log(0.8),
      logShapeSd: 0.3,
      logHalfway: Math.log(1.5),
      logHalfwaySd: 0.5,
      rate: 6,
      strength: 2,
    }
    const fitted = fitHill([], 100, 1, prior)
    expect(fitted.shape).toBeCloseTo(0.8, 1)
    expect(hillAt(fitted, 100)).toBeCloseTo(6, 6)
  })

  test('of days at one spend keeps the level of the data', () => {
    const data = Array.from({ length: 50 }, () => ({ spend: 100, conversions: 8, demand: 1, weight: 1 }))
    // 400 conversions seen in 50 days, one of the prior at 4 a day: 401 / 50.25.
    expect(
      hillAt(fitHill(data, 100, 1, { ...FLAT, logShapeSd: 0.3, logHalfwaySd: 0.5, rate: 4, strength: 1 }), 100),
    ).toBeCloseTo(401 / 50.25, 6)
  })
})

describe('the optimiser', () => {
  test('meets marginal returns on square roots', () => {
    // √(9x) and √x: equal slopes at 9 : 1, so 90 and 10 of 100.
    const budgets = optimise(
      [
        { at: (x) => 3 * Math.sqrt(x), low: 0, high: 100 },
        { at: (x) => Math.sqrt(x), low: 0, high: 100 },
      ],
      100,
    )
    expect(budgets[0]).toBeCloseTo(90, -0.7)
    expect(budgets[0]! + budgets[1]!).toBeCloseTo(100, 9)
  })

  test('gives one of two step-like curves all that it needs instead of half to each', () => {
    const step = (x: number): number => x ** 4 / (x ** 4 + 50 ** 4)
    const budgets = optimise(
      [step, step].map((at) => ({ at, low: 0, high: 100 })),
      80,
    )
    // 80 in one bring 0.868; 65 in one and 15 in the other 0.749, half in each 0.581.
    expect(budgets.toSorted((a, b) => a - b)).toEqual([0, 80])
  })

  test('keeps bounds, and returns the lower ones when they exceed the money', () => {
    const at = (x: number): number => x
    expect(
      optimise(
        [
          { at, low: 10, high: 20 },
          { at, low: 10, high: 20 },
        ],
        100,
      ),
    ).toEqual([20, 20])
    expect(
      optimise(
        [
          { at, low: 10, high: 20 },
          { at, low: 10, high: 20 },
        ],
        5,
      ),
    ).toEqual([10, 10])
  })

  test('spends around a gap that the money does not span', () => {
    // The step needs 60 to begin; of 50 every bit brings more on the line.
    const step = (x: number): number => (x < 60 ? x / 1000 : 6)
    const line = (x: number): number => x / 20
    const budgets = optimise(
      [
        { at: step, low: 0, high: 80 },
        { at: line, low: 0, high: 80 },
      ],
      50,
    )
    expect(budgets).toEqual([0, 50])
  })

  test('walks the upper hull', () => {
    expect(hull([0, 1, 2, 3, 4], [0, 0.1, 3, 3.5, 3.6])).toEqual([0, 2, 3, 4])
  })
})

describe('what curves are fitted to', () => {
  test('is weighed by age, without days that were not reported', () => {
    const view = aView([{ days: [aDay(10, 1), ...unreported(1), aDay(30, 3)] }])
    const seen = observations(view, 0, { window: 10, halfLife: 1 }, [1, 1, 1, 1, 1, 1, 1])
    expect(seen.map(({ spend, weight }) => [spend, weight])).toEqual([
      [10, 0.25],
      [30, 1],
    ])
  })

  test('carries the weekday: Mondays at twice the rate stand out', () => {
    const view = aView([{ days: Array.from({ length: 56 }, (_, d) => aDay(100, d % 7 === 0 ? 200 : 100)) }])
    const factors = weekdayFactors(view).get(0)!
    // 1,600 on Mondays against 6,400/7 expected, 40 more on both: 1,640 / 954.3.
    expect(factors[0]).toBeCloseTo(1640 / (6400 / 7 + 40), 9)
    expect(factors[3]).toBeCloseTo(840 / (6400 / 7 + 40), 9)
  })

  test('is worth its mean value, shrunk to the account', () => {
    const view = aView(
      [{ days: days(10, aDay(100, 4, { value: 400 })) }, { days: days(10, aDay(100, 4, { value: 80 })) }],
      { goal: 'value' },
    )
    // 4,000 and 800 for 40 each; account 60 a conversion: (4,000 + 1,200) / 60 and (800 + 1,200) / 60.
    expect(worths(view)).toEqual([5200 / 60, 2000 / 60])
  })
})

describe('a refitted plan', () => {
  const truth = [
    { ceiling: 60, halfway: 300, shape: 1 },
    { ceiling: 20, halfway: 100, shape: 1 },
  ]
  // Budgets that went up and down by a half, so that curves can be seen.
  const past = truth.map((curve) =>
    Array.from({ length: 70 }, (_, d) => {
      const spend = 100 * (1 + 0.5 * Math.sin(d))
      return aDay(spend, hillAt(curve, spend))
    }),
  )

  test('moves money to where the true margin is higher, within its bounds', () => {
    const view = aView(past.map((own) => ({ days: own, budget: 100 })))
    const [first = 0, second = 0] = planned(view, WEEKLY)
    expect(first + second).toBeCloseTo(200, 6)
    // True margins meet where 60·300/(300 + x)² = 20·100/(100 + 200 − x)²: x = 150.
    expect(first).toBeGreaterThan(125)
    expect(first).toBeLessThan(175)
  })
})
