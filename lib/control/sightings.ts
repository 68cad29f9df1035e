import type { PlatformCapabilities } from '../model/capability.ts'
import { isBudget, type Lever, type LeverKey, leverKey } from '../model/lever.ts'
import { campaignsMovedBy, hasPlainBids, multiplierLevers, targetLevers, valueIn } from '../model/lever-place.ts'
import type { LeverState } from '../model/lever-state.ts'
import { budgetMembership, canSpend, memberOf } from '../model/membership.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { AccountStructure, Campaign } from '../model/structure.ts'
import type { AccountDate } from '../units/calendar.ts'
import { policiesOf, portfoliosOf } from './portfolios.ts'
import type { Sighting } from './sighting.ts'

/**
 * Every lever that a record is kept of, as the structure shows it: all budgets, because the ledger counts them; the
 * targets and multipliers that a policy steers; and whatever else has a record already, because Sluice has moved it.
 */
export function sightingsOf(
  structure: AccountStructure,
  policies: readonly PolicyVersion[],
  known: ReadonlyMap<LeverKey, LeverState>,
  capabilities: PlatformCapabilities,
  date: AccountDate,
): readonly Sighting[] {
  const own = policiesOf(policies, structure.account)
  const levers = new Map<LeverKey, Lever>()
  for (const lever of steeredLevers(structure, own, date))
    if (capabilities.honours(lever, structure).kind === 'honoured') levers.set(leverKey(lever), lever)
  for (const [key, { lever }] of known) if (!isBudget(lever)) levers.set(key, lever)
  return [
    ...budgetSightings(structure, policies, date),
    ...settingSightings([...levers.values()], structure, own, date),
  ]
}

const budgetSightings = (
  structure: AccountStructure,
  policies: readonly PolicyVersion[],
  date: AccountDate,
): readonly Sighting[] =>
  structure.budgets
    .filter(({ status }) => status !== 'removed')
    .map((budget) => {
      const portfolio = onlyOne(portfoliosOf(policies, structure, budget, date))
      return {
        lever: {
          account: structure.account,
          kind: budget.period === 'daily' ? 'daily-budget' : 'lifetime-budget',
          entity: 'budget',
          id: budget.id,
        },
        value: { kind: 'money', amount: budget.amount },
        idle: !canSpend(structure, budget),
        portfolio,
        managed:
          portfolio !== undefined && budgetMembership(portfolio.policy, structure, budget, date)?.managed === true,
      }
    })

/** Targets and multipliers that some policy of the account steers. */
function steeredLevers(
  structure: AccountStructure,
  policies: readonly PolicyVersion[],
  date: AccountDate,
): readonly Lever[] {
  const steeredBy = (setting: 'targets' | 'bidMultipliers'): readonly Campaign[] =>
    managedBy(
      structure,
      policies.filter(({ policy }) => policy[setting] === 'steer'),
      date,
    )
  return [
    ...steeredBy('targets').flatMap((campaign) => targetLevers(structure, campaign)),
    ...steeredBy('bidMultipliers')
      .filter(hasPlainBids)
      .flatMap((campaign) => multiplierLevers(structure, campaign)),
  ]
}

/** Running campaigns that one of these policies manages. */
const managedBy = (
  structure: AccountStructure,
  policies: readonly PolicyVersion[],
  date: AccountDate,
): readonly Campaign[] =>
  policies.length === 0
    ? []
    : structure.campaigns.filter(
        (campaign) =>
          campaign.status === 'active' &&
          policies.some(({ policy }) => memberOf(policy, structure.account, campaign, date)?.managed),
      )

function settingSightings(
  levers: readonly Lever[],
  structure: AccountStructure,
  policies: readonly PolicyVersion[],
  date: AccountDate,
): readonly Sighting[] {
  return levers.flatMap((lever): readonly Sighting[] => {
    const value = valueIn(structure, lever)
    if (!value) return []
    const moved = new Set(campaignsMovedBy(structure, lever))
    const campaigns = structure.campaigns.filter(({ id }) => moved.has(id))
    const owners = policies.filter(({ policy }) =>
      campaigns.some((campaign) => memberOf(policy, structure.account, campaign, date)),
    )
    return [{ lever, value, idle: false, portfolio: onlyOne(owners) }]
  })
}

const onlyOne = (owners: readonly PolicyVersion[]): PolicyVersion | undefined =>
  owners.length === 1 ? owners[0] : undefined
