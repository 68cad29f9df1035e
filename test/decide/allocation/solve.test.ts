import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocateSpend } from '../../../lib/decide/allocation/solve.ts'
import { bestByTrying, excessOf, objectiveOf, problemOf, type Small, small } from './small-problems.ts'

const solve = (one: Small) => allocateSpend(problemOf(one), { gap: 1e-9 })

/** Keeps every limit, is as good as it says, and its bound is true: then nothing is better than its certificate says. */
function expectSound(one: Small, best: { objective: number } | undefined): void {
  const found = solve(one)
  if (found.kind === 'infeasible') {
    expect(best).toBeUndefined()
    expect(found.conflict.length).toBeGreaterThan(0)
    expect(found.by).toBeGreaterThan(0)
    return
  }
  const split = [...found.spend]
  expect(excessOf(one, split)).toBeLessThan(1e-7)
  expect(found.objective).toBeCloseTo(objectiveOf(one, split), 7)
  if (best) expect(found.bound).toBeGreaterThan(best.objective - 1e-6)
  if (best) expect(found.objective).toBeGreaterThan(best.objective - 1e-6)
  expect(found.bound - found.objective).toBeLessThan(1e-6 * Math.max(1, Math.abs(found.objective)))
}

describe('equals the best of all splits', () => {
  test('of concave curves in nested groups', () => {
    fc.assert(
      fc.property(small('concave', { groups: 4, rooms: 0, levers: 4 }), (one) => expectSound(one, bestByTrying(one))),
      { numRuns: 300 },
    )
  })

  test('of curves of any shape in nested groups', () => {
    fc.assert(
      fc.property(small('any', { groups: 4, rooms: 0, levers: 4 }), (one) => expectSound(one, bestByTrying(one))),
      { numRuns: 300 },
    )
  })

  test('of curves of any shape, with rooms for growth across the groups', () => {
    fc.assert(
      fc.property(small('any', { groups: 3, rooms: 3, levers: 4 }), (one) => expectSound(one, bestByTrying(one))),
      { numRuns: 300 },
    )
  })

  test('of concave curves under ceilings on cost per outcome, in all and in a group', () => {
    const cost = fc.record({ group: fc.nat(1), spendPerOutcome: fc.double({ min: 0.05, max: 1, noNaN: true }) })
    fc.assert(
      fc.property(
        small('concave', { groups: 2, rooms: 1, levers: 4 }),
        fc.array(cost, { maxLength: 2 }),
        (one, costs) => {
          const averages = costs.map((c) => ({ ...c, group: Math.min(c.group, one.groups.length - 1) }))
          const asked = { ...one, spendAll: false, averages }
          expectSound(asked, bestByTrying(asked))
        },
      ),
      { numRuns: 300 },
    )
  })

  test('where the ceiling counts another outcome than the objective, on curves of any shape', () => {
    const outcomes = fc.array(fc.array(fc.nat(12), { minLength: 5, maxLength: 5 }), { minLength: 3, maxLength: 3 })
    fc.assert(
      fc.property(
        small('any', { groups: 2, rooms: 0, levers: 3 }),
        outcomes,
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        (one, rises, spendPerOutcome) => {
          const levers = one.levers.map((l, i) => ({
            ...l,
            outcome: l.spend.map((_, k) => rises[i]!.slice(0, k + 1).reduce((a, b) => a + b, 0)),
          }))
          const asked = { ...one, levers, spendAll: false, averages: [{ group: 0, spendPerOutcome }] }
          expectSound(asked, bestByTrying(asked))
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('traps that random problems found', () => {
  const lone = { group: 0, room: -1, standing: 0 }
  const root = (maximum: number) => [{ parent: -1, minimum: Number.NEGATIVE_INFINITY, maximum }]

  test('a ceiling that costs nothing on the hulls, and is exceeded on the curves', () => {
    // 1 + x + 2 ≤ cost · (9 + 5) for x up to 2, where more would need a stretch that brings no outcome: x = 14 · cost − 3.
    const cost = 0.28660820975446955
    const one: Small = {
      levers: [
        { spend: [0, 1], objective: [0, 11], outcome: [0, 9], ...lone },
        { spend: [0, 2, 3], objective: [0, 22, 33], outcome: [5, 5, 11], ...lone },
        { spend: [2], objective: [0], outcome: [0], ...lone },
      ],
      ...{ groups: root(5), rooms: [], spendAll: false, averages: [{ group: 0, spendPerOutcome: cost }] },
    }
    expect(solve(one)).toMatchObject({ kind: 'allocated' })
    expectSound(one, { objective: 11 + 11 * (14 * cost - 3) })
  })

  test('a ceiling just met where nothing brings anything', () => {
    const one: Small = {
      levers: [{ spend: [1, 2], objective: [0, 0], outcome: [0, 3], ...lone }],
      ...{ groups: root(2), rooms: [], spendAll: false, averages: [{ group: 0, spendPerOutcome: 0.6666666666663335 }] },
    }
    expectSound(one, { objective: 0 })
  })
})
