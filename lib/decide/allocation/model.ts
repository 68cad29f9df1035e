import { type Frame, frameOf } from './critical-price.ts'
import { groupTree, placeOf } from './group-tree.ts'
import { hullOf, hullsFor, type Indexes, indexesFor } from './hull.ts'
import { applyFloors } from './marginal-floors.ts'
import { type Priced, pricedFor } from './price-tree.ts'
import type { Curves, GrowthRooms, Problem } from './problem.ts'
import { withStanding } from './standing-points.ts'

/** A problem made ready: trees in order, tables with a point at every kink, room to work in. */
export interface Model {
  readonly problem: Problem
  readonly curves: Curves
  readonly outcome: Float64Array
  readonly frame: Frame
  readonly priced: Priced
  /** By lever: the points of its table that it may lie between. */
  readonly first: Indexes
  readonly last: Indexes
  /** The last as the problem has it (marginal floors applied), for branches change the others. */
  readonly baseLast: Indexes
  /** Limits that tie levers across the groups: rooms in their order, then average ceilings. */
  readonly couplings: number
  /** By coupling: what counts as nothing. */
  readonly tolerance: Float64Array
  readonly overruled: readonly number[]
  /** Places of groups whose minimum overrules a marginal floor. */
  readonly forced: readonly number[]
  /** Largest slope of any curve, and 1 when all are flat. */
  readonly steepest: number
}

const FINE = 1e-10

export function modelOf(problem: Problem): Model {
  const curves = problem.growth ? withStanding(problem.curves, problem.growth) : problem.curves
  const tree = groupTree(problem.groups)
  let longest = 0
  for (let i = 0; i < tree.rank.length; i++) longest = Math.max(longest, curves.offset[i + 1]! - curves.offset[i]!)
  const hulls = hullsFor(curves.offset, tree.members)
  const frame = frameOf(tree, hulls, longest)
  const levers = tree.home.length
  const baseLast = indexesFor(longest, levers)
  for (let i = 0; i < levers; i++) baseLast[i] = curves.offset[i + 1]! - curves.offset[i]! - 1
  const { overruled, forced } = applyFloors(problem, curves, tree, baseLast)
  const model = {
    ...{ problem, curves, frame, baseLast, overruled, forced },
    outcome: curves.outcome ?? curves.objective,
    priced: pricedFor(levers, tree.group.length, longest),
    first: indexesFor(longest, levers),
    last: baseLast.slice() as Indexes,
    couplings: (problem.growth?.room.length ?? 0) + (problem.averages?.length ?? 0),
  }
  makeHulls(model, curves.objective)
  return { ...model, tolerance: tolerances(model), steepest: model.couplings > 0 ? steepestOf(frame) : 1 }
}

type Tables = Pick<Model, 'frame' | 'curves' | 'first' | 'last'>

/** Hulls of `value` over the points that each lever may lie between. */
export function makeHulls(model: Tables, value: Float64Array): void {
  for (let i = 0; i < model.first.length; i++) remakeHull(model, i, value)
}

export function remakeHull({ frame, curves, first, last }: Tables, lever: number, value: Float64Array): void {
  hullOf(frame.hulls, frame.tree.rank[lever]!, curves.spend, value, curves.offset[lever]!, first[lever]!, last[lever]!)
}

/** Slopes of the hulls at their foot: no slope of theirs is larger; 1 when all are flat. */
function steepestOf({ hulls }: Frame): number {
  let steepest = 0
  for (let r = 0; r < hulls.count.length; r++)
    if (hulls.count[r]! > 1) steepest = Math.max(steepest, Math.abs(hulls.slope[hulls.start[r]!]!))
  return steepest || 1
}

/** What a lever takes of its rooms at a spend. */
export const growthAt = ({ standing, perUnit }: GrowthRooms, lever: number, spend: number): number =>
  perUnit[lever]! * Math.max(0, spend - standing[lever]!)

/** Adds to each what lies within it; whatever contains comes before what it contains, or not: `parent` says. */
export function addUp(sums: Float64Array, parent: Int32Array, order: readonly number[]): void {
  for (const at of order) if (parent[at]! >= 0) sums[parent[at]!]! += sums[at]!
}

const ordered = new WeakMap<Int32Array, readonly number[]>()

/** Rooms from the innermost on; of one tree the same list again. */
export function innermostFirst(parent: Int32Array): readonly number[] {
  const known = ordered.get(parent)
  if (known) return known
  const depth = (at: number): number => (parent[at]! < 0 ? 0 : 1 + depth(parent[at]!))
  const order = Array.from(parent, (_, at) => at).sort((a, b) => depth(b) - depth(a))
  ordered.set(parent, order)
  return order
}

function tolerances({
  problem: { growth, averages = [] },
  curves,
  frame,
}: Pick<Model, 'problem' | 'curves' | 'frame'>): Float64Array {
  const { tree } = frame
  const rooms = growth?.room.length ?? 0
  if (rooms + averages.length === 0) return new Float64Array(0)
  const largest = new Float64Array(rooms)
  const spend = new Float64Array(tree.group.length)
  for (let i = 0; i < tree.home.length; i++) {
    const most = Math.abs(curves.spend[curves.offset[i + 1]! - 1]!)
    spend[placeOf(tree, i)]! += most
    if (growth && growth.of[i]! >= 0) largest[growth.of[i]!]! += growth.perUnit[i]! * most
  }
  if (growth) addUp(largest, growth.parent, innermostFirst(growth.parent))
  for (let p = spend.length - 1; p > 0; p--) spend[tree.parent[p]!]! += spend[p]!
  return Float64Array.from([...largest, ...averages.map(({ group }) => spend[tree.place[group]!]!)], (x) => FINE * x)
}
