import { isReachable } from './conflicts.ts'
import { type Evaluation, evaluate } from './evaluate.ts'
import { placeOf } from './group-tree.ts'
import { averagePrices } from './lagrangian.ts'
import { type Model, makeHulls, remakeHull } from './model.ts'
import { type Contradiction, type Relaxation, relax } from './relaxation.ts'
import { segmentAt, valuesAt } from './tables.ts'

/** Levers held to a part of their tables. */
export interface Branch {
  readonly held: readonly { readonly lever: number; readonly first: number; readonly last: number }[]
  /** Nothing in it brings more. */
  readonly bound: number
  readonly multipliers: Float64Array
}

export interface Best {
  readonly kind: 'best'
  readonly spend: Float64Array
  readonly objective: number
  readonly bound: number
  readonly nodes: number
  /** Where it was found, with the multipliers of the relaxation there. */
  readonly branch: Branch
}

/**
 * Branch and bound, most promising branch first. On concave curves the first relaxation is the answer. Otherwise levers
 * may sit in a hollow of their curve, where it brings less than its hull says: at most about one for each limit that
 * binds (Shapley and Folkman), whose table is then split where it sits.
 *
 * @returns a contradiction when the couplings cannot be kept even on the hulls, or no node kept them on the curves
 */
export function branchAndBound(model: Model, gap: number, nodes: number): Best | Contradiction {
  let best: Best | undefined
  let spared = Number.NEGATIVE_INFINITY
  let first: Contradiction | undefined
  let open: Branch[] = [{ held: [], bound: Number.POSITIVE_INFINITY, multipliers: new Float64Array(model.couplings) }]
  let solved = 0
  let held: Branch['held'] = []
  while (open.length > 0 && solved < nodes) {
    const branch = open.reduce((a, b) => (b.bound > a.bound ? b : a))
    open = open.filter((one) => one !== branch)
    const enough = best ? best.objective + gap * Math.abs(best.objective) : Number.NEGATIVE_INFINITY
    if (branch.bound <= enough) {
      spared = Math.max(spared, branch.bound)
      continue
    }
    hold(model, held, branch.held)
    held = branch.held
    if (!isReachable(model.frame)) continue
    const relaxed = relax(model, branch.multipliers, gap / 4, enough)
    solved += 1
    if (relaxed.kind === 'contradiction') {
      first ??= relaxed
      continue
    }
    const bound = Math.min(branch.bound, relaxed.bound)
    if (bound <= enough) {
      spared = Math.max(spared, bound)
      continue
    }
    const itself = evaluate(model, relaxed.spend)
    if (!itself.keeps) first ??= exceeded(model, itself)
    const found = bestOf(model, relaxed, itself, best)
    if (found && found.objective > (best?.objective ?? Number.NEGATIVE_INFINITY))
      best = { kind: 'best', ...found, bound, nodes: 0, branch: { ...branch, multipliers: relaxed.multipliers } }
    const next =
      best && bound <= best.objective + gap * Math.abs(best.objective) ? [] : split(model, relaxed, branch, bound)
    if (next.length === 0) spared = Math.max(spared, bound)
    open.push(...next)
    // A lone answer is overwritten by the next.
    if (open.length > 0 && best?.spend === model.priced.spend) best = { ...best, spend: best.spend.slice() }
  }
  hold(model, held, [])
  if (!best) return first ?? { kind: 'contradiction', couplings: [], by: 0 }
  const bound = open.reduce((most, one) => Math.max(most, one.bound), Math.max(best.objective, spared))
  return { ...best, bound, nodes: solved }
}

/** What the curves exceed where the hulls do not: the answer should no branch do better. */
function exceeded({ tolerance }: Model, { excess }: Evaluation): Contradiction {
  const couplings = [...excess.keys()].filter((k) => excess[k]! > tolerance[k]!)
  return { kind: 'contradiction', couplings, by: excess[couplings[0]!]! }
}

