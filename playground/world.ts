/**
 * The pretend world as a platform twin sees it: accounts with their structure, and what each platform would report.
 *
 * A twin turns this into its platform's wire protocol and turns mutations back into `WorldEdit`s. It keeps protocol
 * matters of its own (tokens, paging, quotas, rounding to billable units, per-hour edit limits); the world keeps what is
 * true of the campaigns. The market behind it (playground/market) decides what spend brings.
 */
import type { AccountDate, Instant, TimeZone } from '../lib/units/calendar.ts'
import type { CurrencyCode } from '../lib/units/money.ts'
import type { Habitual } from './habits.ts'

export const WORLD_PLATFORMS = ['google-ads', 'meta', 'tiktok', 'snapchat', 'pinterest'] as const
export type WorldPlatform = (typeof WORLD_PLATFORMS)[number]

export interface World extends Habitual {
  now(): Instant
  readonly accounts: readonly WorldAccount[]
  /** @param id without Meta's `act_`; a UUID on Snapchat, digits elsewhere */
  account(platform: WorldPlatform, id: string): WorldAccount | undefined
  /**
   * Applies one edit at `now()`, records it in the account's `changes`, and lets the market react.
   * @throws RangeError when the entity does not exist or the value is negative
   */
  apply(edit: WorldEdit, actor: WorldActor): void
  /** What the platform would report at `now()`; rows with all zeros are present, the twin drops them if its platform does. */
  facts(query: FactQuery): readonly WorldFact[]
  /** What the platform says other budgets would have brought; none where the world has no such forecasts. */
  simulations?(platform: WorldPlatform, accountId: string): readonly WorldSimulation[]
  /** The same of other targets. */
  targetSimulations?(platform: WorldPlatform, accountId: string): readonly WorldTargetSimulation[]
  /** Whether the platform is down, throttling or fine just now (scenario events). */
  condition(platform: WorldPlatform): 'up' | 'down' | 'throttling'
}

export interface WorldAccount {
  readonly platform: WorldPlatform
  readonly id: string
  readonly name: string
  readonly currency: CurrencyCode
  readonly zone: TimeZone
  readonly status: 'active' | 'suspended'
  /** Lifetime spend cap of the account, where one is set. */
  readonly spendCapMicros?: bigint
  /** All that the account ever spent, at `now()`. */
  spentMicros(): bigint
  readonly budgets: ReadonlyMap<string, WorldBudget>
  readonly campaigns: ReadonlyMap<string, WorldCampaign>
  readonly experiments: readonly WorldExperiment[]
  /** Oldest first. */
  readonly changes: readonly WorldChange[]
}

/** `shared`: a budget object that several campaigns draw from (Google). A Meta campaign budget (CBO) is owned by its campaign. */
export type BudgetOwner = 'shared' | 'campaign' | 'ad-group'

export interface WorldBudget {
  readonly id: string
  readonly name: string
  readonly owner: BudgetOwner
  readonly period: 'daily' | 'lifetime'
  readonly amountMicros: bigint
  /** Ids of the campaigns (or, for owner `ad-group`, of the one ad group) that it feeds. */
  readonly feeds: readonly string[]
  /** Temporary raises over the base amount (Meta's budget schedules). */
  readonly schedules: readonly WorldBudgetSchedule[]
}

export interface WorldBudgetSchedule {
  readonly id: string
  readonly from: Instant
  readonly to: Instant
  /** Written, and not in force: the budget's own switch for schedules is off (Meta). */
  readonly isOff?: true
  readonly change:
    | { readonly kind: 'absolute'; readonly amountMicros: bigint }
    | { readonly kind: 'multiplier'; readonly factor: number }
}

export type EntityStatus = 'active' | 'paused' | 'removed'
/** `smart-plus` and `gmv-max` are TikTok's, which other endpoints steer than those of its ordinary campaigns. */
export type CampaignKind =
  | 'search'
  | 'shopping'
  | 'performance-max'
  | 'display'
  | 'video'
  | 'social'
  | 'smart-plus'
  | 'gmv-max'
