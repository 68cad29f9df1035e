import type { WorldCampaign, WorldStrategy } from '../../world.ts'
import { fromApiUnits, toApiUnits } from './money.ts'
import { type AdSetNode, hasCampaignBudget } from './nodes.ts'

export const BID_STRATEGIES = [
  'LOWEST_COST_WITHOUT_CAP',
  'LOWEST_COST_WITH_BID_CAP',
  'COST_CAP',
  'LOWEST_COST_WITH_MIN_ROAS',
] as const
export type BidStrategyName = (typeof BID_STRATEGIES)[number]

const NAMES: Readonly<Record<WorldStrategy['kind'], BidStrategyName>> = {
  'max-conversions': 'LOWEST_COST_WITHOUT_CAP',
  'max-value': 'LOWEST_COST_WITHOUT_CAP',
  'target-cpa': 'COST_CAP',
  'bid-cap': 'LOWEST_COST_WITH_BID_CAP',
  'manual-cpc': 'LOWEST_COST_WITH_BID_CAP',
  'target-roas': 'LOWEST_COST_WITH_MIN_ROAS',
}

export const strategyName = (strategy: WorldStrategy): BidStrategyName => NAMES[strategy.kind]

/** An ad set's own strategy, or the one that its campaign hands down. */
export const strategyOf = ({ campaign, adGroup }: AdSetNode): WorldStrategy => adGroup.strategy ?? campaign.strategy

export const optimisesValue = ({ kind }: WorldStrategy): boolean => kind === 'max-value' || kind === 'target-roas'

/** `bid_amount` in API units: the cost goal of COST_CAP, the highest bid of a bid cap; absent for the others. */
export function bidAmount(strategy: WorldStrategy, currency: string): number | undefined {
  const micros = strategy.kind === 'target-cpa' ? strategy.targetCpaMicros : strategy.bidMicros
  const name = strategyName(strategy)
  if (micros === undefined || (name !== 'COST_CAP' && name !== 'LOWEST_COST_WITH_BID_CAP')) return undefined
  return Number(toApiUnits(micros, currency))
}

/** ROAS floor in ten-thousandths: 12300 is 123 %. */
export const roasFloor = (strategy: WorldStrategy): number | undefined =>
  strategy.kind === 'target-roas' && strategy.targetRoas !== undefined
    ? Math.round(strategy.targetRoas * 10_000)
    : undefined

export interface BidEdit {
  readonly strategy?: BidStrategyName
  /** API units. */
  readonly bidAmount?: bigint
  /** Ten-thousandths. */
  readonly roasFloor?: number
}

/**
 * The strategy after an edit, or the name of the strategy whose amount is missing or does not belong to it.
 * What the edit does not name stays as it was, as far as the strategy in force has a place for it.
 */
export function editedStrategy(
  before: WorldStrategy,
  edit: BidEdit,
  currency: string,
): WorldStrategy | { readonly missing: BidStrategyName } | { readonly unfit: BidStrategyName } {
  const name = edit.strategy ?? strategyName(before)
  const amount = edit.bidAmount === undefined ? undefined : fromApiUnits(edit.bidAmount, currency)
  if (amount !== undefined && name !== 'COST_CAP' && name !== 'LOWEST_COST_WITH_BID_CAP') return { unfit: name }
  if (edit.roasFloor !== undefined && name !== 'LOWEST_COST_WITH_MIN_ROAS') return { unfit: name }
  if (name === 'LOWEST_COST_WITHOUT_CAP') return { kind: optimisesValue(before) ? 'max-value' : 'max-conversions' }
  if (name === 'LOWEST_COST_WITH_MIN_ROAS') {
    const targetRoas = edit.roasFloor === undefined ? before.targetRoas : edit.roasFloor / 10_000
    return targetRoas === undefined ? { missing: name } : { kind: 'target-roas', targetRoas }
  }
  if (name === 'COST_CAP') {
    const targetCpaMicros = amount ?? before.targetCpaMicros
    return targetCpaMicros === undefined ? { missing: name } : { kind: 'target-cpa', targetCpaMicros }
  }
  const bidMicros = amount ?? before.bidMicros
  const kind = before.kind === 'manual-cpc' ? 'manual-cpc' : 'bid-cap'
  return bidMicros === undefined ? { missing: name } : { kind, bidMicros }
}

/** The strategy is shown where the budget is: on the campaign when that holds the budget. */
export const showsStrategy = (campaign: WorldCampaign): boolean => hasCampaignBudget(campaign)
