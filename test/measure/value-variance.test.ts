import { describe, expect, test } from 'vitest'
import type { Series, UsableDay } from '../../lib/measure/series.ts'
import { valueVariances } from '../../lib/measure/value-variance.ts'

const series = (days: readonly (readonly [conversions: number, value: number])[], account = { account: 'meta:1' }) =>
  ({
    account,
    usable: days.map(([conversions, value]) => ({ conversions, value }) as UsableDay),
  }) as unknown as Series

describe('how much the value of a conversion varies', () => {
  test('is 0.28 of its square before anything is known, and 30 conversions’ worth of that afterwards', () => {
    const nothing = series([])
    expect(valueVariances([nothing])(nothing).ofOne).toBeCloseTo(0.28, 12)
    // Two days of 10 conversions at 100 each: nothing varies, over 20 · (1 − 10/20) conversions.
    const even = series([
      [10, 1000],
      [10, 1000],
    ])
    expect(valueVariances([even])(even).ofOne).toBeCloseTo((0.28 * 30) / (30 + 10), 12)
  })

  test('is told by how far days lie from what their counts are worth', () => {
    // Mean 100; off by 3 conversions’ worth each: (9 + 9 + 8.4) / (10 + 30).
    const uneven = series([
      [10, 1300],
      [10, 700],
    ])
    expect(valueVariances([uneven])(uneven).ofOne).toBeCloseTo((18 + 8.4) / 40, 12)
  })

  test('is one belief of an account, and no other account’s', () => {
    const account = { account: 'meta:1' }
    const uneven = series(
      [
        [10, 1300],
        [10, 700],
      ],
      account,
    )
    const few = series([[1, 100]], account)
    const other = series([], { account: 'meta:2' })
    const of = valueVariances([uneven, few, other])
    expect(of(few).ofOne).toBeCloseTo(of(uneven).ofOne, 12)
    expect(of(other).ofOne).toBeCloseTo(0.28, 12)
  })

  test('and its mean is known by the campaign’s own conversions, by the account’s where it has few', () => {
    const [many, none] = [series([[80, 8000]]), series([])]
    const of = valueVariances([many, none])
    // 80 of its own and 20 of the account’s, which a campaign’s mean differs from by a quarter.
    expect(of(many).ofMean).toBeCloseTo(of(many).ofOne / 100 + 0.2 ** 2 * 0.25 ** 2, 12)
    expect(of(none).ofMean).toBeCloseTo(of(none).ofOne / 20 + 0.25 ** 2, 12)
  })
})
