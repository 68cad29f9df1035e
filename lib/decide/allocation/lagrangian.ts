import { placeOf } from './group-tree.ts'
import { addUp, growthAt, innermostFirst, type Model, makeHulls } from './model.ts'
import { allocateByPrice } from './price-tree.ts'

/**
 * What is best when rooms and average ceilings are not limits but cost: the multiplier of each for what it is exceeded
 * by. No allocation that keeps them brings more than `bound`, whatever the multipliers (weak duality).
 */
export interface Answer {
  readonly bound: number
  readonly spend: Float64Array
  /** By lever, on the hull: between two points of its table, each in its share. */
  readonly objective: Float64Array
  readonly outcome: Float64Array
  readonly total: number
  /** By coupling: by how much it is exceeded (< 0: kept). */
  readonly excess: Float64Array
}

/** @param multipliers by coupling, ≥ 0: rooms in their order, then average ceilings */
export function answerAt(model: Model, multipliers: Float64Array): Answer {
  const { curves, frame, priced } = model
  if (model.couplings > 0) makeHulls(model, valueUnder(model, multipliers))
  allocateByPrice(frame, priced)
  const objective = mixed(model, curves.objective)
  const outcome = curves.outcome && model.couplings > 0 ? mixed(model, curves.outcome) : objective
  let total = 0
  for (let i = 0; i < objective.length; i++) total += objective[i]!
  const excess = excessOf(model, priced.spend, outcome)
  const cost = excess.reduce((sum, x, k) => sum + (multipliers[k]! > 0 ? multipliers[k]! * x : 0), 0)
  // Without couplings there is one answer to a branch, and no copy of it is needed until the next.
  const spend = model.couplings > 0 ? priced.spend.slice() : priced.spend
  return { bound: total - cost, spend, objective, outcome, total, excess }
}

/** By lever: a table's value between the two points that its spend is made of. */
function mixed({ curves: { offset, spend }, priced }: Model, table: Float64Array): Float64Array {
  const values = new Float64Array(priced.spend.length)
  for (let i = 0; i < values.length; i++) {
    const a = offset[i]! + priced.left[i]!
    const b = offset[i]! + priced.right[i]!
    values[i] =
      a === b
        ? table[a]!
        : table[a]! + ((priced.spend[i]! - spend[a]!) / (spend[b]! - spend[a]!)) * (table[b]! - table[a]!)
  }
  return values
}

/** By place: sums of the average ceilings' multipliers over it, and of those times their spend per outcome. */
export function averagePrices(
  { problem: { averages = [] }, frame: { tree }, couplings }: Model,
  multipliers: Float64Array,
) {
  const onSpend = new Float64Array(tree.group.length)
  const onOutcome = new Float64Array(tree.group.length)
  for (const [k, { group, spendPerOutcome }] of averages.entries()) {
    const multiplier = multipliers[couplings - averages.length + k]!
    onSpend[tree.place[group]!]! += multiplier
    onOutcome[tree.place[group]!]! += multiplier * spendPerOutcome
  }
  for (let p = 1; p < onSpend.length; p++) {
    onSpend[p]! += onSpend[tree.parent[p]!]!
    onOutcome[p]! += onOutcome[tree.parent[p]!]!
  }
  return { onSpend, onOutcome }
}

/** By room: what growth costs in it, rooms around it included. */
export function growthPrices({ problem: { growth } }: Model, multipliers: Float64Array): Float64Array {
  if (!growth) return new Float64Array(0)
  const prices = multipliers.slice(0, growth.room.length)
  for (const room of [...innermostFirst(growth.parent)].reverse())
    if (growth.parent[room]! >= 0) prices[room]! += prices[growth.parent[room]!]!
  return prices
}

/** Per point: objective and priced outcome less what spend and growth cost. */
function valueUnder(model: Model, multipliers: Float64Array): Float64Array {
  const { problem, curves, frame } = model
  if (multipliers.every((m) => m === 0)) return curves.objective
  const { offset, spend, objective } = curves
  const { onSpend, onOutcome } = averagePrices(model, multipliers)
  const onGrowth = growthPrices(model, multipliers)
  const value = new Float64Array(objective.length)
  for (let i = 0; i < offset.length - 1; i++) {
    const home = placeOf(frame.tree, i)
    const room = problem.growth?.of[i] ?? -1
    const [perOutcome, perSpend, perGrowth] = [onOutcome[home]!, onSpend[home]!, room >= 0 ? onGrowth[room]! : 0]
    for (let j = offset[i]!; j < offset[i + 1]!; j++) {
      value[j] = objective[j]! + perOutcome * model.outcome[j]! - perSpend * spend[j]!
      if (perGrowth > 0) value[j]! -= perGrowth * growthAt(problem.growth!, i, spend[j]!)
    }
  }
  return value
}

/** By coupling: growth beyond its room, or spend beyond what the outcome allows. */
export function excessOf(model: Model, spend: Float64Array, outcome: Float64Array): Float64Array {
  const { problem, frame, couplings } = model
  const { growth, averages = [] } = problem
  const excess = new Float64Array(couplings)
  if (couplings === 0) return excess
  const rooms = growth?.room.length ?? 0
  if (growth) {
    for (let i = 0; i < spend.length; i++)
      if (growth.of[i]! >= 0) excess[growth.of[i]!]! += growthAt(growth, i, spend[i]!)
    addUp(excess, growth.parent, innermostFirst(growth.parent))
    for (let r = 0; r < rooms; r++) excess[r]! -= growth.room[r]!
  }
  if (averages.length === 0) return excess
  const { tree } = frame
  const spent = new Float64Array(tree.group.length)
  const brought = new Float64Array(tree.group.length)
  for (let i = 0; i < spend.length; i++) {
    spent[placeOf(tree, i)]! += spend[i]!
    brought[placeOf(tree, i)]! += outcome[i]!
  }
  for (let p = spent.length - 1; p > 0; p--) {
    spent[tree.parent[p]!]! += spent[p]!
    brought[tree.parent[p]!]! += brought[p]!
  }
  for (const [k, { group, spendPerOutcome }] of averages.entries()) {
    const p = tree.place[group]!
    excess[rooms + k] = spent[p]! - spendPerOutcome * brought[p]!
  }
  return excess
}
