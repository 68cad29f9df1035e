import type { Observation } from '../model/observation.ts'
import type { BindingGuardrail } from '../model/plan.ts'
import type { Goal } from '../model/policy.ts'
import { fromMainUnits } from '../units/money.ts'
import type { Allocated, Limit, Problem } from './allocation/problem.ts'
import { valuesAt } from './allocation/tables.ts'
import type { GroupTerms } from './portfolio-groups.ts'
import { averageCeilings } from './portfolio-problem.ts'
import { amountText, numberText } from './words.ts'

/** What is limited: a problem as it was solved, with what it was made of. */
export interface LimitContext {
  readonly observation: Observation
  readonly terms: readonly GroupTerms[]
  readonly problem: Problem
}

/** What binds, with what one more unit of it is worth where that can be said truly. */
export function guardrailOf(
  context: LimitContext & { readonly found: Allocated },
  limit: Limit,
  worth: number,
): BindingGuardrail {
  const own = { name: limitName(limit, context), detail: limitText(context, limit) }
  const words = worthWords(context, limit, worth)
  if (words !== undefined) return { ...own, detail: `${own.detail}; ${words}` }
  const isOfMoneyMore =
    limit.kind !== 'group-minimum' && limit.kind !== 'average-ceiling' && limit.kind !== 'marginal-floor'
  return isOfMoneyMore ? { ...own, worthPerUnit: Math.max(0, worth) } : own
}

function limitName(limit: Limit, { observation, terms }: LimitContext): string {
  switch (limit.kind) {
    case 'total':
      return 'day-target'
    case 'group-minimum':
    case 'group-maximum':
      return terms[limit.group]?.name ?? 'group'
    case 'growth-room':
      return observation.accounts[limit.room] ? 'account-day-cap' : 'portfolio-day-cap'
    default:
      return limit.kind
  }
}

const budgetsText = (count: number): string => (count === 1 ? 'one budget' : `${count} budgets`)

export function limitText(context: LimitContext & { readonly found?: Allocated }, limit: Limit): string {
  const { observation, terms, found } = context
  switch (limit.kind) {
    case 'total':
      return 'the portfolio has no more to spend today'
    case 'group-minimum': {
      const least = terms[limit.group]?.detail.atLeast || 'the least that the day must spend'
      if (!found?.forced.includes(limit.group)) return least
      const asked = found.overruled.map((k) => ceilingText(context, k))
      return `${least}: because of it money is spent that brings less than is asked of it (${[...new Set(asked)].join(', ')})`
    }
    case 'group-maximum':
      return terms[limit.group]?.detail.atMost || 'the most that the day may spend'
    case 'growth-room': {
      const account = observation.accounts[limit.room]?.account
      return account === undefined
        ? 'the portfolio’s dayCap leaves no more room today'
        : `the dayCap of ${account} leaves no more room today`
    }
    case 'average-ceiling':
      return averageText(context, limit.average)
    case 'marginal-floor':
      return ceilingText(context, limit.marginal)
    case 'lever-minimums':
      return `the lower bounds of ${budgetsText(limit.count)}`
    case 'lever-maximums':
      return `the upper bounds of ${budgetsText(limit.count)}`
    case 'no-return':
      return 'more money would bring nothing'
  }
}

const moneyOf = ({ observation }: LimitContext, units: number): string =>
  amountText(fromMainUnits(units, observation.policy.policy.baseCurrency, 'half-even'))
const goalOf = ({ observation }: LimitContext): Goal => observation.policy.policy.goal
const ofGroup = ({ terms }: LimitContext, group: number): string => (group > 0 ? ` over ${terms[group]?.name}` : '')
const ratio = (value: number): string => String(Math.round(value * 1e4) / 1e4)

