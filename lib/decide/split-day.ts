import type { Observation } from '../model/observation.ts'
import type { BindingGuardrail } from '../model/plan.ts'
import type { Goal } from '../model/policy.ts'
import { type Money, mainUnits } from '../units/money.ts'
import type { Allocated, Allocation, AverageCeiling, Limit, Problem } from './allocation/problem.ts'
import { allocateSpend } from './allocation/solve.ts'
import { valuesAt } from './allocation/tables.ts'
import { farWorth } from './far-sight.ts'
import { groupRooms } from './group-rooms.ts'
import type { BudgetQuestion } from './holds.ts'
import { guardrailOf, limitText } from './limit-words.ts'
import { type Floor, type GroupTerms, portfolioGroups } from './portfolio-groups.ts'
import { portfolioProblem } from './portfolio-problem.ts'
import { claimedAt, fixtureOf, hopeAt, type Position } from './position.ts'

/** The day's money, split. Amounts are main units of the base currency. */
export interface Split {
  readonly kind: 'split'
  /** By position. */
  readonly spend: Float64Array
  /** The same had nothing been ventured to learn from it. */
  readonly safeSpend: Float64Array
  /** Share of the expected outcome that exploring gives up. */
  readonly explorationCost: number
  /** Marginal return at which the money ran out; 0 when some is left that would bring nothing. */
  readonly price: number
  /** By position: worth of one more unit of its own upper bound (of its lower one, negative). */
  readonly boundWorth: Float64Array
  /** Limits of groups, rooms and ceilings, with the worth of one more unit of each. */
  readonly binding: readonly BindingGuardrail[]
  /** Those of them that a position is under. */
  limitsOf(position: number): readonly BindingGuardrail[]
  readonly unspent: number
  /** What the policy asks the last money of a position to bring, per unit; 0: anything. */
  askedOf(position: number): number
  /** Whether other spends keep the caps as well. */
  fitsRooms(spend: readonly number[]): boolean
}

export interface Impossible {
  readonly kind: 'impossible'
  readonly detail: string
}

/**
 * Splits the day's target over the positions, so that nothing brings more elsewhere, under every limit of the policy.
 * Ceilings that cannot be met in one day bound the next money instead, so that each day comes nearer to them.
 */
export function splitDay(
  observation: Observation,
  positions: readonly Position[],
  staying: readonly BudgetQuestion[],
  target: Money,
  floors: readonly Floor[],
): Split | Impossible {
  const fixtures = staying.map((one) => fixtureOf(one, target))
  const levers = [
    ...positions.map(({ movable, atLeast, atMost }) => ({ question: movable, least: atLeast, most: atMost })),
    ...fixtures.map(({ question, spend }) => ({ question, least: spend, most: spend })),
  ]
  const groups = portfolioGroups(observation, levers, mainUnits(target), floors)
  const { rooms, indexesOf } = groupRooms(observation, [...positions.map(({ movable }) => movable), ...staying])
  const roomOf = positions.map(({ movable }) => indexesOf(movable)[0]!)
  const { goal, exploration } = observation.policy.policy
  const asked = (bonus?: (index: number, spend: number) => number): Problem =>
    portfolioProblem(goal, positions, fixtures, groups, { rooms, of: roomOf }, bonus)
  const { problem, found } = solved(asked())
  if (found.kind === 'infeasible')
    return {
      kind: 'impossible',
      detail: `these limits contradict each other: ${found.conflict.map((one) => limitText({ observation, terms: groups.terms, problem }, one)).join('; ')}: change one of them in the policy`,
    }
  const explored = explore(goal, positions, found, exploration.maxCost, (bonus) => solved(asked(bonus)).found)
  const split = splitOf(observation, problem, found, explored, groups.terms, positions)
  const conflicts = groups.conflicts.map((detail) => ({ name: 'conflict', detail }))
  return { ...split, binding: [...split.binding, ...conflicts] }
}

/**
 * Standard deviations of a raise's outcome that exploring counts as if they were to be had, boldest first; and the same
 * shares of what raises are worth for where they lead.
 */
const BOLDNESS = [0.8, 0.4, 0.2] as const

interface Explored {
  readonly spend: Float64Array
  /** Share of the outcome that is expected to be given up for it. */
  readonly cost: number
}

/**
 * The split that leans towards raises of which little is known, as boldly as the policy's cost of learning allows. What
 * is tried becomes known, and is given up again if it was not worth it; what is never tried stays unknown for ever. And
 * towards raises that pay only after more of them.
 */
