import { describe, expect, test } from 'vitest'
import { allocateLevers } from '../../../lib/decide/allocation/allocate-levers.ts'
import type { Answered, Lever, Question, Unanswerable } from '../../../lib/decide/allocation/question.ts'

/** gain · ln(1 + x / scale): marginal gain / (x + scale), with optima in closed form. */
const log = (gain: number, scale: number, over: Partial<Lever> = {}): Lever => ({
  objective: (x) => gain * Math.log(1 + x / scale),
  ...{ atLeast: 0, atMost: 1000 },
  ...over,
})
const solve = (question: Question): Answered => {
  const found = allocateLevers(question)
  if (found.kind === 'infeasible') throw new Error(JSON.stringify(found.conflict))
  return found
}
const conflictOf = (question: Question): Unanswerable => allocateLevers(question) as Unanswerable
const namesOf = ({ conflict }: Unanswerable): readonly string[] =>
  conflict.map(({ kind, name }) => `${kind} ${name}`.trim())

describe('allocating over curves', () => {
  test('equals marginal returns, as the closed form has it: 10 and 20 on a scale of 5 share 50 as 15 and 35', () => {
    const { spend, price, binding } = solve({ levers: [log(10, 5), log(20, 5)], total: 50 })
    expect(spend[0]).toBeCloseTo(15, 1)
    expect(spend[1]).toBeCloseTo(35, 1)
    expect(price).toBeCloseTo(0.5, 2)
    expect(binding).toEqual([{ limit: { kind: 'total', name: '' }, worth: price }])
  })

  test('prices a group’s maximum by how much more its money would bring inside than outside', () => {
    // Alone with 14 of the 50, a and b take 7 each: marginal 20 / 12; c has the other 36: marginal 10 / 41.
    const { spend, binding } = solve({
      levers: [log(20, 5, { group: 'g' }), log(20, 5, { group: 'g' }), log(10, 5)],
      total: 50,
      groups: [{ name: 'g', atMost: 14 }],
    })
    expect(spend[0]).toBeCloseTo(7, 1)
    expect(spend[1]).toBeCloseTo(7, 1)
    expect(spend[2]).toBeCloseTo(36, 1)
    expect(binding.map(({ limit }) => limit.name)).toEqual(['', 'g'])
    expect(binding[1]!.worth).toBeCloseTo(20 / 12 - 10 / 41, 1)
  })

  test('holds growth to its room, whatever others are cut by', () => {
    // Standing 10 each: a would take 18.2 of the 20, but may grow by 2 only.
    const { spend, binding, unspent } = solve({
      levers: [log(50, 5, { room: 'account', standing: 10 }), log(5, 5, { room: 'account', standing: 10 })],
      total: 20,
      rooms: [
        { name: 'account', within: 'portfolio', room: 2 },
        { name: 'portfolio', room: 5 },
      ],
    })
    expect(spend[0]).toBeCloseTo(12, 9)
    expect(spend[1]).toBeCloseTo(8, 9)
    expect(unspent.amount).toBe(0)
    expect(binding.map(({ limit }) => limit.name)).toEqual(['', 'account'])
    expect(binding[1]!.worth).toBeCloseTo(50 / 17 - 5 / 13, 1)
  })

  test('keeps to a cost per outcome and says what money is left by it', () => {
    // 10 ln(1 + x) ≥ x / 5 ends where x = 50 ln(1 + x): x = 282.33.
    const { spend, unspent } = solve({
      levers: [log(10, 1)],
      total: 500,
      averages: [{ name: 'cpa', spendPerOutcome: 5 }],
    })
    expect(spend[0]).toBeCloseTo(282.33, 2)
    expect(spend[0]! / (10 * Math.log(1 + spend[0]!))).toBeLessThanOrEqual(5)
    expect(unspent.amount).toBeCloseTo(500 - spend[0]!, 9)
    expect(unspent.because).toEqual([{ kind: 'average-ceiling', name: 'cpa' }])
  })

  test('weighs value against a ceiling on conversions: two multipliers', () => {
    // Both bring 3 of value per unit at most; only the first converts. Each unit of the second needs outcome of the first.
    const value = (slope: number, outcome: number): Lever => ({
      objective: (x) => slope * x,
      outcome: (x) => outcome * x,
      ...{ atLeast: 0, atMost: 10 },
    })
    const { spend, objective, binding } = solve({
      levers: [value(1, 0.5), value(3, 0)],
      total: 20,
      averages: [{ name: 'cpa', spendPerOutcome: 3 }],
    })
    // a + b ≤ 3 · a / 2: b ≤ a / 2, so a = 10 and b = 5.
    expect(spend[0]).toBeCloseTo(10, 9)
    expect(spend[1]).toBeCloseTo(5, 9)
    expect(objective).toBeCloseTo(25, 9)
    expect(binding).toEqual([{ limit: { kind: 'average-ceiling', name: 'cpa' }, worth: 3 }])
  })

  test('leaves money above the marginal floor unspent, though all is to be spent', () => {
    // Marginal 10 / (x + 5) ≥ 0.5 up to 15.
    const { spend, unspent, price } = solve({
      levers: [log(10, 5), log(10, 5)],
      total: 100,
      spendAll: true,
      marginals: [{ name: 'worth it', returnPerSpend: 0.5 }],
    })
    for (const x of spend) expect(x).toBeCloseTo(15, 1)
    expect(price).toBe(0.5)
    expect(unspent.amount).toBeCloseTo(70, 0)
    expect(unspent.because).toEqual([{ kind: 'marginal-floor', name: 'worth it' }])
  })

  test('but a minimum goes before the floor, and is then just met', () => {
    const { spend, overruled } = solve({
      levers: [log(10, 5, { group: 'brand' }), log(10, 5)],
      total: 100,
      groups: [{ name: 'brand', atLeast: 30 }],
      marginals: [{ name: 'worth it', returnPerSpend: 0.5 }],
    })
    expect(spend[0]).toBeCloseTo(30, 9)
    expect(spend[1]).toBeCloseTo(15, 1)
    expect(overruled).toEqual(['worth it'])
  })

  test('takes the next best that fits where a hollow does not: an S-shaped curve is bought whole or not at all', () => {
    const sShape = (x: number): number => (100 * x ** 3) / (10 ** 3 + x ** 3)
    const lever = { objective: sShape, atLeast: 0, atMost: 30 }
    const { spend, unspent, certificate } = solve({ levers: [lever, lever, log(8, 2)], total: 16, spendAll: true })
    expect(spend.filter((x) => x > 5)).toHaveLength(1)
    expect(unspent.amount).toBe(0)
    expect(certificate).toBeLessThan(1e-6)
  })
})

