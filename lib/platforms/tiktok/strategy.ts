import type { BidStrategy, LearningState } from '../../model/structure.ts'
import type { CurrencyCode } from '../../units/money.ts'
import { amountOf } from './account.ts'
import type { TikTokAdGroup, TikTokCampaign } from './schema.ts'

type Bids = Pick<
  TikTokAdGroup,
  'bid_type' | 'deep_bid_type' | 'bid_price' | 'conversion_bid_price' | 'roas_bid' | 'billing_event'
>
/** Under a campaign budget the campaign says how is bid, and its ad groups by how much. */
export type Governing = Pick<TikTokCampaign, 'bid_type' | 'deep_bid_type' | 'roas_bid'>

/** Deep bids beside which the ordinary ones hold. */
const PLAIN = new Set(['', 'DEFAULT', 'AEO'])

/**
 * How an ad group bids. A combination that is not one of the documented ones is `other`, which honours no target.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1739381246298114 and the guide to bidding beside it
 */
export function strategyOf(bids: Bids, campaign: Governing | undefined, currency: CurrencyCode): BidStrategy {
  const bidType = bids.bid_type ?? campaign?.bid_type
  const deep = (bids.deep_bid_type || campaign?.deep_bid_type) ?? ''
  if (deep === 'VO_HIGHEST_VALUE') return { kind: 'max-value' }
  if (deep === 'VO_MIN_ROAS') return targetRoas(bids.roas_bid || campaign?.roas_bid)
  if (!PLAIN.has(deep)) return { kind: 'other' }
  if (bidType === 'BID_TYPE_NO_BID') return { kind: 'max-conversions' }
  return bidType === 'BID_TYPE_CUSTOM' ? customBid(bids, currency) : { kind: 'other' }
}

const targetRoas = (roas: number | null | undefined): BidStrategy => ({
  kind: 'target-roas',
  ...(roas ? { targetRoas: roas } : {}),
})

/** A cost cap for conversions, or a bid for clicks or views: whichever the ad group has. */
function customBid({ bid_price, conversion_bid_price, billing_event }: Bids, currency: CurrencyCode): BidStrategy {
  if (conversion_bid_price) return { kind: 'target-cpa', targetCpa: amountOf(conversion_bid_price, currency) }
  if (bid_price) return { kind: billing_event === 'CPC' ? 'manual-cpc' : 'bid-cap', bid: amountOf(bid_price, currency) }
  return { kind: 'other' }
}

/** The kind that all its ad groups share. Amounts stay on the ad groups, where alone they can be set. */
export function campaignStrategy(adGroups: readonly BidStrategy[]): BidStrategy {
  const kinds = new Set(adGroups.map(({ kind }) => kind))
  const [kind] = kinds
  return { kind: kind !== undefined && kinds.size === 1 ? kind : 'other' }
}

/** The API tells only of ad groups that skip the learning phase, and nothing of where others stand in it. */
export const learningOf = ({
  skip_learning_phase: skips,
}: Pick<TikTokAdGroup, 'skip_learning_phase'>): LearningState => (skips ? 'stable' : 'unknown')

/** A campaign's state is its least settled ad group's. */
export const worstLearning = (states: readonly LearningState[]): LearningState =>
  states.length > 0 && states.every((state) => state === 'stable') ? 'stable' : 'unknown'
