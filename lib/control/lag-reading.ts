import type { AccountRef } from '../model/account.ts'
import type { EntityHistory, Revision } from '../model/history.ts'
import type { Loop } from './loop.ts'

/** Campaigns whose restatement is learned from: the largest; the lag is pooled over the account anyway. */
const LAG_CAMPAIGNS = 40

/**
 * How the days of the campaigns with the most conversions were restated, campaign by campaign.
 *
 * @param rule the conversion rule key that conversions are counted by
 */
export async function lagRevisions(
  histories: readonly EntityHistory[],
  rule: string,
  account: AccountRef,
  loop: Loop,
): Promise<readonly (readonly Revision[])[]> {
  const counts = histories.map(({ campaign, days }) => ({
    campaign,
    count: days.reduce((sum, { conversions }) => sum + (conversions[rule]?.count ?? 0), 0),
  }))
  const largest = counts.toSorted((a, b) => b.count - a.count).slice(0, LAG_CAMPAIGNS)
  const campaigns = [...new Set(largest.map(({ campaign }) => campaign))]
  return Promise.all(campaigns.map((campaign) => loop.facts.revisions(account, campaign)))
}
