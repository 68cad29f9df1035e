import { PlatformError } from '../../model/failure.ts'
import type { SnapAdSquad, SnapCampaign } from './schema.ts'

/** A budget that an object itself holds, and the field that it is in. */
export interface OwnBudget {
  readonly period: 'daily' | 'lifetime'
  readonly micros: bigint
  readonly field: 'daily_budget_micro' | 'lifetime_budget_micro' | 'lifetime_spend_cap_micro'
}

type Pacing = Pick<SnapCampaign, 'id' | 'pacing_level' | 'campaign_budget_optimization_properties'>

/**
 * Whether the campaign holds the budget and Snapchat divides it ("Smart Budgets"). Otherwise its ad squads hold budgets,
 * and the campaign's `daily_budget_micro` is a cap over what they may spend.
 *
 * @see https://developers.snap.com/api/marketing-api/Ads-API/campaigns (pacing_level, "Daily Spend Cap")
 * @throws PlatformError unreadable for a level that is not known: taking a cap for a budget would move the wrong money
 */
export function isSmart({ id, pacing_level, campaign_budget_optimization_properties: properties }: Pacing): boolean {
  if (pacing_level === 'CAMPAIGN') return true
  if (pacing_level === 'AD_SQUAD') return false
  if (pacing_level === undefined) return properties !== undefined && properties !== null
  const detail = `campaign ${id}: pacing_level: is neither AD_SQUAD nor CAMPAIGN`
  throw new PlatformError({ kind: 'unreadable', detail })
}

type CampaignMoney = Pick<SnapCampaign, 'daily_budget_micro' | 'lifetime_budget_micro' | 'lifetime_spend_cap_micro'> &
  Pacing

/** A campaign's own budget; a lifetime cap over a daily budget leaves it a daily one. */
export function campaignBudget(campaign: CampaignMoney): OwnBudget | undefined {
  if (!isSmart(campaign)) return undefined
  const { daily_budget_micro: daily = 0n, lifetime_budget_micro: lifetime = 0n } = campaign
  const { lifetime_spend_cap_micro: cap = 0n } = campaign
  if (daily > 0n && lifetime > 0n) throw twoBudgets(campaign.id)
  if (daily > 0n) return { period: 'daily', micros: daily, field: 'daily_budget_micro' }
  if (lifetime > 0n) return { period: 'lifetime', micros: lifetime, field: 'lifetime_budget_micro' }
  return cap > 0n ? { period: 'lifetime', micros: cap, field: 'lifetime_spend_cap_micro' } : undefined
}

type SquadMoney = Pick<SnapAdSquad, 'id' | 'daily_budget_micro' | 'lifetime_budget_micro'>

/** An ad squad's own budget, where its campaign does not hold it: exactly one of two fields. */
export function adSquadBudget(adSquad: SquadMoney): OwnBudget | undefined {
  const { daily_budget_micro: daily = 0n, lifetime_budget_micro: lifetime = 0n } = adSquad
  if (daily > 0n && lifetime > 0n) throw twoBudgets(adSquad.id)
  if (daily > 0n) return { period: 'daily', micros: daily, field: 'daily_budget_micro' }
  return lifetime > 0n ? { period: 'lifetime', micros: lifetime, field: 'lifetime_budget_micro' } : undefined
}

const twoBudgets = (id: string) =>
  new PlatformError({ kind: 'unreadable', detail: `${id}: has a daily_budget_micro and a lifetime_budget_micro` })
