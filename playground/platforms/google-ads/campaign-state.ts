/** What a campaign's state in the world is called by the platform. */
import type { EntityStatus, WorldAccount, WorldBudget, WorldCampaign, WorldChange } from '../../world.ts'
import type { View } from './view.ts'

export const statusEnum = (status: EntityStatus): string =>
  status === 'active' ? 'ENABLED' : status === 'paused' ? 'PAUSED' : 'REMOVED'

export const channelEnum = (campaign: WorldCampaign): string => {
  switch (campaign.kind) {
    case 'search':
      return 'SEARCH'
    case 'shopping':
      return 'SHOPPING'
    case 'performance-max':
      return 'PERFORMANCE_MAX'
    case 'display':
      return 'DISPLAY'
    case 'video':
      return 'VIDEO'
    default:
      return 'DEMAND_GEN'
  }
}

/** A BiddingStrategyType. */
export function strategyEnum(view: View, account: WorldAccount, campaign: WorldCampaign): string {
  const own = view.scheme(account, campaign) === 'target'
  switch (campaign.strategy.kind) {
    case 'max-conversions':
      return 'MAXIMIZE_CONVERSIONS'
    case 'target-cpa':
      return own ? 'TARGET_CPA' : 'MAXIMIZE_CONVERSIONS'
    case 'max-value':
      return 'MAXIMIZE_CONVERSION_VALUE'
    case 'target-roas':
      return own ? 'TARGET_ROAS' : 'MAXIMIZE_CONVERSION_VALUE'
    case 'bid-cap':
    case 'manual-cpc':
      return 'MANUAL_CPC'
  }
}

/** A CampaignServingStatus. */
export function servingStatus(view: View, account: WorldAccount, campaign: WorldCampaign): string {
  const today = view.today(account)
  if (account.status === 'suspended') return 'SUSPENDED'
  if (campaign.endDate !== undefined && campaign.endDate < today) return 'ENDED'
  if (campaign.startDate > today) return 'PENDING'
  return campaign.status === 'active' ? 'SERVING' : 'NONE'
}

/** CampaignPrimaryStatus with its reasons. */
export function primaryStatus(view: View, account: WorldAccount, campaign: WorldCampaign): readonly [string, string[]] {
  if (campaign.status === 'removed') return ['REMOVED', ['CAMPAIGN_REMOVED']]
  if (campaign.status === 'paused') return ['PAUSED', ['CAMPAIGN_PAUSED']]
  const serving = servingStatus(view, account, campaign)
  if (serving === 'ENDED') return ['ENDED', ['CAMPAIGN_ENDED']]
  if (serving === 'PENDING') return ['PENDING', ['CAMPAIGN_PENDING']]
  if (campaign.learning.state === 'learning') return ['LEARNING', ['BIDDING_STRATEGY_LEARNING']]
  if (campaign.learning.state === 'limited') return ['LIMITED', ['BIDDING_STRATEGY_LIMITED']]
  return ['ELIGIBLE', []]
}

/** A BiddingStrategySystemStatus: for a learning strategy it names what set the learning off. */
export function systemStatus(account: WorldAccount, campaign: WorldCampaign): string {
  const { kind } = campaign.strategy
  if (kind === 'manual-cpc' || kind === 'bid-cap') return 'UNAVAILABLE'
  if (campaign.status !== 'active') return 'PAUSED'
  if (campaign.learning.state === 'stable') return 'ENABLED'
  if (campaign.learning.state === 'limited') return 'LIMITED_BY_DATA'
  switch (significantChange(account, campaign)?.field) {
    case undefined:
      return 'LEARNING_NEW'
    case 'amount':
      return 'LEARNING_BUDGET_CHANGE'
    case 'status':
      return 'LEARNING_COMPOSITION_CHANGE'
    default:
      return 'LEARNING_SETTING_CHANGE'
  }
}

/** The change that began the campaign's learning phase; none when it has been learning since it was made. */
function significantChange(account: WorldAccount, campaign: WorldCampaign): WorldChange | undefined {
  const at = campaign.learning.lastSignificantEdit
  for (let i = account.changes.length - 1; i >= 0; i--) {
    const change = account.changes[i]
    if (!change || change.at < at) return undefined
    const mine = change.campaignId === campaign.id || change.entity.id === campaign.id
    if (change.at === at && (mine || change.entity.id === campaign.budgetId)) return change
  }
  return undefined
}

/** Campaigns that draw from the budget and are not removed. */
export const referenceCount = (account: WorldAccount, budget: WorldBudget): number =>
  budget.feeds.filter((id) => account.campaigns.get(id)?.status !== 'removed').length

/** A campaign's own budget goes when the campaign goes; a shared one stays. */
export const isBudgetRemoved = (account: WorldAccount, budget: WorldBudget): boolean =>
  budget.owner !== 'shared' && referenceCount(account, budget) === 0