describe('degenerate problems', () => {
  test('of nothing is nothing', () => {
    const found = solve({ levers: [], total: 100, spendAll: true })
    expect(found).toMatchObject({ spend: [], objective: 0, certificate: 0, unspent: { amount: 100 } })
  })

  test('one lever gets all that it may', () => {
    expect(solve({ levers: [log(10, 5)], total: 40 }).spend).toEqual([40])
    expect(solve({ levers: [log(10, 5, { atMost: 30 })], total: 40, spendAll: true })).toMatchObject({
      spend: [30],
      unspent: { amount: 10, because: [{ kind: 'lever-maximums', levers: [0], count: 1 }] },
    })
  })

  test('fixed levers stay, and what they spend is taken off the total', () => {
    const fixed = log(10, 5, { atLeast: 7, atMost: 7 })
    expect(solve({ levers: [fixed, fixed], total: 14, spendAll: true }).spend).toEqual([7, 7])
    expect(solve({ levers: [fixed, log(1, 1)], total: 10, spendAll: true }).spend).toEqual([7, 3])
  })

  test('a total of nothing spends nothing', () => {
    const { spend, price } = solve({ levers: [log(10, 5), log(20, 5)], total: 0 })
    expect(spend).toEqual([0, 0])
    expect(price).toBeGreaterThan(3.9)
  })

  test('flat curves are worth no money, unless all is to be spent', () => {
    const flat = { objective: () => 3, atLeast: 0, atMost: 10 }
    const found = solve({ levers: [flat, flat], total: 10 })
    expect(found).toMatchObject({
      spend: [0, 0],
      objective: 6,
      price: 0,
      unspent: { amount: 10, because: [{ kind: 'no-return' }] },
    })
    expect(solve({ levers: [flat, flat], total: 10, spendAll: true }).spend.reduce((a, b) => a + b)).toBeCloseTo(10, 12)
  })

  test('falling curves get their least', () => {
    const falling = { objective: (x: number) => -x, atLeast: 2, atMost: 10 }
    expect(solve({ levers: [falling], total: 10 }).spend).toEqual([2])
  })

  test('a curve that is no number is refused with its spend', () => {
    expect(() => solve({ levers: [{ objective: () => Number.NaN, atLeast: 1, atMost: 2 }], total: 1 })).toThrow(
      'NaN at a spend of 1',
    )
  })

  test('a name that is not there is refused with those that are', () => {
    expect(() => solve({ levers: [log(1, 1, { group: 'x' })], total: 1, groups: [{ name: 'y' }] })).toThrow(
      'groups: there is no "x"; known are y',
    )
    expect(() => solve({ levers: [], total: 1, groups: [{ name: 'y' }, { name: 'y' }] })).toThrow('stands twice')
  })
})

