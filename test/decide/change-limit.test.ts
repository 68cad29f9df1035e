import { describe, expect, test } from 'vitest'
import { withinChangeLimit } from '../../lib/decide/change-limit.ts'
import type { LeverValue } from '../../lib/model/lever.ts'
import { type ChangeDecision, type Decision, decisionLever, type HoldDecision } from '../../lib/model/plan.ts'
import { anObservation } from '../measure/samples.ts'
import { budgetLeverOf, euros } from './samples.ts'

const worth = (units: number): LeverValue => ({ kind: 'money', amount: euros(units) })

/** A change of budget `id` that is expected to bring `mean`. */
const move = (id: string, from: number, to: number, mean: number): ChangeDecision =>
  ({
    ...{ kind: 'change', name: id, expected: { unit: 'conversions-per-day', mean, low: 0, high: 0 } },
    change: { lever: budgetLeverOf(id), from: worth(from), to: worth(to) },
  }) as ChangeDecision

const target = (id: string, from: LeverValue, to: LeverValue, mean: number): ChangeDecision => ({
  ...move(id, 0, 0, mean),
  change: {
    lever: { ...budgetLeverOf(id), kind: from.kind === 'ratio' ? 'target-roas' : 'target-cpa', entity: 'campaign' },
    ...{ from, to },
  },
})

const limited = (maxChangesPerPlan: number, decisions: readonly Decision[]): readonly Decision[] =>
  withinChangeLimit(
    anObservation({
      accounts: [{ key: 'google-ads:1', campaigns: [] }],
      policy: { guardrails: { maxChangesPerPlan } },
    }),
    decisions,
  )
/** Names of what is still changed. */
const kept = (max: number, decisions: readonly Decision[]): readonly string[] =>
  limited(max, decisions).flatMap((one) => (one.kind === 'change' ? [one.name] : []))

describe('of more changes than one plan may make', () => {
  test('as many as it may are all kept, in their order', () => {
    const all = [move('1', 10, 11, 1), move('2', 10, 5, -3), move('3', 10, 12, 2)]
    expect(limited(3, all)).toEqual(all)
  })

  test('those that matter most are kept, whether they bring or give up', () => {
    const all = [move('1', 10, 8, -1), move('2', 10, 5, -3), move('3', 10, 12, 2)]
    expect(kept(2, all)).toEqual(['2', '3'])
    expect(kept(1, all)).toEqual(['2'])
  })

  test('the others are held where they stand, and what is held already stays as it is', () => {
    const held: HoldDecision = {
      ...{ kind: 'hold', lever: budgetLeverOf('9'), name: '9', value: worth(7), reason: 'paused', detail: 'it is' },
    }
    const [big, small] = [move('1', 10, 5, -2), move('2', 10, 9, -1)]
    expect(limited(1, [held, small, big])).toEqual([
      held,
      {
        ...{ kind: 'hold', lever: small.change.lever, name: '2', value: worth(10), reason: 'change-limit' },
        detail: 'one plan moves at most 1 levers, and others matter more',
      },
      big,
    ])
  })
})

describe('a raise whose cut is not among those kept', () => {
  test('is held too, the one that brings least first', () => {
    // In all 10 + 4 − 14: nothing. Kept without the cut: 14, then 10.
    const all = [move('1', 10, 20, 5), move('2', 10, 14, 4), move('3', 50, 36, -1)]
    expect(kept(2, all)).toEqual([])
    // In all 10 + 4 − 4: 10, which the first raise alone comes to.
    expect(kept(2, [...all.slice(0, 2), move('3', 50, 46, -1)])).toEqual(['1'])
  })

  test('stays where what is kept raises by just as much as all of it', () => {
    // 10 + 4 − 4 − 0: the cut of 4 that is kept pays for the raise of 4.
    const all = [move('1', 10, 20, 5), move('2', 10, 14, 4), move('3', 50, 46, -3), move('4', 50, 50, -1)]
    expect(kept(3, all)).toEqual(['1', '2', '3'])
  })

  test('goes alone: neither the cut behind it nor a target, which costs nothing by itself', () => {
    const [cpa, roas] = [
      target('5', worth(10), worth(12), -2),
      target('6', { kind: 'ratio', value: 3 }, { kind: 'ratio', value: 2 }, 1.5),
    ]
    const all = [move('1', 10, 20, 5), move('2', 50, 48, -3), cpa, roas, move('3', 50, 42, -1)]
    // 10 − 2 − 8 in all; without the last cut 8 too much, and the raise is the only one that can go.
    expect(kept(4, all)).toEqual(['2', '5', '6'])
    expect(limited(4, all).map((one) => [decisionLever(one).id, one.kind])).toContainEqual(['91', 'hold'])
  })

  test('is held too where it is one of a micro', () => {
    expect(kept(1, [move('1', 10, 10.000001, 5), move('3', 50, 40, -1)])).toEqual([])
  })

  test('is not one that stays where it is', () => {
    const all = [move('1', 10, 20, 5), move('2', 50, 50, 4), move('3', 50, 40, -1)]
    expect(kept(2, all)).toEqual(['2'])
  })
})
