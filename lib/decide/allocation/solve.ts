import { branchAndBound } from './branch.ts'
import { conflictOf, holdersOf, leversAt } from './conflicts.ts'
import { growthAt, type Model, modelOf } from './model.ts'
import { reachOf } from './price-tree.ts'
import type { Allocation, Effort, Infeasible, Limit, Problem } from './problem.ts'
import type { Contradiction } from './relaxation.ts'
import { report } from './report.ts'

const GAP = 1e-6
/** Points of tables that branches may go over in all, and the least and most branches whatever their size. */
const POINTS = 2e8
const [FEWEST, MOST] = [3, 2_000]

/**
 * Splits spend so that the objective is as large as its curves allow under all limits, with a proof of how close it is:
 * exact for concave curves, by branch and bound for others.
 *
 * A limit that others make pointless is not reported. What no allocation can keep comes back as a conflict, not thrown.
 *
 * @throws RangeError when an array does not fit the others
 */
export function allocateSpend(problem: Problem, { gap = GAP, nodes }: Effort = {}): Allocation {
  check(problem)
  const model = modelOf(problem)
  const { tree } = model.frame
  const conflict = conflictOf(model.frame)
  if (conflict) return conflict
  const total = tree.maximum[0]!
  const least = tree.minimum[0]!
  const { bareMost } = reachOf(model.frame)
  if (problem.spendAll) tree.minimum[0] = Math.max(least, Math.min(total, bareMost[0]!))
  const limit = nodes ?? Math.min(MOST, Math.max(FEWEST, Math.floor(POINTS / Math.max(1, model.curves.spend.length))))
  let best = branchAndBound(model, gap, limit)
  if (best.kind === 'contradiction' && tree.minimum[0]! > least) {
    // The couplings do not let all of it be spent: then what brings something.
    tree.minimum[0] = least
    best = branchAndBound(model, gap, limit)
  }
  return best.kind === 'contradiction' ? contradiction(model, best) : report(model, best, problem.groups.maximum[0]!)
}

/** Couplings with what they are up against: only minimums, of groups or of levers, can make them be exceeded. */
function contradiction(model: Model, { couplings, by }: Contradiction): Infeasible {
  const { problem, frame } = model
  const rooms = problem.growth?.room.length ?? 0
  const missed = couplings.map(
    (k): Limit => (k < rooms ? { kind: 'growth-room', room: k } : { kind: 'average-ceiling', average: k - rooms }),
  )
  const grown = couplings.flatMap((k) => (k < rooms ? grownAtLeast(model, k) : []))
  if (grown.length > 0 && couplings.every((k) => k < rooms))
    return { kind: 'infeasible', conflict: [...missed, leversAt('lever-minimums', [...new Set(grown)])], by }
  const reach = reachOf(frame)
  const root: readonly Limit[] =
    frame.tree.minimum[0]! > reach.bareLeast[0]! ? [{ kind: 'group-minimum', group: 0 }] : []
  return { kind: 'infeasible', conflict: [...missed, ...root, ...holdersOf(frame, reach, 0, 'least')], by }
}

/** Levers of a room whose least spend already lies beyond where they stand, if together they exceed it. */
function grownAtLeast({ problem, curves }: Model, room: number): readonly number[] {
  const growth = problem.growth!
  const isWithin = (at: number): boolean => at >= 0 && (at === room || isWithin(growth.parent[at]!))
  const least = (i: number): number => growthAt(growth, i, curves.spend[curves.offset[i]!]!)
  const levers = [...growth.of.keys()].filter((i) => isWithin(growth.of[i]!) && least(i) > 0)
  return levers.reduce((sum, i) => sum + least(i), 0) > growth.room[room]! ? levers : []
}

function check({ curves, groups, growth, averages = [], marginals = [] }: Problem): void {
  const { offset, spend, objective, outcome } = curves
  const levers = offset.length - 1
  const fits = (name: string, length: number, wanted: number): void => {
    if (length !== wanted) throw new RangeError(`${name}: has ${length} entries, and must have ${wanted}`)
  }
  if (levers < 0 || offset[0] !== 0) throw new RangeError('curves.offset: must begin with 0')
  for (let i = 0; i < levers; i++)
    if (offset[i + 1]! <= offset[i]!) throw new RangeError(`curves.offset: lever ${i} has no point`)
  fits('curves.objective', objective.length, spend.length)
  fits('curves.spend', spend.length, offset[levers]!)
  if (outcome) fits('curves.outcome', outcome.length, spend.length)
  fits('groups.of', groups.of.length, levers)
  fits('groups.minimum', groups.minimum.length, groups.parent.length)
  fits('groups.maximum', groups.maximum.length, groups.parent.length)
  if (growth) {
    for (const part of ['of', 'standing', 'perUnit'] as const) fits(`growth.${part}`, growth[part].length, levers)
    fits('growth.parent', growth.parent.length, growth.room.length)
  }
  for (const [k, { spendPerOutcome }] of averages.entries())
    if (!(spendPerOutcome > 0)) throw new RangeError(`averages[${k}].spendPerOutcome: ${spendPerOutcome}; must be > 0`)
  for (const [k, { group }] of [...averages, ...marginals].entries())
    if (!(group >= 0 && group < groups.parent.length))
      throw new RangeError(`limit ${k} is on group ${group}, which is not there`)
}
