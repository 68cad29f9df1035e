import { readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allocate, type Candidate } from '../../lib/decide/allocate.ts'

interface Log {
  readonly gain: number
  readonly scale: number
  readonly atLeast: number
  readonly atMost: number
  readonly standing: number
  readonly groups: readonly number[]
}

/** Outcome gain · ln(1 + s / scale): marginal gain / (s + scale), strictly concave, with optima in closed form. */
const candidate = ({ gain, scale, ...rest }: Log): Candidate => ({
  ...rest,
  perGroupUnit: 1,
  marginal: (spend) => gain / (spend + scale),
})
const outcome = (logs: readonly Log[], spend: readonly number[]): number =>
  logs.reduce((sum, { gain, scale }, i) => sum + gain * Math.log(1 + spend[i]! / scale), 0)
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

const free = (gain: number, scale: number, over: Partial<Log> = {}): Log => ({
  gain,
  scale,
  atLeast: 0,
  atMost: 1000,
  standing: 0,
  groups: [],
  ...over,
})
const solve = (logs: readonly Log[], total: number, rooms: readonly number[] = []) =>
  allocate(logs.map(candidate), total, rooms)

const someLog = fc
  .record({
    gain: fc.double({ min: 0.5, max: 50, noNaN: true }),
    scale: fc.double({ min: 1, max: 50, noNaN: true }),
    a: fc.nat(60),
    b: fc.nat(60),
    stand: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ gain, scale, a, b, stand }): Log => {
    const [atLeast, atMost] = [Math.min(a, b), Math.max(a, b)]
    return { gain, scale, atLeast, atMost, standing: atLeast + stand * (atMost - atLeast), groups: [] }
  })

describe('allocating money', () => {
  test('equals marginal returns, as the closed form has it: 10 and 20 on a scale of 5 share 50 as 15 and 35', () => {
    const { spend, marginalReturn } = solve([free(10, 5), free(20, 5)], 50)
    expect(spend[0]).toBeCloseTo(15, 3)
    expect(spend[1]).toBeCloseTo(35, 3)
    expect(marginalReturn).toBeCloseTo(0.5, 4)
  })

  test('gives what a bound forbids to the others', () => {
    const { spend } = solve([free(10, 5), free(20, 5, { atMost: 20 }), free(10, 5)], 50)
    expect(spend[1]).toBeCloseTo(20, 6)
    expect(spend[0]).toBeCloseTo(15, 3)
    expect(spend[2]).toBeCloseTo(15, 3)
  })

  test('spends all that bounds allow when there is more than enough, and money is worth nothing more', () => {
    expect(solve([free(10, 5, { atMost: 30 }), free(20, 5, { atMost: 20 })], 60)).toEqual({
      spend: [30, 20],
      marginalReturn: 0,
    })
  })

  test('falls back to the lower bounds when there is too little, for bounds win over the total', () => {
    const { spend } = solve([free(10, 5, { atLeast: 30 }), free(20, 5, { atLeast: 20 })], 10)
    expect(spend).toEqual([30, 20])
  })

  test('of nothing is nothing', () => {
    expect(allocate([], 100, [10])).toEqual({ spend: [], marginalReturn: 0 })
  })

  test('respects bounds, sums to the total where they allow it and never goes above', () => {
    fc.assert(
      fc.property(
        fc.array(someLog, { minLength: 1, maxLength: 8 }),
        fc.double({ min: 0, max: 400, noNaN: true }),
        (logs, total) => {
          const { spend } = solve(logs, total)
          for (const [i, { atLeast, atMost }] of logs.entries()) {
            expect(spend[i]).toBeGreaterThanOrEqual(atLeast)
            expect(spend[i]).toBeLessThanOrEqual(atMost)
          }
          const [least, most] = [sum(logs.map((l) => l.atLeast)), sum(logs.map((l) => l.atMost))]
          const reachable = Math.min(most, Math.max(least, total))
          expect(sum(spend)).toBeLessThanOrEqual(reachable + 1e-9)
          expect(sum(spend)).toBeGreaterThan(reachable - 1e-4 * Math.max(1, most))
        },
      ),
    )
  })

  test('leaves no money that would bring more elsewhere (Karush–Kuhn–Tucker)', () => {
    const share = fc.double({ min: 0.02, max: 0.98, noNaN: true })
    fc.assert(
      fc.property(fc.array(someLog, { minLength: 2, maxLength: 8 }), share, (logs, part) => {
        const [least, most] = [sum(logs.map((l) => l.atLeast)), sum(logs.map((l) => l.atMost))]
        const { spend, marginalReturn } = solve(logs, least + part * (most - least))
        for (const [i, { atLeast, atMost, gain, scale }] of logs.entries()) {
          const marginal = gain / (spend[i]! + scale)
          const slack = 1e-4 * (gain / scale)
          if (spend[i]! > atLeast + 1e-4) expect(marginal).toBeGreaterThan(marginalReturn - slack)
          if (spend[i]! < atMost - 1e-4) expect(marginal).toBeLessThan(marginalReturn + slack)
        }
      }),
    )
  })

  test('is no worse than every split on a grid', () => {
    fc.assert(
      fc.property(fc.tuple(someLog, someLog, someLog), fc.integer({ min: 0, max: 120 }), ([a, b, c], total) => {
        const logs = [a, b, c]
        fc.pre(total >= sum(logs.map((l) => l.atLeast)))
        const best = outcome(logs, solve(logs, total).spend)
        for (let x = a.atLeast; x <= a.atMost; x += 4)
          for (let y = b.atLeast; y <= b.atMost; y += 4) {
            const z = Math.min(c.atMost, total - x - y)
            if (z >= c.atLeast) expect(best).toBeGreaterThan(outcome(logs, [x, y, z]) - 1e-3)
          }
      }),
      { numRuns: 40, endOnFailure: true },
    )
  })

  test('does not care in what money it counts', () => {
    fc.assert(
      fc.property(
        fc.array(someLog, { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0, max: 200, noNaN: true }),
        fc.constantFrom(0.01, 160, 1e4),
        (logs, total, k) => {
          const one = solve(logs, total).spend
          const other = solve(
            logs.map((l) => ({
              ...l,
              scale: l.scale * k,
              atLeast: l.atLeast * k,
              atMost: l.atMost * k,
              standing: l.standing * k,
            })),
            total * k,
          ).spend
          for (const [i, spend] of one.entries()) expect(Math.abs(other[i]! / k - spend)).toBeLessThan(1e-3)
        },
      ),
    )
  })

  test('gives the same to each, whatever their order', () => {
    fc.assert(
      fc.property(
        fc.array(someLog, { minLength: 2, maxLength: 8 }),
        fc.double({ min: 0, max: 200, noNaN: true }),
        (logs, total) => {
          const [one, other] = [solve(logs, total).spend, solve(logs.toReversed(), total).spend.toReversed()]
          for (const [i, spend] of one.entries()) expect(Math.abs(other[i]! - spend)).toBeLessThan(1e-4)
        },
      ),
    )
  })
})

