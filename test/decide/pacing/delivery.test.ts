import { describe, expect, test } from 'vitest'
import {
  type BudgetedDay,
  hardCeiling,
  learnDelivery,
  planNoise,
  worstOverrun,
} from '../../../lib/decide/pacing/delivery.ts'
import { accountKey, accountRef, platformId } from '../../../lib/model/account.ts'

const META = platformId('meta')
const ONE = accountKey(accountRef('meta', '1'))
const TWO = accountKey(accountRef('meta', '2'))
const days = (account: typeof ONE, count: number, budgeted: number, spent: number): readonly BudgetedDay[] =>
  Array.from({ length: count }, () => ({ account, platform: META, budgeted, spent }))

describe('what an account spends of its budgets', () => {
  test('is all of it before anything is known', () => {
    expect(learnDelivery([])(ONE, META)).toEqual({ ratio: 1, noise: 0.1 })
  })

  test('is pulled towards its platform by three days, and the platform towards 1', () => {
    // Platform: (7 × 80 + 3 × 100) / (10 × 100) = 0.86. Account: (7 × 80 + 3 × 100 × 0.86) / 1,000 = 0.818.
    expect(learnDelivery(days(ONE, 7, 100, 80))(ONE, META).ratio).toBeCloseTo(0.818, 12)
    expect(learnDelivery(days(ONE, 7, 100, 80))(TWO, META).ratio).toBeCloseTo(0.86, 12)
  })

  test.each([
    ['below', 10, 0.7],
    ['above', 300, 1.3],
  ])('is not believed to be far %s its budget', (_where, spent, wanted) => {
    expect(learnDelivery(days(ONE, 14, 100, spent))(ONE, META).ratio).toBe(wanted)
  })

  test('is learned alike in every currency and every order', () => {
    const some = [...days(ONE, 5, 100, 90), ...days(ONE, 2, 250, 310), ...days(TWO, 3, 40, 33)]
    const { ratio, noise } = learnDelivery(some)(ONE, META)
    expect(learnDelivery(some.toReversed())(ONE, META).ratio).toBe(ratio)
    const yen = some.map((day) => ({ ...day, budgeted: day.budgeted * 160, spent: day.spent * 160 }))
    expect(learnDelivery(yen)(ONE, META).ratio).toBeCloseTo(ratio, 12)
    expect(learnDelivery(yen)(ONE, META).noise).toBeCloseTo(noise, 12)
  })

  test('leaves out days without a budget: 0/0 says nothing', () => {
    expect(learnDelivery(days(ONE, 5, 0, 0))(ONE, META)).toEqual({ ratio: 1, noise: 0.1 })
  })
})

test('a portfolio’s noise is about its plan, from 7 % before there is a day', () => {
  expect(planNoise([])).toBeCloseTo(0.07, 12)
  // √((4 × 0.07² + 12 × 0.2²) / 16)
  const off = Array.from({ length: 12 }, (_, i) => ({ planned: 100, spent: i % 2 === 0 ? 120 : 80 }))
  expect(planNoise(off)).toBeCloseTo(Math.sqrt((4 * 0.0049 + 12 * 0.04) / 16), 12)
})

test.each<[why: string, remaining: number, daysLeft: number, factor: number, wanted: number]>([
  ['three days before the end there is no ceiling', 300, 3, 2, Number.POSITIVE_INFINITY],
  ['on the last two days both may cost twice their budget', 400, 2, 2, 100],
  ['on the last day it may', 400, 1, 2, 200],
  ['without over-delivery it is what remains', 400, 1, 1, 400],
  ['nothing when nothing remains', -5, 1, 2, 0],
])('%s', (_why, remaining, daysLeft, factor, wanted) => {
  const ceiling = hardCeiling(remaining, daysLeft, factor)
  expect(ceiling).toBe(wanted)
  if (Number.isFinite(ceiling)) expect(worstOverrun(ceiling, remaining, factor)).toBe(0)
})

test('what the worst day would cost beyond the total is said', () => {
  expect(worstOverrun(100, 150, 2)).toBe(50)
})
