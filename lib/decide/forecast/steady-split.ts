import { conversionsAt } from '../../measure/response-curve.ts'
import type { Observation } from '../../model/observation.ts'
import type { BindingGuardrail } from '../../model/plan.ts'
import type { Allocated, Allocation, Curves, Limit, Problem } from '../allocation/problem.ts'
import { allocateSpend } from '../allocation/solve.ts'
import { refinedNear, type Table, tabulate } from '../allocation/tabulate.ts'
import type { CapabilitiesOf } from '../capabilities-of.ts'
import { type GroupTerms, portfolioGroups } from '../portfolio-groups.ts'
import { portfolioProblem } from '../portfolio-problem.ts'
import { claimedAt, type Fixture } from '../position.ts'
import { type ForecastBudget, isMovable } from './budget.ts'
import { type DayCaps, dayCaps } from './caps.ts'
import { limitName, limitText } from './limit-words.ts'
import { type LongRun, longRunOf, TOTAL } from './long-run-bounds.ts'

/** Where a daily total comes to lie once budgets have been moved as often as it takes. */
export interface SteadySplit {
  readonly kind: 'split'
  /** By budget, main units of the base currency per day. */
  readonly spend: readonly number[]
  /** Of the objective, per main unit; 0 where more money would bring nothing. */
  readonly marginalReturn: number
  readonly unspent: number
  /** In words, what stands against spending it. */
  readonly unspentBecause: readonly string[]
  /** Groups, caps and ceilings, with the worth of one more unit of each per day. */
  readonly binding: readonly BindingGuardrail[]
  /** By budget: bounds of its own that it lies at. */
  readonly ownLimits: readonly (readonly BindingGuardrail[])[]
}

/** Less than the budgets cost at their least. */
export interface BelowLeast {
  readonly kind: 'below-least'
  readonly least: number
  readonly detail: string
}

/**
 * Splits a daily total over all budgets so that nothing brings more elsewhere, under every lasting limit of the policy:
 * least and largest budgets, bounds, groups, shares of classes, caps, ceilings on cost, and what cannot deliver more. The
 * step of one day, holds that will pass, commitments, launches and events are left out.
 *
 * @param budgets those that may be moved first
 * @param total main units of the base currency per day, > 0
 * @param fine false where only what is spent in all matters: without ceilings, curves do not, and tables are no finer than they must be
 */
export function steadySplit(
  observation: Observation,
  capabilitiesOf: CapabilitiesOf,
  budgets: readonly ForecastBudget[],
  total: number,
  fine = true,
): SteadySplit | BelowLeast {
  const levers = budgets.filter(isMovable).map((one) => longRunOf(one, total))
  const staying = budgets.filter((one) => !isMovable(one))
  const fixtures = staying.map(fixtureOf)
  const least = sum(levers.map((one) => one.least)) + sum(fixtures.map(({ spend }) => spend))
  if (least > total * (1 + SLACK))
    return { kind: 'below-least', least, detail: 'budgets at their least and what is not moved cost more' }
  const grouped = [
    ...levers.map((one) => ({ question: one.budget.question, least: one.least, most: one.most })),
    ...fixtures.map(({ question, spend }) => ({ question, least: spend, most: spend })),
  ]
  const groups = portfolioGroups(observation, grouped, total, [])
  const asked = groups.terms[0]?.atMost ?? total
  if (asked > total * (1 + SLACK))
    return { kind: 'below-least', least: asked, detail: 'groups of the policy ask for more' }
  const { goal } = observation.policy.policy
  const caps = dayCaps(observation, capabilitiesOf, levers, staying)
  const positions = levers.map(({ position, least: atLeast, most: atMost }) => ({ ...position, atLeast, atMost }))
  const { growth: _, ...terms } = portfolioProblem(goal, positions, fixtures, groups, { rooms: [], of: [] })
  const frame = caps ? { ...terms, growth: caps.rooms } : terms
  const hasCeilings = (terms.averages?.length ?? 0) + (terms.marginals?.length ?? 0) > 0
  const found =
    fine || hasCeilings
      ? allocated(frame, levers, fixtures, { isApart: goal.kind === 'profit', rounds: fine ? ROUNDS : 0 })
      : solved({ ...frame, curves: curvesOf(levers.map(spendAlone), fixtures, false) })
  if (found.kind === 'infeasible')
    return {
      kind: 'below-least',
      least,
      detail: found.conflict.map((one) => limitText(one, groups.terms, caps)).join('; '),
    }
  return splitOf(found, levers, groups.terms, caps)
}

/** Sums of the same numbers in another order differ in the last digits. */
const SLACK = 1e-6
const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0)

