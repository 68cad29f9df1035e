import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Allocated, Limit } from '../../../lib/decide/allocation/problem.ts'
import { allocateSpend } from '../../../lib/decide/allocation/solve.ts'
import { problemOf, type Small, small } from './small-problems.ts'

const solve = (one: Small) => allocateSpend(problemOf(one), { gap: 1e-9 })

/** Its objective, or undefined where its limits contradict each other. */
function objectiveOf(one: Small): number | undefined {
  const found = solve(one)
  return found.kind === 'allocated' ? found.objective : undefined
}

const withTotal = (one: Small, total: number): Small => ({
  ...one,
  groups: one.groups.map((group, g) => (g === 0 ? { ...group, maximum: total } : group)),
})

const SIZE = { groups: 4, rooms: 2, levers: 6 }

describe('laws of allocation', () => {
  test('more budget never brings less', () => {
    fc.assert(
      fc.property(small('any', SIZE), fc.nat(6), (one, more) => {
        const asked = { ...one, spendAll: false }
        const before = objectiveOf(asked)
        const after = objectiveOf(withTotal(asked, one.groups[0]!.maximum + more))
        if (before !== undefined) expect(after).toBeGreaterThanOrEqual(before - 1e-6)
      }),
    )
  })

  test('more room for growth never brings less', () => {
    fc.assert(
      fc.property(small('any', { ...SIZE, rooms: 3 }), fc.nat(6), (one, more) => {
        const asked = { ...one, spendAll: false }
        const before = objectiveOf(asked)
        const after = objectiveOf({ ...asked, rooms: one.rooms.map((r) => ({ ...r, room: r.room + more })) })
        if (before !== undefined) expect(after).toBeGreaterThanOrEqual(before - 1e-6)
      }),
    )
  })

  test('counting in other money changes the amounts and nothing else', () => {
    fc.assert(
      fc.property(small('any', SIZE), fc.constantFrom(0.01, 160, 1e6, 1 / 64, 1024), (one, k) => {
        const found = solve(one)
        const scaled = solve({
          ...one,
          levers: one.levers.map((l) => ({ ...l, spend: l.spend.map((x) => x * k), standing: l.standing * k })),
          groups: one.groups.map((g) => ({ ...g, minimum: g.minimum * k, maximum: g.maximum * k })),
          rooms: one.rooms.map((r) => ({ ...r, room: r.room * k })),
        })
        expect(scaled.kind).toBe(found.kind)
        if (found.kind === 'infeasible' || scaled.kind === 'infeasible') return
        expect(scaled.objective).toBeCloseTo(found.objective, 5)
        // At a corner of the optimum the price is not unique; powers of two are free of rounding, so that it is the same.
        if (Number.isInteger(Math.log2(k))) {
          expect(scaled.price * k).toBeCloseTo(found.price, 9)
          for (const [i, x] of found.spend.entries()) expect(scaled.spend[i]! / k).toBeCloseTo(x, 9)
        }
      }),
    )
  })

  test('the order of levers changes nothing', () => {
    fc.assert(
      fc.property(small('concave', SIZE), fc.infiniteStream(fc.nat(1000)), (one, dice) => {
        const order = [...one.levers.keys()]
          .map((i) => ({ i, at: dice.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ i }) => i)
        const found = solve(one)
        const shuffled = solve({ ...one, levers: order.map((i) => one.levers[i]!) })
        expect(shuffled.kind).toBe(found.kind)
        if (found.kind === 'infeasible' || shuffled.kind === 'infeasible') return
        expect(shuffled.objective).toBeCloseTo(found.objective, 6)
        expect(shuffled.unspent.amount).toBeCloseTo(found.unspent.amount, 6)
      }),
    )
  })

  test('and of levers with slopes of their own, each gets the same wherever it stands', () => {
    const slopes = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { minLength: 4, maxLength: 12 })
    fc.assert(
      fc.property(slopes, fc.double({ min: 0, max: 1, noNaN: true }), (all, share) => {
        const levers = all.map((slope, k) => ({
          ...{ spend: [0, 2 + k], objective: [0, slope * (2 + k)] },
          ...{ group: 0, room: -1, standing: 0 },
        }))
        const total = share * levers.reduce((sum, { spend }) => sum + spend[1]!, 0)
        const groups = [{ parent: -1, minimum: Number.NEGATIVE_INFINITY, maximum: total }]
        const spendOf = (order: typeof levers) =>
          (solve({ levers: order, groups, rooms: [], spendAll: true, averages: [] }) as Allocated).spend
        const reversed = [...spendOf([...levers].reverse())].reverse()
        for (const [i, x] of spendOf(levers).entries()) expect(reversed[i]).toBeCloseTo(x, 9)
      }),
    )
  })

  test('equals get equal amounts', () => {
    const lever = { spend: [0, 2, 6, 10], objective: [0, 8, 12, 13], group: 0, room: -1, standing: 0 }
    const found = solve({
      levers: [lever, lever, lever],
      groups: [{ parent: -1, minimum: Number.NEGATIVE_INFINITY, maximum: 12 }],
      ...{ rooms: [], spendAll: true, averages: [] },
    }) as Allocated
    expect([...found.spend]).toEqual([4, 4, 4])
  })

  test('all of the total is spent where bounds and groups allow it', () => {
    fc.assert(
      fc.property(small('any', { ...SIZE, rooms: 0 }), (one) => {
        const found = solve({ ...one, spendAll: true })
        if (found.kind === 'infeasible') return
        const spent = found.spend.reduce((a, b) => a + b, 0)
        expect(spent + found.unspent.amount).toBeCloseTo(one.groups[0]!.maximum, 8)
        if (found.unspent.amount === 0) return
        for (const { kind } of found.unspent.because) expect(['group-maximum', 'lever-maximums']).toContain(kind)
      }),
    )
  })
})

