import type { BidStrategy, LearningState } from '../../model/structure.ts'
import { type CurrencyCode, money } from '../../units/money.ts'
import type { PinterestAdGroup } from './schema.ts'

type Bids = Pick<PinterestAdGroup, 'bid_strategy_type' | 'bid_in_micro_currency' | 'optimization_goal_metadata'>

export const goalOf = (adGroup: Bids) =>
  adGroup.optimization_goal_metadata?.conversion_tag_v3_goal_metadata ?? undefined

/**
 * Pinterest's automatic bidding by what it is told to reach: value where it is ROAS-optimised, a cost where there is a CPA
 * goal, as many conversions as the budget buys where there is neither. What bids for anything but conversions is `other`.
 */
export function strategyOf(adGroup: Bids, currency: CurrencyCode): BidStrategy {
  const { bid_strategy_type: type, bid_in_micro_currency: bidMicros } = adGroup
  const goal = goalOf(adGroup)
  const bid = bidMicros === undefined ? {} : { bid: money(bidMicros, currency) }
  const cpa = goal?.cpa_goal_value_in_micro_currency
  const target = cpa === undefined ? {} : { targetCpa: money(cpa, currency) }
  if (type === 'MAX_BID') return { kind: 'bid-cap', ...bid }
  if (type === 'TARGET_AVG') return cpa === undefined ? { kind: 'other', ...bid } : { kind: 'target-cpa', ...target }
  if (type !== 'AUTOMATIC_BID' || !goal) return { kind: 'other' }
  if (goal.is_roas_optimized) return { kind: 'max-value' }
  return cpa === undefined ? { kind: 'max-conversions' } : { kind: 'target-cpa', ...target }
}

/** The kind that all its ad groups share. Amounts stay on the ad groups, where alone they can be set. */
export function campaignStrategy(adGroups: readonly BidStrategy[]): BidStrategy {
  const kinds = new Set(adGroups.map(({ kind }) => kind))
  const [kind] = kinds
  return { kind: kind !== undefined && kinds.size === 1 ? kind : 'other' }
}

/** Pinterest says whether an ad group is learning, and no more. */
const LEARNING: ReadonlyMap<string, LearningState> = new Map([
  ['ACTIVE', 'learning'],
  ['NOT_ACTIVE', 'stable'],
])

export const learningOf = (adGroup: Pick<PinterestAdGroup, 'conversion_learning_mode_type'>): LearningState =>
  LEARNING.get(adGroup.conversion_learning_mode_type ?? '') ?? 'unknown'

/** A campaign's state is its least settled ad group's. */
export const worstLearning = (states: readonly LearningState[]): LearningState =>
  (['learning', 'unknown', 'stable'] as const).find((state) => states.includes(state)) ?? 'unknown'