function explore(
  goal: Goal,
  positions: readonly Position[],
  found: Allocated,
  maxCost: number,
  solve: (bonus: (index: number, spend: number) => number) => Allocation,
): Explored {
  // Of profit, money that is spent is given up as well.
  const price = goal.kind === 'profit' ? 1 : 0
  const outcome = (spend: Float64Array): number =>
    positions.reduce(
      (sum, position, i) => sum + position.worth.objective * claimedAt(position, spend[i]!) - price * spend[i]!,
      0,
    )
  const best = outcome(found.spend)
  if (!(maxCost > 0 && best > 0)) return { spend: found.spend, cost: 0 }
  const ahead = farWorth(positions, found.spend, price)
  for (const boldness of BOLDNESS) {
    const bold = solve((i, spend) => {
      const position = positions[i]!
      return boldness * (position.worth.objective * hopeAt(position, spend) + ahead[i]! * (spend - position.atLeast))
    })
    if (bold.kind !== 'allocated') continue
    const cost = 1 - outcome(bold.spend) / best
    if (cost <= maxCost) return { spend: bold.spend, cost: Math.max(0, cost) }
  }
  return { spend: found.spend, cost: 0 }
}

/** Relaxations per plan: enough for any portfolio whose curves are nearly concave, and bounded for all others. */
const EFFORT = { gap: 1e-5, nodes: 60 }

/** With ceilings on average eased as far as a day can come. */
export function solved(asked: Problem): { problem: Problem; found: Allocation } {
  const { averages = [] } = asked
  const eased = averages.map((one) => ({ ...one, spendPerOutcome: approach(asked, one) }))
  const problem = { ...asked, averages: eased }
  const found = allocateSpend(problem, EFFORT)
  return found.kind === 'allocated' || averages.length === 0 ? { problem, found } : nearest(asked, eased)
}

/** Rounds by which the least cost of an outcome is found: it converges faster than by halves. */
const ROUNDS = 6
const NEAR_ENOUGH = 1e-4
/** What lowers the average by less than this is cut as well: money that buys exactly at the average helps nobody. */
const HARDLY = 1e-6

/**
 * The split at which outcomes cost least, where even the eased ceilings are out of a day's reach. Whatever costs more at
 * the margin than they do on average then is cut; what costs less is left, as cutting it would make the rest dearer.
 *
 * @see https://doi.org/10.1287/mnsc.13.7.492 (Dinkelbach, On nonlinear fractional programming, 1967)
 */
function nearest(asked: Problem, averages: readonly AverageCeiling[]): { problem: Problem; found: Allocation } {
  let costs = averages.map(({ spendPerOutcome }) => spendPerOutcome)
  for (let round = 1; ; round += 1) {
    const marginals = averages.map(({ group }, i) => ({ group, returnPerSpend: 1 / costs[i]!, of: 'outcome' }) as const)
    const problem = {
      ...asked,
      spendAll: false,
      averages: [],
      marginals: [...(asked.marginals ?? []), ...marginals],
    }
    const found = allocateSpend(problem, EFFORT)
    if (found.kind === 'infeasible' || round === ROUNDS) return { problem, found }
    const next = averages.map(({ group }, i) => Math.max(costs[i]!, (1 - HARDLY) * costOf(asked, group, found.spend)))
    if (next.every((cost, i) => cost <= (1 + NEAR_ENOUGH) * costs[i]!)) return { problem, found }
    costs = next
  }
}

/** What a group's outcome costs on average; 0 where there is none. */
function costOf({ curves, groups }: Problem, group: number, spend: Float64Array): number {
  const outcomes = valuesAt(curves, curves.outcome ?? curves.objective, spend)
  let [spent, outcome] = [0, 0]
  for (const [i, own] of groups.of.entries()) {
    if (!isWithin(groups.parent, own, group)) continue
    spent += spend[i]!
    outcome += outcomes[i]!
  }
  return outcome > 0 ? spent / outcome : 0
}

/**
 * How much nearer a day comes to a ceiling that is not kept, of the share by which budgets may be cut in it: all at once,
 * and what is only badly split would be cut as well.
 */
const NEARER_OF_A_STEP = 0.4

