import type { BidStrategy, LearningState } from '../../model/structure.ts'
import type { CurrencyCode } from '../../units/money.ts'
import type { MetaAdSet, MetaCampaign } from './schema.ts'
import { fromMetaUnits, fromRoasFloor } from './units.ts'

type Bids = Pick<MetaAdSet, 'bid_amount' | 'bid_constraints' | 'optimization_goal'>

/** What Meta maximises by value, by its name of the optimization goal. */
const VALUE_GOALS = new Set(['VALUE', 'IN_APP_VALUE', 'ADVERTISER_SILOED_VALUE'])

/**
 * @param metaStrategy `bid_strategy` of the ad set or, under a campaign budget, of the campaign
 * @see https://developers.facebook.com/docs/marketing-api/bidding/overview/bid-strategy
 */
export function strategyOf(metaStrategy: string | undefined, bids: Bids, currency: CurrencyCode): BidStrategy {
  const amount = bids.bid_amount === undefined ? undefined : fromMetaUnits(bids.bid_amount, currency)
  const floor = bids.bid_constraints?.roas_average_floor
  switch (metaStrategy) {
    case 'LOWEST_COST_WITHOUT_CAP':
      return { kind: VALUE_GOALS.has(bids.optimization_goal ?? '') ? 'max-value' : 'max-conversions' }
    case 'COST_CAP':
      return { kind: 'target-cpa', ...(amount && { targetCpa: amount }) }
    case 'LOWEST_COST_WITH_BID_CAP':
      return { kind: 'bid-cap', ...(amount && { bid: amount }) }
    case 'LOWEST_COST_WITH_MIN_ROAS':
      return { kind: 'target-roas', ...(floor && { targetRoas: fromRoasFloor(floor) }) }
    default:
      return { kind: 'other' }
  }
}

/** Bids of an ad set under the strategy that governs it: the campaign's, where the campaign holds the budget. */
export const adSetStrategy = (
  adSet: MetaAdSet,
  campaign: MetaCampaign | undefined,
  currency: CurrencyCode,
): BidStrategy => strategyOf(campaign?.bid_strategy ?? adSet.bid_strategy, adSet, currency)

/** The kind that all its ad sets share. Amounts stay on the ad sets, where alone they can be set. */
export function campaignStrategy(adSets: readonly BidStrategy[]): BidStrategy {
  const kinds = new Set(adSets.map(({ kind }) => kind))
  const [kind] = kinds
  return { kind: kind !== undefined && kinds.size === 1 ? kind : 'other' }
}

/** Values of `learning_stage_info.status`; anything else, and none at all (dynamic creatives), is unknown. */
const LEARNING: ReadonlyMap<string, LearningState> = new Map([
  ['LEARNING', 'learning'],
  ['SUCCESS', 'stable'],
  ['FAIL', 'limited'],
])

export const learningOf = (adSet: MetaAdSet): LearningState =>
  LEARNING.get(adSet.learning_stage_info?.status ?? '') ?? 'unknown'

/** A campaign's state is its least settled ad set's. */
export function worstLearning(states: readonly LearningState[]): LearningState {
  const worst = (['learning', 'limited', 'unknown', 'stable'] as const).find((state) => states.includes(state))
  return worst ?? 'unknown'
}