/** Sets the levers' ranges, and without couplings the hulls of those that changed (with couplings all are made anew). */
export function hold(model: Model, before: Branch['held'], now: Branch['held']): void {
  const { first, last, baseLast, curves } = model
  for (const { lever } of before) {
    first[lever] = 0
    last[lever] = baseLast[lever]!
  }
  for (const one of now) {
    first[one.lever] = one.first
    last[one.lever] = one.last
  }
  if (model.couplings > 0) makeHulls(model, curves.objective)
  else for (const { lever } of [...before, ...now]) remakeHull(model, lever, curves.objective)
}

/** What the relaxation's spend brings on the curves; where that breaks a ceiling, as far from an answer that keeps it as it goes. */
function bestOf(
  model: Model,
  relaxed: Relaxation,
  itself: Evaluation,
  best: Best | undefined,
): { spend: Float64Array; objective: number } | undefined {
  if (itself.keeps) return { spend: relaxed.spend, objective: itself.objective }
  const kept = relaxed.answers
    .map(({ spend }) => ({ spend, ...evaluate(model, spend) }))
    .filter(({ keeps }) => keeps)
    .reduce<{ spend: Float64Array; objective: number } | undefined>(
      (a, b) => (a && a.objective >= b.objective ? a : b),
      undefined,
    )
  const from = kept ?? best
  if (!from) return undefined
  let low = 0
  let high = 1
  const at = (share: number): Float64Array => from.spend.map((x, i) => x + share * (relaxed.spend[i]! - x))
  for (let k = 0; k < 40; k++) {
    const middle = (low + high) / 2
    if (evaluate(model, at(middle)).keeps) low = middle
    else high = middle
  }
  const spend = at(low)
  const { objective } = evaluate(model, spend)
  return kept && kept.objective > objective ? kept : { spend, objective }
}

/** The lever that lies furthest under its hull, held to either side of a point of its table next to where it is. */
function split(model: Model, relaxed: Relaxation, branch: Branch, bound: number): readonly Branch[] {
  const { curves, first, last } = model
  const lever = worst(model, relaxed)
  if (lever < 0) return []
  const from = curves.offset[lever]!
  const x = relaxed.spend[lever]!
  let t = segmentAt(curves.spend, from, curves.offset[lever + 1]!, x)
  const far = from + t + 1 < curves.offset[lever + 1]! && curves.spend[from + t + 1]! - x < x - curves.spend[from + t]!
  t = Math.min(last[lever]! - 1, Math.max(first[lever]! + 1, far ? t + 1 : t))
  const rest = branch.held.filter((one) => one.lever !== lever)
  return [
    { lever, first: first[lever]!, last: t },
    { lever, first: t, last: last[lever]! },
  ].map((side) => ({ held: [...rest, side], bound, multipliers: relaxed.multipliers }))
}

function worst(model: Model, relaxed: Relaxation): number {
  const { problem, curves, outcome, first, last, frame, steepest } = model
  const { onOutcome } = averagePrices(model, relaxed.multipliers)
  // A ceiling may have no price on the hulls and be exceeded on the curves all the same.
  const { averages = [] } = problem
  const least = averages.length > 0 ? 1e-3 * steepest * Math.min(...averages.map((a) => a.spendPerOutcome)) : 0
  const objectives = valuesAt(curves, curves.objective, relaxed.spend)
  const outcomes = outcome === curves.objective ? objectives : valuesAt(curves, outcome, relaxed.spend)
  let worst = -1
  let most = 0
  for (let i = 0; i < objectives.length; i++) {
    // Each apart: a lever between two points may bring more of one and less of the other than their mixture has.
    const ofObjective = Math.max(0, relaxed.objective[i]! - objectives[i]!)
    const ofOutcome = Math.max(0, relaxed.outcome[i]! - outcomes[i]!)
    const under = ofObjective + Math.max(least, onOutcome[placeOf(frame.tree, i)]!) * ofOutcome
    if (under > most && last[i]! - first[i]! > 1) {
      worst = i
      most = under
    }
  }
  return worst
}
