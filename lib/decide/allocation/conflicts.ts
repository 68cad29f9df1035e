import type { Frame } from './critical-price.ts'
import type { GroupTree } from './group-tree.ts'
import { reachOf } from './price-tree.ts'
import type { Infeasible, Limit } from './problem.ts'

/** A group's limits miss each other by more than this share of them. */
const FINE = 1e-9
/** Levers named in a conflict; beyond these only their number is. */
const NAMED = 20

type BareReach = ReturnType<typeof reachOf>

/** Whether every group can keep its limits on the hulls as they are. */
export const isReachable = (frame: Frame): boolean => missedAt(frame.tree, reachOf(frame)) === undefined

function missedAt({ minimum, maximum }: GroupTree, reach: BareReach): number | undefined {
  for (let p = minimum.length - 1; p >= 0; p--) {
    const slack = FINE * Math.max(finite(minimum[p]!), finite(maximum[p]!), finite(reach.bareMost[p]!))
    if (minimum[p]! > maximum[p]! + slack) return p
    if (minimum[p]! > reach.bareMost[p]! + slack || reach.bareLeast[p]! > maximum[p]! + slack) return p
  }
  return undefined
}

const finite = (x: number): number => (Number.isFinite(x) ? Math.abs(x) : 0)

/** The innermost group whose limits and members' limits miss each other, with all that takes part; undefined: none does. */
export function conflictOf(frame: Frame): Infeasible | undefined {
  const { tree } = frame
  const reach = reachOf(frame)
  const p = missedAt(tree, reach)
  if (p === undefined) return undefined
  const [minimum, maximum] = [tree.minimum[p]!, tree.maximum[p]!]
  if (minimum > maximum) return infeasible([groupMinimum(tree, p), groupMaximum(tree, p)], minimum - maximum)
  if (minimum > reach.bareMost[p]!)
    return infeasible([groupMinimum(tree, p), ...holdersOf(frame, reach, p, 'most')], minimum - reach.bareMost[p]!)
  return infeasible([groupMaximum(tree, p), ...holdersOf(frame, reach, p, 'least')], reach.bareLeast[p]! - maximum)
}

const infeasible = (conflict: readonly Limit[], by: number): Infeasible => ({ kind: 'infeasible', conflict, by })

export const groupMinimum = ({ group }: GroupTree, place: number): Limit => ({
  kind: 'group-minimum',
  group: group[place]!,
})

export const groupMaximum = ({ group }: GroupTree, place: number): Limit =>
  place === 0 ? { kind: 'total' } : { kind: 'group-maximum', group: group[place]! }

/** What holds a group's members to the most, or least, that they reach: limits of groups, or else bounds of levers. */
export function holdersOf(frame: Frame, reach: BareReach, place: number, side: 'least' | 'most'): readonly Limit[] {
  const { tree } = frame
  const limits: Limit[] = []
  const levers: number[] = []
  const visit = (p: number): void => {
    for (let m = tree.from[p]!; m < tree.from[p + 1]!; m++) levers.push(tree.members[m]!)
    for (let q = p + 1; q < tree.end[p]!; q = tree.end[q]!)
      if (side === 'most' && tree.maximum[q]! < reach.bareMost[q]!) limits.push(groupMaximum(tree, q))
      else if (side === 'least' && tree.minimum[q]! > reach.bareLeast[q]!) limits.push(groupMinimum(tree, q))
      else visit(q)
  }
  visit(place)
  return levers.length > 0
    ? [...limits, leversAt(side === 'most' ? 'lever-maximums' : 'lever-minimums', levers)]
    : limits
}

export const leversAt = (kind: 'lever-maximums' | 'lever-minimums', levers: readonly number[]): Limit => ({
  kind,
  levers: levers.slice(0, NAMED),
  count: levers.length,
})
