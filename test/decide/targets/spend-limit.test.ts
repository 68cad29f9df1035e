import { describe, expect, test } from 'vitest'
import { headroom, limitsOf } from '../../../lib/decide/guardrails.ts'
import { questionsOf } from '../../../lib/decide/questions.ts'
import { budgetEdits } from '../../../lib/decide/targets/history.ts'
import { spendLimitOf } from '../../../lib/decide/targets/spend-limit.ts'
import { estimate } from '../../../lib/measure/estimate.ts'
import type { LeverState } from '../../../lib/model/lever-state.ts'
import type { Campaign } from '../../../lib/model/structure.ts'
import { addDays } from '../../../lib/units/calendar.ts'
import { mainUnits } from '../../../lib/units/money.ts'
import { anObservation, TODAY } from '../../measure/samples.ts'
import { aBudget } from '../../model/samples.ts'
import { aState, euros, someCapabilities } from '../samples.ts'

const TARGET: Partial<Campaign> = { strategy: { kind: 'target-cpa', targetCpa: euros(10) } }
const BID: Partial<Campaign> = { strategy: { kind: 'bid-cap', bid: euros(1) } }

/** A budget of 100 that spends so much a day, by age. */
const seen = (
  spend: (age: number) => number,
  campaign: Partial<Campaign> = TARGET,
  levers: readonly LeverState[] = [],
) =>
  anObservation({
    accounts: [
      {
        key: 'google-ads:1',
        campaigns: [{ id: '1', budget: 100, campaign, days: (age) => ({ spend: spend(age), conversions: 4 }) }],
        over: { levers },
      },
    ],
  })
const limitOf = (...of: Parameters<typeof seen>) => {
  const observation = seen(...of)
  const [account] = observation.accounts
  return spendLimitOf(observation, account!, account!.structure.budgets[0]!)
}

describe('what limits the spend of a budget', () => {
  test.each<[string, ReturnType<typeof limitOf>, object | undefined]>([
    ['is the target of a campaign that uses 40 % of it', limitOf(() => 40), { by: 'target', isBinding: true }],
    ['is the bid, where there is no target', limitOf(() => 40, BID), { by: 'bid', isBinding: true }],
    ['is the budget, where it is used up', limitOf(() => 99), { by: 'target', isBinding: false }],
    ['is nothing that could be moved without target and bid', limitOf(() => 40, {}), undefined],
    // Four days of 99 have shown that the budget binds; 90 % is not yet too little for that, 80 % is.
    ['is the budget still at 90 %', limitOf((age) => (age > 4 ? 99 : 90)), { isBinding: false }],
    ['is the target again at 80 %', limitOf((age) => (age > 4 ? 99 : 80)), { isBinding: true }],
    ['is the target still at 90 %, after it was', limitOf((age) => (age > 4 ? 40 : 90)), { isBinding: true }],
    ['is the budget again at 96 %', limitOf((age) => (age > 4 ? 40 : 96)), { isBinding: false }],
  ])('%s', (_, limit, expected) => {
    if (expected === undefined) expect(limit).toBeUndefined()
    else expect(limit).toMatchObject(expected)
  })

  test('comes with how far the busiest day stood out: over the mean under a target, over the budget where that binds', () => {
    // 13 days of 40 and one of 54: the mean is 41.
    expect(limitOf((age) => (age === 6 ? 54 : 40))?.busiest).toBeCloseTo(54 / 41, 9)
    expect(limitOf((age) => (age === 6 ? 120 : 99))?.busiest).toBeCloseTo(1.2, 9)
  })
})

describe('the headroom of a budget of 100', () => {
  const most = (spend: (age: number) => number, campaign: Partial<Campaign> = TARGET): number | undefined => {
    const observation = seen(spend, campaign)
    const [question] = questionsOf(observation, estimate(observation), () => someCapabilities)
    const limits = limitsOf({
      ...question!,
      account: question!.account.structure.account,
      policy: observation.policy.policy,
      class: 'prospecting',
      estimate: question!.estimate!,
      rate: observation.rates[0]!,
      dayTarget: euros(1000),
      pushedOn: TODAY,
    } as Parameters<typeof limitsOf>[0])
    const found = limits.find(({ name }) => name === 'headroom')?.atMost
    return found && mainUnits(found)
  }

  test('goes to 1.3 times the best day, a busy day allowed for, by no more than a step', () => {
    // 1.3 × 75 / 1.1 is 88.6; 1.3 × 40 / 1.1 is below the step to 80.
    expect(most(() => 75)).toBeCloseTo((1.3 * 75) / 1.1, 4)
    expect(most(() => 40)).toBe(80)
    expect(most(() => 40, BID)).toBe(80)
  })

  test('bounds its growth where it binds: 1.3 × 99 / 1.1', () => {
    expect(most(() => 99)).toBeCloseTo(117, 4)
  })

  test('is none of what has neither target nor bid, and of what has not spent anything', () => {
    expect(most(() => 40, {})).toBeUndefined()
    const limited = { by: 'target', isBinding: true, recentSpends: [], busiest: 1 } as const
    expect(headroom({ budget: aBudget('1', 100), limited, capabilities: someCapabilities }, [])).toEqual([])
  })
})

describe('edits of a budget', () => {
  const at = (units: number): LeverState['known'] => ({ kind: 'money', amount: euros(units) })
  const edits = (over: Partial<LeverState>) => {
    const observation = seen(() => 40, TARGET, [aState('1', 100, over)])
    const [question] = questionsOf(observation, estimate(observation), () => someCapabilities)
    return budgetEdits(question!, TODAY)
  }

  test('are read off what it stood at when its days were over', () => {
    const past = [
      { date: addDays(TODAY, -9), value: at(70) },
      { date: addDays(TODAY, -5), value: at(80) },
    ]
    expect(edits({ past, day: addDays(TODAY, -2), dayStart: at(80) })).toEqual([
      { daysAgo: 5, lever: 'budget', from: 70, to: 80 },
      { daysAgo: 2, lever: 'budget', from: 80, to: 100 },
    ])
  })

  test('are one at most where no day before is remembered, and none of a budget that was never written', () => {
    expect(edits({ day: TODAY, dayStart: at(90) })).toEqual([{ daysAgo: 0, lever: 'budget', from: 90, to: 100 }])
    expect(edits({})).toEqual([])
  })
})
