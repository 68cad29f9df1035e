import { describe, expect, test } from 'vitest'
import { budgetDays } from '../../lib/measure/budget-days.ts'
import type { AdGroupId, BudgetId, CampaignId } from '../../lib/model/account.ts'
import type { EntityHistory } from '../../lib/model/history.ts'
import { accountDate } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'
import { aBudget } from '../model/samples.ts'
import { anAccount, type DayFigures, historyDay, RULE, TODAY } from './samples.ts'

const history = (campaign: string, days: Readonly<Record<string, DayFigures>>, adGroup?: string): EntityHistory => ({
  account: 'meta:1' as EntityHistory['account'],
  campaign: campaign as CampaignId,
  ...(adGroup ? { adGroup: adGroup as AdGroupId } : {}),
  currency: currency('EUR'),
  days: Object.entries(days).map(([date, figures]) => historyDay(accountDate(date), figures)),
})

const account = (budgets: readonly ReturnType<typeof aBudget>[], histories: readonly EntityHistory[]) =>
  anAccount({ key: 'meta:1', campaigns: [], structure: { budgets }, over: { histories } })

describe('the days of a budget', () => {
  test('are those of its campaign, with their age', () => {
    const seen = account(
      [aBudget('1', 100)],
      [history('1', { '2026-11-19': { spend: 90, conversions: 3, value: 150 } })],
    )
    expect(budgetDays(seen, RULE).get('91')).toEqual([
      { date: '2026-11-19', ageDays: 2, spend: 90, conversions: 3, value: 150 },
    ])
  })

  test('leave out what was not reported: missing is not zero', () => {
    const seen = account(
      [aBudget('1', 100)],
      [history('1', { '2026-11-18': { spend: 90, conversions: 3 }, '2026-11-20': { spend: 0, conversions: 0 } })],
    )
    expect(
      budgetDays(seen, RULE)
        .get('91')
        ?.map(({ date, spend }) => [date, spend]),
    ).toEqual([
      ['2026-11-18', 90],
      ['2026-11-20', 0],
    ])
  })

  test('leave out today, which is not over', () => {
    const seen = account([aBudget('1', 100)], [history('1', { [TODAY]: { spend: 30, conversions: 1 } })])
    expect(budgetDays(seen, RULE).get('91')).toEqual([])
  })

  test('of a shared budget are the sum of all that it feeds, oldest first', () => {
    const shared = aBudget('1', 100, { owner: 'shared', campaigns: ['1', '2'] as unknown as readonly CampaignId[] })
    const seen = account(
      [shared],
      [
        history('1', { '2026-11-20': { spend: 40, conversions: 1 } }),
        history('2', { '2026-11-19': { spend: 10, conversions: 5 }, '2026-11-20': { spend: 2, conversions: 4 } }),
        history('3', { '2026-11-20': { spend: 999, conversions: 999 } }),
      ],
    )
    expect(
      budgetDays(seen, RULE)
        .get('91')
        ?.map(({ date, spend, conversions }) => [date, spend, conversions]),
    ).toEqual([
      ['2026-11-19', 10, 5],
      ['2026-11-20', 42, 5],
    ])
  })

  test('of an ad group are its own and not those of its siblings', () => {
    const group = aBudget('1', 100, { id: '77' as BudgetId, owner: 'ad-group', adGroup: '5' as AdGroupId })
    const seen = account(
      [group],
      [
        history('1', { '2026-11-20': { spend: 40, conversions: 1 } }, '5'),
        history('1', { '2026-11-20': { spend: 60, conversions: 9 } }, '6'),
      ],
    )
    expect(
      budgetDays(seen, RULE)
        .get('77')
        ?.map(({ spend }) => spend),
    ).toEqual([40])
  })

  test('count only the rule that is asked for, and 0 where a reported day has none of it', () => {
    const seen = account([aBudget('1', 100)], [history('1', { '2026-11-20': { spend: 40, conversions: 7 } })])
    expect(
      budgetDays(seen, 'lead|7c|0v|click')
        .get('91')
        ?.map(({ conversions }) => conversions),
    ).toEqual([0])
  })
})
