/** Problems of a few levers in whole numbers, drawn at random, and their optima by trying every split. */
import * as fc from 'fast-check'
import type { Problem } from '../../../lib/decide/allocation/problem.ts'

export interface Small {
  readonly levers: readonly SmallLever[]
  /** By group, the root first; a group lies within the one that `parent` names, an earlier one. */
  readonly groups: readonly SmallGroup[]
  readonly rooms: readonly { readonly room: number; readonly parent: number }[]
  readonly spendAll: boolean
  readonly averages: Problem['averages']
}

export interface SmallLever {
  readonly spend: readonly number[]
  readonly objective: readonly number[]
  readonly outcome?: readonly number[]
  readonly group: number
  readonly room: number
  readonly standing: number
}

interface SmallGroup {
  readonly parent: number
  readonly minimum: number
  readonly maximum: number
}

export type Shape = 'any' | 'concave'

const lever = (shape: Shape, groups: number, rooms: number): fc.Arbitrary<SmallLever> =>
  fc
    .record({
      foot: fc.nat(4),
      widths: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 }),
      rises: fc.array(fc.integer({ min: -2, max: 12 }), { minLength: 4, maxLength: 4 }),
      level: fc.nat(10),
      group: fc.nat(groups - 1),
      room: fc.integer({ min: -1, max: rooms - 1 }),
      standing: fc.nat(9),
    })
    .map(({ foot, widths, rises, level, ...rest }) => {
      const slopes = shape === 'concave' ? [...rises].sort((a, b) => b - a) : rises
      const spend = [foot]
      const objective = [level]
      for (const [k, width] of widths.entries()) {
        spend.push(spend[k]! + width)
        objective.push(objective[k]! + slopes[k]! * width)
      }
      return { spend, objective, ...rest }
    })

const group = (index: number): fc.Arbitrary<SmallGroup> =>
  fc
    .record({ parent: fc.nat(Math.max(0, index - 1)), a: fc.nat(12), b: fc.nat(20), hasMinimum: fc.boolean() })
    .map(({ parent, a, b, hasMinimum }) => ({
      parent: index === 0 ? -1 : parent,
      minimum: hasMinimum && index > 0 ? Math.min(a, b) : Number.NEGATIVE_INFINITY,
      maximum: Math.max(a, b),
    }))

export const small = (shape: Shape, most: { groups: number; rooms: number; levers: number }): fc.Arbitrary<Small> =>
  fc.tuple(fc.integer({ min: 1, max: most.groups }), fc.nat(most.rooms)).chain(([groups, rooms]) =>
    fc.record({
      levers: fc.array(lever(shape, groups, rooms), { minLength: 1, maxLength: most.levers }),
      groups: fc.tuple(...Array.from({ length: groups }, (_, k) => group(k))),
      rooms: fc.tuple(
        ...Array.from({ length: rooms }, (_, k) =>
          fc.record({ room: fc.nat(8), parent: fc.integer({ min: -1, max: k - 1 }) }),
        ),
      ),
      spendAll: fc.boolean(),
      averages: fc.constant([]),
    }),
  )

export function problemOf({ levers, groups, rooms, spendAll, averages }: Small): Problem {
  const offset = new Int32Array(levers.length + 1)
  for (const [i, { spend }] of levers.entries()) offset[i + 1] = offset[i]! + spend.length
  return {
    curves: {
      offset,
      spend: Float64Array.from(levers.flatMap(({ spend }) => spend)),
      objective: Float64Array.from(levers.flatMap(({ objective }) => objective)),
      ...(levers.some(({ outcome }) => outcome)
        ? { outcome: Float64Array.from(levers.flatMap(({ outcome, objective }) => outcome ?? objective)) }
        : {}),
    },
    groups: {
      parent: Int32Array.from(groups, ({ parent }) => parent),
      minimum: Float64Array.from(groups, ({ minimum }) => minimum),
      maximum: Float64Array.from(groups, ({ maximum }) => maximum),
      of: Int32Array.from(levers, (l) => l.group),
    },
    growth: {
      parent: Int32Array.from(rooms, ({ parent }) => parent),
      room: Float64Array.from(rooms, ({ room }) => room),
      of: Int32Array.from(levers, ({ room }) => room),
      standing: Float64Array.from(levers, ({ standing }) => standing),
      perUnit: new Float64Array(levers.length).fill(1),
    },
    spendAll,
    averages: averages ?? [],
  }
}