export type StrategyKind = 'max-conversions' | 'target-cpa' | 'max-value' | 'target-roas' | 'bid-cap' | 'manual-cpc'

export interface WorldStrategy {
  readonly kind: StrategyKind
  readonly targetCpaMicros?: bigint
  readonly targetRoas?: number
  readonly bidMicros?: bigint
}

/** Conversions since the last significant edit and how many end the learning phase, as the platform would count them. */
export interface WorldLearning {
  readonly state: 'learning' | 'stable' | 'limited'
  readonly lastSignificantEdit: Instant
  readonly conversions: number
  readonly conversionsNeeded: number
}

export type Device = 'desktop' | 'mobile' | 'tablet'

export interface WorldCampaign {
  readonly id: string
  readonly name: string
  readonly kind: CampaignKind
  readonly status: EntityStatus
  /** Absent where the budgets sit on the ad groups. */
  readonly budgetId?: string
  readonly strategy: WorldStrategy
  readonly learning: WorldLearning
  readonly startDate: AccountDate
  readonly endDate?: AccountDate
  readonly adGroups: ReadonlyMap<string, WorldAdGroup>
  /** Missing device: 1, unchanged. */
  readonly deviceMultipliers: ReadonlyMap<Device, number>
  /** What it lists to bid more or less for, by id. */
  readonly criteria?: ReadonlyMap<string, WorldCriterion>
}

/** A place, part of the week or audience that a campaign lists (Google), and what is true of its clicks. */
export interface WorldCriterion {
  /** Digits, unique within the campaign. */
  readonly id: string
  readonly dimension: 'place' | 'hour' | 'audience'
  readonly name: string
  /** 1 = unchanged. */
  readonly multiplier: number
  /** What a click of it brings against one that is worth 1. */
  readonly worth: number
  /** Places and audiences: share of the campaign's clicks at multiplier 1. The rest falls to nothing that is listed. */
  readonly share?: number
  /** Hours: day of the week, Monday 1, and hours of the wall clock, the last one excluded. */
  readonly hours?: { readonly weekday: number; readonly from: number; readonly to: number }
}

export interface WorldAdGroup {
  readonly id: string
  readonly name: string
  readonly status: EntityStatus
  readonly budgetId?: string
  readonly strategy?: WorldStrategy
  readonly learning: WorldLearning
}

/** A split test that the platform itself is running. */
export interface WorldExperiment {
  readonly id: string
  readonly name: string
  readonly from: AccountDate
  readonly to: AccountDate
  readonly baseCampaignId: string
  /** Trial arms; they may draw from the base campaign's budget. */
  readonly armCampaignIds: readonly string[]
}

export type WorldEdit = { readonly platform: WorldPlatform; readonly accountId: string } & (
  | { readonly kind: 'budget'; readonly budgetId: string; readonly amountMicros: bigint }
  | {
      readonly kind: 'status'
      readonly level: 'campaign' | 'ad-group'
      readonly id: string
      readonly status: EntityStatus
    }
  | {
      readonly kind: 'strategy'
      readonly level: 'campaign' | 'ad-group'
      readonly id: string
      readonly strategy: WorldStrategy
    }
  | {
      readonly kind: 'device-multiplier'
      readonly campaignId: string
      readonly device: Device
      readonly factor: number
    }
  | {
      readonly kind: 'criterion-multiplier'
      readonly campaignId: string
      readonly criterionId: string
      readonly factor: number
    }
  | { readonly kind: 'budget-schedule'; readonly budgetId: string; readonly schedule: WorldBudgetSchedule }
  | { readonly kind: 'no-budget-schedule'; readonly budgetId: string; readonly scheduleId: string }
  | { readonly kind: 'spend-cap'; readonly amountMicros: bigint }
)

