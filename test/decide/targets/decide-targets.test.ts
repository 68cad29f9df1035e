import { describe, expect, test } from 'vitest'
import type { TargetDay } from '../../../lib/decide/targets/bias.ts'
import { decideTargets, type TargetQuestion } from '../../../lib/decide/targets/decide-targets.ts'

/** Twenty complete days of 10 promised conversions each, of which so many came. */
const days = (outcome: number, over: Partial<TargetDay> = {}): readonly TargetDay[] =>
  Array.from({ length: 20 }, (_, i) => ({
    ageDays: i + 1,
    spend: 400,
    outcome,
    visible: 1,
    target: 40,
    limitedByBudget: false,
    ...over,
  }))

const question = (over: Partial<TargetQuestion> = {}): TargetQuestion => ({
  id: 'a',
  kind: 'target-cpa',
  target: 40,
  goal: 40,
  pool: 'search',
  outcomePerConversion: 1,
  days: days(8),
  actuator: 'target',
  capability: { kind: 'honoured' },
  learning: false,
  edits: [],
  spendPerDay: 400,
  ...over,
})

const only = (over: Partial<TargetQuestion> = {}) => decideTargets([question(over)])[0]!

describe('a target', () => {
  test('goes down where conversions cost too much, by at most a tenth', () => {
    // Cost 50 at a target of 40: the wanted target is 32, the step ends at 40 / 1.1.
    const decision = only()
    expect(decision).toMatchObject({
      kind: 'move',
      from: 40,
      to: expect.closeTo(40 / 1.1, 9),
      wanted: expect.closeTo(32, 0),
    })
    expect(decision.why).toMatch(/^with its target at 40\.00 conversions cost 50\.\d\d, .*; 40\.00 is wanted$/)
  })

  test('goes up where they cost too little', () => {
    expect(only({ days: days(12.5) })).toMatchObject({ kind: 'move', to: expect.closeTo(44, 9) })
  })

  test('goes seven tenths of a short way', () => {
    // 5 % too dear: 0.7 · ln 1.05 is 3.4 %.
    expect(only({ days: days(10), goal: 42 })).toMatchObject({ kind: 'move', to: expect.closeTo(40 * 1.05 ** 0.7, 9) })
  })

  test('of return moves the other way: a return below the goal raises it', () => {
    // 400 a day at a target of 2.5 promise 1,000 of value; 800 came.
    const decision = only({
      kind: 'target-roas',
      target: 2.5,
      goal: 2.5,
      outcomePerConversion: 100,
      days: days(800, { target: 2.5 }),
    })
    expect(decision).toMatchObject({ kind: 'move', to: expect.closeTo(2.75, 9) })
    expect(decision.comesTo.mean).toBeCloseTo(2, 1)
    expect(decision.why).toMatch(/250 % it returns (199|20\d) %/)
  })

  test('says what it comes to, with an interval around it', () => {
    const { comesTo } = only()
    expect(comesTo.mean).toBeCloseTo(50, -1)
    expect(comesTo.low < comesTo.mean && comesTo.mean < comesTo.high).toBe(true)
  })
})

describe('a target of which the platform expects little if it were looser', () => {
  /** At 40 it comes to 40, and 60 would be allowed: it would be raised by a tenth. */
  const raised = (raisedTo: number) => only({ days: days(10), goal: 60, raisedTo })

  test('is raised no further than that allows', () => {
    // 0.7 · ln (42 ÷ 40).
    expect(raised(42)).toMatchObject({ kind: 'move', to: expect.closeTo(40 * 1.05 ** 0.7, 9) })
    expect(raised(70)).toMatchObject({ kind: 'move', to: expect.closeTo(44, 9) })
  })

  test.each([41, 40, 20, 0])('is not raised where that allows %f, and not lowered for it either', (raisedTo) => {
    expect(raised(raisedTo)).toMatchObject({ kind: 'hold', reason: 'guardrail' })
  })

  test('of return is the same upside down', () => {
    const of = {
      kind: 'target-roas',
      target: 2.5,
      outcomePerConversion: 100,
      days: days(1000, { target: 2.5 }),
    } as const
    expect(only({ ...of, goal: 1.5 })).toMatchObject({ kind: 'move', to: expect.closeTo(2.5 / 1.1, 9) })
    for (const raisedTo of [2.5, 9, Number.POSITIVE_INFINITY])
      expect(only({ ...of, goal: 1.5, raisedTo })).toMatchObject({ kind: 'hold', reason: 'guardrail' })
  })

  test('is lowered as it would be', () => {
    expect(only({ raisedTo: 20 })).toEqual(only())
  })
})

