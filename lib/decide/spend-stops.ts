import { type CampaignId, sameAccount } from '../model/account.ts'
import type { PlatformCapabilities } from '../model/capability.ts'
import { memberOf } from '../model/membership.ts'
import type { Policy } from '../model/policy.ts'
import type { SpendStop, StandingStop } from '../model/spend-stop.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { AccountDate } from '../units/calendar.ts'
import { compare, equal, type Money } from '../units/money.ts'

/** Something to be done about the rules at a platform. */
export type StopStep =
  /** Write it, in place of the one of that id where there is one. */
  | { readonly kind: 'keep'; readonly stop: SpendStop; readonly id?: string; readonly why: string }
  | { readonly kind: 'remove'; readonly standing: StandingStop; readonly why: string }

/** Neither observing nor shadowing writes anything. */
export const mayKeepStops = ({ mode }: Pick<Policy, 'mode'>): boolean => mode === 'auto' || mode === 'approve'

/** Whether the policy switches it on for the account. */
export const wantsStop = (policy: Policy, { account }: Pick<AccountStructure, 'account'>): boolean =>
  policy.accounts.some((one) => sameAccount(one.account, account) && one.deadManSwitch === 'on')

/**
 * The rule that a policy asks for: campaigns that Sluice itself may pause, bounded each by the cap of the whole account's
 * day. The ledger lets no campaign come so far, so that only what Sluice does not hold ever meets it.
 */
export function wantedStop(
  policy: Policy,
  structure: AccountStructure,
  today: AccountDate,
  { spendStops }: PlatformCapabilities,
): SpendStop | undefined {
  const { account, campaigns, experiments } = structure
  const cap = policy.accounts.find((one) => sameAccount(one.account, account))?.dayCap
  if (!spendStops || !cap || !wantsStop(policy, structure)) return undefined
  const inTest = new Set(
    experiments.filter(({ to }) => to === undefined || today <= to).flatMap((one) => one.campaigns),
  )
  const own = campaigns.filter(
    (one) => one.status !== 'removed' && !inTest.has(one.id) && memberOf(policy, account, one, today)?.managed,
  )
  if (own.length === 0) return undefined
  return { portfolio: policy.portfolio, campaigns: own.map(({ id }) => id).toSorted(), above: spendStops.bound(cap) }
}

/**
 * As much of it as no campaign can run into today, by the worst that its budgets may cost. A bound that is lower than
 * before waits for the day on which it holds for all that were bounded already, and campaigns that are new wait for theirs.
 */
export function reachable(
  wanted: SpendStop,
  standing: SpendStop | undefined,
  worst: (campaign: CampaignId) => Money,
): SpendStop {
  const bounded = new Set(standing?.campaigns)
  const isOver = (id: CampaignId, bound: Money): boolean => compare(worst(id), bound) > 0
  const isLower = standing !== undefined && compare(wanted.above, standing.above) < 0
  const waits = isLower && wanted.campaigns.some((id) => bounded.has(id) && isOver(id, wanted.above))
  const above = waits ? standing.above : wanted.above
  return { ...wanted, above, campaigns: wanted.campaigns.filter((id) => bounded.has(id) || !isOver(id, above)) }
}

/**
 * What it takes for a portfolio to have the one rule that it wants, or none.
 *
 * @param standing rules of this portfolio
 */
export function stopSteps(
  wanted: SpendStop | undefined,
  standing: readonly StandingStop[],
  worst: (campaign: CampaignId) => Money,
): readonly StopStep[] {
  const remove = (one: StandingStop, why: string): StopStep => ({ kind: 'remove', standing: one, why })
  if (!wanted) return standing.map((one) => remove(one, 'the policy asks for none'))
  const intact = standing.filter(({ stop }) => stop !== undefined)
  // One that somebody has changed stood before: who takes it away takes no campaign out of it.
  const before = intact[0]?.stop ?? (standing.length > 0 ? wanted : undefined)
  const stop = reachable(wanted, before, worst)
  // A rule without campaigns would be about all of them.
  if (stop.campaigns.length === 0) return standing.map((one) => remove(one, 'it may list no campaign today'))
  const kept = intact.find((one) => sameStop(one.stop, stop)) ?? intact[0] ?? standing[0]
  const others = standing.filter((one) => one !== kept).map((one) => remove(one, 'it stands twice'))
  if (kept && sameStop(kept.stop, stop)) return others
  const why = !kept ? 'the policy asks for it' : (kept.altered ?? 'the policy, or what is in it, has changed')
  return [{ kind: 'keep', stop, ...(kept ? { id: kept.id } : {}), why }, ...others]
}

const sameStop = (a: SpendStop | undefined, b: SpendStop): boolean =>
  a !== undefined && equal(a.above, b.above) && a.campaigns.join(' ') === b.campaigns.join(' ')
