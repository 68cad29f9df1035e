import { describe, expect, test } from 'vitest'
import { lastingLimits, limitsOf } from '../../lib/decide/guardrails.ts'
import { intersect } from '../../lib/decide/interval.ts'
import { contextOf } from '../../lib/decide/move-budgets.ts'
import type { Movable } from '../../lib/decide/position.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import { guardrailsOf } from '../../lib/decide/verdicts.ts'
import { estimate } from '../../lib/measure/estimate.ts'
import { mainUnits, toMultiple } from '../../lib/units/money.ts'
import { anObservation, budgetIdOf, type CampaignSpec, TODAY } from '../measure/samples.ts'
import { aState, decisionOn, euros, planOf, someCapabilities, standsAt } from './samples.ts'

type Terms = Readonly<Record<string, unknown>>

const observed = (budget: number, policy: Terms, over: Partial<CampaignSpec> = {}, account: object = {}) =>
  anObservation({
    accounts: [
      {
        key: 'google-ads:1',
        campaigns: [
          { id: '1', budget, rate: 0.1, ...over },
          { id: '2', budget: 100, rate: 0.1 },
        ],
        over: account,
      },
    ],
    target: budget + 100,
    policy,
  })

const MOST = { guardrails: { maxDailyBudget: '250 EUR' } }
const LEAST = { guardrails: { minDailyBudget: '200 EUR' } }
const bounds = (own: Terms) => ({ bounds: [{ account: 'google-ads:1', budget: budgetIdOf('1'), ...own }] })

/** Where it stands after each of so many daily decisions. */
function path(from: number, policy: Terms, days: number): readonly number[] {
  const amounts = [from]
  for (let day = 0; day < days; day++) amounts.push(standsAt(planOf(observed(amounts.at(-1)!, policy)), '1'))
  return amounts.slice(1)
}

describe('a budget further from a bound of the policy than one decision may move it', () => {
  test.each<[why: string, from: number, policy: Terms, wanted: readonly number[]]>([
    ['falls by its steps to the largest of the policy', 420, MOST, [336, 268.8, 250, 250]],
    ['rises by its steps to the least of the policy', 120, LEAST, [144, 172.8, 200]],
    ['falls by its steps to its own largest', 300, bounds({ atMost: '200 EUR' }), [240, 200]],
    ['rises by its steps to its own least', 100, bounds({ atLeast: '170 EUR' }), [120, 144]],
    ['rises to a range that lies above it', 100, bounds({ atLeast: '150 EUR', atMost: '160 EUR' }), [120, 144]],
    [
      'goes no faster than the policy lets it',
      420,
      { guardrails: { maxDailyBudget: '250 EUR', maxStepDown: 0.1 } },
      [378, 340.2],
    ],
  ])('%s', (_why, from, policy, wanted) => {
    expect(path(from, policy, wanted.length).slice(0, wanted.length)).toEqual(
      wanted.map((one, i) => (i < 2 ? one : expect.closeTo(one, -1))),
    )
  })

  test('says what it moves for, and that it is on its way', () => {
    const cut = decisionOn(planOf(observed(420, MOST)), '1')
    expect(cut).toMatchObject({
      kind: 'change',
      binding: expect.arrayContaining([expect.objectContaining({ name: 'maximum' })]),
    })
    expect(cut.kind === 'change' && cut.why).toMatch(/largest budget.*: it is on its way there/)
    expect(guardrailsOf(cut).find(({ name }) => name === 'maximum')).toMatchObject({
      verdict: 'clamp',
      atMost: { micros: 336_000_000n },
      detail: expect.stringMatching(/on its way there/),
    })
  })

  test('waits for tomorrow where the day has no more rise left', () => {
    const state = aState('1', 120, {
      day: TODAY,
      dayStart: { kind: 'money', amount: euros(100) },
    })
    const plan = planOf(observed(120, LEAST, {}, { levers: [state] }))
    expect(decisionOn(plan, '1')).toMatchObject({ kind: 'hold' })
    expect(standsAt(plan, '1')).toBe(120)
  })

  test('is sent whole units where the platform keeps no others', () => {
    const whole = {
      ...someCapabilities,
      normalise: ((_kind, value) =>
        value.kind === 'money'
          ? { kind: 'money', amount: toMultiple(value.amount, 1_000_000n, 'down') }
          : value) as typeof someCapabilities.normalise,
    }
    // 7 to 8.4 and 5.6: 8 and 6.
    expect(standsAt(planOf(observed(7, { guardrails: { minDailyBudget: '20 EUR' } }), whole), '1')).toBe(8)
    expect(standsAt(planOf(observed(7, { guardrails: { maxDailyBudget: '2 EUR' } }), whole), '1')).toBe(6)
  })

  test('is bounded in the long run by the bound itself', () => {
    const observation = observed(420, MOST)
    const [question] = questionsOf(observation, estimate(observation), () => someCapabilities)
    const context = contextOf(question as Movable, euros(520))
    expect(mainUnits(intersect(lastingLimits(context)).ceiling.atMost)).toBe(250)
    expect(mainUnits(intersect(limitsOf(context)).ceiling.atMost)).toBe(336)
  })
})

test('a bound that another limit of the policy stands against is a contradiction still', () => {
  const plan = planOf(observed(100, { ...bounds({ atLeast: '110 EUR' }), guardrails: { maxDailyBudget: '105 EUR' } }))
  expect(decisionOn(plan, '1')).toMatchObject({ kind: 'hold', reason: 'guardrail' })
})