/** A ceiling on the average as the policy has it, and as it holds today. */
function averageText(context: LimitContext, index: number): string {
  const { problem, terms } = context
  const { group, spendPerOutcome: today } = problem.averages![index]!
  const own = averageCeilings(goalOf(context), terms)[index]?.spendPerOutcome ?? today
  const isCpa = goalOf(context).kind === 'conversions'
  const words = (spendPerOutcome: number): string =>
    isCpa ? moneyOf(context, spendPerOutcome) : ratio(1 / spendPerOutcome)
  const on = `${isCpa ? 'targetCpa' : 'targetRoas'} ${words(own)} on average${ofGroup(context, group)}`
  return today > own * (1 + 1e-9) ? `${on}: ${words(today)} today, on the way there` : on
}

/** What the policy asks of the next money. */
function ceilingText(context: LimitContext, index: number): string {
  const { group, returnPerSpend, of } = context.problem.marginals![index]!
  const over = ofGroup(context, group)
  if (of === 'objective') return `the next unit of money is to bring back itself as profit${over}`
  return goalOf(context).kind === 'conversions'
    ? `the next conversion may cost ${moneyOf(context, 1 / returnPerSpend)}${over}`
    : `the next unit of money is to bring ${ratio(returnPerSpend)} of value${over}`
}

/** A target moved by this share: about the least that anybody would. */
const NUDGE = 0.01

/** What relaxing it brings, where it is not that one unit more of it may be spent; undefined: nothing can be said so. */
function worthWords(
  context: LimitContext & { readonly found: Allocated },
  limit: Limit,
  worth: number,
): string | undefined {
  const one = `1 ${context.observation.policy.policy.baseCurrency} a day`
  if (limit.kind === 'group-minimum') {
    if (!(worth > 0)) return undefined
    return context.found.forced.includes(limit.group)
      ? `${one} less of it saves money that brings ${outcomeText(context, worth)} less than is asked of it`
      : `${one} less of it = ${gain(context, worth)}`
  }
  if (limit.kind === 'marginal-floor') {
    const { returnPerSpend, of } = context.problem.marginals![limit.marginal]!
    return of === 'outcome' && goalOf(context).kind !== 'profit'
      ? `${one} more spent beyond it = about ${gain(context, returnPerSpend)}`
      : undefined
  }
  if (limit.kind !== 'average-ceiling' || !(worth > 0)) return undefined
  const { group, spendPerOutcome } = context.problem.averages![limit.average]!
  // A ceiling that is a little higher lets so much more be spent on what there is.
  const room = NUDGE * spendPerOutcome * outcomeOf(context, group)
  const nudged =
    goalOf(context).kind === 'conversions'
      ? `${moneyOf(context, NUDGE * spendPerOutcome)} more of target CPA`
      : `a target ROAS that is ${ratio(NUDGE / spendPerOutcome)} lower`
  return `${nudged} = about ${gain(context, room * worth)}`
}

function outcomeText(context: LimitContext, outcome: number): string {
  const { kind } = goalOf(context)
  const { baseCurrency } = context.observation.policy.policy
  return `${numberText(outcome)} ${kind === 'conversions' ? 'conversions' : `${baseCurrency} of ${kind}`}`
}

/** An outcome in the unit of the goal, and what as much costs where the day's money runs out. */
function gain(context: LimitContext & { readonly found: Allocated }, outcome: number): string {
  const { price } = context.found
  const own = `+${outcomeText(context, outcome)} a day`
  return price > 0 && goalOf(context).kind !== 'profit'
    ? `${own}, for which ${moneyOf(context, outcome / price)} more of the day would be needed`
    : own
}

function outcomeOf(
  { problem: { curves, groups }, found }: LimitContext & { readonly found: Allocated },
  group: number,
) {
  const outcomes = valuesAt(curves, curves.outcome ?? curves.objective, found.spend)
  let sum = 0
  for (const [i, home] of groups.of.entries()) {
    let at = home
    while (at >= 0 && at !== group) at = groups.parent[at]!
    if (at === group) sum += outcomes[i]!
  }
  return sum
}
