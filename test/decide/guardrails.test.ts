import { describe, expect, test } from 'vitest'
import { type BudgetContext, heldUntil, limitsOf } from '../../lib/decide/guardrails.ts'
import { intersect } from '../../lib/decide/interval.ts'
import { accountRef } from '../../lib/model/account.ts'
import type { BudgetEstimate } from '../../lib/model/estimates.ts'
import type { CampaignClass } from '../../lib/model/policy.ts'
import { accountDate, addDays, later } from '../../lib/units/calendar.ts'
import { currency, mainUnits, money } from '../../lib/units/money.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { anObservation, NOW, TODAY } from '../measure/samples.ts'
import { aBudget } from '../model/samples.ts'
import { aState, euros, someCapabilities } from './samples.ts'

const EUR = currency('EUR')
const estimate = (over: Partial<BudgetEstimate> = {}): BudgetEstimate =>
  ({ originalShare: 0.1, deliveryRatio: 1, delivery: 1, ...over }) as BudgetEstimate
const policyWith = (over: Readonly<Record<string, unknown>>) =>
  anObservation({
    accounts: [
      { key: 'google-ads:1', campaigns: [] },
      { key: 'meta:1', campaigns: [] },
    ],
    policy: over,
  }).policy.policy

/** A prospecting budget of 100 euros with the default policy. */
const context = (over: Partial<BudgetContext> = {}): BudgetContext => ({
  policy: policyWith({}),
  account: accountRef('google-ads', '1'),
  budget: aBudget('1', 100),
  class: 'prospecting',
  state: undefined,
  estimate: estimate(),
  capabilities: someCapabilities,
  rate: identityRate(EUR, TODAY),
  dayTarget: euros(1000),
  pushedOn: TODAY,
  ...over,
})

const range = (over: Partial<BudgetContext> = {}): readonly [number, number] => {
  const { floor, ceiling } = intersect(limitsOf(context(over)))
  return [mainUnits(floor.atLeast), mainUnits(ceiling.atMost)]
}

describe('a budget of 100', () => {
  test.each<[why: string, over: Partial<BudgetContext>, from: number, to: number]>([
    ['may move by a fifth', {}, 80, 120],
    [
      // 0.8 of 102.03 is 81.624: 81.62 would be a cut of more than a fifth.
      'may not fall below its step by the cent that the platform rounds off',
      { budget: aBudget('1', 102.03) },
      81.63,
      122.436,
    ],
    [
      'may move by the steps of the policy',
      { policy: policyWith({ guardrails: { maxStepUp: 0.1, maxStepDown: 0.15 } }) },
      85,
      110,
    ],
    [
      'may not restart the learning phase, by a raise or by a cut: the platform knows a smaller step',
      { capabilities: { ...someCapabilities, learningSafeStep: 0.15 } },
      85,
      115,
    ],
    [
      'may move by 35 % where the platform has no learning phases',
      { capabilities: { ...someCapabilities, learningSafeStep: 1 } },
      65,
      135,
    ],
    [
      'may rise by a fifth within the day: 90 this morning leaves 108',
      { state: aState('1', 100, { day: TODAY, dayStart: { kind: 'money', amount: euros(90) } }) },
      80,
      108,
    ],
    [
      'may rise by no more than learns anew within the day either, whatever the policy lets a day rise',
      {
        policy: policyWith({ guardrails: { maxDayRise: 1 } }),
        state: aState('1', 100, { day: TODAY, dayStart: { kind: 'money', amount: euros(90) } }),
      },
      80,
      108,
    ],
    [
      'may rise by a fifth in one decision, though the day began higher',
      { state: aState('1', 100, { day: TODAY, dayStart: { kind: 'money', amount: euros(150) } }) },
      80,
      120,
    ],
    [
      'may start afresh the next day',
      { state: aState('1', 100, { day: addDays(TODAY, -1), dayStart: { kind: 'money', amount: euros(90) } }) },
      80,
      120,
    ],
    [
      'that somebody else raised from 50 today is not forced down',
      { state: aState('1', 100, { day: TODAY, dayStart: { kind: 'money', amount: euros(50) } }) },
      80,
      100,
    ],
    [
      'stays above what the platform accepts',
      { capabilities: { ...someCapabilities, minimumDailyBudget: () => euros(95) } },
      95,
      120,
    ],
    [
      'stays above what the platform accepts of the level that holds it',
      {
        capabilities: {
          ...someCapabilities,
          minimumDailyBudget: (_currency, owner) => euros(owner === 'ad-group' ? 20 : 90),
        },
      },
      90,
      120,
    ],
    [
      'stays below the largest that the platform accepts',
      { capabilities: { ...someCapabilities, maximumDailyBudget: () => euros(110) } },
      80,
      110,
    ],
    [
      'has no such end where the platform knows none of its currency',
      { capabilities: { ...someCapabilities, maximumDailyBudget: () => undefined } },
      80,
      120,
    ],
    [
      'stays above the least of the policy',
      { policy: policyWith({ guardrails: { minDailyBudget: '90 EUR' } }) },
      90,
      120,
    ],
    [
      'stays below the largest of the policy',
      { policy: policyWith({ guardrails: { maxDailyBudget: '105 EUR' } }) },
      80,
      105,
    ],
    [
      'stays within its own bounds',
      {
        policy: policyWith({
          bounds: [{ account: 'google-ads:1', budget: '91', atLeast: '85 EUR', atMost: '101 EUR' }],
        }),
      },
      85,
      101,
    ],
    [
      "is none of another account's business, though its id be the same",
      { policy: policyWith({ bounds: [{ account: 'meta:1', budget: '91', atLeast: '85 EUR', atMost: '101 EUR' }] }) },
      80,
      120,
    ],
    ['that spends 80 % of itself is not raised', { estimate: estimate({ deliveryRatio: 0.8 }) }, 80, 100],
    ['that spends 88 % of itself binds', { estimate: estimate({ deliveryRatio: 0.88 }) }, 80, 120],
    ['of which nothing is known yet may move', { estimate: estimate({ deliveryRatio: undefined }) }, 80, 120],
    [
      'moves no further than is plausible, whatever the steps',
      {
        policy: policyWith({ guardrails: { maxStepUp: 1, maxStepDown: 1, maxDayRise: 1, implausibleFactor: 1.5 } }),
        capabilities: { ...someCapabilities, learningSafeStep: 1 },
      },
      66.67,
      150,
    ],
  ])('%s', (_why, over, from, to) => {
    const [floor, ceiling] = range(over)
    expect(floor).toBeCloseTo(from, 6)
    expect(ceiling).toBeCloseTo(to, 6)
  })

  test('is bounded in its own currency: 90 euros are 15,000 yen at 0.006', () => {
    const JPY = currency('JPY')
    const yen = {
      budget: aBudget('1', 100, { amount: money(16_000_000_000n, JPY) }),
      rate: { from: JPY, to: EUR, date: accountDate('2026-11-20'), microsPerUnit: 6000n },
      capabilities: { ...someCapabilities, minimumDailyBudget: () => money(100_000_000n, JPY) },
    }
    expect(
      range({ ...yen, policy: policyWith({ guardrails: { minDailyBudget: '90 EUR', maxDailyBudget: '102 EUR' } }) }),
    ).toEqual([15_000, 17_000])
  })
})

