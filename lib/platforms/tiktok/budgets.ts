import { PlatformError } from '../../model/failure.ts'
import type { CurrencyCode, Money } from '../../units/money.ts'
import { amountOf } from './account.ts'
import type { BudgetMode, TikTokAdGroup, TikTokCampaign } from './schema.ts'

export type BudgetPeriod = 'daily' | 'lifetime'

export interface OwnBudget {
  readonly period: BudgetPeriod
  readonly amount: Money
}

const PERIODS = {
  BUDGET_MODE_INFINITE: undefined,
  BUDGET_MODE_DAY: 'daily',
  // The average of a week: a day may spend up to 125 % of it.
  BUDGET_MODE_DYNAMIC_DAILY_BUDGET: 'daily',
  BUDGET_MODE_TOTAL: 'lifetime',
} as const

/** What an amount is for; `undefined`: there is none. */
export const periodOf = (mode: BudgetMode | null | undefined): BudgetPeriod | undefined =>
  mode ? PERIODS[mode] : undefined

type Budgeted = Pick<TikTokCampaign | TikTokAdGroup, 'budget_mode' | 'budget'>

/** The budget that the mode and the amount of an object say; `undefined`: none of its own. */
export function ownBudget(
  { budget_mode, budget }: Budgeted,
  id: string,
  currency: CurrencyCode,
): OwnBudget | undefined {
  if (!budget_mode) {
    if (budget) throw new PlatformError({ kind: 'unreadable', detail: `${id}: has a budget and no budget_mode` })
    return undefined
  }
  const period = periodOf(budget_mode)
  return period && { period, amount: amountOf(budget ?? 0, currency) }
}

/**
 * The budget of a campaign under campaign budget optimisation. Without it a campaign's own budget only limits what those
 * of its ad groups may spend together, and is not what is moved.
 */
export const campaignBudget = (campaign: TikTokCampaign, currency: CurrencyCode): OwnBudget | undefined =>
  campaign.budget_optimize_on === true ? ownBudget(campaign, campaign.campaign_id, currency) : undefined

/** An ad group's own, which under a campaign budget reads infinite, and is ignored when it is written. */
export const adGroupBudget = (
  adGroup: TikTokAdGroup,
  campaign: Pick<TikTokCampaign, 'budget_optimize_on'> | undefined,
  currency: CurrencyCode,
): OwnBudget | undefined =>
  campaign?.budget_optimize_on === true ? undefined : ownBudget(adGroup, adGroup.adgroup_id, currency)