describe('a target holds', () => {
  test.each<[string, Partial<TargetQuestion>, string, RegExp]>([
    [
      'where the platform does not honour it',
      { capability: { kind: 'not-honoured', reason: 'manual bids' } },
      'not-honoured',
      /manual bids/,
    ],
    ['where the budget is the lever', { actuator: 'budget' }, 'not-steered', /its budget limits/],
    ['in its learning phase', { learning: true }, 'learning', /learning phase/],
    [
      'two days after it was moved',
      { edits: [{ daysAgo: 2, lever: 'target', from: 44, to: 40 }] },
      'between-decisions',
      /target was changed 2\.0 days ago/,
    ],
    [
      'two days after the budget was moved, however little',
      { edits: [{ daysAgo: 2, lever: 'budget', from: 99, to: 100 }] },
      'between-decisions',
      /budget was changed/,
    ],
    ['with too few conversions', { days: days(0.1, { spend: 4 }) }, 'too-little-history', /10 are needed/],
    ['without days', { days: [] }, 'too-little-history', /^0\.0 recent/],
    ['near its goal', { days: days(10), goal: 41 }, 'within-deadband', /3 %/],
    [
      'with its allowance of the week used up',
      {
        edits: [
          { daysAgo: 4, lever: 'budget', from: 100, to: 150 },
          { daysAgo: 5, lever: 'target', from: 44, to: 40 },
        ],
      },
      'change-limit',
      /2 of the 2 significant edits/,
    ],
  ])('%s', (_, over, reason, why) => {
    expect(only(over)).toMatchObject({ kind: 'hold', reason, why: expect.stringMatching(why) })
  })
})

describe('conversions that are still to come', () => {
  test('do not make a target look too dear', () => {
    // Four of ten are visible of every day, as many as there can be.
    expect(only({ days: days(4, { visible: 0.4 }) })).toMatchObject({ kind: 'hold', reason: 'within-deadband' })
  })
})

describe('no conversion at all', () => {
  test('where many were promised, is reason to lower the target and not too little history', () => {
    expect(only({ days: days(0) })).toMatchObject({ kind: 'move', to: expect.closeTo(40 / 1.1, 9) })
  })
})

describe('several targets', () => {
  const six = Array.from({ length: 6 }, (_, i) => question({ id: `t${i}`, days: days(i === 3 ? 5 : 8) }))

  test('move as long as a fifth of spend is in learning at most, the largest error first', () => {
    const moved = decideTargets(six).filter(({ kind }) => kind === 'move')
    expect(moved.map(({ id }) => id)).toEqual(['t3'])
  })

  test('wait for a campaign without a target that is learning', () => {
    const decisions = decideTargets(six, [{ spendPerDay: 400, inLearning: true }])
    expect(decisions.every((one) => one.kind === 'hold' && one.reason === 'change-limit')).toBe(true)
  })

  test('have one decision each, in their order, whatever the order', () => {
    const forward = decideTargets(six)
    const backward = decideTargets(six.toReversed()).toReversed()
    expect(forward.map(({ id }) => id)).toEqual(six.map(({ id }) => id))
    expect(backward.map(({ id, kind }) => [id, kind])).toEqual(forward.map(({ id, kind }) => [id, kind]))
  })

  test('of none, there is none', () => {
    expect(decideTargets([])).toEqual([])
  })
})

describe('laws of targets', () => {
  test('another currency moves all alike', () => {
    const other = days(8).map((day) => ({ ...day, spend: 150 * day.spend, target: 150 * day.target }))
    const decision = only({ target: 6_000, goal: 6_000, days: other, spendPerDay: 60_000 })
    const here = only()
    expect(here.kind === 'move' && decision.kind === 'move' && decision.to).toBeCloseTo(
      150 * (here.kind === 'move' ? here.to : 0),
      6,
    )
  })

  test('more conversions never lower it', () => {
    const at = (outcome: number): number => {
      const decision = only({ days: days(outcome) })
      return decision.kind === 'move' ? decision.to : decision.from
    }
    const targets = [0, 2, 5, 8, 9, 9.5, 10, 10.5, 11, 14, 30].map(at)
    expect(targets).toEqual(targets.toSorted((a, b) => a - b))
  })
})

test('a target that is not positive is refused', () => {
  expect(() => only({ target: 0 })).toThrow(/target 0, goal 40 .* of a must be positive/)
})
