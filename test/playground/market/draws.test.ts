import { describe, expect, it } from 'vitest'
import {
  gammaWithMeanOne,
  normalQuantile,
  PURPOSE,
  poissonQuantile,
  stream,
  textKey,
  uniform,
} from '../../../playground/market/draws.ts'

const many = (count: number, draw: (i: number) => number): number[] => Array.from({ length: count }, (_, i) => draw(i))
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length
const variance = (values: readonly number[]): number => {
  const centre = mean(values)
  return mean(values.map((v) => (v - centre) ** 2))
}

describe('draws', () => {
  it('give the same numbers for the same seed, entity, purpose and time', () => {
    const of = () =>
      many(
        5,
        (
          (s) => () =>
            uniform(s)
        )(stream(7, textKey('a'), PURPOSE.count, 3)),
      )
    expect(of()).toEqual(of())
  })

  it.each([
    ['seed', stream(8, 1, PURPOSE.count, 3)],
    ['entity', stream(7, 2, PURPOSE.count, 3)],
    ['purpose', stream(7, 1, PURPOSE.drift, 3)],
    ['time', stream(7, 1, PURPOSE.count, 4)],
  ])('give other numbers for another %s', (_what, other) => {
    expect(uniform(other)).not.toBe(uniform(stream(7, 1, PURPOSE.count, 3)))
  })

  // Mean 1/2 with a standard error of 1/sqrt(12 · 20000) = 0.002; correlation 0 with one of 1/sqrt(20000) = 0.007.
  it('are uniform, and do not depend on one another, over neighbouring times and entities', () => {
    const first = many(20_000, (i) => uniform(stream(1, i % 100, PURPOSE.count, Math.floor(i / 100))))
    const next = many(20_000, (i) => uniform(stream(1, i % 100, PURPOSE.count, Math.floor(i / 100) + 1)))
    expect(Math.abs(mean(first) - 0.5)).toBeLessThan(0.008)
    const correlation = mean(first.map((u, i) => (u - 0.5) * (next[i]! - 0.5))) * 12
    expect(Math.abs(correlation)).toBeLessThan(0.03)
  })

  // Standard normal table.
  it.each([
    [0.5, 0],
    [0.975, 1.959964],
    [0.01, -2.326348],
    [0.999, 3.090232],
  ])('have the normal quantile of %f at %f', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 5)
  })

  // Poisson(2): P(0) = 0.1353, P(≤1) = 0.4060, P(≤2) = 0.6767, P(≤3) = 0.8571.
  it.each([
    [2, 0.13, 0],
    [2, 0.14, 1],
    [2, 0.5, 2],
    [2, 0.8, 3],
    [0, 0.999, 0],
  ])('have the Poisson quantile at mean %f, p %f', (of, p, count) => {
    expect(poissonQuantile(of, p)).toBe(count)
  })

  it('never count less for more: the Poisson quantile grows with its mean', () => {
    for (const p of [0.02, 0.3, 0.5, 0.77, 0.99]) {
      const counts = many(600, (i) => poissonQuantile(i / 4, p))
      for (const [i, count] of counts.slice(1).entries()) expect(count).toBeGreaterThanOrEqual(counts[i]!)
    }
  })

  // Variance of a sample variance of gamma(4): standard error about 0.25 · sqrt((6/4 + 2)/20000) = 0.0033.
  it('have gamma factors of mean 1 and the variance asked for', () => {
    const values = many(20_000, (i) => gammaWithMeanOne(stream(3, 9, PURPOSE.frailty, i), 0.25))
    expect(mean(values)).toBeCloseTo(1, 1)
    expect(Math.abs(variance(values) - 0.25)).toBeLessThan(0.015)
    expect(Math.abs(mean(values) - 1)).toBeLessThan(0.015)
  })

  it('make counts negative binomial: their variance is the mean plus the dispersion times its square', () => {
    // m = 30, dispersion 0.1: variance 30 + 0.1 · 900 = 120; its standard error is near 120 · sqrt(2/20000) · 1.2 = 1.5.
    const counts = many(20_000, (i) =>
      poissonQuantile(
        30 * gammaWithMeanOne(stream(3, 9, PURPOSE.frailty, i), 0.1),
        uniform(stream(3, 9, PURPOSE.count, i)),
      ),
    )
    expect(Math.abs(variance(counts) - 120)).toBeLessThan(6)
  })
})
