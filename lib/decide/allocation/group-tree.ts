import type { SpendGroups } from './problem.ts'

/**
 * Groups in an order in which each is followed by all that is within it, so that a group with everything inside is one
 * run of places, and its levers one run of members.
 */
export interface GroupTree {
  /** Index of the group at each place. */
  readonly group: Int32Array
  /** Place of each group. */
  readonly place: Int32Array
  /** Place of the group around it. */
  readonly parent: Int32Array
  /** First place that is not within it. */
  readonly end: Int32Array
  readonly minimum: Float64Array
  readonly maximum: Float64Array
  /** Levers by the place of their innermost group. */
  readonly members: Int32Array
  /** By place: where its own levers begin among the members; one longer than there are places. */
  readonly from: Int32Array
  /** By member: the place of its innermost group. */
  readonly home: Int32Array
  /** By lever: where it is among the members. */
  readonly rank: Int32Array
}

/** @throws RangeError when the groups are no tree with group 0 as its root, or a lever's group is not there */
export function groupTree(groups: SpendGroups): GroupTree {
  const { group, place, parent, end } = preorder(groups.parent)
  const size = group.length
  const levers = groups.of.length
  const from = new Int32Array(size + 1)
  for (let i = 0; i < levers; i++) {
    const at = place[groups.of[i]!]
    if (at === undefined) throw new RangeError(`groups.of: lever ${i} is in group ${groups.of[i]}, of ${size}`)
    from[at + 1]! += 1
  }
  for (let p = 0; p < size; p++) from[p + 1]! += from[p]!
  const next = from.slice()
  const [members, home, rank] = [new Int32Array(levers), new Int32Array(levers), new Int32Array(levers)]
  for (let i = 0; i < levers; i++) {
    const at = place[groups.of[i]!]!
    const r = next[at]!
    next[at] = r + 1
    members[r] = i
    home[r] = at
    rank[i] = r
  }
  const ordered = (values: Float64Array): Float64Array => Float64Array.from(group, (g) => values[g] ?? Number.NaN)
  return {
    group,
    place,
    parent,
    end,
    minimum: ordered(groups.minimum),
    maximum: ordered(groups.maximum),
    members,
    from,
    home,
    rank,
  }
}

function preorder(parentOf: Int32Array): Pick<GroupTree, 'group' | 'place' | 'parent' | 'end'> {
  const size = parentOf.length
  if (size === 0 || parentOf[0] !== -1) throw new RangeError('groups.parent: group 0 must be there, with parent −1')
  const firstChild = new Int32Array(size).fill(-1)
  const sibling = new Int32Array(size).fill(-1)
  for (let g = size - 1; g > 0; g--) {
    const around = parentOf[g]!
    if (around < 0 || around >= size)
      throw new RangeError(`groups.parent: group ${g} is in group ${around}, of ${size}`)
    sibling[g] = firstChild[around]!
    firstChild[around] = g
  }
  const [group, place, parent, end] = [0, 0, 0, 0].map(() => new Int32Array(size)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ]
  let placed = 0
  const open = [0]
  for (let g = open.pop(); g !== undefined; g = open.pop()) {
    group[placed] = g
    place[g] = placed
    parent[placed] = g === 0 ? -1 : place[parentOf[g]!]!
    placed += 1
    if (sibling[g]! >= 0) open.push(sibling[g]!)
    if (firstChild[g]! >= 0) open.push(firstChild[g]!)
  }
  if (placed < size) throw new RangeError('groups.parent: some groups are within one another in a circle')
  for (let p = size - 1; p >= 0; p--) {
    end[p] = Math.max(end[p]!, p + 1)
    if (p > 0) end[parent[p]!] = Math.max(end[parent[p]!]!, end[p]!)
  }
  return { group, place, parent, end }
}

/** Place of a lever's innermost group. */
export const placeOf = ({ home, rank }: GroupTree, lever: number): number => home[rank[lever]!]!