describe('room for growth', () => {
  const members = (logs: readonly Log[], group: number) =>
    logs.map((log) => ({ ...log, groups: [...log.groups, group] }))
  const growth = (logs: readonly Log[], spend: readonly number[], group: number): number =>
    sum(logs.map(({ standing, groups }, i) => (groups.includes(group) ? Math.max(0, spend[i]! - standing) : 0)))

  test('is never exceeded, not by two groups one within the other either', () => {
    const room = fc.double({ min: 0, max: 30, noNaN: true })
    fc.assert(
      fc.property(
        fc.array(someLog, { minLength: 1, maxLength: 4 }),
        fc.array(someLog, { minLength: 1, maxLength: 4 }),
        room,
        room,
        room,
        fc.double({ min: 0, max: 400, noNaN: true }),
        (one, two, r0, r1, r2, total) => {
          const logs = members([...members(one, 0), ...members(two, 1)], 2)
          const { spend } = solve(logs, total, [r0, r1, r2])
          for (const [group, most] of [r0, r1, r2].entries())
            expect(growth(logs, spend, group)).toBeLessThanOrEqual(most + 1e-6)
          for (const [i, { atLeast, atMost }] of logs.entries()) {
            expect(spend[i]).toBeGreaterThanOrEqual(atLeast)
            expect(spend[i]).toBeLessThanOrEqual(atMost)
          }
          expect(sum(spend)).toBeLessThanOrEqual(Math.max(total, sum(logs.map((l) => l.atLeast))) + 1e-6)
        },
      ),
    )
  })

  test('of nothing stops raises and forces no cut', () => {
    const logs = members(
      [free(10, 5, { atLeast: 16, atMost: 24, standing: 20 }), free(40, 5, { atLeast: 16, atMost: 24, standing: 20 })],
      0,
    )
    const { spend } = solve(logs, 60, [0])
    expect(spend[0]).toBeCloseTo(20, 4)
    expect(spend[1]).toBeCloseTo(20, 4)
  })

  test('that is short goes to the member where it brings most', () => {
    const logs = members(
      [free(10, 5, { atLeast: 16, atMost: 24, standing: 20 }), free(40, 5, { atLeast: 16, atMost: 24, standing: 20 })],
      0,
    )
    const { spend } = solve(logs, 60, [3])
    expect(spend[0]).toBeCloseTo(20, 3)
    expect(spend[1]).toBeCloseTo(23, 3)
  })

  test('that is short in one group leaves the rest of the money to the others', () => {
    const logs = [...members([free(40, 5, { atMost: 40, standing: 10 })], 0), free(10, 5, { atMost: 40, standing: 10 })]
    const { spend } = solve(logs, 30, [2])
    expect(spend[0]).toBeCloseTo(12, 3)
    expect(spend[1]).toBeCloseTo(18, 3)
  })

  test('that is short leaves no money lying about, however much more growth would be worth', () => {
    // One more unit is worth 0.91 in the member, which has room for nine, and 0.04 outside: two units are left for that.
    const inside = members(
      [
        free(5.25, 45.9, { atLeast: 36, atMost: 56, standing: 36 }),
        free(35.3, 2.7, { atLeast: 27, atMost: 42, standing: 27 }),
      ],
      0,
    )
    const { spend } = solve([...inside, free(2.41, 1.43, { atLeast: 55, atMost: 60, standing: 55 })], 129, [9])
    for (const [i, wanted] of [36, 36, 57].entries()) expect(spend[i]).toBeCloseTo(wanted, 3)
  })

  test('is shared so that no split on a grid within the rooms brings more', () => {
    fc.assert(
      fc.property(
        fc.tuple(someLog, someLog, someLog),
        fc.integer({ min: 0, max: 150 }),
        fc.integer({ min: 0, max: 20 }),
        (three, total, room) => {
          const [a, b] = members(three, 0) as unknown as readonly [Log, Log]
          const c = three[2]
          const logs = [a, b, c]
          fc.pre(total >= sum(logs.map((l) => l.atLeast)))
          const { spend } = solve(logs, total, [room])
          const best = outcome(logs, spend)
          for (let x = a.atLeast; x <= a.atMost; x += 3)
            for (let y = b.atLeast; y <= b.atMost; y += 3) {
              const z = Math.min(c.atMost, total - x - y)
              if (z < c.atLeast || growth(logs, [x, y, z], 0) > room) continue
              expect(best).toBeGreaterThan(outcome(logs, [x, y, z]) - 2e-3)
            }
        },
      ),
      { numRuns: 60, endOnFailure: true },
    )
  })
})

