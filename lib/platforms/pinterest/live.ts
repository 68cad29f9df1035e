import { type AccountRef, sameAccount } from '../../model/account.ts'
import { PlatformError } from '../../model/failure.ts'
import type { Lever, LeverValue, LiveLever } from '../../model/lever.ts'
import type { RequestUse } from '../../model/request-limits.ts'
import { type CurrencyCode, money } from '../../units/money.ts'
import type { Api } from './api.ts'
import { deviceFactor } from './devices.ts'
import { readMany } from './entities.ts'
import { adGroupSchema, campaignSchema, type PinterestAdGroup, type PinterestCampaign } from './schema.ts'
import { strategyOf } from './strategy.ts'
import { adGroupBudget, campaignBudget, type OwnBudget, statusOf } from './structure.ts'

export interface Found {
  readonly campaigns: ReadonlyMap<string, PinterestCampaign>
  readonly adGroups: ReadonlyMap<string, PinterestAdGroup>
}

/** The present value of each lever, in order; `undefined` where the entity is gone or has no such lever any more. */
export async function readLive(
  api: Api,
  account: AccountRef,
  levers: readonly Lever[],
  use: RequestUse,
  currency: () => Promise<CurrencyCode>,
): Promise<readonly LiveLever[]> {
  const stranger = levers.find((lever) => !sameAccount(lever.account, account))
  if (stranger)
    throw new PlatformError({
      kind: 'rejected',
      code: 'wrong-account',
      detail: `lever ${stranger.id} belongs to account ${stranger.account.id}, not to ${account.id}`,
    })
  const found = await readFound(api, account, levers, use)
  // A pause is looked at without knowing the currency.
  const known = levers.some(isAmount) ? await currency() : undefined
  return levers.map((lever) => ({ lever, value: presentValue(lever, found, known) }))
}

const isAmount = ({ kind }: Lever): boolean => kind !== 'status' && kind !== 'bid-multiplier'

/** The campaigns and ad groups that levers may sit on: a budget's id is that of either. */
export async function readFound(
  api: Api,
  { id: account }: AccountRef,
  levers: readonly Lever[],
  use: RequestUse,
): Promise<Found> {
  const ids = (entity: 'campaign' | 'ad-group') =>
    levers.filter((lever) => lever.entity === entity || lever.entity === 'budget').map((lever) => lever.id)
  const adGroups = await readMany(api, { account, level: 'ad-group', use }, ids('ad-group'), adGroupSchema)
  const above = [...adGroups.values()].map((adGroup) => adGroup.campaign_id).filter((id) => /^\d+$/.test(id))
  const wanted = [...ids('campaign'), ...above]
  return { adGroups, campaigns: await readMany(api, { account, level: 'campaign', use }, wanted, campaignSchema) }
}

/** @param currency the account's; needed for amounts only */
export function presentValue(lever: Lever, found: Found, currency: CurrencyCode | undefined): LeverValue | undefined {
  const campaign = alive(found.campaigns.get(lever.id))
  const adGroup = alive(found.adGroups.get(lever.id))
  switch (lever.kind) {
    case 'daily-budget':
    case 'lifetime-budget': {
      const held = lever.entity === 'budget' ? heldBy(lever.id, found) : undefined
      return held && `${held.own.period}-budget` === lever.kind ? amount(held.own.micros, currency) : undefined
    }
    case 'target-cpa':
    case 'bid':
      return lever.entity === 'ad-group' && adGroup && currency ? bidValue(lever, adGroup, currency) : undefined
    case 'bid-multiplier':
      return lever.entity === 'campaign' && campaign ? factorValue(lever, campaign) : undefined
    case 'status':
      return statusValue(lever.entity === 'campaign' ? campaign : lever.entity === 'ad-group' ? adGroup : undefined)
    case 'target-roas':
      return undefined
  }
}

/** An archived entity accepts no change. */
const alive = <T extends { readonly status: PinterestCampaign['status'] }>(found: T | undefined): T | undefined =>
  found && statusOf(found.status) !== 'removed' ? found : undefined

export interface Held {
  readonly level: 'campaign' | 'ad-group'
  readonly own: OwnBudget
}

/**
 * What holds the budget of this id.
 *
 * @throws PlatformError unreadable when a campaign and an ad group both do
 */
export function heldBy(id: string, { campaigns, adGroups }: Found): Held | undefined {
  const campaign = alive(campaigns.get(id))
  const adGroup = alive(adGroups.get(id))
  const above = adGroup && campaigns.get(adGroup.campaign_id)
  const ofCampaign = campaign && campaignBudget(campaign)
  // Without its campaign nobody can say whether an ad group's amount is its own.
  const isOwn = above !== undefined && !above.is_campaign_budget_optimization && statusOf(above.status) !== 'removed'
  const ofAdGroup = adGroup && isOwn ? adGroupBudget(adGroup) : undefined
  if (ofCampaign && ofAdGroup)
    throw new PlatformError({ kind: 'unreadable', detail: `budget ${id}: a campaign and an ad group hold one` })
  if (ofCampaign) return { level: 'campaign', own: ofCampaign }
  return ofAdGroup && { level: 'ad-group', own: ofAdGroup }
}

const amount = (micros: bigint, currency: CurrencyCode | undefined): LeverValue | undefined =>
  currency && { kind: 'money', amount: money(micros, currency) }

function bidValue(lever: Lever, adGroup: PinterestAdGroup, currency: CurrencyCode): LeverValue | undefined {
  const strategy = strategyOf(adGroup, currency)
  if (lever.kind === 'target-cpa') return strategy.targetCpa && { kind: 'money', amount: strategy.targetCpa }
  return strategy.kind === 'bid-cap' && strategy.bid ? { kind: 'money', amount: strategy.bid } : undefined
}

function factorValue({ device }: Lever, campaign: PinterestCampaign): LeverValue | undefined {
  const value = device && deviceFactor(campaign.bid_options?.app_type_multipliers, device)
  return value === undefined ? undefined : { kind: 'ratio', value }
}

const statusValue = (of: Pick<PinterestCampaign, 'status'> | undefined): LeverValue | undefined =>
  of && { kind: 'status', status: of.status === 'ACTIVE' ? 'active' : 'paused' }