describe('limits that contradict each other are named', () => {
  test('lower bounds above the total', () => {
    const found = conflictOf({ levers: [log(1, 1, { atLeast: 6 }), log(1, 1, { atLeast: 5 })], total: 10 })
    expect(found).toMatchObject({ kind: 'infeasible', by: 1 })
    expect(found.conflict).toEqual([
      { kind: 'total', name: '' },
      { kind: 'lever-minimums', name: '', levers: [0, 1], count: 2 },
    ])
  })

  test('a group’s minimum above what its levers may spend', () => {
    const found = conflictOf({
      levers: [log(1, 1, { atMost: 3, group: 'a' }), log(1, 1)],
      total: 10,
      groups: [{ name: 'a', atLeast: 5 }],
    })
    expect(namesOf(found)).toEqual(['group-minimum a', 'lever-maximums'])
    expect(found.by).toBeCloseTo(2, 12)
  })

  test('a nested minimum above the maximum around it', () => {
    const found = conflictOf({
      levers: [log(1, 1, { group: 'inner' })],
      total: 100,
      groups: [
        { name: 'outer', atMost: 10 },
        { name: 'inner', within: 'outer', atLeast: 12 },
      ],
    })
    expect(namesOf(found)).toEqual(['group-maximum outer', 'group-minimum inner'])
    expect(found.by).toBeCloseTo(2, 12)
  })

  test('minimums of groups that together exceed the total', () => {
    const found = conflictOf({
      levers: [log(1, 1, { group: 'a' }), log(1, 1, { group: 'b' })],
      total: 10,
      groups: [
        { name: 'a', atLeast: 6 },
        { name: 'b', atLeast: 6 },
      ],
    })
    expect(namesOf(found)).toEqual(['total', 'group-minimum a', 'group-minimum b'])
  })

  test('a group’s own minimum above its own maximum', () => {
    const found = conflictOf({
      levers: [log(1, 1, { group: 'a' })],
      total: 10,
      groups: [{ name: 'a', atLeast: 6, atMost: 5 }],
    })
    expect(namesOf(found)).toEqual(['group-minimum a', 'group-maximum a'])
  })

  test('lower bounds beyond a room for growth', () => {
    const found = conflictOf({
      levers: [log(1, 1, { atLeast: 1 }), log(1, 1, { atLeast: 8, standing: 5, room: 'account' })],
      total: 10,
      rooms: [{ name: 'account', room: 2 }],
    })
    expect(found.conflict).toEqual([
      { kind: 'growth-room', name: 'account' },
      { kind: 'lever-minimums', name: '', levers: [1], count: 1 },
    ])
    expect(found.by).toBeCloseTo(1, 6)
  })

  test('a ceiling that the least spend cannot keep', () => {
    const found = conflictOf({
      levers: [log(1, 1, { atLeast: 50 })],
      total: 100,
      averages: [{ name: 'cpa', spendPerOutcome: 2 }],
    })
    expect(namesOf(found)).toEqual(['average-ceiling cpa', 'lever-minimums'])
  })
})