/** Who made a change: `api` edits carry the client's name, `human` an e-mail address, `automatic` is the platform itself. */
export interface WorldActor {
  readonly kind: 'api' | 'human' | 'automatic'
  readonly name: string
}

export interface WorldChange {
  readonly at: Instant
  readonly actor: WorldActor
  readonly entity: { readonly kind: 'budget' | 'campaign' | 'ad-group' | 'account'; readonly id: string }
  /** The campaign that it belongs to, where there is exactly one. */
  readonly campaignId?: string
  readonly field:
    | 'amount'
    | 'status'
    | 'target-cpa'
    | 'target-roas'
    | 'bid'
    | 'strategy'
    | 'device-multiplier'
    | 'criterion-multiplier'
    | 'schedule'
    | 'spend-cap'
  readonly from: string
  readonly to: string
}

export interface FactQuery {
  readonly platform: WorldPlatform
  readonly accountId: string
  readonly level: 'account' | 'campaign' | 'ad-group'
  readonly grain: 'day' | 'hour'
  /** Account dates, both included. */
  readonly from: AccountDate
  readonly to: AccountDate
  /**
   * Day on which a conversion is counted. `click` (Google's default): the day of the click, so that past days go on
   * growing. `conversion`: the day it happened.
   */
  readonly basis: 'click' | 'conversion'
  /** Whether claims that were taken back are told apart, those of which nothing is left included. */
  readonly takenBack?: boolean
}

export interface WorldFact {
  /** Account, campaign or ad group id, by the query's level. */
  readonly id: string
  readonly campaignId?: string
  readonly date: AccountDate
  /** 0 to 23 with grain `hour`. */
  readonly hour?: number
  readonly spendMicros: bigint
  readonly impressions: number
  readonly clicks: number
  readonly claims: readonly WorldClaim[]
}

/** A platform's replay of a campaign's last days with other budgets: its own forecast, off as such forecasts are. */
export interface WorldSimulation {
  readonly campaignId: string
  /** Account dates that are replayed, both included. */
  readonly from: AccountDate
  readonly to: AccountDate
  /** By rising budget; all but the budget are sums over the dates. */
  readonly points: readonly WorldSimulationPoint[]
}

export interface WorldSimulationPoint {
  readonly budgetMicros: bigint
  readonly spendMicros: bigint
  readonly impressions: number
  readonly clicks: number
  readonly conversions: number
  readonly valueMicros: bigint
}

/** A platform's replay of a campaign's last days with other targets: its own forecast, off as such forecasts are. */
export interface WorldTargetSimulation {
  readonly campaignId: string
  readonly kind: 'target-cpa' | 'target-roas'
  /** Account dates that are replayed, both included. */
  readonly from: AccountDate
  readonly to: AccountDate
  /** By rising target; all but the target and the budget are sums over the dates. */
  readonly points: readonly WorldTargetPoint[]
}

export interface WorldTargetPoint extends Omit<WorldSimulationPoint, 'budgetMicros'> {
  /** Micros per conversion, or value per unit of spend. */
  readonly target: number
  /** Daily budget without which it would not come to this. */
  readonly requiredBudgetMicros: bigint
}

/** Conversions that the platform claims, as visible at `now()`; a twin sums those that fall in its attribution window. */
export interface WorldClaim {
  /** Conversion action, such as `purchase`, `lead`, `trial`. */
  readonly action: string
  readonly touch: 'click' | 'view'
  /** Whole days from the touch to the conversion, ≥ 0. */
  readonly lagDays: number
  /** May be fractional (data-driven attribution), never negative. */
  readonly count: number
  readonly valueMicros: bigint
  /** Where the query asks: those of these claims that were taken back since, by days from the touch; `count` has them off. */
  readonly takenBack?: readonly { readonly lagDays: number; readonly count: number; readonly valueMicros: bigint }[]
}
