/*
 * What a controller of the control benchmark sees and answers. Every controller sees the same past, with the same
 * correction for conversions that are still to come; none sees the market's truth.
 */

/** One complete day of one campaign. Amounts in main units of the base currency. */
export interface CampaignDay {
  readonly budget: number
  readonly spend: number
  readonly clicks: number
  /** Claimed conversions completed for lag: visible so far ÷ the share visible at the day's age. */
  readonly conversions: number
  /** The same of their value. */
  readonly value: number
  /** Claimed conversions as reported so far. */
  readonly visible: number
  /** False on a day that the platform did not report: the other fields are 0 and mean nothing. */
  readonly reported: boolean
}

export interface CampaignView {
  readonly id: string
  /** 0-based. */
  readonly platform: number
  readonly class: 'brand' | 'retargeting' | 'prospecting' | 'opaque'
  /** Least daily budget that the platform takes. */
  readonly minimum: number
  /** First day on which it exists: cold starts begin later than day 0. */
  readonly since: number
}

export interface View {
  /** The day to decide for; the past holds the days before it. Day 0 is the first of the warm-up. */
  readonly day: number
  /** Monday = 0. */
  readonly weekday: number
  readonly campaigns: readonly CampaignView[]
  /** By campaign, then by day. Days before a campaign existed are not reported. */
  readonly past: readonly (readonly CampaignDay[])[]
  /** In force, by campaign. */
  readonly budgets: readonly number[]
  /** Of the present month's money. */
  readonly remaining: number
  /** Days left in it, the present one included. */
  readonly daysLeft: number
  readonly goal: 'conversions' | 'value'
  /** Announced demand of each of the coming `daysLeft` days against a normal one. */
  readonly announced: readonly number[]
  /** Target CPA that rules compare with: main units per conversion. */
  readonly targetCpa: number
  /** Uniform in [0, 1), seeded. */
  readonly random: () => number
}

/** One run of one controller: it may remember what it likes between days. */
export interface Controller {
  /** Daily budgets by campaign, main units. What is below the minimum is lifted to it; above the money left, all are scaled down. */
  decide(view: View): readonly number[]
}

export interface ControllerKind {
  readonly name: string
  /** One sentence: what it knows and does. */
  readonly what: string
  start(): Controller
}
