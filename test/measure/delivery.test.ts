import { describe, expect, test } from 'vitest'
import type { BudgetDay } from '../../lib/measure/budget-days.ts'
import {
  type BudgetedDay,
  budgetedDays,
  deliveryRatio,
  isLimitedByBudget,
  learnDelivery,
} from '../../lib/measure/delivery.ts'
import { type AccountKey, accountKey, accountRef, type BudgetId, platformId } from '../../lib/model/account.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { BudgetHolder } from '../../lib/model/structure.ts'
import { addDays } from '../../lib/units/calendar.ts'
import { anAccount, TODAY } from './samples.ts'

const { structure, ...rest } = anAccount({ key: 'google-ads:1', campaigns: [{ id: '1', budget: 100 }] })
const account = { structure, ...rest }
const [budget] = structure.budgets
const ratio = (spends: readonly number[], over: Partial<BudgetHolder> = {}): number | undefined =>
  deliveryRatio(
    spends.map(
      (spend, i): BudgetDay => ({
        ...{ date: addDays(TODAY, i - spends.length), ageDays: spends.length - i, spend },
        ...{ conversions: 0, value: 0 },
      }),
    ),
    { ...budget!, ...over },
    account,
  )

describe('spend over budget', () => {
  test.each<[why: string, spends: readonly number[], wanted: number | undefined]>([
    ['is of the last four days', [10, 10, 80, 80, 80, 80], 0.8],
    ['counts the days that there are', [90], 0.9],
    ['is nothing where nothing was spent of something', [0, 0], 0],
    ['is unknown without a day: nothing of nothing is not "cannot spend"', [], undefined],
    ['may be above 1: platforms overspend a day', [130, 110, 120, 120], 1.2],
  ])('%s', (_why, spends, wanted) => {
    if (wanted === undefined) expect(ratio(spends)).toBeUndefined()
    else expect(ratio(spends)).toBeCloseTo(wanted, 12)
  })

  test('of a budget of nothing is unknown', () => {
    expect(ratio([0, 0], { amount: { ...budget!.amount, micros: 0n } })).toBeUndefined()
  })

  test('leaves out days on which a schedule raised the budget', () => {
    const raised = addDays(TODAY, -2)
    const state: LeverState = {
      lever: { account: structure.account, kind: 'daily-budget', entity: 'budget', id: budget!.id },
      version: 1,
      known: { kind: 'money', amount: budget!.amount },
      knownAt: structure.readAt,
      ours: true,
      idle: false,
      raises: [
        {
          from: structure.readAt,
          to: structure.readAt,
          ...{ first: raised, last: raised },
          size: { by: 'share', share: 3 },
        },
      ],
    }
    const days = [90, 400, 90].map(
      (spend, i): BudgetDay => ({
        ...{ date: addDays(TODAY, i - 3), ageDays: 3 - i, spend },
        ...{ conversions: 0, value: 0 },
      }),
    )
    expect(deliveryRatio(days, budget!, { ...account, levers: [state] })).toBeCloseTo(0.9, 12)
  })

  test('of a lifetime budget is unknown: it says nothing of a day', () => {
    expect(ratio([50, 50], { period: 'lifetime' })).toBeUndefined()
  })
})

const [META, GOOGLE] = [platformId('meta'), platformId('google-ads')]
const ONE = accountKey(accountRef('meta', '1'))
const TWO = accountKey(accountRef('meta', '2'))
const id = (text: string) => text as BudgetId

/** So many days of a budget of 100 up to yesterday, each with the same spend. */
const daysOf = (account: AccountKey, budget: string, count: number, spent: number, budgeted = 100) =>
  Array.from(
    { length: count },
    (_, i): BudgetedDay => ({ account, platform: META, budget: id(budget), ageDays: i + 1, budgeted, spent }),
  )
const expectedOf = (days: readonly BudgetedDay[], account: AccountKey, budget: string, platform = META): number =>
  learnDelivery(days).of({ account, platform, budget: id(budget) })