describe('national media, whose optima are certified', () => {
  const { channels, problems } = JSON.parse(
    readFileSync(new URL('../fixtures/national-media.json', import.meta.url), 'utf8'),
  ) as {
    readonly channels: readonly {
      readonly name: string
      readonly spend: readonly number[]
      readonly response: readonly number[]
    }[]
    readonly problems: readonly {
      readonly name: string
      readonly total: number
      readonly lower: readonly number[]
      readonly upper: readonly number[]
      readonly objective: number
      readonly allocation: readonly number[]
    }[]
  }

  const between = (x: number, xs: readonly number[], ys: readonly number[]): number => {
    const at = Math.min(
      xs.length - 2,
      Math.max(
        0,
        xs.findLastIndex((one) => one <= x),
      ),
    )
    const share = (x - xs[at]!) / (xs[at + 1]! - xs[at]!)
    return ys[at]! + Math.min(1, Math.max(0, share)) * (ys[at + 1]! - ys[at]!)
  }

  /** Slopes of the table's pieces, each at the middle of its piece: falls steadily, as the curve's does. */
  const marginals = channels.map(({ spend, response }) => {
    const middles = spend.slice(1).map((x, i) => (x + spend[i]!) / 2)
    const slopes = spend.slice(1).map((x, i) => (response[i + 1]! - response[i]!) / (x - spend[i]!))
    return (x: number): number => between(x, middles, slopes)
  })

  test.each(problems)(
    '$name: as good as the certified optimum to a hundred-thousandth, in bounds, the money spent',
    ({ total, lower, upper, objective, allocation }) => {
      const { spend } = allocate(
        marginals.map((marginal, i) => ({
          atLeast: lower[i]!,
          atMost: upper[i]!,
          standing: upper[i]!,
          perGroupUnit: 1,
          marginal,
          groups: [],
        })),
        total,
        [],
      )
      // Read between the table's points, a little below the curve, for both alike.
      const worthOf = (split: readonly number[]): number =>
        sum(channels.map((channel, i) => between(split[i]!, channel.spend, channel.response)))
      expect(worthOf(allocation) / objective).toBeCloseTo(1, 3)
      expect(worthOf(spend) / worthOf(allocation)).toBeGreaterThan(1 - 1e-5)
      expect(sum(spend) / total).toBeGreaterThan(1 - 1e-6)
      expect(sum(spend)).toBeLessThanOrEqual(total)
      for (const [i, x] of spend.entries()) expect(x >= lower[i]! && x <= upper[i]!).toBe(true)
    },
  )
})
