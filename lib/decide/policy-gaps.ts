import { accountKey, sameAccount } from '../model/account.ts'
import { groupOf } from '../model/groups.ts'
import type { Observation } from '../model/observation.ts'
import type { BudgetGroup, Membership, Policy } from '../model/policy.ts'
import { fedCampaigns, selects, selectsBudget } from '../model/selection.ts'
import { fromMainUnits, mainUnits } from '../units/money.ts'
import { largestSpend } from './committed-budgets.ts'
import type { BudgetQuestion } from './holds.ts'
import { amountText } from './words.ts'

/**
 * What a policy says of things that are not there, and what it asks of budgets that they can never have, as far as the
 * accounts show it: a sentence each, with the field and the remedy. None of it keeps a plan from being made.
 *
 * @param target of the day, main units of the base currency: shares are shares of it
 */
export function policyGaps(
  observation: Observation,
  questions: readonly BudgetQuestion[],
  target: number,
): readonly string[] {
  const { policy } = observation.policy
  return [
    ...groupGaps(policy, questions, target),
    ...eventGaps(policy, questions),
    ...boundGaps(observation),
    ...launchGaps(observation),
  ]
}

function groupGaps(policy: Policy, questions: readonly BudgetQuestion[], target: number): readonly string[] {
  const members = new Map<BudgetGroup, BudgetQuestion[]>()
  for (const one of questions)
    for (const group of groupOf(policy, one.account.structure, one.budget, one.account.today))
      members.set(group, [...(members.get(group) ?? []), one])
  return policy.groups.flatMap((group) => {
    const own = members.get(group)
    if (own) return outOfReach(policy, group, own, target)
    return isLimited(group)
      ? [`groups: no budget is in "${group.name}", so that its limits do nothing: correct its match, or remove it`]
      : []
  })
}

/** A group without limits is there to hold others, or to keep budgets out of a later one. */
const isLimited = ({ name: _, match: __, within: ___, ...limits }: BudgetGroup): boolean =>
  Object.values(limits).some((one) => one !== undefined)

function outOfReach(
  { baseCurrency }: Policy,
  { name, atLeast, atLeastShare = 0 }: BudgetGroup,
  own: readonly BudgetQuestion[],
  target: number,
): readonly string[] {
  const amount = (units: number): string => amountText(fromMainUnits(units, baseCurrency, 'half-even'))
  const least = Math.max(atLeast ? mainUnits(atLeast) : 0, atLeastShare * target)
  const most = own.reduce((sum, one) => sum + (largestSpend(one) ?? Number.POSITIVE_INFINITY), 0)
  if (most >= least) return []
  return [
    `groups: "${name}" is to get at least ${amount(least)} a day, and its budgets can come to ${amount(most)} at most (guardrails.maxDailyBudget, bounds, or not moved): lower the minimum, or raise what bounds them`,
  ]
}

const eventGaps = ({ events }: Policy, questions: readonly BudgetQuestion[]): readonly string[] =>
  events.flatMap(({ name, match }) =>
    match === undefined ||
    questions.some(({ observation, account: { structure, today }, budget }) =>
      selectsBudget(match, structure.account, fedCampaigns(observation.policy.policy, structure, budget, today)),
    )
      ? []
      : [`events: "${name}" concerns no budget of the portfolio: correct its match, or remove it`],
  )

const boundGaps = ({ policy, accounts }: Observation): readonly string[] =>
  policy.policy.bounds.flatMap(({ account, budget }) =>
    accounts.some(
      ({ structure }) => sameAccount(structure.account, account) && structure.budgets.some(({ id }) => id === budget),
    )
      ? []
      : [`bounds: ${accountKey(account)} has no budget ${budget}: correct its id, or remove it`],
  )

const launchGaps = ({ policy, accounts }: Observation): readonly string[] =>
  policy.policy.members.flatMap((entry) => {
    const { match, launchBudget, from } = entry
    if (!launchBudget || from === undefined || accounts.some(({ structure }) => isThere(entry, structure))) return []
    const what = match.name ?? match.id ?? (match.account ? accountKey(match.account) : '')
    return [
      `members: no campaign fits "${what}", for which ${amountText(launchBudget)} a day are kept back from ${from} on: correct it, or create the campaign`,
    ]
  })

const isThere = (
  { match }: Membership,
  { account, campaigns }: Observation['accounts'][number]['structure'],
): boolean =>
  campaigns.some((campaign) => campaign.status !== 'removed' && selects(match, account, campaign, undefined))
