import type { enums } from 'google-ads-api/enums'
import * as z from 'zod'
import type { BidStrategy, BidStrategyKind, LearningState } from '../../model/structure.ts'
import { type CurrencyCode, money } from '../../units/money.ts'
import { byName, factor, idOf, micros } from './schema.ts'

type StrategyType = keyof typeof enums.BiddingStrategyType
type SystemStatus = keyof typeof enums.BiddingStrategySystemStatus

/** The four places in which a target may sit; on campaigns and on portfolio strategies alike. */
export const targets = {
  targetCpa: z.object({ targetCpaMicros: micros.optional() }).optional(),
  maximizeConversions: z.object({ targetCpaMicros: micros.optional() }).optional(),
  targetRoas: z.object({ targetRoas: factor.optional() }).optional(),
  maximizeConversionValue: z.object({ targetRoas: factor.optional() }).optional(),
}
const targetsSchema = z.object(targets)
export type Targets = z.infer<typeof targetsSchema>

/** Fields of `resource` (`campaign`, `bidding_strategy`) that hold targets. */
export const targetFields = (resource: string): string =>
  [
    'target_cpa.target_cpa_micros',
    'maximize_conversions.target_cpa_micros',
    'target_roas.target_roas',
    'maximize_conversion_value.target_roas',
  ]
    .map((field) => `${resource}.${field}`)
    .join(', ')

export interface TargetPlace {
  readonly kind: 'target-cpa' | 'target-roas'
  /** Field of the oneof, as in REST: `maximizeConversions`. */
  readonly scheme: string
  readonly field: 'targetCpaMicros' | 'targetRoas'
  readonly value: bigint | number | undefined
}

/** Where a strategy of this type keeps its target, with the target; `undefined` for a type that has none. */
export function targetPlace(type: string, of: Targets): TargetPlace | undefined {
  const cpa = (scheme: 'targetCpa' | 'maximizeConversions'): TargetPlace => ({
    kind: 'target-cpa',
    scheme,
    field: 'targetCpaMicros',
    // Zero is how proto3 writes "not set" for the fields without presence.
    value: of[scheme]?.targetCpaMicros || undefined,
  })
  const roas = (scheme: 'targetRoas' | 'maximizeConversionValue'): TargetPlace => ({
    kind: 'target-roas',
    scheme,
    field: 'targetRoas',
    value: of[scheme]?.targetRoas || undefined,
  })
  switch (type as StrategyType) {
    case 'TARGET_CPA':
      return cpa('targetCpa')
    case 'MAXIMIZE_CONVERSIONS':
      return cpa('maximizeConversions')
    case 'TARGET_ROAS':
      return roas('targetRoas')
    case 'MAXIMIZE_CONVERSION_VALUE':
      return roas('maximizeConversionValue')
    default:
      return undefined
  }
}

/** Enhanced CPC is manual bids that Google nudges: modifiers count as with manual ones. */
const WITHOUT_TARGET = byName<StrategyType, BidStrategyKind>({
  MANUAL_CPC: 'manual-cpc',
  ENHANCED_CPC: 'manual-cpc',
  TARGET_CPA: 'target-cpa',
  MAXIMIZE_CONVERSIONS: 'max-conversions',
  TARGET_ROAS: 'target-roas',
  MAXIMIZE_CONVERSION_VALUE: 'max-value',
})

/**
 * A strategy by what it does: "maximise conversions" with a target CPA is a target CPA strategy, whichever of the two
 * types it has.
 */
export function bidStrategy(type: string, of: Targets, currency: CurrencyCode, portfolio?: string): BidStrategy {
  const place = targetPlace(type, of)
  const shared = portfolio === undefined ? {} : { portfolioStrategy: idOf(portfolio) }
  if (typeof place?.value === 'bigint')
    return { kind: 'target-cpa', targetCpa: money(place.value, currency), ...shared }
  if (typeof place?.value === 'number') return { kind: 'target-roas', targetRoas: place.value, ...shared }
  return { kind: WITHOUT_TARGET.get(type) ?? 'other', ...shared }
}

const LEARNING = byName<SystemStatus, LearningState>({
  ENABLED: 'stable',
  LEARNING_NEW: 'learning',
  LEARNING_SETTING_CHANGE: 'learning',
  LEARNING_BUDGET_CHANGE: 'learning',
  LEARNING_COMPOSITION_CHANGE: 'learning',
  LEARNING_CONVERSION_TYPE_CHANGE: 'learning',
  LEARNING_CONVERSION_SETTING_CHANGE: 'learning',
  MULTIPLE_LEARNING: 'learning',
  LIMITED_BY_CPC_BID_CEILING: 'limited',
  LIMITED_BY_CPC_BID_FLOOR: 'limited',
  LIMITED_BY_DATA: 'limited',
  LIMITED_BY_BUDGET: 'limited',
  LIMITED_BY_LOW_PRIORITY_SPEND: 'limited',
  LIMITED_BY_LOW_QUALITY: 'limited',
  LIMITED_BY_INVENTORY: 'limited',
  MULTIPLE_LIMITED: 'limited',
})

/** From `bidding_strategy_system_status`; misconfigured, paused and mixed states are `unknown`. */
export const learningState = (systemStatus: string | undefined): LearningState =>
  LEARNING.get(systemStatus ?? '') ?? 'unknown'
