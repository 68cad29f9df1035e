import type { AccountDate, TimeZone } from '../../lib/units/calendar.ts'
import type { CurrencyCode } from '../../lib/units/money.ts'
import type { BudgetOwner, CampaignKind, EntityStatus, WorldCriterion, WorldPlatform, WorldStrategy } from '../world.ts'
import type { Curve } from './response.ts'
import type { CampaignClass, ScenarioLag } from './schema.ts'

/** A scenario worked out for one seed: every campaign concrete, every id given. Amounts in micros or main units. */
export interface AccountPlan {
  readonly platform: WorldPlatform
  readonly id: string
  readonly name: string
  readonly currency: CurrencyCode
  readonly zone: TimeZone
  readonly spendCapMicros?: bigint
  readonly budgets: readonly BudgetPlan[]
  readonly campaigns: readonly CampaignPlan[]
  readonly experiments: readonly ExperimentPlan[]
  readonly weekdays: readonly number[]
  readonly hours: readonly number[]
  readonly tracking: TrackingPlan
  readonly learning: LearningPlan
  readonly overDelivery: OverDeliveryPlan
}

export interface BudgetPlan {
  readonly id: string
  readonly name: string
  readonly owner: BudgetOwner
  readonly period: 'daily' | 'lifetime'
  readonly amountMicros: bigint
}

export interface CampaignPlan {
  readonly id: string
  readonly name: string
  readonly kind: CampaignKind
  readonly class: CampaignClass
  readonly status: EntityStatus
  readonly budgetId?: string
  readonly strategy: WorldStrategy
  readonly startDate: AccountDate
  readonly endDate?: AccountDate
  readonly adGroups: readonly AdGroupPlan[]
  readonly criteria: readonly WorldCriterion[]
  readonly organicClaim: { readonly share: number; readonly halfway: number }
  readonly lag: ScenarioLag
  /** The share of the traffic that it has while the experiment runs; an arm has none outside of it. */
  readonly arm?: {
    readonly share: number
    readonly from: AccountDate
    readonly to: AccountDate
    readonly isArm: boolean
  }
}

export interface AdGroupPlan {
  readonly id: string
  readonly name: string
  readonly status: EntityStatus
  readonly budgetId?: string
  readonly truth: ResponseTruth
}

/** What spend on one ad group causes and what its traffic costs; amounts in main units. */
export interface ResponseTruth {
  readonly curve: Curve
  /** Infinity where demand sets no limit. */
  readonly maxDailySpend: number
  /** In the shop's currency. */
  readonly orderValue: number
  readonly cpc: number
  readonly cpm: number
}

export interface ExperimentPlan {
  readonly id: string
  readonly name: string
  readonly from: AccountDate
  readonly to: AccountDate
  readonly baseCampaignId: string
  readonly armCampaignIds: readonly string[]
}

export interface TrackingPlan {
  readonly tracked: number
  readonly viewShare: number
  readonly doubleClaimed: number
  readonly delayMinutes: number
  readonly claimDelayMinutes: number
}

export interface LearningPlan {
  readonly threshold: number
  readonly conversions: number
  readonly days: number
  readonly penalty: number
}

export interface OverDeliveryPlan {
  readonly factor: number
  readonly spread: number
  readonly period: 'month' | 'week'
  readonly periodFactor: number
}