describe('a class whose results are doubtful', () => {
  test.each<[kind: CampaignClass, share: number, target: number, most: number]>([
    // The share of the day's target, less the deadband of 3 %: 10.5 % of 1,000 is 105.
    ['brand', 0.105, 1000, 101.85],
    ['retargeting', 0.105, 1000, 101.85],
    ['opaque', 0.105, 1000, 101.85],
    ['prospecting', 0.105, 1000, 120],
    // A share that is above the step does not matter.
    ['brand', 0.5, 1000, 120],
    // What stands above its share goes back to it, by a fifth at most.
    ['brand', 0.1, 1000, 97],
    ['brand', 0.05, 1000, 80],
    ['brand', 0.1, 0, 80],
  ])('%s with a share of %d of %d may go up to %d', (kind, originalShare, target, most) => {
    const [floor, ceiling] = range({ class: kind, estimate: estimate({ originalShare }), dayTarget: euros(target) })
    expect(ceiling).toBeCloseTo(most, 6)
    expect(floor).toBeCloseTo(80, 6)
  })

  test('is bounded in what it spends, which may be more than its budget', () => {
    // 1.2 × 101.85 is 12.6 % of 1,000, less 3 %.
    const [, most] = range({ class: 'brand', estimate: estimate({ originalShare: 0.126, deliveryRatio: 1.2 }) })
    expect(most).toBeCloseTo(101.85, 6)
  })

  test('says why', () => {
    const limits = limitsOf(context({ class: 'brand', estimate: estimate({ originalShare: 0.125 }) }))
    expect(limits.find(({ name }) => name === 'class-share')?.detail).toBe(
      'brand campaigns may not grow past the 12.5 % of spend they came with: there is no evidence of lift',
    )
  })
})

describe("a person's hold", () => {
  const hold = { until: later(NOW, 1000), reason: 'ana set it' }
  test('lasts until its instant and not longer', () => {
    expect(heldUntil(aState('1', 100, { hold }), NOW)).toEqual(hold)
    expect(heldUntil(aState('1', 100, { hold }), later(NOW, 1000))).toBeUndefined()
    expect(heldUntil(aState('1', 100), NOW)).toBeUndefined()
    expect(heldUntil(undefined, NOW)).toBeUndefined()
  })
})
