import { budgetDays } from '../measure/budget-days.ts'
import { completionByAge } from '../measure/conversion-lag.ts'
import type { Realised, RealisedAccount } from '../measure/score.ts'
import { type AccountRef, accountKey } from '../model/account.ts'
import { ruleKey } from '../model/conversions.ts'
import type { EntityHistory, Revision } from '../model/history.ts'
import type { PolicyAccount, PolicyVersion } from '../model/policy.ts'
import { dateAt } from '../units/calendar.ts'
import type { Loop } from './loop.ts'

/** Campaigns whose restatement is learned from: the largest; the lag is pooled over the account anyway. */
const LAG_CAMPAIGNS = 40

/** What the accounts of a policy have brought, counted by its rules; those that were never read whole are left out. */
export async function readRealised({ policy }: PolicyVersion, loop: Loop): Promise<Realised> {
  const realised = new Map<ReturnType<typeof accountKey>, RealisedAccount>()
  // One after the other: each is many reads abreast already.
  for (const terms of policy.accounts) {
    const read = await readAccount(terms, loop)
    if (read) realised.set(accountKey(terms.account), read)
  }
  return realised
}

async function readAccount({ account, conversions }: PolicyAccount, loop: Loop): Promise<RealisedAccount | undefined> {
  const [structure, status, histories] = await Promise.all([
    loop.facts.structure(account),
    loop.facts.pullStatus(account),
    loop.facts.histories(account),
  ])
  if (!structure || status?.historyAt === undefined) return undefined
  const rule = ruleKey(conversions)
  // As of the last reading of the days, not as of now: counts do not grow while nobody looks.
  const readOn = dateAt(status.historyAt, structure.zone)
  const revisions = await lagRevisions(histories, rule, account, loop)
  return {
    readOn,
    days: budgetDays({ structure, histories, today: readOn }, rule),
    completion: completionByAge(revisions, rule, readOn),
  }
}

/** How the days of the campaigns with the most conversions were restated. */
async function lagRevisions(
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
