import type { BidStrategy } from '../../model/structure.ts'
import { type CurrencyCode, money } from '../../units/money.ts'
import type { SnapAdSquad } from './schema.ts'
import { fromRoasMicros } from './units.ts'

type Bids = Pick<SnapAdSquad, 'bid_strategy' | 'bid_micro' | 'roas_value_micro'>

/** @see https://developers.snap.com/api/marketing-api/Ads-API/ad-squads (bid_strategy) */
export function strategyOf({ bid_strategy, bid_micro, roas_value_micro }: Bids, currency: CurrencyCode): BidStrategy {
  const bid = bid_micro === undefined ? undefined : money(bid_micro, currency)
  switch (bid_strategy) {
    case 'AUTO_BID':
      return { kind: 'max-conversions' }
    case 'LOWEST_COST_WITH_MAX_BID':
      return { kind: 'bid-cap', ...(bid && { bid }) }
    case 'TARGET_COST':
      return { kind: 'target-cpa', ...(bid && { targetCpa: bid }) }
    case 'MIN_ROAS':
      return {
        kind: 'target-roas',
        ...(roas_value_micro !== undefined && { targetRoas: fromRoasMicros(roas_value_micro) }),
      }
    default:
      return { kind: 'other' }
  }
}

/** The kind that all its ad squads share. Amounts stay on the ad squads, where alone they can be set. */
export function campaignStrategy(adSquads: readonly BidStrategy[]): BidStrategy {
  const kinds = new Set(adSquads.map(({ kind }) => kind))
  const [kind] = kinds
  return { kind: kind !== undefined && kinds.size === 1 ? kind : 'other' }
}