describe('the worth of a limit is what one unit more of it brings', () => {
  const EPS = 1e-4
  const same = (a: Limit, b: Limit): boolean => JSON.stringify(a) === JSON.stringify(b)

  /** The optimum is concave in every limit, so that its worth lies between what the last unit brought and the next does. */
  function expectWorth(one: Small, limit: Limit, changed: (by: number) => Small): void {
    const found = solve(one)
    const [less, more] = [objectiveOf(changed(-EPS)), objectiveOf(changed(EPS))]
    if (found.kind === 'infeasible' || less === undefined || more === undefined) return
    const worth = found.binding.find((b) => same(b.limit, limit))?.worth ?? 0
    expect(worth).toBeGreaterThan((more - found.objective) / EPS - 1e-3)
    expect(worth).toBeLessThan((found.objective - less) / EPS + 1e-3)
  }

  test('of the total', () => {
    fc.assert(
      fc.property(small('concave', SIZE), (drawn) => {
        const one = { ...drawn, spendAll: false }
        expectWorth(one, { kind: 'total' }, (by) => withTotal(one, one.groups[0]!.maximum + by))
      }),
    )
  })

  test('of a group’s maximum and minimum', () => {
    fc.assert(
      fc.property(small('concave', SIZE), fc.nat(2), fc.boolean(), (drawn, k, least) => {
        const one = { ...drawn, spendAll: false }
        const group = 1 + k
        if (group >= one.groups.length) return
        const moved = (by: number): Small => ({
          ...one,
          groups: one.groups.map((g, at) =>
            at === group ? { ...g, ...(least ? { minimum: g.minimum - by } : { maximum: g.maximum + by }) } : g,
          ),
        })
        if (one.groups[group]!.minimum === one.groups[group]!.maximum) return
        expectWorth(one, { kind: least ? 'group-minimum' : 'group-maximum', group }, moved)
      }),
    )
  })

  test('of room for growth', () => {
    fc.assert(
      fc.property(small('concave', { ...SIZE, rooms: 3 }), fc.nat(2), (drawn, room) => {
        const one = { ...drawn, spendAll: false }
        if (room >= one.rooms.length || one.rooms[room]!.room === 0) return
        expectWorth(one, { kind: 'growth-room', room }, (by) => ({
          ...one,
          rooms: one.rooms.map((r, k) => (k === room ? { ...r, room: r.room + by } : r)),
        }))
      }),
    )
  })

  test('of a ceiling on cost per outcome, in money that may be spent beyond it', () => {
    fc.assert(
      fc.property(
        small('concave', { ...SIZE, rooms: 0 }),
        fc.double({ min: 0.1, max: 0.6, noNaN: true }),
        (drawn, cost) => {
          const averages = [{ group: 0, spendPerOutcome: cost }]
          // A fixed lever that spends nothing and has outcome for the money, which as objective counts for nothing.
          const outcome = (by: number) => ({
            ...{ spend: [0], objective: [0], outcome: [by / cost] },
            ...{ group: 0, room: -1, standing: 0 },
          })
          const slack = (by: number): Small => ({
            ...{ ...drawn, spendAll: false, averages },
            levers: [...drawn.levers, outcome(by)],
          })
          expectWorth(slack(0), { kind: 'average-ceiling', average: 0 }, slack)
        },
      ),
    )
  })

  test('of a lever’s bounds', () => {
    const table = (most: number) => ({ spend: [0, most], objective: [0, 5 * most], group: 0, room: -1, standing: 0 })
    const found = solve({
      levers: [
        table(2),
        { spend: [0, 9], objective: [0, 18], group: 0, room: -1, standing: 0 },
        { spend: [1, 3], objective: [1, 3], group: 0, room: -1, standing: 0 },
      ],
      groups: [{ parent: -1, minimum: Number.NEGATIVE_INFINITY, maximum: 8 }],
      ...{ rooms: [], spendAll: true, averages: [] },
    }) as Allocated
    expect([...found.spend]).toEqual([2, 5, 1])
    expect(found.price).toBe(2)
    expect([...found.boundWorth]).toEqual([3, 0, -1])
  })
})
