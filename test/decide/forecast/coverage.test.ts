import { describe, expect, test } from 'vitest'
import type { Interval80 } from '../../../lib/decide/forecast/doubt.ts'
import { change, forecastOf, pointAt } from './samples.ts'
import { simulatedMarket } from './simulated-truth.ts'

const SEEDS = Array.from({ length: 80 }, (_, i) => i + 1001)
const TOTALS = [300, 560, 644, 900]

interface Checked {
  readonly interval: Interval80
  readonly truth: number
}

const covered = (checked: readonly Checked[]): number =>
  checked.filter(({ interval: { low, high }, truth }) => low <= truth && truth <= high).length / checked.length

describe('eighty markets whose truth is known', () => {
  const markets = SEEDS.map((seed) => {
    const market = simulatedMarket(seed)
    return { ...market, found: forecastOf(market.observation, TOTALS) }
  })

  // One proportion of 80 has a standard error of 4.5 %: two of them either way.
  test.each(TOTALS)('lie within the 80 %% interval of a total of %d about so often', (total) => {
    const share = covered(
      markets.map(({ found, causedBy }) => ({
        interval: pointAt(found, total).outcome,
        truth: causedBy(pointAt(found, total)),
      })),
    )
    expect(share).toBeGreaterThan(0.71)
    expect(share).toBeLessThan(0.89)
  })

  test('lie within the interval of what 15 % more bring about so often', () => {
    const share = covered(
      markets.map(({ found, causedBy }) => ({
        interval: change(found, 560, 644).outcome,
        truth: causedBy(pointAt(found, 644)) - causedBy(pointAt(found, 560)),
      })),
    )
    expect(share).toBeGreaterThan(0.71)
    expect(share).toBeLessThan(0.92)
  })

  test('lie within the intervals of single campaigns 75 to 85 times in 100', () => {
    const share = covered(
      markets.flatMap(({ found, caused }) =>
        TOTALS.flatMap((total) =>
          pointAt(found, total).campaigns.map((one) => ({ interval: one.outcome, truth: caused(one) })),
        ),
      ),
    )
    expect(share).toBeGreaterThan(0.75)
    expect(share).toBeLessThan(0.85)
  })

  test('bring what is expected, within 8 %, although the split favours what looks good', () => {
    for (const total of TOTALS) {
      const sum = (of: (market: (typeof markets)[number]) => number): number => markets.reduce((a, m) => a + of(m), 0)
      const expected = sum(({ found }) => pointAt(found, total).outcome.mean)
      const came = sum(({ found, causedBy }) => causedBy(pointAt(found, total)))
      expect(Math.abs(expected / came - 1)).toBeLessThan(0.08)
    }
  })
})
