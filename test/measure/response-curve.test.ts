import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  conversionChange,
  conversionsAt,
  elasticityAt,
  marginalConversionsAt,
} from '../../lib/measure/response-curve.ts'
import { type CurvePoint, fitResponseCurves } from '../../lib/measure/response-fit.ts'
import { relativeResponse, relativeSlope, SHAPES } from '../../lib/measure/response-shape.ts'
import type { ResponseCurve } from '../../lib/model/estimates.ts'
import { dice, poisson } from './dice.ts'

const someDays: fc.Arbitrary<readonly CurvePoint[]> = fc.uniqueArray(
  fc.record({
    spend: fc.double({ min: 0.5, max: 5000, noNaN: true }),
    conversions: fc.integer({ min: 0, max: 400 }),
    exposure: fc.double({ min: 0.2, max: 2, noNaN: true }),
    ageDays: fc.integer({ min: 1, max: 89 }),
  }),
  { minLength: 1, maxLength: 60, selector: ({ ageDays }) => ageDays },
)

const fitOf = (days: readonly CurvePoint[], priorRate = 0.05) =>
  fitResponseCurves([{ days, pool: 'one', priorRate }])[0]
const fitted = (days: readonly CurvePoint[], priorRate = 0.05): ResponseCurve => fitOf(days, priorRate)!.curve

/** Days of a budget whose truth is a saturation curve: 0.55 per cent more of one per cent more, at 100 a day. */
function simulated(seed: number, days = 60): { days: readonly CurvePoint[]; truth: (spend: number) => number } {
  const roll = dice(seed)
  const halfway = 0.55 / 0.45
  const truth = (spend: number): number => 40 * relativeResponse(spend / 100, { halfway })
  return {
    truth,
    days: Array.from({ length: days }, (_, i) => {
      const spend = 100 * Math.exp((roll() - 0.5) * 1.6)
      return { spend, conversions: poisson(truth(spend), roll), exposure: 1, ageDays: i + 1 }
    }),
  }
}

describe('relative response', () => {
  // z^p (1 + K) / (z^p + K), by hand.
  test.each([
    [0, { halfway: 2 }, 0],
    [1, { halfway: 2 }, 1],
    [4, { halfway: 2 }, 2],
    [0.5, { halfway: 1 }, 2 / 3],
    [3, {}, 3],
    [2, { halfway: 2, power: 2 as const }, 2],
    [0.5, { halfway: 1, power: 2 as const }, 0.4],
  ])('at %d with %o is %d', (z, shape, wanted) => {
    expect(relativeResponse(z, shape)).toBeCloseTo(wanted, 12)
  })

  test('has at its anchor the elasticity that its place on the grid says, and the slope of a finite difference', () => {
    for (const shape of SHAPES) {
      const [up, down] = [relativeResponse(1.0001, shape), relativeResponse(0.9999, shape)]
      expect((up - down) / 0.0002).toBeCloseTo(shape.elasticity, 6)
      expect(relativeSlope(1, shape)).toBeCloseTo(shape.elasticity, 10)
    }
  })

  test('has prior weights that are a distribution', () => {
    expect(SHAPES.reduce((sum, { prior }) => sum + prior, 0)).toBeCloseTo(1, 12)
  })
})