describe('what is to be expected of a budget', () => {
  test('is all of it before anything is known', () => {
    expect(expectedOf([], ONE, 'a')).toBe(1)
  })

  // Platform: (7 × 93 + 3 × 100) / 1,000 = 0.951. Account: (7 × 93 + 3 × 95.1) / 1,000 = 0.9363.
  const SEVEN = daysOf(ONE, 'a', 7, 93)

  test('is what a platform spends of its budgets, for an account without a day', () => {
    expect(expectedOf(SEVEN, TWO, 'b')).toBeCloseTo(0.951, 12)
  })

  test('is what an account spends of its budgets, for a budget without a day', () => {
    expect(expectedOf(SEVEN, ONE, 'b')).toBeCloseTo(0.9363, 12)
  })

  test('is its own last four days, pulled towards its account by three', () => {
    // (4 × 93 + 3 × 93.63) / 700
    expect(expectedOf(SEVEN, ONE, 'a')).toBeCloseTo((4 * 93 + 3 * 93.63) / 700, 12)
    // A budget of the same account that has overspent for four days: (7 × 93 + 4 × 120 + …) with three days of 157.14.
    const both = [...SEVEN, ...daysOf(ONE, 'b', 4, 120)]
    const pulling = (3 * 1100) / 7
    const platform = (651 + 480 + pulling) / (1100 + pulling)
    const account = (651 + 480 + pulling * platform) / (1100 + pulling)
    expect(expectedOf(both, ONE, 'b')).toBeCloseTo((4 * 120 + 3 * 100 * account) / 700, 12)
  })

  test('says nothing of another platform', () => {
    expect(expectedOf(SEVEN, accountKey(accountRef('google-ads', '3')), 'c', GOOGLE)).toBe(1)
  })

  test('is not told of an account by budgets that something else limits', () => {
    const idle = daysOf(ONE, 'idle', 7, 40)
    expect(expectedOf([...SEVEN, ...idle], ONE, 'b')).toBeCloseTo(0.9363, 12)
    // Its own days count for itself: (4 × 40 + 3 × 93.63) / 700 is below what is believed.
    expect(expectedOf([...SEVEN, ...idle], ONE, 'idle')).toBe(0.7)
  })

  test('is believed up to 30 % above its budget', () => {
    expect(expectedOf(daysOf(ONE, 'a', 7, 300), ONE, 'a')).toBe(1.3)
  })

  test('forgets what is older than a week', () => {
    const before = daysOf(ONE, 'a', 14, 130).filter(({ ageDays }) => ageDays > 7)
    expect(expectedOf([...SEVEN, ...before], ONE, 'b')).toBeCloseTo(0.9363, 12)
  })

  test('is learned alike in every currency and every order', () => {
    const some = [...daysOf(ONE, 'a', 5, 97), ...daysOf(ONE, 'b', 2, 310, 250), ...daysOf(TWO, 'c', 3, 38, 40)]
    const found = learnDelivery(some)
    const turned = learnDelivery(some.toReversed())
    const yen = learnDelivery(some.map((day) => ({ ...day, budgeted: 160 * day.budgeted, spent: 160 * day.spent })))
    expect(turned.of(some[0]!)).toBe(found.of(some[0]!))
    expect(turned.noise).toBe(found.noise)
    expect(yen.of(some[0]!)).toBeCloseTo(found.of(some[0]!), 12)
    expect(yen.noise).toBeCloseTo(found.noise, 12)
  })
})

describe('the noise of the portfolio’s days', () => {
  test('is 7 % before there is a day', () => {
    expect(learnDelivery([]).noise).toBeCloseTo(0.07, 12)
  })

  test('is learned from how far days lie from what was to be expected of them', () => {
    // Days of 120 and 80 by turns, so that 100 is to be expected: √((4 × 0.07² + 12 × 0.2²) / 16).
    const days = daysOf(ONE, 'a', 12, 0).map((day) => ({ ...day, spent: day.ageDays % 2 === 0 ? 120 : 80 }))
    expect(learnDelivery(days).noise).toBeCloseTo(Math.sqrt((4 * 0.0049 + 12 * 0.04) / 16), 2)
  })

  test('is smaller where budgets err against each other', () => {
    const days = daysOf(ONE, 'a', 12, 0).flatMap((day) => {
      const off = day.ageDays % 2 === 0 ? 20 : -20
      return [
        { ...day, spent: 100 + off },
        { ...day, budget: id('b'), spent: 100 - off },
      ]
    })
    // √(4 × 0.07² / 16)
    expect(learnDelivery(days).noise).toBeCloseTo(0.035, 3)
  })

  test('a budget that a target limits is no part of it', () => {
    const days = daysOf(ONE, 'a', 12, 100)
    expect(learnDelivery([...days, ...daysOf(ONE, 'idle', 12, 40)]).noise).toBe(learnDelivery(days).noise)
  })
})

describe('the days that delivery is learned from', () => {
  const days = [90, 80].map((spend, i) => ({
    ...{ date: addDays(TODAY, i - 2), ageDays: 2 - i, spend },
    ...{ conversions: 0, value: 0 },
  }))
  const series = { account, budget: budget!, days, rate: 0.5 }

  test('are in the base currency', () => {
    expect(budgetedDays([series]).map(({ ageDays, budgeted, spent }) => [ageDays, budgeted, spent])).toEqual([
      [2, 50, 45],
      [1, 50, 40],
    ])
  })

  test.each<[which: string, over: Partial<BudgetHolder>]>([
    ['a lifetime budget', { period: 'lifetime' }],
    ['a budget of nothing', { amount: { ...budget!.amount, micros: 0n } }],
  ])('are none of %s', (_which, over) => {
    expect(budgetedDays([{ ...series, budget: { ...budget!, ...over } }])).toEqual([])
  })
})

test.each([
  [undefined, true],
  [0.88, true],
  [0.87, false],
])('a budget that spends %s of itself is limited by it: %s', (deliveryRatio, expected) => {
  expect(isLimitedByBudget({ deliveryRatio })).toBe(expected)
})
