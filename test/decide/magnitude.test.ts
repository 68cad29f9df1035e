import { describe, expect, test } from 'vitest'
import { doubtText, isMeant, misread, timesApart } from '../../lib/decide/magnitude.ts'
import { NO_BELIEFS } from '../../lib/decide/no-beliefs.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import type { Lever, LeverValue } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import { currency, money } from '../../lib/units/money.ts'
import { anObservation, type CampaignSpec, NOW } from '../measure/samples.ts'
import { aState, budgetLeverOf, euros, someCapabilities } from './samples.ts'

const worth = (units: number): LeverValue => ({ kind: 'money', amount: euros(units) })
const micros = (of: bigint, code = 'EUR'): LeverValue => ({ kind: 'money', amount: money(of, currency(code)) })
const ratio = (value: number): LeverValue => ({ kind: 'ratio', value })
const paused: LeverValue = { kind: 'status', status: 'paused' }

describe('how many times one value is another', () => {
  test.each<[a: LeverValue, b: LeverValue, times: number]>([
    [worth(100), worth(2), 50],
    [worth(2), worth(100), 50],
    [ratio(0.5), ratio(0.25), 2],
    [ratio(0.25), ratio(0.5), 2],
    [micros(1n), micros(4n), 4],
    [micros(4n), micros(1n), 4],
    [micros(4n, 'JPY'), micros(1n, 'JPY'), 4],
  ])('%#: whichever way round', (a, b, times) => {
    expect(timesApart(a, b)).toBe(times)
  })

  test.each<[why: string, a: LeverValue, b: LeverValue]>([
    ['a status and an amount', paused, worth(5)],
    ['an amount and a status', worth(5), paused],
    ['two statuses', paused, paused],
    ['nothing and something', worth(0), worth(5)],
    ['something and nothing', worth(5), worth(0)],
    ['two currencies', micros(5n), micros(1n, 'JPY')],
  ])('what cannot be compared is once apart: %s', (_, a, b) => {
    expect(timesApart(a, b)).toBe(1)
  })
})

describe('whether the policy says that a budget is meant', () => {
  const BOUNDS = { account: 'google-ads:1', budget: '91', atLeast: '10 EUR', atMost: '200 EUR' }
  const policyWith = (bounds: readonly Readonly<Record<string, unknown>>[]) =>
    anObservation({ accounts: [{ key: 'google-ads:1', campaigns: [] }], policy: { bounds } }).policy.policy
  const asked = (value: LeverValue, bounds: Readonly<Record<string, unknown>> = BOUNDS, lever: Partial<Lever> = {}) =>
    isMeant(policyWith([bounds]), { ...budgetLeverOf('1'), ...lever } as Lever, value)

  test.each([10, 100, 200])('by bounds on both sides of it, %d included', (units) => {
    expect(asked(worth(units))).toBe(true)
  })

  test.each([9.99, 200.01])('not at %d, outside of them', (units) => {
    expect(asked(worth(units))).toBe(false)
  })

  test('not by one bound alone', () => {
    const { atMost: _, ...below } = BOUNDS
    const { atLeast: __, ...above } = BOUNDS
    expect(asked(worth(100), below)).toBe(false)
    expect(asked(worth(100), above)).toBe(false)
  })

  test('not by bounds of another budget, or of an account of another platform', () => {
    expect(asked(worth(100), { ...BOUNDS, budget: '92' })).toBe(false)
    expect(asked(worth(100), BOUNDS, { account: budgetLeverOf('1', 'meta:1').account })).toBe(false)
    expect(isMeant(policyWith([{ ...BOUNDS, budget: '92' }, BOUNDS]), budgetLeverOf('1'), worth(100))).toBe(true)
  })

  test('only of daily budgets, which are amounts', () => {
    expect(asked(worth(100), BOUNDS, { kind: 'lifetime-budget' })).toBe(false)
    expect(asked(paused)).toBe(false)
  })
})

test('a doubt says which way it goes', () => {
  expect(doubtText(worth(10_000), worth(100))).toMatch(
    /^it is read as 10000\.00 EUR, 100 times the 100\.00 EUR of before/,
  )
  expect(doubtText(worth(100), worth(100))).toMatch(/one part in 1\.00 of the 100\.00 EUR of before/)
  expect(doubtText(worth(1), worth(100))).toMatch(
    /^it is read as 1\.00 EUR, one part in 100 of the 100\.00 EUR of before/,
  )
})

describe('a budget whose size cannot be right', () => {
  /** Spend by age in days, 1 = yesterday. */
  const questionOf = (spends: readonly (number | undefined)[], over: Partial<CampaignSpec> = {}) => {
    const observation = anObservation({
      accounts: [
        {
          key: 'google-ads:1',
          campaigns: [
            {
              ...{ id: '1', budget: 2 },
              days: (age) => {
                const spend = spends[age - 1]
                return spend === undefined ? undefined : { spend, conversions: 1 }
              },
              ...over,
            },
          ],
        },
      ],
    })
    return questionsOf(observation, NO_BELIEFS, () => someCapabilities)[0]!
  }
  const doubted = (was: number): LeverState => aState('1', 2, { doubted: { was: worth(was), since: NOW } })

  test('is one of which fifty times as much was spent on each of the last three days', () => {
    expect(misread(questionOf([100, 100, 100]))).toMatchObject({ reason: 'magnitude' })
    expect(misread(questionOf([100, 100, 99]))).toBeUndefined()
    expect(misread(questionOf([99, 100, 100]))).toBeUndefined()
    expect(misread(questionOf([100, 300, 200]))?.detail).toMatch(
      /^it is read as 2\.00 EUR, and each of the last 3 days it spent 100\.00 EUR or more, 50\.0 times that/,
    )
  })

  test('not where one of the days is not known, whatever was spent longer ago', () => {
    expect(misread(questionOf([100, undefined, 100, 100]))).toBeUndefined()
    expect(misread(questionOf([undefined, 100, 100, 100]))).toBeUndefined()
    expect(misread(questionOf([100, 100, 100, 0]))).toMatchObject({ reason: 'magnitude' })
  })

  test('a campaign spends what its ad groups spend together, and the budget of an ad group what it spends alone', () => {
    const question = questionOf([60, 60, 60])
    const [history] = question.account.histories
    const groups = ['g1', 'g2'].map((adGroup) => ({ ...history!, adGroup: adGroup as never }))
    const account = { ...question.account, histories: groups }
    const ofGroup = { ...question.budget, adGroup: 'g1' as never }
    expect(misread({ ...question, account })?.detail).toMatch(/spent 120\.00 EUR or more/)
    expect(misread({ ...question, account, budget: ofGroup })).toBeUndefined()
    const [one] = groups
    const more = { ...account, histories: [one!, { ...one! }] }
    expect(misread({ ...question, account: more, budget: ofGroup })?.detail).toMatch(/spent 120\.00 EUR or more/)
  })

  test('not a lifetime budget, which is spent over weeks', () => {
    expect(misread(questionOf([100, 100, 100], { holder: { period: 'lifetime' } }))).toBeUndefined()
  })

  test('is one that is fifty times what it was before, or a fiftieth', () => {
    expect(misread({ ...questionOf([2, 2, 2]), state: doubted(100) })).toMatchObject({ reason: 'magnitude' })
    expect(misread({ ...questionOf([2, 2, 2]), state: doubted(99) })).toBeUndefined()
    expect(misread({ ...questionOf([2, 2, 2]), state: doubted(0.04) })).toMatchObject({ reason: 'magnitude' })
  })
})
