import { type GroupTree, placeOf } from './group-tree.ts'
import type { Indexes } from './hull.ts'
import type { Curves, Problem } from './problem.ts'

/**
 * Marginal floors as upper bounds: a lever's last point becomes the one where the last step still brings what the
 * highest floor over it asks. A minimum of a group that cannot be met so goes before: its levers get their range back,
 * and the group spends its minimum and no more.
 *
 * @param last by lever: changed
 * @returns indexes of floors that gave way, and the places of the groups whose minimums they gave way to
 */
export function applyFloors(
  problem: Problem,
  curves: Curves,
  tree: GroupTree,
  last: Indexes,
): { readonly overruled: readonly number[]; readonly forced: readonly number[] } {
  const floors = problem.marginals ?? []
  if (floors.length === 0) return { overruled: [], forced: [] }
  const whole = last.slice() as Indexes
  cut(problem, curves, tree, last)
  const { bound, most } = reaches(curves, tree, last, whole)
  const overruled = new Set<number>()
  const forced: number[] = []
  for (let p = tree.group.length - 1; p >= 0; p--) {
    let reach = Math.min(tree.maximum[p]!, bound[p]!)
    if (tree.minimum[p]! > bound[p]! && most[p]! > bound[p]!) {
      restore(problem, tree, p, last, whole)
      forced.push(p)
      tree.maximum[p] = tree.minimum[p]!
      reach = Math.min(tree.maximum[p]!, most[p]!)
      for (const [k, { group }] of floors.entries()) if (related(tree, tree.place[group]!, p)) overruled.add(k)
    }
    if (p === 0) continue
    bound[tree.parent[p]!]! += reach
    most[tree.parent[p]!]! += Math.min(problem.groups.maximum[tree.group[p]!]!, most[p]!)
  }
  return { overruled: [...overruled].sort((a, b) => a - b), forced }
}

const related = ({ end }: GroupTree, a: number, b: number): boolean =>
  (a <= b && b < end[a]!) || (b <= a && a < end[b]!)

function cut({ marginals = [] }: Problem, curves: Curves, tree: GroupTree, last: Indexes): void {
  for (const counted of ['objective', 'outcome'] as const) {
    const floor = floorsByPlace(
      tree,
      marginals.filter((one) => one.of === counted),
    )
    const value = (counted === 'outcome' ? curves.outcome : undefined) ?? curves.objective
    for (let i = 0; i < last.length; i++) {
      const least = floor[placeOf(tree, i)]!
      if (least > Number.NEGATIVE_INFINITY) last[i] = Math.min(last[i]!, bestPoint(curves, value, i, least))
    }
  }
}

/** By place: the highest floor over it; −Infinity where there is none. */
export function floorsByPlace(
  tree: GroupTree,
  floors: readonly { readonly group: number; readonly returnPerSpend: number }[],
): Float64Array {
  const floor = new Float64Array(tree.group.length).fill(Number.NEGATIVE_INFINITY)
  for (const { group, returnPerSpend } of floors) {
    const p = tree.place[group]!
    floor[p] = Math.max(floor[p]!, returnPerSpend)
  }
  for (let p = 1; p < floor.length; p++) floor[p] = Math.max(floor[p]!, floor[tree.parent[p]!]!)
  return floor
}

/** The last point at which value less `price` per unit of spend is largest. */
function bestPoint({ offset, spend }: Curves, value: Float64Array, lever: number, price: number): number {
  const from = offset[lever]!
  let best = from
  for (let j = from + 1; j < offset[lever + 1]!; j++)
    if (value[j]! - value[best]! >= price * (spend[j]! - spend[best]!)) best = j
  return best - from
}

/** By place, own limits of groups aside: what levers reach under the floors, and what they reach without. */
function reaches(curves: Curves, tree: GroupTree, last: Indexes, whole: Indexes) {
  const bound = new Float64Array(tree.group.length)
  const most = new Float64Array(tree.group.length)
  for (let i = 0; i < last.length; i++) {
    bound[placeOf(tree, i)]! += curves.spend[curves.offset[i]! + last[i]!]!
    most[placeOf(tree, i)]! += curves.spend[curves.offset[i]! + whole[i]!]!
  }
  return { bound, most }
}

function restore(problem: Problem, tree: GroupTree, place: number, last: Indexes, whole: Indexes): void {
  const end = tree.end[place]!
  for (let q = place; q < end; q++) tree.maximum[q] = problem.groups.maximum[tree.group[q]!]!
  for (let m = tree.from[place]!; m < tree.from[end]!; m++) last[tree.members[m]!] = whole[tree.members[m]!]!
}