describe('a response curve', () => {
  test('is nothing at no spend, and never falls', () => {
    fc.assert(
      fc.property(
        someDays,
        fc.double({ min: 0.1, max: 2000, noNaN: true }),
        fc.double({ min: 0.1, max: 2000, noNaN: true }),
        (days, a, b) => {
          const curve = fitted(days)
          expect(conversionsAt(curve, 0)).toBe(0)
          const [low, high] = a < b ? [a, b] : [b, a]
          const tiny = 1e-9 * conversionsAt(curve, high)
          expect(conversionsAt(curve, low)).toBeLessThanOrEqual(conversionsAt(curve, high) + tiny)
        },
      ),
    )
  })

  test('has the marginal return that a finite difference shows', () => {
    fc.assert(
      fc.property(someDays, fc.double({ min: 1, max: 2000, noNaN: true }), (days, spend) => {
        const curve = fitted(days)
        const step = spend * 1e-4
        const slope = (conversionsAt(curve, spend + step) - conversionsAt(curve, spend - step)) / (2 * step)
        expect(marginalConversionsAt(curve, spend) / slope).toBeCloseTo(1, 5)
      }),
    )
  })

  test('weighs its shapes with weights that sum to 1', () => {
    fc.assert(
      fc.property(someDays, (days) => {
        expect(fitted(days).shapes.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 10)
      }),
    )
  })

  test('does not care in what money spend is counted', () => {
    fc.assert(
      fc.property(someDays, fc.constantFrom(0.01, 7, 160), (days, k) => {
        const curve = fitted(days)
        const other = fitted(
          days.map((day) => ({ ...day, spend: day.spend * k })),
          0.05 / k,
        )
        const at = curve.referenceSpend * 1.3
        expect(conversionsAt(other, at * k) / conversionsAt(curve, at)).toBeCloseTo(1, 8)
        expect((marginalConversionsAt(other, at * k) * k) / marginalConversionsAt(curve, at)).toBeCloseTo(1, 8)
        const [change, same] = [conversionChange(curve, at, at * 1.2), conversionChange(other, at * k, at * 1.2 * k)]
        expect(same.mean / change.mean).toBeCloseTo(1, 7)
        expect(same.sd / change.sd).toBeCloseTo(1, 5)
      }),
    )
  })

  test('does not care for the order of days', () => {
    fc.assert(
      fc.property(someDays, (days) => {
        const [curve, other] = [fitted(days), fitted(days.toReversed())]
        const at = curve.referenceSpend * 1.3
        expect(conversionsAt(other, at) / conversionsAt(curve, at)).toBeCloseTo(1, 9)
      }),
    )
  })

  test('without a day of spend there is none', () => {
    expect(fitOf([], 0.1)).toBeUndefined()
    expect(fitOf([{ spend: 0, conversions: 3, exposure: 1, ageDays: 1 }], 0.1)).toBeUndefined()
  })

  test('of a budget that never converted is low, and not nothing', () => {
    const days = Array.from({ length: 28 }, (_, i) => ({ spend: 100, conversions: 0, exposure: 1, ageDays: i + 1 }))
    const expected = conversionsAt(fitted(days, 0.1), 100)
    expect(expected).toBeGreaterThan(0)
    expect(expected).toBeLessThan(0.1 * 100 * 0.1)
  })

  test('of steady days passes through them: 20 conversions a day stay 20', () => {
    const days = Array.from({ length: 56 }, (_, i) => ({ spend: 100, conversions: 20, exposure: 1, ageDays: i + 1 }))
    // The prior weighs 1.5 conversions beside hundreds.
    expect(conversionsAt(fitted(days, 0.2), 100)).toBeCloseTo(20, 6)
    expect(conversionsAt(fitted(days, 0.1), 100)).toBeGreaterThan(19.9)
  })

  test('reads immature days for what they will become: half visible counts double', () => {
    const whole = Array.from({ length: 28 }, (_, i) => ({ spend: 100, conversions: 20, exposure: 1, ageDays: i + 1 }))
    const half = whole.map((day) => ({ ...day, conversions: 10, exposure: 0.5 }))
    expect(conversionsAt(fitted(half, 0.2), 100)).toBeCloseTo(conversionsAt(fitted(whole, 0.2), 100), 6)
  })

  test('believes recent days more: what stopped converting falls below the mean of its days', () => {
    const days = Array.from({ length: 56 }, (_, i) => ({
      spend: 100,
      conversions: i < 28 ? 5 : 15,
      exposure: 1,
      ageDays: i + 1,
    }))
    expect(conversionsAt(fitted(days, 0.1), 100)).toBeLessThan(9)
  })
})

describe('learning from simulated days whose truth is known', () => {
  const SEEDS = Array.from({ length: 120 }, (_, i) => i + 1)

  test('finds what 50 % more money brings, within its interval about as often as it says', () => {
    const covered = SEEDS.filter((seed) => {
      const { days, truth } = simulated(seed)
      const { mean, sd } = conversionChange(fitted(days, 0.4), 100, 150)
      return Math.abs(truth(150) - truth(100) - mean) <= 1.2815515655446004 * sd
    })
    // An 80 % interval; recent days weigh more and counts are thinned, so that it is on the wide side.
    expect(covered.length / SEEDS.length).toBeGreaterThan(0.75)
  })

  test('finds the elasticity of 0.55 on average', () => {
    const elasticities = SEEDS.map((seed) => {
      const curve = fitted(simulated(seed).days, 0.4)
      return elasticityAt(curve, 100).mean
    })
    const mean = elasticities.reduce((a, b) => a + b, 0) / elasticities.length
    expect(mean).toBeGreaterThan(0.48)
    expect(mean).toBeLessThan(0.62)
  })

  test('is surer the more days it has seen', () => {
    const spread = (days: number): number => conversionChange(fitted(simulated(7, days).days, 0.4), 100, 150).sd
    expect(spread(60)).toBeLessThan(spread(14))
    expect(spread(14)).toBeLessThan(spread(3))
  })
})

describe('a change of spend', () => {
  test('is the difference of the curve at its ends, and none is none', () => {
    fc.assert(
      fc.property(
        someDays,
        fc.double({ min: 0, max: 500, noNaN: true }),
        fc.double({ min: 0, max: 500, noNaN: true }),
        (days, from, to) => {
          const curve = fitted(days)
          const { mean, sd } = conversionChange(curve, from, to)
          const largest = Math.max(conversionsAt(curve, from), conversionsAt(curve, to), 1e-9)
          expect(Math.abs(mean - (conversionsAt(curve, to) - conversionsAt(curve, from))) / largest).toBeLessThan(1e-9)
          expect(sd).toBeGreaterThanOrEqual(0)
          expect(conversionChange(curve, from, from)).toEqual({ mean: 0, sd: 0 })
        },
      ),
    )
  })
})
