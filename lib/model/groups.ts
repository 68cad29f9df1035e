import type { AccountDate } from '../units/calendar.ts'
import { perObject } from './per-object.ts'
import type { BudgetGroup, Commitment, Policy } from './policy.ts'
import { fedCampaigns, selectsBudget } from './selection.ts'
import type { AccountStructure, BudgetHolder } from './structure.ts'

/** A group with the groups within it, each level in the order of the policy. */
export interface GroupNode {
  readonly group: BudgetGroup
  readonly children: readonly GroupNode[]
}

/**
 * The groups of a policy as trees, outermost first.
 *
 * @throws RangeError when a group stands in none of them: its parent is unknown, or it lies within itself
 */
export function groupTree(groups: readonly BudgetGroup[]): readonly GroupNode[] {
  const byParent = Map.groupBy(groups, ({ within }) => within)
  const reached = new Set<BudgetGroup>()
  const under = (parent: string | undefined): readonly GroupNode[] =>
    (byParent.get(parent) ?? []).flatMap((group) => {
      if (reached.has(group)) return []
      reached.add(group)
      return [{ group, children: under(group.name) }]
    })
  const roots = under(undefined)
  const lost = groups.find((group) => !reached.has(group))
  if (lost)
    throw new RangeError(`group "${lost.name}" hangs on no outermost group: correct its within, "${lost.within}"`)
  return roots
}

const treeOf = perObject(({ groups }: Policy) => groupTree(groups))

/**
 * The groups that a budget falls into, outermost first, each within the one before; empty: none. Beside each other the
 * first that fits has it. A budget that feeds several campaigns falls into a group only if all of them fit: its spend
 * could not be told apart.
 *
 * @param on date for which it is asked: memberships have dates, and with them the classes of campaigns
 */
export function groupOf(
  policy: Policy,
  structure: AccountStructure,
  budget: BudgetHolder,
  on: AccountDate,
): readonly BudgetGroup[] {
  if (policy.groups.length === 0) return []
  const fed = fedCampaigns(policy, structure, budget, on)
  const chain: BudgetGroup[] = []
  let level = treeOf(policy)
  for (;;) {
    const next = level.find(({ group }) => selectsBudget(group.match, structure.account, fed))
    if (!next) return chain
    chain.push(next.group)
    level = next.children
  }
}

/** First and last day on which spend counts towards a commitment. */
export const commitmentDays = (
  { flight }: Pick<Policy, 'flight'>,
  { from, by }: Commitment,
): { readonly from: AccountDate; readonly to: AccountDate } => ({ from: from ?? flight.from, to: by })
