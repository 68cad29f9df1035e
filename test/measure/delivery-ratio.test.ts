import { describe, expect, test } from 'vitest'
import type { BudgetDay } from '../../lib/measure/budget-days.ts'
import { deliveryRatio } from '../../lib/measure/delivery-ratio.ts'
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

  test('of a lifetime budget is unknown: it says nothing of a day', () => {
    expect(ratio([50, 50], { period: 'lifetime' })).toBeUndefined()
  })
})
