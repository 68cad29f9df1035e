import { type GroupNode, groupOf, groupTree } from '../model/groups.ts'
import type { Observation } from '../model/observation.ts'
import type { BudgetGroup } from '../model/policy.ts'
import { mainUnits } from '../units/money.ts'
import type { BudgetQuestion } from './holds.ts'

/** A minimum that some budgets are to have together today: a commitment, or a launch. */
export interface Floor {
  readonly name: string
  readonly detail: string
  /** Main units of the base currency. */
  readonly atLeast: number
  readonly has: (question: BudgetQuestion) => boolean
}

/** A node of the tree of groups, with what is said of it in a plan. */
export interface GroupTerms {
  readonly name: string
  readonly detail: { readonly atLeast: string; readonly atMost: string }
  /** −1: the portfolio itself. */
  readonly parent: number
  atLeast: number
  atMost: number
  readonly group?: BudgetGroup
}

export interface PortfolioGroups {
  readonly terms: readonly GroupTerms[]
  /** By lever: its innermost group. */
  readonly of: readonly number[]
}

export interface GroupedLever {
  readonly question: BudgetQuestion
  readonly least: number
  readonly most: number
}

/**
 * The policy's groups as one tree over the day's levers, group 0 the portfolio with the day's target. A commitment or a
 * launch is a group of its own within the innermost group of its budgets; where they lie in several, its minimum is
 * divided by what they could take.
 *
 * A limit that steps cannot reach in one day is taken as far as they go: it binds the day, and does not contradict it. A
 * minimum that a group around it has no room for is a contradiction; the day's target gives way to it.
 */
export function portfolioGroups(
  observation: Observation,
  levers: readonly GroupedLever[],
  target: number,
  floors: readonly Floor[],
): PortfolioGroups {
  const { policy } = observation.policy
  const terms: GroupTerms[] = [
    {
      name: 'day-target',
      detail: { atLeast: '', atMost: 'the portfolio has no more to spend today' },
      parent: -1,
      atLeast: Number.NEGATIVE_INFINITY,
      atMost: target,
    },
  ]
  const places = new Map<BudgetGroup, number>()
  const place = (nodes: readonly GroupNode[], parent: number): void => {
    for (const { group, children } of nodes) {
      places.set(group, terms.length)
      terms.push(termsOf(group, parent, target))
      place(children, terms.length - 1)
    }
  }
  place(groupTree(policy.groups), 0)
  const of = levers.map(({ question: { account, budget } }) => {
    const innermost = groupOf(policy, account.structure, budget, account.today).at(-1)
    return innermost ? (places.get(innermost) ?? 0) : 0
  })
  addFloors(terms, of, levers, floors)
  reach(terms, of, levers)
  return { terms, of }
}

function termsOf(group: BudgetGroup, parent: number, target: number): GroupTerms {
  const { name, atLeast, atMost, atLeastShare, atMostShare } = group
  return {
    name: `group "${name}"`,
    detail: { atLeast: `group "${name}" gets at least this much`, atMost: `group "${name}" gets at most this much` },
    parent,
    atLeast: Math.max(atLeast ? mainUnits(atLeast) : Number.NEGATIVE_INFINITY, (atLeastShare ?? 0) * target),
    atMost: Math.min(
      atMost ? mainUnits(atMost) : Number.POSITIVE_INFINITY,
      (atMostShare ?? Number.POSITIVE_INFINITY) * target,
    ),
    group,
  }
}

function addFloors(terms: GroupTerms[], of: number[], levers: readonly GroupedLever[], floors: readonly Floor[]): void {
  const taken = new Set<number>()
  for (const { name, detail, atLeast, has } of floors) {
    const own = [...levers.keys()].filter((i) => !taken.has(i) && has(levers[i]!.question))
    const room = own.reduce((sum, i) => sum + levers[i]!.most, 0)
    if (atLeast <= 0 || room <= 0) continue
    for (const [group, members] of Map.groupBy(own, (i) => of[i]!)) {
      const share = members.reduce((sum, i) => sum + levers[i]!.most, 0) / room
      terms.push({
        name,
        detail: { atLeast: detail, atMost: '' },
        parent: group,
        atLeast: atLeast * share,
        atMost: Number.POSITIVE_INFINITY,
      })
      for (const i of members) {
        of[i] = terms.length - 1
        taken.add(i)
      }
    }
  }
}

/** Sums of the same numbers in another order differ in the last digits: no limit is met closer than this. */
const SLACK = 1e-9

/** Moves limits to what their members can reach today, the innermost first. */
function reach(terms: readonly GroupTerms[], of: readonly number[], levers: readonly GroupedLever[]): void {
  const least = terms.map(() => 0)
  const most = terms.map(() => 0)
  for (const [i, group] of of.entries()) {
    least[group]! += levers[i]!.least
    most[group]! += levers[i]!.most
  }
  const asked = [...least]
  // Children come after their parents.
  for (let g = terms.length - 1; g >= 0; g--) {
    const one = terms[g]!
    const isRoot = one.parent < 0
    one.atMost = Math.max(one.atMost, (isRoot ? asked[g]! : least[g]!) * (1 + SLACK))
    one.atLeast = Math.min(one.atLeast, most[g]! * (1 - SLACK))
    if (isRoot) continue
    asked[one.parent]! += Math.max(asked[g]!, one.atLeast)
    // Commitments and launches are reckoned with margins, which are no reason to hold everything.
    least[one.parent]! += one.group ? least[g]! : Math.max(least[g]!, one.atLeast)
    most[one.parent]! += Math.min(most[g]!, one.atMost)
  }
}
