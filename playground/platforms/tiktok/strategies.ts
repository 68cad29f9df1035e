import type { WorldStrategy } from '../../world.ts'
import { toFloat } from './money.ts'
import type { AdGroupNode } from './nodes.ts'

interface Bidding {
  readonly bid_type: string
  readonly deep_bid_type: string | null
  readonly optimization_goal: string
  readonly billing_event: string
}

/**
 * TikTok's words for each strategy: value optimisation bids without a bid of its own.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1739381246298114 and the bidding guide beside it
 */
const BIDDING: Readonly<Record<WorldStrategy['kind'], Bidding>> = {
  'max-conversions': bidding('BID_TYPE_NO_BID', null, 'CONVERT', 'OCPM'),
  'target-cpa': bidding('BID_TYPE_CUSTOM', null, 'CONVERT', 'OCPM'),
  'max-value': bidding('BID_TYPE_NO_BID', 'VO_HIGHEST_VALUE', 'VALUE', 'OCPM'),
  'target-roas': bidding('BID_TYPE_NO_BID', 'VO_MIN_ROAS', 'VALUE', 'OCPM'),
  'bid-cap': bidding('BID_TYPE_CUSTOM', null, 'REACH', 'CPM'),
  'manual-cpc': bidding('BID_TYPE_CUSTOM', null, 'CLICK', 'CPC'),
}

function bidding(bid_type: string, deep_bid_type: string | null, goal: string, billing_event: string): Bidding {
  return { bid_type, deep_bid_type, optimization_goal: goal, billing_event }
}

export const biddingOf = (strategy: WorldStrategy): Bidding => BIDDING[strategy.kind]

export const strategyOf = ({ campaign, adGroup }: AdGroupNode): WorldStrategy => adGroup.strategy ?? campaign.strategy

/** The bid fields of an ad group; those that its strategy does not take read 0. */
export function bidFields(strategy: WorldStrategy, currency: string) {
  const { kind, targetCpaMicros = 0n, targetRoas = 0, bidMicros = 0n } = strategy
  const isBid = kind === 'bid-cap' || kind === 'manual-cpc'
  return {
    bid_price: isBid ? toFloat(bidMicros, currency) : 0,
    conversion_bid_price: kind === 'target-cpa' ? toFloat(targetCpaMicros, currency) : 0,
    roas_bid: kind === 'target-roas' ? Math.round(targetRoas * 100) / 100 : 0,
  }
}
