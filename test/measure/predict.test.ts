import { describe, expect, test } from 'vitest'
import { PREDICTED_DAYS, predictClaims } from '../../lib/measure/predict.ts'
import { fitResponseCurves } from '../../lib/measure/response-fit.ts'
import { relativeResponse } from '../../lib/measure/response-shape.ts'
import type { BudgetEstimate } from '../../lib/model/estimates.ts'
import type { Prediction } from '../../lib/model/plan.ts'
import { accountDate, addDays } from '../../lib/units/calendar.ts'
import { dice, poisson } from './dice.ts'
import { normal } from './lag/market.ts'

const MONDAY = accountDate('2026-11-23')
const EVEN = [1, 1, 1, 1, 1, 1, 1]
const CALM = { overdispersion: 1, driftVariance: 0, keep: 1 }

/** 20 conversions a day at 100 a day, a straight line, known from as many conversions as it is said. */
const estimate = (over: Partial<BudgetEstimate> = {}, known = 1e9): BudgetEstimate =>
  ({
    curve: { referenceSpend: 100, shapes: [{ weight: 1, gammaShape: known, gammaRate: known / 20 }] },
    noise: CALM,
    ...over,
  }) as BudgetEstimate

const width = ({ conversions }: Prediction): number => conversions.high - conversions.low

describe('what a budget’s campaigns will claim in the coming week', () => {
  test('is its curve at that spend, seven times', () => {
    const prediction = predictClaims(estimate(), 150, EVEN, MONDAY)
    expect(prediction).toMatchObject({ from: MONDAY, days: PREDICTED_DAYS, spend: 1050 })
    expect(prediction.conversions.mean).toBeCloseTo(210, 6)
  })

  test('is the same on whichever weekday it begins, and follows the events that are announced', () => {
    const weekdays = [1.4, 1, 1, 1, 1, 0.8, 0.8]
    const mean = (from = MONDAY, demand?: Parameters<typeof predictClaims>[4]): number =>
      predictClaims(estimate(), 100, weekdays, from, demand).conversions.mean
    expect(mean()).toBeCloseTo(140, 6)
    expect(mean(addDays(MONDAY, 3))).toBeCloseTo(140, 6)
    // Twice the demand on the Monday: 28 more.
    expect(mean(MONDAY, (date) => (date === MONDAY ? 2 : 1))).toBeCloseTo(168, 6)
  })

  test('is worth what a conversion is, less surely: conversions differ, and their mean is not quite known', () => {
    const worth = (ofOne: number, ofMean: number) => {
      const told = { valuePerConversion: 50, valueVariance: { ofOne, ofMean } }
      return predictClaims(estimate(told), 100, EVEN, MONDAY).value!
    }
    // 140 conversions at 50; counts alone have a variance of 140.
    expect(worth(0, 0).mean).toBeCloseTo(7000, 3)
    const widthOf = ({ low, high }: { low: number; high: number }): number => high - low
    expect(widthOf(worth(0, 0))).toBeCloseTo(50 * 2 * 1.2816 * Math.sqrt(140), -1)
    // Values that vary by all of their mean double the variance; a mean known to 1 in 140 (a twelfth) adds as much again.
    expect(widthOf(worth(1, 0)) / widthOf(worth(0, 0))).toBeCloseTo(Math.sqrt(2), 2)
    expect(widthOf(worth(0, 1 / 140)) / widthOf(worth(0, 0))).toBeCloseTo(Math.sqrt(2), 2)
    expect(predictClaims(estimate({ valuePerConversion: 50 }), 100, EVEN, MONDAY).value).toBeUndefined()
  })

  test('of nothing spent is nothing', () => {
    expect(predictClaims(estimate(), 0, EVEN, MONDAY).conversions).toEqual({ mean: 0, low: 0, high: 0 })
  })

  test('where all is known has the noise of counts: 140 give or take 1.28 times their root', () => {
    const { low, high } = predictClaims(estimate(), 100, EVEN, MONDAY).conversions
    // Less half a whole number at either end.
    expect(high - low).toBeCloseTo(2 * 1.2816 * Math.sqrt(140) - 1, 0)
    expect(low).toBeGreaterThan(0)
  })

  test('of next to nothing holds nothing: no conversion is what is to be expected', () => {
    const { low, high } = predictClaims(estimate(), 0.1, EVEN, MONDAY).conversions
    expect(low).toBe(0)
    expect(high).toBeGreaterThan(0)
  })

  test('is less sure of counts that are noisier, of levels that drift, and of curves that few conversions tell', () => {
    const calm = width(predictClaims(estimate(), 100, EVEN, MONDAY))
    const widthWith = (over: Partial<BudgetEstimate['noise']>): number =>
      width(predictClaims(estimate({ noise: { ...CALM, ...over } }), 100, EVEN, MONDAY))
    // Four times the variance is twice the width.
    expect(widthWith({ overdispersion: 4 }) / calm).toBeCloseTo(2, 1)
    expect(widthWith({ driftVariance: 0.04, keep: 0.95 })).toBeGreaterThan(1.1 * calm)
    expect(widthWith({ driftVariance: 0.04, keep: 0.8 })).toBeGreaterThan(
      widthWith({ driftVariance: 0.04, keep: 0.95 }),
    )
    expect(width(predictClaims(estimate({}, 100), 100, EVEN, MONDAY))).toBeGreaterThan(1.5 * calm)
  })
})

