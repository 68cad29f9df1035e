import { describe, expect, test } from 'vitest'
import { deliverable } from '../../bench/control/baselines/delivery.ts'
import { greedyBudgets } from '../../bench/control/baselines/greedy.ts'
import { budgetsByPlatform } from '../../bench/control/baselines/guarded.ts'
import { platformShares } from '../../bench/control/baselines/platform-cbo.ts'
import { ruleFactor, rulesDaily, rulesThreeDays, targetCost } from '../../bench/control/baselines/rules.ts'
import { equal, hold, proportionalConversions, proportionalRoas } from '../../bench/control/baselines/shares.ts'
import { spread } from '../../bench/control/baselines/spread.ts'
import { aDay, aView, days, unreported } from './views.ts'

const RULES = { every: 1, window: 3, step: 0.2, tolerance: 0.2 }

describe('a spread', () => {
  test('scales wishes to the total', () => {
    const wishes = [1, 3].map((wish) => ({ wish, low: 0, high: 1000 }))
    expect(spread(wishes, 200).map(Math.round)).toEqual([50, 150])
  })

  test('gives what a bound keeps from one to the others', () => {
    const budgets = spread(
      [
        { wish: 1, low: 0, high: 20 },
        { wish: 1, low: 0, high: 1000 },
        { wish: 2, low: 0, high: 1000 },
      ],
      200,
    )
    expect(budgets.map((b) => Math.round(1000 * b) / 1000)).toEqual([20, 60, 120])
  })

  test('scales the lower bounds down when they alone exceed the total', () => {
    expect(
      spread(
        [30, 60].map((low) => ({ wish: 1, low, high: 100 })),
        45,
      ),
    ).toEqual([15, 30])
  })

  test('leaves unspent what no upper bound takes', () => {
    expect(
      spread(
        [10, 20].map((high) => ({ wish: 1, low: 0, high })),
        100,
      ),
    ).toEqual([10, 20])
  })

  test('of wishes that are all zero gives the lower bounds', () => {
    expect(
      spread(
        [5, 5].map((low) => ({ wish: 0, low, high: 100 })),
        50,
      ),
    ).toEqual([5, 5])
  })
})

describe('the delivery guard', () => {
  const short = (spend: number) => aDay(spend, 1, { budget: 100 })

  test.each([
    { name: '87 % twice: 1.03 times the better day', past: [short(87), short(80)], most: 89.61 },
    { name: '88 % is delivered', past: [short(87), short(88)], most: Number.POSITIVE_INFINITY },
    { name: 'one day says nothing', past: [short(100), short(10)], most: Number.POSITIVE_INFINITY },
    {
      name: 'a day that was not reported says nothing',
      past: [short(10), ...unreported(1)],
      most: Number.POSITIVE_INFINITY,
    },
    { name: 'a day without budget says nothing', past: [aDay(0, 0), aDay(0, 0)], most: Number.POSITIVE_INFINITY },
    { name: 'nothing spent leaves the minimum', past: [short(0), short(0)], most: 1 },
    { name: 'no past says nothing', past: [], most: Number.POSITIVE_INFINITY },
  ])('$name', ({ past, most }) => {
    expect(deliverable(aView([{ days: past }]), 0)).toBeCloseTo(most, 9)
  })

  test('keeps a campaign that cannot spend from its wished share, and gives the rest to the others', () => {
    const view = aView([{ days: days(5, short(50)), budget: 100 }, { days: days(5, aDay(100, 5)) }])
    const budgets = equal.start().decide(view)
    expect(budgets[0]).toBeCloseTo(51.5, 6)
    expect(budgets[1]).toBeCloseTo(148.5, 6)
  })
})

describe('equal and hold', () => {
  const view = aView([{ days: days(7, aDay(30, 1)) }, { days: days(7, aDay(90, 9)) }], { remaining: 480, daysLeft: 2 })

  test('equal splits what is left of the month by days and campaigns', () => {
    expect(equal.start().decide(view).map(Math.round)).toEqual([120, 120])
  })

  test('hold keeps the shares that it first saw', () => {
    const controller = hold.start()
    controller.decide(view)
    expect(controller.decide({ ...view, budgets: [100, 100] }).map(Math.round)).toEqual([60, 180])
  })
})

