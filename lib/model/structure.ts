import type { AccountDate, Instant, TimeZone } from '../units/calendar.ts'
import type { CurrencyCode, Money } from '../units/money.ts'
import type { AccountRef, AdGroupId, BudgetId, CampaignId } from './account.ts'

/** `removed` entities are kept: their past spend still counts in totals. */
export type EntityStatus = 'active' | 'paused' | 'removed'

/**
 * What a budget belongs to. `shared`: an object that several campaigns draw from. One write moves everything it feeds,
 * so decisions are keyed by budget, never by campaign.
 */
export type BudgetOwner = 'shared' | 'campaign' | 'ad-group'

/** A budget as an object of its own. */
export interface BudgetHolder {
  readonly id: BudgetId
  readonly name: string
  readonly owner: BudgetOwner
  readonly period: 'daily' | 'lifetime'
  readonly amount: Money
  /** Campaigns whose spend it feeds; for owner `ad-group`, the campaign that the ad group belongs to. */
  readonly campaigns: readonly CampaignId[]
  /** Owner `ad-group` only. */
  readonly adGroup?: AdGroupId
  readonly status: EntityStatus
  /** Last day that a lifetime budget is meant to last to. */
  readonly endsOn?: AccountDate
  /** A lifetime budget's remaining amount, where the platform tells. */
  readonly remaining?: Money
}

export type BidStrategyKind =
  | 'max-conversions'
  | 'target-cpa'
  | 'max-value'
  | 'target-roas'
  | 'bid-cap'
  | 'manual-cpc'
  | 'other'

export interface BidStrategy {
  readonly kind: BidStrategyKind
  /** Average cost per conversion aimed at. */
  readonly targetCpa?: Money
  /** Conversion value per unit of spend aimed at: 3.5 means 350 %. */
  readonly targetRoas?: number
  readonly bid?: Money
  /** Id of a strategy object that several campaigns share; moving its target moves all of them. */
  readonly portfolioStrategy?: string
}

export type LearningState = 'learning' | 'limited' | 'stable' | 'unknown'
export type Device = 'desktop' | 'mobile' | 'tablet'

/** What a multiplier may be by, beside the device, which every campaign has. */
export type CriterionDimension = 'place' | 'hour' | 'audience'

export interface CriterionRef {
  readonly dimension: CriterionDimension
  /** The platform's id of it, unique within its campaign. */
  readonly id: string
}

/** A place, some hours of the week or an audience that a campaign lists, with a bid multiplier of its own. */
export interface BidCriterion extends CriterionRef {
  /** In the platform's words. */
  readonly name: string
  /** 1 = unchanged. */
  readonly multiplier: number
}

export interface Campaign {
  readonly id: CampaignId
  readonly name: string
  /** The platform's own word for the kind of campaign, lower case with dashes: `search`, `performance-max`, `social`. */
  readonly kind: string
  readonly status: EntityStatus
  /** Absent where budgets sit on the ad groups. */
  readonly budget?: BudgetId
  readonly strategy: BidStrategy
  readonly learning: LearningState
  readonly startsOn?: AccountDate
  readonly endsOn?: AccountDate
  /** 1 = unchanged; a device that is missing has 1. */
  readonly deviceMultipliers: Readonly<Partial<Record<Device, number>>>
  /** Those that the campaign has; none where the platform has no such multipliers. */
  readonly criteria?: readonly BidCriterion[]
  /** What keeps it from serving as it should, in the platform's words; absent: nothing, as far as the platform tells. */
  readonly trouble?: ServingTrouble
}

/** A campaign that runs and yet does not serve, or of whose ads some may not. */
export interface ServingTrouble {
  readonly kind: 'stopped' | 'disapproved'
  readonly reasons: readonly string[]
}

export interface AdGroup {
  readonly id: AdGroupId
  readonly campaign: CampaignId
  readonly name: string
  readonly status: EntityStatus
  readonly budget?: BudgetId
  readonly strategy?: BidStrategy
  readonly learning: LearningState
}

/** A split test that runs on the platform; everything it touches is held still. */
export interface Experiment {
  readonly id: string
  readonly name: string
  /** Base campaign and every arm. */
  readonly campaigns: readonly CampaignId[]
  readonly from?: AccountDate
  readonly to?: AccountDate
}

/** Something at account level that makes every write fail, in the platform's words, with the remedy. */
export interface WriteBlocker {
  readonly code: string
  readonly detail: string
}

/** One account as it stood at `readAt`. */
export interface AccountStructure {
  readonly account: AccountRef
  readonly name: string
  readonly currency: CurrencyCode
  readonly zone: TimeZone
  readonly readAt: Instant
  /** Read from files that people downloaded: there is no way to the platform, and nothing is ever written. */
  readonly source?: 'import'
  readonly blockers: readonly WriteBlocker[]
  /** What the account may still spend in all, where the platform has such a cap (spend cap, account budget). */
  readonly remainingSpendCap?: Money
  readonly campaigns: readonly Campaign[]
  readonly adGroups: readonly AdGroup[]
  readonly budgets: readonly BudgetHolder[]
  readonly experiments: readonly Experiment[]
}

/** A change that the platform's own history shows, whoever made it. */
export interface ChangeEvent {
  readonly at: Instant
  /** Who, in the platform's words: an e-mail address, an application, or the platform itself. */
  readonly actor: string
  /** `ours` when the change history names the credentials that Sluice uses. */
  readonly origin: 'ours' | 'human' | 'other-tool' | 'platform' | 'unknown'
  readonly entity: { readonly kind: 'budget' | 'campaign' | 'ad-group' | 'account'; readonly id: string }
  readonly field: string
  readonly from?: string
  readonly to?: string
}
