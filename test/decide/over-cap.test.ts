import { expect, test } from 'vitest'
import { NO_BELIEFS } from '../../lib/decide/no-beliefs.ts'
import { beyondCap } from '../../lib/decide/over-cap.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import type { BudgetHolder } from '../../lib/model/structure.ts'
import { currency } from '../../lib/units/money.ts'
import { type AccountSpec, anObservation } from '../measure/samples.ts'
import { aBudget, aCampaign } from '../model/samples.ts'
import { euros, someCapabilities } from './samples.ts'

const lifetime = (campaign: string, units: number, over: Partial<BudgetHolder> = {}): BudgetHolder =>
  aBudget(campaign, units, { period: 'lifetime', ...over })

/** What is found against moving a daily budget of 900 that stands beside these, on an account of that cap. */
function found(dayCap: string | undefined, besides: readonly BudgetHolder[], structure: AccountSpec['structure'] = {}) {
  const observation = anObservation({
    accounts: [
      {
        ...{ key: 'google-ads:1', campaigns: [], terms: { dayCap } },
        structure: {
          campaigns: ['1', '2', '3', '4'].map((id) => aCampaign(id)),
          budgets: [aBudget('1', 900), ...besides],
          ...structure,
        },
      },
    ],
  })
  return beyondCap(questionsOf(observation, NO_BELIEFS, () => someCapabilities)[0]!)
}
const TOLD = (total: string, largest: string, left: string): string =>
  `lifetime budgets of google-ads:1 may cost ${total} EUR today at worst, the largest of them "${largest}" with ${left} EUR left, and the account’s dayCap is 100.00 EUR: raise the cap, lower them, or give their campaigns daily budgets`

test('a lifetime budget of exactly the day’s cap leaves the plan its way, one of a micro more does not', () => {
  expect(found('100 EUR', [lifetime('2', 100)])).toBeUndefined()
  expect(found('100 EUR', [lifetime('2', 100.000001)])).toEqual({
    reason: 'over-cap',
    detail: TOLD('100.00', 'Budget 2', '100.00'),
  })
})

test('it is held by what is left, not by what was there to begin with', () => {
  expect(found('100 EUR', [lifetime('2', 5000, { remaining: euros(100) })])).toBeUndefined()
  expect(found('100 EUR', [lifetime('2', 100, { remaining: euros(101) })])).toBeDefined()
})

test('all that run are added up, and the largest of them is named, wherever it stands', () => {
  const [small, large] = [lifetime('2', 40), lifetime('3', 61)]
  expect(found('100 EUR', [small, large])?.detail).toBe(TOLD('101.00', 'Budget 3', '61.00'))
  expect(found('100 EUR', [large, small])?.detail).toBe(TOLD('101.00', 'Budget 3', '61.00'))
  expect(found('100 EUR', [small, large, lifetime('4', 60)])?.detail).toBe(TOLD('161.00', 'Budget 3', '61.00'))
})

test('what cannot spend, daily budgets, and an account without a cap do not count', () => {
  const campaigns = [aCampaign('1'), aCampaign('2', { status: 'paused' })]
  expect(found('100 EUR', [lifetime('2', 5000)], { campaigns })).toBeUndefined()
  expect(found('100 EUR', [])).toBeUndefined()
  expect(found(undefined, [lifetime('2', 5000)])).toBeUndefined()
})

/** Found against moving a budget of one of two accounts, in euros and in dollars at 0.92, 2 % more under caps. */
function foundTogether(euro: number, dollars: number, policy: Readonly<Record<string, unknown>> = {}) {
  const dollarBudget: BudgetHolder = { ...lifetime('8', 0), amount: { ...euros(dollars), currency: currency('USD') } }
  const observation = anObservation({
    policy: { dayCap: '100 EUR', ...policy },
    accounts: [
      {
        ...{ key: 'google-ads:1', campaigns: [] },
        structure: { campaigns: [aCampaign('1'), aCampaign('2')], budgets: [aBudget('1', 9), lifetime('2', euro)] },
      },
      {
        ...{ key: 'meta:2', campaigns: [], currency: 'USD', rate: 0.92 },
        structure: { campaigns: [aCampaign('8')], budgets: [dollarBudget] },
      },
    ],
  })
  return beyondCap(questionsOf(observation, NO_BELIEFS, () => someCapabilities)[0]!)
}

test('those of the portfolio’s accounts together are held by its cap, in its currency and with the haircut', () => {
  // 60 + 42 × 0.92 × 1.02 = 99.4128; 60 + 43 × 0.92 × 1.02 = 100.3512
  expect(foundTogether(60, 42)).toBeUndefined()
  expect(foundTogether(60, 43)).toEqual({
    reason: 'over-cap',
    detail:
      'lifetime budgets of the portfolio may cost 100.35 EUR today at worst, and its dayCap is 100.00 EUR: raise the cap, lower them, or give their campaigns daily budgets',
  })
  expect(foundTogether(60, 43, { dayCap: undefined })).toBeUndefined()
  expect(foundTogether(100, 0)).toBeUndefined()
  expect(foundTogether(100.000001, 0)).toMatchObject({ reason: 'over-cap' })
})

test('those of campaigns that the portfolio does not have are no part of its day', () => {
  const members = [
    { name: 'nothing of the kind', class: 'prospecting' },
    { id: '1', class: 'prospecting' },
  ]
  expect(foundTogether(60, 43, { members })).toBeUndefined()
})
