import type { CampaignId } from '../model/account.ts'
import { memberOf } from '../model/membership.ts'
import type { AccountObservation } from '../model/observation.ts'
import type { Policy } from '../model/policy.ts'
import type { Campaign } from '../model/structure.ts'
import type { AccountDate } from '../units/calendar.ts'
import { countedOnce } from './counted-once.ts'

/**
 * What an account has spent of the flight before its today, in micros of its currency: of every campaign on the days on
 * which it, or one that shares its budget, was in the portfolio. Campaigns that have been removed since count: their
 * money is gone, and would be spent again.
 */
export function flightSpend(
  { structure, histories, today }: Pick<AccountObservation, 'structure' | 'histories' | 'today'>,
  policy: Policy,
): bigint {
  const campaigns = new Map(structure.campaigns.map((campaign) => [campaign.id, campaign]))
  const companions = new Map<CampaignId, Campaign[]>()
  for (const { campaigns: fed } of structure.budgets)
    for (const id of fed) {
      const known = fed.flatMap((other) => campaigns.get(other) ?? [])
      companions.set(id, [...(companions.get(id) ?? []), ...known])
    }
  const counts = (id: CampaignId, on: AccountDate): boolean =>
    [...(companions.get(id) ?? []), ...asList(campaigns.get(id))].some(
      (campaign) => memberOf(policy, structure.account, campaign, on) !== undefined,
    )
  const isDated = policy.members.some(({ from, to }) => from !== undefined || to !== undefined)
  let spent = 0n
  for (const { campaign, days } of countedOnce(histories)) {
    const always = isDated ? undefined : counts(campaign, today)
    if (always === false) continue
    for (const { date, spendMicros } of days)
      if (policy.flight.from <= date && date < today && (always ?? counts(campaign, date))) spent += spendMicros
  }
  return spent
}

const asList = (campaign: Campaign | undefined): readonly Campaign[] => (campaign ? [campaign] : [])
