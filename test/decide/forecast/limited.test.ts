import { describe, expect, test } from 'vitest'
import type { BidStrategy } from '../../../lib/model/structure.ts'
import { anObservation } from '../../measure/samples.ts'
import { euros } from '../samples.ts'
import { campaignAt, forecastOf, pointAt } from './samples.ts'

const TARGET: BidStrategy = { kind: 'target-cpa', targetCpa: euros(10) }

/** One campaign that spends so much of its 100 euros a day, give or take a fiftieth, beside one that spends all it gets. */
const market = (spend: number, strategy?: BidStrategy) =>
  anObservation({
    accounts: [
      {
        key: 'google-ads:1',
        campaigns: [
          {
            id: '1',
            budget: 100,
            days: (age) => ({ spend: spend * (1 + 0.02 * Math.cos(age)), conversions: spend / 5 }),
            ...(strategy ? { campaign: { strategy } } : {}),
          },
          { id: '2', budget: 100, rate: 0.02 },
        ],
      },
    ],
    target: 200,
  })
const at = (spend: number, total: number, strategy?: BidStrategy) =>
  campaignAt(pointAt(forecastOf(market(spend, strategy), [total]), total), '1')

describe('a campaign whose target limits what it spends', () => {
  test('is forecast to spend what it does, whatever the total, though it spends nearly all of its budget', () => {
    // 91 of 100 is near enough for a budget to bind, and with a target not yet enough to say that it is the budget.
    for (const total of [250, 400]) {
      const { spend, limits, marginalReturn } = at(91, total, TARGET)
      expect(spend).toBeLessThanOrEqual(1.035 * 91)
      expect(limits).toMatchObject([
        { name: 'not-limited-by-budget', detail: expect.stringMatching(/^its target limits what it spends/) },
      ])
      expect(marginalReturn).toBe(0)
    }
  })

  test('and one that spends half of it no more than that half', () => {
    expect(at(50, 400, TARGET).spend).toBeLessThanOrEqual(1.035 * 50)
  })
})

test('a campaign without a target, or one whose budget is what binds, gets what it is worth', () => {
  expect(at(91, 400).spend).toBeGreaterThan(200)
  // 1.3 times its best day bounds a day's decision, and not where many of them lead.
  expect(at(100, 400, TARGET).spend).toBeGreaterThan(200)
})
