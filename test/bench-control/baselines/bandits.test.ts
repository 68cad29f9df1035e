import { describe, expect, test } from 'vitest'
import { armsOf, thompson, upperBound } from '../../bench/control/baselines/discrete.ts'
import { gammaDraw } from '../../bench/control/baselines/draws.ts'
import { drawn, type Measurement, type Process, posterior } from '../../bench/control/baselines/gaussian-process.ts'
import { measurements, rising } from '../../bench/control/baselines/gp-thompson.ts'
import { chooseLevels, type Level } from '../../bench/control/baselines/knapsack.ts'
import { chosenBudgets } from '../../bench/control/baselines/levels.ts'
import { cholesky, solveLower } from '../../bench/control/baselines/matrix.ts'
import { aDay, aView, days, seeded } from './views.ts'

const worthOf = (campaigns: readonly (readonly Level[])[], chosen: readonly number[]): number =>
  chosen.reduce((sum, k, i) => sum + campaigns[i]![k]!.value, 0)

const costOf = (campaigns: readonly (readonly Level[])[], chosen: readonly number[]): number =>
  chosen.reduce((sum, k, i) => sum + campaigns[i]![k]!.cost, 0)

/** Every combination of levels. */
const combinations = (campaigns: readonly (readonly Level[])[]): readonly (readonly number[])[] =>
  campaigns.reduce<readonly (readonly number[])[]>(
    (all, levels) => all.flatMap((one) => levels.map((_, k) => [...one, k])),
    [[]],
  )

describe('the knapsack', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])('of random case %i finds what trying everything finds', (seed) => {
    const random = seeded(seed)
    const campaigns = Array.from({ length: 4 }, () =>
      Array.from({ length: 4 }, (_, k) => ({ cost: k === 0 ? 1 : Math.floor(12 * random()), value: random() })),
    )
    const capacity = 8 + Math.floor(20 * random())
    const best = Math.max(
      ...combinations(campaigns)
        .filter((one) => costOf(campaigns, one) <= capacity)
        .map((one) => worthOf(campaigns, one)),
    )
    const chosen = chooseLevels(campaigns, capacity)
    expect(costOf(campaigns, chosen)).toBeLessThanOrEqual(capacity)
    expect(worthOf(campaigns, chosen)).toBeCloseTo(best, 12)
  })

  test('says so when not even the cheapest levels fit', () => {
    expect(() => chooseLevels([[{ cost: 3, value: 1 }], [{ cost: 4, value: 1 }]], 6)).toThrow(/costs more than 6 units/)
  })

  test('takes levels of no cost with no money', () => {
    expect(
      chooseLevels(
        [
          [
            { cost: 0, value: 0 },
            { cost: 1, value: 9 },
          ],
        ],
        0,
      ),
    ).toEqual([0])
  })
})

describe('budgets by knapsack', () => {
  test('fall back to the cheapest levels when there is no money', () => {
    const view = aView([{ days: days(5, aDay(100, 5)) }], { remaining: 0 })
    expect(chosenBudgets(view, [{ budgets: [50, 100], values: [1, 2] }])).toEqual([50])
  })

  test('leave a campaign without a ladder what it has', () => {
    const view = aView([{ days: days(5, aDay(100, 5)) }, { days: days(5, aDay(40, 5)) }])
    // 140 a day, 40 of them bound: of levels 50, 100 and 150 the second is the best that fits.
    expect(chosenBudgets(view, [{ budgets: [50, 100, 150], values: [1, 2, 3] }, undefined])).toEqual([100, 40])
  })
})

