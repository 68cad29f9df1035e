import { describe, expect, test } from 'vitest'
import { busyDayOf, type HeadroomQuestion, headroomOf } from '../../../lib/decide/targets/headroom.ts'

/** 40 % of a budget of 100 are used. */
const question = (over: Partial<HeadroomQuestion> = {}): HeadroomQuestion => ({
  budget: 100,
  recentSpends: [38, 42, 40],
  overDelivery: 2,
  busyDay: 1.3,
  minimum: 1,
  ...over,
})

describe('the headroom of a campaign that its target limits', () => {
  test('is 1.3 times its best recent day, as budgets for a platform that obeys, on a busy day, and at worst', () => {
    const headroom = headroomOf(question())
    expect(headroom.spendCeiling).toBeCloseTo(54.6, 9)
    expect(headroom.budgetIfObeyed).toBeCloseTo(54.6, 9)
    expect(headroom.budgetOnBusyDay).toBeCloseTo(42, 9)
    expect(headroom.budgetAtWorst).toBeCloseTo(27.3, 9)
    expect(headroom.budget).toBeCloseTo(42, 9)
  })

  test('never raises the budget', () => {
    expect(headroomOf(question({ budget: 30 })).budget).toBe(30)
  })

  test('leaves the budget as it is where nothing was spent: no day is known to be the best', () => {
    expect(headroomOf(question({ recentSpends: [] })).budget).toBe(100)
    expect(headroomOf(question({ recentSpends: [0, 0] })).budget).toBe(100)
  })

  test('does not go below what the platform accepts', () => {
    expect(headroomOf(question({ recentSpends: [0.5], minimum: 5 })).budget).toBe(5)
  })
})

describe('the busy day that is reckoned with', () => {
  test.each([
    ['as busy as the busiest of the last days', 1.2, 2, 1.2],
    ['a tenth above the budget at least: a few days say little', 1, 2, 1.1],
    ['never so busy that the budget would lie below the best recent day', 1.7, 2, 1.3],
    ['no busier than the platform’s own rules allow', 1.2, 1, 1],
  ])('is %s', (_, busiest, overDelivery, expected) => {
    expect(busyDayOf(busiest, overDelivery)).toBe(expected)
  })
})
