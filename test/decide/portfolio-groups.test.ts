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

describe('what was promised within a group that has a maximum', () => {
  const capped = (atMost: string, ...floors: readonly Floor[]) =>
    groupsOf([{ name: 'one', match: {}, atMost }], 600, floors)

  test('gives way to it, and both are named, with their values and what can be done', () => {
    // 80 for each of the others leave 85 of 325.
    const { terms, conflicts } = capped('325 EUR', floorOf('commitment "tv"', 110, ['1']))
    expect(byName(terms, 'group "one"').atMost).toBeCloseTo(325, 6)
    expect(byName(terms, 'commitment "tv"').atLeast).toBeCloseTo(85, 6)
    expect(conflicts).toEqual([
      'commitment "tv" asks for 110.00 EUR today, and group "one" gets at most 325.00 EUR a day (atMost): the maximum holds, commitment "tv" gets 85.00 EUR; raise the maximum, or lower what was promised',
    ])
  })

  test('gives way alike, what each would have anyway apart', () => {
    // 30 each beyond 80 are asked for, and 30 are there.
    const { terms } = capped('350 EUR', floorOf('a', 110, ['1']), floorOf('b', 110, ['2']))
    expect([byName(terms, 'a').atLeast, byName(terms, 'b').atLeast]).toEqual([
      expect.closeTo(95, 6),
      expect.closeTo(95, 6),
    ])
  })

  test('keeps what there is room for', () => {
    const { terms, conflicts } = capped('350 EUR', floorOf('a', 110, ['1']))
    expect(byName(terms, 'a').atLeast).toBeCloseTo(110, 6)
    expect(conflicts).toEqual([])
  })

  test('gives way to the minimum of a group within it as well', () => {
    const groups = [
      { name: 'one', match: {}, atMost: '360 EUR' },
      { name: 'inner', within: 'one', match: { id: '2' }, atLeast: '115 EUR' },
    ]
    const { terms } = groupsOf(groups, 600, [floorOf('a', 110, ['1'])])
    // 115 and twice 80 leave 85.
    expect(byName(terms, 'a').atLeast).toBeCloseTo(85, 6)
    expect(byName(terms, 'group "one"').atMost).toBeCloseTo(360, 6)
  })

  test('does not keep the group from going down to a maximum that steps cannot reach today', () => {
    const { terms } = capped('100 EUR', floorOf('a', 110, ['1']))
    expect(byName(terms, 'group "one"').atMost).toBeCloseTo(320, 6)
    expect(byName(terms, 'group "one"').detail.atMost).toMatch(/at most 100\.00 EUR a day .*cannot get to in one day/)
  })
})

test('minimums that are more than the day has are named together', () => {
  const { conflicts } = groupsOf([{ name: 'one', match: { id: '1' }, atLeast: '110 EUR' }], 200, [
    floorOf('commitment "tv"', 105, ['2']),
  ])
  expect(conflicts).toEqual([
    'group "one" gets at least 110.00 EUR a day (atLeast), commitment "tv" gets at least 105.00 EUR today: that comes to 215.00 EUR together today, and the day has 200.00 EUR; the day spends more than it has: lower one of them, or raise flight.total',
  ])
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

test('a commitment in a group that may have less is named in the plan, and the group keeps its maximum', () => {
  const market: KnownMarket = {
    accounts: [
      { id: '1', budget: 100, level: 10 },
      { id: '2', budget: 100, level: 3 },
    ],
    target: 300,
    policy: {
      groups: [{ name: 'dear', match: { id: '2' }, atMost: '120 EUR' }],
      members: [
        { id: '2', class: 'prospecting', from: '2026-11-20', launchBudget: '180 EUR' },
        { class: 'prospecting' },
      ],
    },
  }
  const plan = planOfMarket(market)
  expect(standing(plan, market)[1]).toBeCloseTo(120, 1)
  expect(plan.limits?.map(({ detail }) => detail).join()).toMatch(
    /the launch of "2" asks for 180\.00 EUR today, and group "dear" gets at most 120\.00 EUR/,
  )
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
          /contradict each other: group "all" gets at most 100\.00 EUR a day \(atMost\); group "dear" gets at least 180\.00 EUR a day \(atLeastShare 0\.6\).*: change one of them/,
        ),
      })
  })

  test('so does a minimum that a dayCap has no room for', () => {
    const plan = planOfMarket(market({ dayCap: '400 EUR' }, [{ name: 'dear', match: { id: '2' }, atLeast: '180 EUR' }]))
    expect(plan.decisions[0]).toMatchObject({
      kind: 'hold',
      detail: expect.stringMatching(
        /the dayCap of google-ads:1 leaves no more room today; group "dear" gets at least 180\.00 EUR a day/,
      ),
    })
  })
})