describe('a Gaussian process', () => {
  const process: Process = { mean: () => 0, covariance: (x, y) => (x === y ? 1 : 0.5) }

  test('has the posterior that two points give by hand', () => {
    // K = [[1.25, .5], [.5, 1.25]], its inverse 1/1.3125 · [[1.25, −.5], [−.5, 1.25]]; k* = (.5, .5) at a third place.
    // k*·K⁻¹ = (.5·.75/1.3125)(1, 1) = (2/7)(1, 1); mean (2/7)(1 + 3) = 8/7; variance 1 − (2/7)(.5 + .5) = 5/7.
    const measured: readonly Measurement[] = [
      { x: 1, y: 1, noise: 0.25 },
      { x: 2, y: 3, noise: 0.25 },
    ]
    const at = posterior(process, measured, [3])
    expect(at.mean[0]).toBeCloseTo(8 / 7, 12)
    expect(at.covariance[0]![0]).toBeCloseTo(5 / 7, 12)
  })

  test('without measurements is its prior', () => {
    const at = posterior({ ...process, mean: (x) => 2 * x }, [], [1, 2])
    expect([...at.mean]).toEqual([2, 4])
    expect(at.covariance.map((row) => [...row])).toEqual([
      [1, 0.5],
      [0.5, 1],
    ])
  })

  test('is drawn with its own mean and spread', () => {
    const draws = [0.6, -1]
    // L = [[2, 0], [1, 3]] for covariance [[4, 2], [2, 10]]: 5 + 2·.6 and 7 + .6 − 3.
    const one = drawn(
      { mean: Float64Array.of(5, 7), covariance: [Float64Array.of(4, 2), Float64Array.of(2, 10)] },
      () => draws.shift()!,
    )
    expect([...one].map((x) => Math.round(1e9 * x) / 1e9)).toEqual([6.2, 4.6])
  })

  test('takes days of like spend as one measurement', () => {
    const day = { spend: 100, conversions: 10, demand: 1, weight: 1 }
    const [one, two] = measurements(
      [day, { ...day, conversions: 20 }, { ...day, spend: 200, conversions: 18 }],
      100,
      10,
    )
    // Two days of 15 on average against a level of 10; variance 1.5 over 10 conversions and two days.
    expect(one).toEqual({ x: 1, y: 1.5, noise: 0.075 })
    expect(two!.x).toBe(2)
    expect(two!.y).toBe(1.8)
  })

  test('is read so that more money never brings less, nor less than nothing', () => {
    expect(rising([-1, 2, 1, 3])).toEqual([0, 2, 2, 3])
  })
})

describe('a Cholesky factor', () => {
  test('times itself is the matrix, and solves by substitution', () => {
    const l = cholesky([
      [4, 2],
      [2, 10],
    ])
    expect(l.map((row) => [...row])).toEqual([
      [2, 0],
      [1, 3],
    ])
    expect([...solveLower(l, [4, 8])]).toEqual([2, 2])
  })

  test('of a singular matrix has no variance in the lost direction', () => {
    expect(
      cholesky([
        [1, 1],
        [1, 1],
      ]).map((row) => [...row]),
    ).toEqual([
      [1, 0],
      [1, 0],
    ])
  })
})

describe('discrete arms', () => {
  const day = (spend: number, conversions: number) => ({ spend, conversions, demand: 1, weight: 1 })

  test('count each day on the nearest budget', () => {
    const arms = armsOf([50, 100], [day(60, 6), day(90, 12), day(110, 9)], 100, 10)
    // Counts over the dispersion of 1.5, with one day of prior: 10 · (1/2)^.6 and 10.
    expect(arms[0]!.seen).toBeCloseTo((10 * 0.5 ** 0.6 + 6) / 1.5, 9)
    expect(arms[0]!.days).toBeCloseTo(2 / 1.5, 9)
    expect(arms[1]!.seen).toBeCloseTo((10 + 21) / 1.5, 9)
    expect(arms[1]!.days).toBeCloseTo(3 / 1.5, 9)
  })

  test('have an upper bound one standard deviation above their mean', () => {
    expect(upperBound({ budget: 1, seen: 16, days: 4 }, aView([{ days: [] }]))).toBe(5)
  })

  test('are drawn around their mean', () => {
    const view = aView([{ days: [] }])
    const all = Array.from({ length: 4000 }, () => thompson({ budget: 1, seen: 16, days: 4 }, view))
    const mean = all.reduce((a, b) => a + b, 0) / all.length
    // Mean 4, standard deviation 1; of the mean of 4,000 it is 0.016.
    expect(Math.abs(mean - 4)).toBeLessThan(0.07)
    expect(all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length).toBeCloseTo(1, 0)
  })
})

describe('gamma draws', () => {
  test.each([0.4, 1, 7])('of shape %d have its mean and variance', (shape) => {
    const random = seeded(3)
    const all = Array.from({ length: 20_000 }, () => gammaDraw(shape, random))
    const mean = all.reduce((a, b) => a + b, 0) / all.length
    const variance = all.reduce((sum, x) => sum + (x - mean) ** 2, 0) / all.length
    expect(Math.abs(mean / shape - 1)).toBeLessThan(0.04)
    expect(Math.abs(variance / shape - 1)).toBeLessThan(0.12)
  })
})
