import { type AccountRef, sameAccount } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { Lever, LeverValue, LiveLever } from '../../model/lever.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import type { CurrencyCode } from '../../units/money.ts'
import { amountOf } from './account.ts'
import type { Api } from './api.ts'
import { adGroupBudget, campaignBudget, type OwnBudget } from './budgets.ts'
import { type GmvMaxInfo, readGmvMaxInfo } from './gmv-max.ts'
import { type Known, type Objects, readObjects, type Wanted } from './objects.ts'
import { statusOf } from './status.ts'
import { strategyOf } from './strategy.ts'

/** The present value of each lever, in order; `undefined` where the object is gone or has no such lever any more. */
export async function readLive(
  api: Api,
  known: Known,
  account: AccountRef,
  levers: readonly Lever[],
  currency: CurrencyCode,
  use: RequestUse,
): Promise<readonly LiveLever[]> {
  const stranger = levers.find((lever) => !sameAccount(lever.account, account))
  if (stranger) throw rejected(`lever ${stranger.id} belongs to account ${stranger.account.id}, not to ${account.id}`)
  const objects = await readObjects(api, account.id, wantedOf(levers, known), use)
  known.rememberObjects(objects)
  const details = await readDetails(api, account, levers, objects)
  return levers.map((lever) => ({ lever, value: valueOfLever(lever, objects, details, currency) }))
}

const rejected = (detail: string) => new PlatformError({ kind: 'rejected', code: 'wrong-account', detail })

/** Where the objects of levers are to be looked for: budgets at both levels, unless it is known which they are of. */
export function wantedOf(levers: readonly Lever[], { byId }: Pick<Known, 'byId'>): Wanted {
  const budgets = idsOf(levers, 'budget')
  const of = (level: 'campaign' | 'ad-group') => budgets.filter((id) => byId.get(id)?.level === level)
  return {
    campaigns: [...idsOf(levers, 'campaign'), ...of('campaign')],
    adGroups: [...idsOf(levers, 'ad-group'), ...of('ad-group')],
    either: budgets.filter((id) => !byId.has(id)),
  }
}

const idsOf = (levers: readonly Lever[], of: Lever['entity']): readonly string[] =>
  levers.filter(({ entity, id }) => entity === of && /^\d{1,20}$/.test(id)).map(({ id }) => id)

type Details = ReadonlyMap<string, GmvMaxInfo>

/** Only the details of a GMV Max campaign tell its budget. */
async function readDetails(
  api: Api,
  { id }: AccountRef,
  levers: readonly Lever[],
  { gmvMax }: Objects,
): Promise<Details> {
  const details = new Map<string, GmvMaxInfo>()
  for (const budget of idsOf(levers, 'budget'))
    if (gmvMax.has(budget) && !details.has(budget)) details.set(budget, await readGmvMaxInfo(api, id, budget))
  return details
}

function valueOfLever(
  lever: Lever,
  objects: Objects,
  details: Details,
  currency: CurrencyCode,
): LeverValue | undefined {
  switch (lever.kind) {
    case 'daily-budget':
    case 'lifetime-budget':
      return lever.entity === 'budget' ? budgetValue(lever, objects, details, currency) : undefined
    case 'target-cpa':
    case 'target-roas':
    case 'bid':
      return lever.entity === 'ad-group' ? bidValue(lever, objects, currency) : undefined
    case 'status':
      return statusValue(lever, objects)
    case 'bid-multiplier':
      return undefined
  }
}

function budgetValue(
  { kind, id }: Lever,
  objects: Objects,
  details: Details,
  currency: CurrencyCode,
): LeverValue | undefined {
  const budget = budgetOf(id, objects, details, currency)
  return budget && `${budget.period}-budget` === kind ? { kind: 'money', amount: budget.amount } : undefined
}

function budgetOf(
  id: string,
  { campaigns, adGroups }: Objects,
  details: Details,
  currency: CurrencyCode,
): OwnBudget | undefined {
  const campaign = campaigns.get(id)
  if (campaign) return statusOf(campaign) === 'removed' ? undefined : campaignBudget(campaign, currency)
  const adGroup = adGroups.get(id)
  if (adGroup)
    return statusOf(adGroup) === 'removed'
      ? undefined
      : adGroupBudget(adGroup, campaigns.get(adGroup.campaign_id), currency)
  const amount = details.get(id)?.budget
  return amount ? { period: 'daily', amount: amountOf(amount, currency) } : undefined
}

function bidValue(
  { kind, id }: Lever,
  { campaigns, adGroups }: Objects,
  currency: CurrencyCode,
): LeverValue | undefined {
  const adGroup = adGroups.get(id)
  if (!adGroup || statusOf(adGroup) === 'removed') return undefined
  const campaign = campaigns.get(adGroup.campaign_id)
  const governing = campaign?.budget_optimize_on ? campaign : undefined
  const { targetCpa, targetRoas, bid } = strategyOf(adGroup, governing, currency)
  if (kind === 'target-roas') return targetRoas === undefined ? undefined : { kind: 'ratio', value: targetRoas }
  const amount = kind === 'target-cpa' ? targetCpa : bid
  return amount && { kind: 'money', amount }
}

/** The status that was set, which is what a lever sets: not the one that takes effect, which follows the campaign's. */
function statusValue({ id, entity }: Lever, { campaigns, adGroups, gmvMax }: Objects): LeverValue | undefined {
  const found =
    entity === 'campaign' ? (campaigns.get(id) ?? gmvMax.get(id)) : entity === 'ad-group' ? adGroups.get(id) : undefined
  if (!found || statusOf(found) === 'removed') return undefined
  return { kind: 'status', status: found.operation_status === 'ENABLE' ? 'active' : 'paused' }
}
