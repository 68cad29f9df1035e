import type { Best } from './branch.ts'
import { hold } from './branch.ts'
import { groupMaximum, groupMinimum, leversAt } from './conflicts.ts'
import { placeOf } from './group-tree.ts'
import { answerAt, averagePrices, growthPrices } from './lagrangian.ts'
import { floorsByPlace } from './marginal-floors.ts'
import type { Model } from './model.ts'
import type { Allocated, Binding, Limit } from './problem.ts'

/** The answer with its prices, from the multipliers of the relaxation that it was found in. */
export function report(model: Model, best: Best, total: number): Allocated {
  // Otherwise the one relaxation that there was has left everything as it is wanted.
  if (model.couplings > 0 || best.nodes > 1) {
    hold(model, [], best.branch.held)
    answerAt(model, best.branch.multipliers)
  }
  const priceOf = leverPrices(model, best)
  const boundWorth = boundWorths(model, best)
  const binding = [...groupBindings(model), ...couplingBindings(model, best)]
  const apart = best.bound - best.objective
  return {
    ...{ kind: 'allocated', spend: best.spend, objective: best.objective, bound: best.bound, nodes: best.nodes },
    certificate: apart <= 0 ? 0 : apart / Math.max(Math.abs(best.objective), Number.MIN_VALUE),
    price: rootPrice(model, best),
    ...{ priceOf, boundWorth, binding },
    unspent: unspentOf(model, best, total, binding),
    overruled: model.overruled,
    forced: model.forced.map((p) => model.frame.tree.group[p]!),
  }
}

/** What turns a price of the relaxation, in which outcome and spend have prices too, into a return of the objective. */
function priceAt(model: Model, best: Best): (place: number) => number {
  const { onSpend, onOutcome } = averagePrices(model, best.branch.multipliers)
  const same = model.outcome === model.curves.objective
  return (p) => (model.priced.price[p]! + onSpend[p]!) / (same ? 1 + onOutcome[p]! : 1)
}

function rootPrice(model: Model, best: Best): number {
  const floor = (model.problem.marginals ?? []).reduce(
    (most, { group, of, returnPerSpend }) =>
      group === 0 && of === 'objective' ? Math.max(most, returnPerSpend) : most,
    Number.NEGATIVE_INFINITY,
  )
  return Math.max(priceAt(model, best)(0), floor)
}

function leverPrices(model: Model, best: Best): Float64Array {
  const { problem, frame, outcome, curves } = model
  const { growth } = problem
  const { tree } = frame
  const priced = priceAt(model, best)
  const floor = floorsByPlace(
    tree,
    (problem.marginals ?? []).filter(({ of }) => of === 'objective'),
  )
  const prices = floor.map((least, p) => Math.max(least, priced(p)))
  const onGrowth = growthPrices(model, best.branch.multipliers)
  const { onOutcome } = averagePrices(model, best.branch.multipliers)
  const same = outcome === curves.objective
  const result = new Float64Array(best.spend.length)
  for (let i = 0; i < result.length; i++) {
    const home = placeOf(tree, i)
    const room = growth?.of[i] ?? -1
    result[i] = prices[home]!
    if (!growth || room < 0 || best.spend[i]! <= growth.standing[i]!) continue
    const perSpend = (onGrowth[room]! * growth.perUnit[i]!) / (same ? 1 + onOutcome[home]! : 1)
    result[i] = Math.max(floor[home]!, priced(home) + perSpend)
  }
  return result
}

/** Levers at the ends of their own tables: how much steeper, or flatter, they are there than what money costs. */
function boundWorths(model: Model, best: Best): Float64Array {
  const { frame, curves, priced } = model
  const { hulls, tree } = frame
  const worth = new Float64Array(best.spend.length)
  for (let i = 0; i < worth.length; i++) {
    const rank = tree.rank[i]!
    const segments = hulls.count[rank]! - 1
    if (segments === 0) continue
    const foot = hulls.start[rank]!
    const price = priced.price[tree.home[rank]!]!
    const spend = best.spend[i]!
    if (spend >= curves.spend[curves.offset[i + 1]! - 1]!)
      worth[i] = Math.max(0, hulls.slope[foot + segments - 1]! - price)
    else if (spend <= curves.spend[curves.offset[i]!]!) worth[i] = Math.min(0, hulls.slope[foot]! - price)
  }
  return worth
}

