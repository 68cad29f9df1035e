import { type GroupNode, groupOf, groupTree } from '../model/groups.ts'
import { canSpend, memberOf } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import type { BudgetGroup, Membership } from '../model/policy.ts'
import { fedCampaigns } from '../model/selection.ts'
import type { BudgetHolder } from '../model/structure.ts'
import { campaignsFedBy } from '../model/structure-index.ts'
import { type AccountDate, addDays } from '../units/calendar.ts'
import { type CurrencyCode, fromMainUnits, mainUnits } from '../units/money.ts'
import { baseUnitsOf, rateOf } from './base-rate.ts'
import { hardLimits } from './guardrails.ts'
import type { BudgetQuestion } from './holds.ts'
import { standingSpend } from './pace-day.ts'
import type { CommittedBudget, CommittedGroup } from './pacing/commitments.ts'
import { amountText } from './words.ts'

const keyOf = (account: string, budget: string): string => `${account}/${budget}`

/** What may count towards commitments, with all that bounds it: dates, largest budgets, and the groups that it is in. */
export function committedBudgets(
  observation: Observation,
  questions: readonly BudgetQuestion[],
  groups: readonly CommittedGroup[],
): readonly CommittedBudget[] {
  const running = questions.filter(({ account, budget }) => canSpend(account.structure, budget))
  const known = new Set(questions.map(({ account, budget }) => keyOf(account.account, budget.id)))
  const coming = observation.accounts.flatMap((account) =>
    account.structure.budgets
      .filter(({ id, status }) => status !== 'removed' && !known.has(keyOf(account.account, id)))
      .flatMap((budget) => comingBudget(observation, account, budget)),
  )
  return [...running.map((one) => ofQuestion(one, groups)), ...coming]
}

function ofQuestion(one: BudgetQuestion, groups: readonly CommittedGroup[]): CommittedBudget {
  const { observation, account, budget } = one
  const { policy } = observation.policy
  const { structure, today } = account
  const to = leaves(one)
  const innermost = groupOf(policy, structure, budget, today).at(-1)
  const spend = standingSpend(one)
  const atMost = largestSpend(one)
  return {
    id: keyOf(account.account, budget.id),
    subject: { account: structure.account, fed: fedCampaigns(policy, structure, budget, today) },
    spend,
    ...(atMost === undefined ? {} : { atMost }),
    ...(to === undefined ? {} : { to }),
    ...(innermost ? { group: groups.findIndex(({ name }) => name === innermost.name) } : {}),
  }
}

/** Most that the policy ever lets it spend, base currency; what it delivers of a budget counts. Undefined: no bound. */
export function largestSpend(one: BudgetQuestion): number | undefined {
  if (one.budget.period !== 'daily' || !one.membership.managed) return standingSpend(one)
  const bounds = hardLimits(one).flatMap(({ atMost }) => (atMost ? [mainUnits(atMost)] : []))
  return bounds.length > 0 ? Math.min(...bounds) * baseUnitsOf(rateOf(one)) * (one.estimate?.delivery ?? 1) : undefined
}

/** The last day on which all that it feeds is in the portfolio, where it does not come back under another entry. */
function leaves({ observation, account: { structure, today }, budget }: BudgetQuestion): AccountDate | undefined {
  const { policy } = observation.policy
  const on = (date: AccountDate): readonly (Membership | undefined)[] =>
    campaignsFedBy(structure, budget).map((campaign) => memberOf(policy, structure.account, campaign, date))
  const to = on(today)
    .flatMap((member) => member?.to ?? [])
    .sort()[0]
  return to === undefined || on(addDays(to, 1)).every((member) => member !== undefined) ? undefined : to
}

/** A budget whose campaigns come into the portfolio later: it begins with its launch budget, or as it stands. */
function comingBudget(
  observation: Observation,
  account: AccountObservation,
  budget: BudgetHolder,
): readonly CommittedBudget[] {
  const { policy } = observation.policy
  const { structure, today } = account
  const campaigns = campaignsFedBy(structure, budget)
  const entryOn = (date: AccountDate): Membership | undefined =>
    campaigns.flatMap((campaign) => memberOf(policy, structure.account, campaign, date) ?? [])[0]
  const from = policy.members
    .flatMap((entry) => (entry.from !== undefined && entry.from > today ? [entry.from] : []))
    .toSorted()
    .find((date) => entryOn(date) !== undefined)
  const entry = from && entryOn(from)
  if (!entry) return []
  const standing = mainUnits(budget.amount) * baseUnitsOf(rateOf({ observation, account }))
  return [
    {
      id: keyOf(account.account, budget.id),
      subject: { account: structure.account, fed: fedCampaigns(policy, structure, budget, from) },
      spend: entry.launchBudget ? mainUnits(entry.launchBudget) : standing,
      from,
      ...(entry.to === undefined ? {} : { to: entry.to }),
    },
  ]
}

/** The policy's groups with what they may have at most, each behind the one around it. */
export function committedGroups({ policy: { policy } }: Observation, target: number): readonly CommittedGroup[] {
  const groups: CommittedGroup[] = []
  const place = (nodes: readonly GroupNode[], parent: number): void => {
    for (const { group, children } of nodes) {
      groups.push({ name: group.name, parent, ...maximumOf(group, target, policy.baseCurrency) })
      place(children, groups.length - 1)
    }
  }
  place(groupTree(policy.groups), -1)
  return groups
}

/** A share is one of the day that is decided for: what later days will have is not known. */
function maximumOf(
  { name, atMost, atMostShare }: BudgetGroup,
  target: number,
  currency: CurrencyCode,
): Pick<CommittedGroup, 'atMost' | 'detail'> {
  const share = (atMostShare ?? Number.POSITIVE_INFINITY) * target
  const most = Math.min(atMost ? mainUnits(atMost) : Number.POSITIVE_INFINITY, share)
  if (most === Number.POSITIVE_INFINITY) return { atMost: most, detail: '' }
  const field = most === share ? `atMostShare ${atMostShare}` : 'atMost'
  const amount = amountText(fromMainUnits(most, currency, 'half-even'))
  return { atMost: most, detail: `group "${name}" gets at most ${amount} a day (${field})` }
}