/** What stays as it stands. */
export const fixtureOf = ({ question, standing, baseUnits, perIncremental }: ForecastBudget): Fixture => {
  const claimed = question.estimate ? conversionsAt(question.estimate.curve, standing / baseUnits) : 0
  const caused = claimed * (question.estimate?.incrementality.mean ?? 0)
  const { goal } = question.observation.policy.policy
  const objective = caused * perIncremental
  return { question, spend: standing, objective, outcome: goal.kind === 'profit' ? objective / goal.margin : objective }
}

/** Worth what it spends: asked how much can be spent, and not for what. With hundreds of caps curves would take minutes. */
const spendAlone = ({ least, most }: LongRun): Table => {
  const spend = most > least ? [least, most] : [least]
  return { spend, objective: spend, outcome: spend }
}

const EFFORT = { gap: 1e-5, nodes: 60 }
/** How far a table may lie off its curve at first, and how often it is made finer around the answer. */
const FINENESS = 1e-4
const ROUNDS = 3

function allocated(
  frame: Problem,
  levers: readonly LongRun[],
  fixtures: readonly Fixture[],
  { isApart, rounds }: { readonly isApart: boolean; readonly rounds: number },
): Allocation {
  const curves = levers.map(({ position }) => ({
    objective: (spend: number) => position.worth.objective * claimedAt(position, spend),
    outcome: (spend: number) => position.worth.outcome * claimedAt(position, spend),
  }))
  let tables = levers.map(({ least, most, position }, i) =>
    tabulate(curves[i]!, least, most, [position.standing], FINENESS),
  )
  const solve = (): Allocation => solved({ ...frame, curves: curvesOf(tables, fixtures, isApart) })
  let found = solve()
  for (let round = 0; round < rounds && found.kind === 'allocated'; round++) {
    const { spend } = found
    tables = tables.map((table, i) => refinedNear(curves[i]!, table, [spend[i]!]))
    found = solve()
  }
  return found
}

/** Where least budgets alone cost more than a ceiling allows on average, it bounds what comes on top of them. */
function solved(problem: Problem): Allocation {
  const found = allocateSpend(problem, EFFORT)
  const { averages = [], marginals = [] } = problem
  if (found.kind === 'allocated' || averages.length === 0) return found
  const instead = averages.map(
    ({ group, spendPerOutcome }) => ({ group, returnPerSpend: 1 / spendPerOutcome, of: 'outcome' }) as const,
  )
  return allocateSpend({ ...problem, spendAll: false, averages: [], marginals: [...marginals, ...instead] }, EFFORT)
}

function curvesOf(tables: readonly Table[], fixtures: readonly Fixture[], isApart: boolean): Curves {
  const all = [
    ...tables,
    ...fixtures.map(({ spend, objective, outcome }) => ({
      spend: [spend],
      objective: [objective],
      outcome: [outcome],
    })),
  ]
  const offset = new Int32Array(all.length + 1)
  for (const [i, { spend }] of all.entries()) offset[i + 1] = offset[i]! + spend.length
  return {
    offset,
    spend: Float64Array.from(all.flatMap(({ spend }) => spend)),
    objective: Float64Array.from(all.flatMap(({ objective }) => objective)),
    ...(isApart ? { outcome: Float64Array.from(all.flatMap(({ outcome }) => outcome)) } : {}),
  }
}

function splitOf(
  found: Allocated,
  levers: readonly LongRun[],
  terms: readonly GroupTerms[],
  caps: DayCaps | undefined,
): SteadySplit {
  const words = (limit: Limit): string => limitText(limit, terms, caps)
  return {
    kind: 'split',
    spend: [...found.spend],
    marginalReturn: Math.max(0, found.price),
    unspent: Math.max(0, found.unspent.amount),
    unspentBecause: [...new Set(found.unspent.because.filter(({ kind }) => kind !== 'total').map(words))],
    binding: found.binding
      .filter(({ limit }) => limit.kind !== 'no-return' && limit.kind !== 'total')
      .map(({ limit, worth }) => ({
        name: limitName(limit, terms, caps),
        detail: words(limit),
        // One more unit of a minimum, or of a ceiling on cost, is no room for more money.
        ...(limit.kind === 'group-maximum' || limit.kind === 'growth-room' ? { worthPerUnit: Math.max(0, worth) } : {}),
      })),
    ownLimits: levers.map((lever, i) => ownLimits(lever, found.spend[i]!, found.boundWorth[i]!)),
  }
}

/** A budget whose bounds leave it no room lies at both; one that the total alone bounds lies at none. */
function ownLimits({ least, most, floor, cap }: LongRun, spend: number, worth: number): readonly BindingGuardrail[] {
  const near = (bound: number): boolean => Math.abs(spend - bound) <= SLACK * Math.max(1, bound)
  const limits: BindingGuardrail[] = []
  if (near(most) && cap.name !== TOTAL)
    limits.push({ name: cap.name, detail: cap.detail, worthPerUnit: Math.max(0, worth) })
  else if (near(least)) limits.push({ name: floor.name, detail: floor.detail })
  return limits
}