export function valueAt(spend: readonly number[], values: readonly number[], x: number): number {
  const k = spend.findIndex((at) => at >= x)
  if (k <= 0) return k === 0 ? values[0]! : values.at(-1)!
  return values[k - 1]! + ((x - spend[k - 1]!) / (spend[k]! - spend[k - 1]!)) * (values[k]! - values[k - 1]!)
}

export const objectiveOf = ({ levers }: Small, split: readonly number[]): number =>
  levers.reduce((sum, { spend, objective }, i) => sum + valueAt(spend, objective, split[i]!), 0)

/** Largest excess of a split over any limit; bounds of levers included. */
export function excessOf({ levers, groups, rooms, averages = [] }: Small, split: readonly number[]): number {
  const within = (parent: readonly number[], from: number, at: number): boolean => {
    for (let k = from; k >= 0; k = parent[k]!) if (k === at) return true
    return false
  }
  const total = (of: (l: SmallLever) => boolean, amount: (l: SmallLever, x: number) => number): number =>
    levers.reduce((sum, l, i) => (of(l) ? sum + amount(l, split[i]!) : sum), 0)
  const inGroup = (g: number) => (l: SmallLever) =>
    within(
      groups.map(({ parent }) => parent),
      l.group,
      g,
    )
  const inRoom = (r: number) => (l: SmallLever) =>
    within(
      rooms.map(({ parent }) => parent),
      l.room,
      r,
    )
  return Math.max(
    0,
    ...levers.map(({ spend }, i) => Math.max(spend[0]! - split[i]!, split[i]! - spend.at(-1)!)),
    ...groups.map(({ minimum, maximum }, g) => {
      const spent = total(inGroup(g), (_, x) => x)
      return Math.max(minimum - spent, spent - maximum)
    }),
    ...rooms.map(({ room }, r) => total(inRoom(r), ({ standing }, x) => Math.max(0, x - standing)) - room),
    ...averages.map(
      (a) =>
        total(inGroup(a.group), (_, x) => x) -
        a.spendPerOutcome *
          total(inGroup(a.group), ({ spend, outcome, objective }, x) => valueAt(spend, outcome ?? objective, x)),
    ),
  )
}

/**
 * The best split into whole amounts. Limits are whole and of two nestings, whose matrix is totally unimodular, so that
 * without average ceilings no other split is better.
 */
export function bestByTrying(one: Small): { objective: number; spent: number } | undefined {
  const splits: number[][] = one.levers.reduce<number[][]>(
    (all, { spend }) =>
      all.flatMap((split) =>
        Array.from({ length: spend.at(-1)! - spend[0]! + 1 }, (_, k) => [...split, spend[0]! + k]),
      ),
    [[]],
  )
  const kept = splits
    .filter((split) => excessOf(one, split) <= 1e-12)
    .map((split) => ({ objective: objectiveOf(one, split), spent: split.reduce((a, b) => a + b, 0) }))
  const most = reachOf(one, 0)
  const whole = one.spendAll ? kept.filter(({ spent }) => spent === Math.min(one.groups[0]!.maximum, most)) : []
  return (whole.length > 0 ? whole : kept).reduce<{ objective: number; spent: number } | undefined>(
    (a, b) => (a && a.objective >= b.objective ? a : b),
    undefined,
  )
}

/** Most that a group can spend by the limits of levers and groups. */
const reachOf = ({ levers, groups }: Small, at: number): number =>
  levers.reduce((sum, l) => (l.group === at ? sum + l.spend.at(-1)! : sum), 0) +
  groups.reduce(
    (sum, { parent, maximum }, g) =>
      parent === at ? sum + Math.min(maximum, reachOf({ levers, groups } as Small, g)) : sum,
    0,
  )