describe('proportional budgets', () => {
  // 30 days of 100 spent each: 10 and 5 conversions a day.
  const view = aView([{ days: days(30, aDay(100, 10)) }, { days: days(30, aDay(100, 5)) }])

  test('follow conversions per unit of money, a little shrunk to the account, and no faster than a fifth a day', () => {
    // 14 days, 1,400 spent each; the account: 2,800 spent, 210 conversions, so five average ones cost 66.667.
    // (140 + 5) / 1,466.667 = 0.098864 and (70 + 5) / 1,466.667 = 0.051136: shares 65.9 % and 34.1 %, cut to 120 and 80.
    expect(
      proportionalRoas
        .start()
        .decide(view)
        .map((b) => Math.round(10 * b) / 10),
    ).toEqual([120, 80])
  })

  test('reach their shares when they are near', () => {
    const near = { ...view, budgets: [125, 75] }
    expect(proportionalRoas.start().decide(near)[0]).toBeCloseTo((200 * 145) / 220, 6)
  })

  test('of conversions follow spend too', () => {
    // Equal conversions per unit of money; spend of 150 and 50 stays as it is.
    const even = aView([{ days: days(30, aDay(150, 15)) }, { days: days(30, aDay(50, 5)) }])
    expect(
      proportionalConversions
        .start()
        .decide(even)
        .map((b) => Math.round(10 * b) / 10),
    ).toEqual([150, 50])
  })

  test('use value where it is the goal', () => {
    const rich = aView(
      [{ days: days(30, aDay(100, 5, { value: 900 })) }, { days: days(30, aDay(100, 5, { value: 100 })) }],
      { goal: 'value' },
    )
    const [first = 0, second = 0] = proportionalRoas.start().decide(rich)
    expect(first).toBeCloseTo(120, 6)
    expect(second).toBeCloseTo(80, 6)
  })
})

describe('rules', () => {
  test.each([
    { name: 'a CPA 25 % below target: 20 % more', spend: 150, conversions: 10, factor: 1.2 },
    { name: 'a CPA 25 % above target: 20 % less', spend: 250, conversions: 10, factor: 0.8 },
    { name: 'a CPA 15 % below target: nothing', spend: 170, conversions: 10, factor: 1 },
    { name: 'a CPA 15 % above target: nothing', spend: 230, conversions: 10, factor: 1 },
    { name: 'no conversion for a good deal of money: 20 % less', spend: 50, conversions: 0, factor: 0.8 },
    { name: 'spend of less than two target CPAs in all: too little to judge', spend: 13, conversions: 0, factor: 1 },
  ])('$name', ({ spend, conversions, factor }) => {
    const view = aView([{ days: days(5, aDay(spend, conversions)) }])
    expect(ruleFactor(view, 0, RULES, targetCost(view))).toBe(factor)
  })

  test('compare value with the cost per value that the target CPA amounts to', () => {
    // 50 of value per conversion over the account: 20 / 50 per unit of value.
    const view = aView([{ days: days(5, aDay(100, 4)) }], { goal: 'value' })
    expect(targetCost(view)).toBeCloseTo(0.4, 12)
  })

  test('move budgets apart and keep their sum', () => {
    const view = aView([{ days: days(9, aDay(100, 10)) }, { days: days(9, aDay(100, 2)) }])
    // 120 : 80 sums to the day as it is.
    expect(
      rulesDaily
        .start()
        .decide(view)
        .map((b) => Math.round(10 * b) / 10),
    ).toEqual([120, 80])
  })

  test('of every third day do nothing on the two days after', () => {
    const controller = rulesThreeDays.start()
    const view = aView([{ days: days(9, aDay(100, 10)) }, { days: days(9, aDay(100, 2)) }])
    const moved = controller.decide(view)
    const next = (day: number) => ({
      ...view,
      day,
      past: view.past.map((past) => [...past, ...past.slice(-3)]),
      budgets: moved,
    })
    expect(controller.decide(next(10)).map(Math.round)).toEqual([120, 80])
    expect(controller.decide(next(11)).map(Math.round)).toEqual([120, 80])
    expect(controller.decide(next(12)).map(Math.round)).not.toEqual([120, 80])
  })
})

describe('greedy on the last period', () => {
  test('gives the best return twice its spend, and halves the others until the money ends', () => {
    // 400 a day: halves are 50, 100, 50; 200 are left, of which the best takes 150, the next the other 50.
    const view = aView([
      { days: days(7, aDay(100, 10)) },
      { days: days(7, aDay(200, 2)) },
      { days: days(7, aDay(100, 5)) },
    ])
    expect(greedyBudgets(view)).toEqual([200, 100, 100])
  })
})

describe('fixed platform totals', () => {
  test('are the shares that the platforms came with', () => {
    const view = aView([
      { platform: 0, days: [] },
      { platform: 1, days: [] },
      { platform: 1, days: [] },
    ])
    expect([...platformShares(view, [60, 20, 20])]).toEqual([
      [0, 0.6],
      [1, 0.4],
    ])
  })

  test('hold while budgets move within a platform', () => {
    const view = aView([
      { platform: 0, days: days(5, aDay(60, 3)) },
      { platform: 1, days: days(5, aDay(20, 1)) },
      { platform: 1, days: days(5, aDay(20, 1)) },
    ])
    const budgets = budgetsByPlatform(
      view,
      [1, 3, 1],
      new Map([
        [0, 0.6],
        [1, 0.4],
      ]),
    )
    expect(budgets.map((b) => Math.round(10 * b) / 10)).toEqual([60, 30, 10])
  })
})
