import { describe, expect, test } from 'vitest'
import {
  type BudgetQuestion,
  checksOfACut,
  reasonNotToCutBack,
  reasonNotToFollowDate,
  reasonToHold,
  reasonToStay,
} from '../../lib/decide/holds.ts'
import { NO_BELIEFS } from '../../lib/decide/no-beliefs.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import { HOUR_MS, later } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { anObservation, NOW, TODAY } from '../measure/samples.ts'
import { aState, euros, someCapabilities } from './samples.ts'

const observation = anObservation({ accounts: [{ key: 'google-ads:1', campaigns: [{ id: '1', budget: 50 }] }] })
const question = questionsOf(observation, NO_BELIEFS, () => someCapabilities)[0]!
const ask = (over: Partial<BudgetQuestion>): BudgetQuestion => ({ ...question, ...over })
const withState = (state: Partial<LeverState>) => ask({ state: aState('1', 50, state) })
const contested = ask({
  account: { ...question.account, contested: [{ budget: question.budget.id, portfolio: 'us' }] as never },
})
const pending = withState({
  pending: {
    ...{ intent: 'x' as never, leaseUntil: later(NOW, HOUR_MS) },
    ...{ to: { kind: 'money', amount: euros(60) }, highBefore: { kind: 'money', amount: euros(50) } },
  },
})
const raised = withState({
  raises: [
    {
      ...{ from: NOW, to: later(NOW, HOUR_MS), first: TODAY, last: TODAY },
      size: { by: 'amount', amount: euros(1) },
    },
  ],
})
const before = { ...observation, today: '2026-10-01' as never }

describe('which checks are asked for what', () => {
  test('a budget of two portfolios is moved for nothing, and stays so', () => {
    for (const reason of [reasonToHold, reasonToStay, reasonNotToCutBack])
      expect(reason(contested)).toMatchObject({ reason: 'not-managed' })
    expect(checksOfACut(contested).map(({ name }) => name)).toContain('not-managed')
    expect(checksOfACut(contested).filter(({ name }) => name === 'not-managed')).toHaveLength(2)
  })

  test('a push that is open stands against any move, and is no reason to stay as it is for good', () => {
    expect(reasonToHold(pending)).toMatchObject({ reason: 'pending-outcome' })
    expect(reasonNotToCutBack(pending)).toMatchObject({ reason: 'pending-outcome' })
    expect(reasonToStay(pending)).toBeUndefined()
  })

  test('what the platform does not honour is a reason to stay', () => {
    const capabilities = {
      ...someCapabilities,
      honours: () => ({ kind: 'not-honoured', reason: 'a strategy of its own' }) as never,
    }
    expect(reasonToStay(ask({ capabilities }))).toMatchObject({ reason: 'not-honoured' })
  })

  test('a size that cannot be right stands against what was approved, and not against an order back to the cap; somebody’s schedule against neither', () => {
    const doubted = withState({ doubted: { was: { kind: 'money', amount: euros(1) }, since: NOW } })
    expect(reasonNotToCutBack(doubted)).toMatchObject({ reason: 'magnitude' })
    const was = { kind: 'money', amount: euros(1) } as const
    expect(reasonNotToCutBack(withState({ doubted: { was, since: NOW }, cutBackTo: was }))).toBeUndefined()
    expect(reasonToHold(raised)).toMatchObject({ reason: 'human-hold' })
    expect(reasonNotToCutBack(raised)).toBeUndefined()
    expect(checksOfACut(raised).filter(({ name }) => name === 'event')).toEqual([])
  })

  test('outside the flight nothing follows from a date either', () => {
    expect(reasonNotToFollowDate(before, question.account, [])).toMatchObject({ reason: 'outside-flight' })
  })
})

describe('what a budget is', () => {
  test('one of a micro is one, one of nothing is not', () => {
    const of = (micros: bigint) => ask({ budget: { ...question.budget, amount: money(micros, currency('EUR')) } })
    expect(reasonToStay(of(1n))).toBeUndefined()
    expect(reasonToStay(of(0n))).toMatchObject({ reason: 'unsupported-budget' })
  })

  test('a test on one of the campaigns that it feeds is a test on it', () => {
    const structure = {
      ...question.account.structure,
      experiments: [{ id: 't', name: 'Split', campaigns: ['2', '1'] as never }],
    }
    const budget = { ...question.budget, campaigns: ['1', '3'] as never }
    expect(reasonToStay(ask({ budget, account: { ...question.account, structure } }))).toMatchObject({
      reason: 'in-experiment',
    })
  })
})