function groupBindings({ frame: { tree }, priced, forced, ...model }: Model): readonly Binding[] {
  const binding: Binding[] = []
  const isForced = new Set(forced)
  const floor = isForced.size > 0 ? floorsByPlace(tree, model.problem.marginals ?? []) : undefined
  const same = model.outcome === model.curves.objective
  for (let p = 0; p < tree.group.length; p++) {
    if (floor && isForced.has(p)) {
      // A unit less of it is a unit that brings less than the floor asks, and need not be spent.
      binding.push({ limit: groupMinimum(tree, p), worth: same ? Math.max(0, floor[p]! - priced.price[p]!) : 0 })
      continue
    }
    const more = priced.price[p]! - (p === 0 ? 0 : priced.price[tree.parent[p]!]!)
    if (more > 0 || (p === 0 && more < 0 && tree.minimum[0]! === tree.maximum[0]!))
      binding.push({ limit: groupMaximum(tree, p), worth: more })
    else if (more < 0) binding.push({ limit: groupMinimum(tree, p), worth: -more })
  }
  return binding
}

function couplingBindings({ problem: { growth, averages = [] } }: Model, best: Best): readonly Binding[] {
  const { multipliers } = best.branch
  const rooms = growth?.room.length ?? 0
  const limitOf = (k: number): Limit =>
    k < rooms ? { kind: 'growth-room', room: k } : { kind: 'average-ceiling', average: k - rooms }
  return [...multipliers.slice(0, rooms + averages.length)].flatMap((worth, k) =>
    worth > 0 ? [{ limit: limitOf(k), worth }] : [],
  )
}

const FINE = 1e-9

/** What is left of the total, and every limit that stands against spending it. */
function unspentOf(model: Model, best: Best, total: number, binding: readonly Binding[]): Allocated['unspent'] {
  let spent = 0
  for (const spend of best.spend) spent += spend
  const amount = Number.isFinite(total) ? Math.max(0, total - spent) : 0
  if (amount <= FINE * Math.abs(total)) return { amount: 0, because: [] }
  const across = binding
    .map(({ limit }) => limit)
    .filter(({ kind }) => kind === 'growth-room' || kind === 'average-ceiling')
  const { levers, floors } = stopped(model, best)
  const because = [
    ...fullGroups(model, best),
    ...across,
    ...floors.map((marginal): Limit => ({ kind: 'marginal-floor', marginal })),
  ]
  if (levers.length > 0) because.push(leversAt('lever-maximums', levers))
  return { amount, because: because.length > 0 ? because : [{ kind: 'no-return' }] }
}

/** Groups at their maximum, without those in another such group. */
function fullGroups({ frame: { tree } }: Model, best: Best): readonly Limit[] {
  const amount = new Float64Array(tree.group.length)
  for (let i = 0; i < best.spend.length; i++) amount[placeOf(tree, i)]! += best.spend[i]!
  for (let p = amount.length - 1; p > 0; p--) amount[tree.parent[p]!]! += amount[p]!
  const full: Limit[] = []
  for (let p = 1; p < amount.length; p++) {
    const most = tree.maximum[p]!
    if (amount[p]! < most - FINE * Math.abs(most)) continue
    full.push(groupMaximum(tree, p))
    p = tree.end[p]! - 1
  }
  return full
}

/** Levers at their own maximum, and the floors that hold others short of it. */
function stopped({ problem, frame, curves, baseLast }: Model, best: Best) {
  const levers: number[] = []
  const holding = new Set<number>()
  for (const [i, spend] of best.spend.entries()) {
    const at = curves.offset[i]!
    const end = curves.offset[i + 1]! - 1
    if (spend >= curves.spend[end]!) levers.push(i)
    else if (spend >= curves.spend[at + baseLast[i]!]!) holding.add(placeOf(frame.tree, i))
  }
  const { tree } = frame
  const floors = (problem.marginals ?? []).flatMap(({ group }, k) => {
    const p = tree.place[group]!
    return [...holding].some((home) => p <= home && home < tree.end[p]!) ? [k] : []
  })
  return { levers, floors }
}