interface Truth {
  /** Standard deviation of a day's step of the logarithm of the level, which comes back by a tenth a day. */
  readonly step: number
  /** Standard deviation of the logarithm of a day. */
  readonly daySd: number
  readonly level: number
}

/** Whether each of many budgets brings in its coming week what was predicted of it. */
function covered(seed: number, budgets: number, { step, daySd, level }: Truth): readonly boolean[] {
  const roll = dice(seed)
  const markets = Array.from({ length: budgets }, () => {
    const elasticity = 0.3 + 0.5 * roll()
    const halfway = elasticity / (1 - elasticity)
    const size = level * Math.exp(0.7 * normal(roll))
    let drift = 0
    const counts = Array.from({ length: 67 }, (_, day) => {
      drift = 0.9 * drift + step * normal(roll)
      const spend = day < 60 ? 100 * Math.exp(0.15 * normal(roll)) : 110
      const mean = size * relativeResponse(spend / 100, { halfway }) * Math.exp(drift + daySd * normal(roll))
      return { spend, conversions: poisson(mean, roll), exposure: 1, ageDays: 60 - day }
    })
    return { days: counts.slice(0, 60), week: counts.slice(60).reduce((sum, one) => sum + one.conversions, 0) }
  })
  const fits = fitResponseCurves(markets.map(({ days }) => ({ days, pool: 'one', priorRate: level / 100 })))
  return markets.map(({ week }, i) => {
    const prediction = predictClaims(fits[i] as unknown as BudgetEstimate, 110, EVEN, MONDAY)
    return prediction.conversions.low <= week && week <= prediction.conversions.high
  })
}

describe('80 % intervals of predictions in markets whose truth is known', () => {
  test.each<[why: string, truth: Truth]>([
    ['that stand still', { step: 0, daySd: 0, level: 15 }],
    ['whose days are noisier than counts', { step: 0, daySd: 0.25, level: 15 }],
    ['that drift', { step: 0.08, daySd: 0.1, level: 15 }],
    ['with few conversions', { step: 0.05, daySd: 0.1, level: 3 }],
  ])('cover 75 to 85 % in markets %s', (_why, truth) => {
    const all = [1, 2, 3, 4, 5, 6].flatMap((seed) => covered(seed, 60, truth))
    const share = all.filter((one) => one).length / all.length
    // Of 360, with a standard error of 2 %.
    expect(share).toBeGreaterThan(0.75 - 0.03)
    expect(share).toBeLessThan(0.85 + 0.03)
  })
})