/** The ceiling itself, or somewhat below what a group's outcome costs as its budgets stand, if that is more. */
function approach({ curves, groups, growth }: Problem, { group, spendPerOutcome }: AverageCeiling): number {
  const standing = Float64Array.from(groups.of, (_, i) => {
    const most = curves.spend[curves.offset[i + 1]! - 1]!
    return Math.min(most, Math.max(curves.spend[curves.offset[i]!]!, growth?.standing[i] ?? most))
  })
  const outcomes = valuesAt(curves, curves.outcome ?? curves.objective, standing)
  let [spend, outcome, cuttable] = [0, 0, 0]
  for (const [i, own] of groups.of.entries()) {
    if (!isWithin(groups.parent, own, group)) continue
    spend += standing[i]!
    outcome += outcomes[i]!
    cuttable += standing[i]! - curves.spend[curves.offset[i]!]!
  }
  if (!(outcome > 0)) return spendPerOutcome
  return Math.max(spendPerOutcome, (spend - NEARER_OF_A_STEP * cuttable) / outcome)
}

const isWithin = (parent: Int32Array, from: number, wanted: number): boolean => {
  for (let at = from; at >= 0; at = parent[at]!) if (at === wanted) return true
  return false
}

/** A limit that is worth so little beside the others binds by rounding alone. */
const DUST = 1e-9

function splitOf(
  observation: Observation,
  problem: Problem,
  found: Allocated,
  explored: Explored,
  terms: readonly GroupTerms[],
  positions: readonly Position[],
): Split {
  const context = { observation, terms, problem, found }
  const least = DUST * Math.max(0, ...found.binding.map(({ worth }) => worth))
  const binding = found.binding
    .filter(({ limit, worth }) => limit.kind !== 'no-return' && worth > least)
    .map(({ limit, worth }) => ({ limit, guardrail: guardrailOf(context, limit, worth) }))
  const floors = found.unspent.because.filter(({ kind }) => kind === 'marginal-floor')
  const tight = binding.filter(({ limit }) => limit.kind !== 'total')
  return {
    kind: 'split',
    spend: explored.spend.slice(0, positions.length),
    safeSpend: found.spend.slice(0, positions.length),
    explorationCost: explored.cost,
    price: Math.max(0, found.price),
    boundWorth: found.boundWorth.slice(0, positions.length),
    binding: [...binding.map(({ guardrail }) => guardrail), ...floors.map((limit) => guardrailOf(context, limit, 0))],
    limitsOf: (position) =>
      tight.filter(({ limit }) => concerns(limit, problem, position)).map(({ guardrail }) => withoutWorth(guardrail)),
    unspent: found.unspent.amount,
    askedOf: (position) => askedOf(problem, position),
    fitsRooms: (spend) => roomsFit(problem, spend),
  }
}

/** What relaxing a limit is worth is said once, of the portfolio. */
const withoutWorth = (one: BindingGuardrail): BindingGuardrail => ({ ...one, detail: one.detail.split('; ', 1).join() })

const askedOf = ({ groups, marginals = [] }: Problem, lever: number): number =>
  marginals.reduce(
    (most, { group, returnPerSpend }) =>
      isWithin(groups.parent, groups.of[lever]!, group) ? Math.max(most, returnPerSpend) : most,
    0,
  )

/** Whether a limit is one of a lever's own chain of groups or rooms. */
function concerns(limit: Limit, problem: Problem, lever: number): boolean {
  const { groups, growth, averages = [], marginals = [] } = problem
  switch (limit.kind) {
    case 'group-minimum':
    case 'group-maximum':
      return isWithin(groups.parent, groups.of[lever]!, limit.group)
    case 'growth-room':
      return growth !== undefined && isWithin(growth.parent, growth.of[lever]!, limit.room)
    case 'average-ceiling':
      return isWithin(groups.parent, groups.of[lever]!, averages[limit.average]!.group)
    case 'marginal-floor':
      return isWithin(groups.parent, groups.of[lever]!, marginals[limit.marginal]!.group)
    default:
      return false
  }
}

function roomsFit({ growth }: Problem, spend: readonly number[]): boolean {
  if (!growth) return true
  const taken = new Float64Array(growth.room.length)
  for (const [i, amount] of spend.entries())
    for (let room = growth.of[i]!; room >= 0; room = growth.parent[room]!)
      taken[room]! += growth.perUnit[i]! * Math.max(0, amount - growth.standing[i]!)
  return taken.every((amount, room) => amount <= growth.room[room]!)
}
