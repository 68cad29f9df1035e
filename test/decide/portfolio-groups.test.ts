import { describe, expect, test } from 'vitest'
import type { BudgetQuestion } from '../../lib/decide/holds.ts'
import { type Floor, type GroupedLever, type GroupTerms, portfolioGroups } from '../../lib/decide/portfolio-groups.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import { anObservation } from '../measure/samples.ts'
import { estimatesOf, type KnownMarket, planOfMarket, standing } from './handmade.ts'
import { someCapabilities } from './samples.ts'

/** Four budgets of 100 that may go from 80 to 120 today. */
function groupsOf(groups: readonly object[], target = 400, floors: readonly Floor[] = []) {
  const campaigns = ['1', '2', '3', '4'].map((id) => ({ id, budget: 100, level: 1 }))
  const observation = anObservation({ accounts: [{ key: 'google-ads:1', campaigns }], target, policy: { groups } })
  const questions = questionsOf(observation, estimatesOf({ accounts: campaigns, target }), () => someCapabilities)
  const levers = questions.map((question): GroupedLever => ({ question, least: 80, most: 120 }))
  return portfolioGroups(observation, levers, target, floors)
}

const byName = (terms: readonly GroupTerms[], name: string): GroupTerms => terms.find((one) => one.name === name)!
const floorOf = (name: string, atLeast: number, ids: readonly string[]): Floor => ({
  ...{ name, detail: name, atLeast },
  has: ({ budget }: BudgetQuestion) => ids.includes(budget.id.slice(1)),
})

describe('groups of a policy as a tree', () => {
  const { terms, of } = groupsOf([
    { name: 'outer', match: { name: 'google-ads' }, atMost: '390 EUR' },
    { name: 'inner', within: 'outer', match: { id: '1' }, atLeastShare: 0.25 },
    { name: 'other', within: 'outer', match: { id: '2' }, atLeast: '90 EUR', atMostShare: 0.275 },
  ])

  test('begin with the portfolio and its day', () => {
    expect(terms[0]).toMatchObject({ name: 'day-target', parent: -1, atMost: 400 })
  })

  test('hang on the group around them', () => {
    expect(byName(terms, 'group "outer"').parent).toBe(0)
    expect(terms[byName(terms, 'group "inner"').parent]?.name).toBe('group "outer"')
  })

  test('have shares as shares of the whole day, at any depth', () => {
    expect(byName(terms, 'group "inner"').atLeast).toBeCloseTo(100, 6)
    expect(byName(terms, 'group "other"')).toMatchObject({ atLeast: 90, atMost: expect.closeTo(110, 6) })
  })

  test('have each budget in the innermost that fits', () => {
    expect(of.map((group) => terms[group]?.name)).toEqual([
      'group "inner"',
      'group "other"',
      'group "outer"',
      'group "outer"',
    ])
  })
})

describe('commitments and launches', () => {
  test('are groups of their own within the group of their budgets', () => {
    const { terms, of } = groupsOf([{ name: 'one', match: { id: '1' } }], 400, [floorOf('commitment', 110, ['1'])])
    const own = byName(terms, 'commitment')
    expect(own.atLeast).toBeCloseTo(110, 6)
    expect(terms[own.parent]?.name).toBe('group "one"')
    expect(terms[of[0]!]).toBe(own)
  })

  test('over several groups are divided by what their budgets could take', () => {
    const floors = [floorOf('commitment', 300, ['1', '2', '3'])]
    const { terms } = groupsOf([{ name: 'one', match: { id: '1' } }], 400, floors)
    // 120 of 360 lie in the group.
    expect(terms.filter(({ name }) => name === 'commitment').map(({ atLeast }) => Math.round(atLeast))).toEqual([
      100, 200,
    ])
  })

  test('take no budget that the one before has', () => {
    const { terms, of } = groupsOf([], 400, [floorOf('first', 90, ['1', '2']), floorOf('second', 90, ['2', '3'])])
    expect(of.map((group) => terms[group]?.name)).toEqual(['first', 'first', 'second', 'day-target'])
  })

  test('that ask for nothing, or of nobody, are none', () => {
    const { terms } = groupsOf([], 400, [floorOf('met', 0, ['1']), floorOf('nobody', 50, ['9'])])
    expect(terms.map(({ name }) => name)).toEqual(['day-target'])
  })
})

describe('a limit that steps cannot reach today', () => {
  test.each<[why: string, group: object, wanted: Partial<GroupTerms>]>([
    ['a maximum below the least of its budgets', { atMost: '50 EUR' }, { atMost: expect.closeTo(80, 6) }],
    ['a minimum above the most of them', { atLeast: '150 EUR' }, { atLeast: expect.closeTo(120, 6) }],
    ['one within reach stays', { atLeast: '90 EUR', atMost: '95 EUR' }, { atLeast: 90, atMost: 95 }],
  ])('%s', (_why, group, wanted) => {
    const { terms } = groupsOf([{ name: 'one', match: { id: '1' }, ...group }])
    expect(byName(terms, 'group "one"')).toMatchObject(wanted)
  })

  test('is reckoned from the inside out', () => {
    const { terms } = groupsOf([
      { name: 'outer', match: {}, atMost: '100 EUR' },
      { name: 'inner', within: 'outer', match: { id: '1' }, atMost: '60 EUR' },
    ])
    expect(byName(terms, 'group "inner"').atMost).toBeCloseTo(80, 6)
    expect(byName(terms, 'group "outer"').atMost).toBeCloseTo(320, 6)
  })

  test('the day’s target gives way to the least that budgets and groups must have', () => {
    expect(groupsOf([], 200).terms[0]?.atMost).toBeCloseTo(320, 6)
    expect(groupsOf([{ name: 'one', match: { id: '1' }, atLeast: '110 EUR' }], 200).terms[0]?.atMost).toBeCloseTo(
      350,
      6,
    )
  })
})

describe('groups that contradict each other', () => {
  const market = (terms?: object, groups: readonly object[] = []): KnownMarket => ({
    accounts: [
      {
        key: 'google-ads:1',
        campaigns: [
          { id: '1', budget: 100, level: 10 },
          { id: '2', budget: 100, level: 3 },
        ],
        ...(terms ? { terms: terms as Record<string, unknown> } : {}),
      },
    ],
    target: 300,
    policy: { groups },
  })

  test('hold every budget, and are named', () => {
    // 180 of 300 are asked for within a group that gets 100.
    const contradicting = market(undefined, [
      { name: 'all', match: {}, atMost: '100 EUR' },
      { name: 'dear', within: 'all', match: { id: '2' }, atLeastShare: 0.6 },
    ])
    const plan = planOfMarket(contradicting)
    expect(standing(plan, contradicting)).toEqual([100, 100])
    for (const decision of plan.decisions)
      expect(decision).toMatchObject({
        kind: 'hold',
        reason: 'guardrail',
        detail: expect.stringMatching(
          /contradict each other: group "all" gets at most this much; group "dear" gets at least this much/,
        ),
      })
  })

  test('so does a minimum that a dayCap has no room for', () => {
    const plan = planOfMarket(market({ dayCap: '400 EUR' }, [{ name: 'dear', match: { id: '2' }, atLeast: '180 EUR' }]))
    expect(plan.decisions[0]).toMatchObject({
      kind: 'hold',
      detail: expect.stringMatching(/the dayCap of google-ads:1 leaves no more room today; group "dear" gets at least/),
    })
  })
})
