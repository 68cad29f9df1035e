import type { Instant } from '../units/calendar.ts'
import type { Money } from '../units/money.ts'
import type { CampaignId, PortfolioId } from './account.ts'

/**
 * What a rule at the platform itself is to do for a portfolio: pause each of these campaigns once it alone has spent more
 * than the bound in an account day. It stands without Sluice, and only ever pauses.
 */
export interface SpendStop {
  readonly portfolio: PortfolioId
  /** In the order of their ids. */
  readonly campaigns: readonly CampaignId[]
  /** In the account's currency, as the platform stores it. */
  readonly above: Money
}

/** One of ours as the platform has it. */
export interface StandingStop {
  /** The platform's id of it. */
  readonly id: string
  readonly name: string
  readonly portfolio: PortfolioId
  /** What it does, where it is as Sluice wrote it. */
  readonly stop?: SpendStop
  /** What somebody has changed about it, half a sentence; absent where nobody has. */
  readonly altered?: string
}

/** A campaign that such a rule has paused. */
export interface StoppedCampaign {
  readonly campaign: CampaignId
  readonly at: Instant
  readonly by: Pick<StandingStop, 'name' | 'portfolio'>
}

export interface SpendStops {
  readonly standing: readonly StandingStop[]
  readonly stopped: readonly StoppedCampaign[]
}

/** What the last pull knew of them. */
export interface StopsOnRecord {
  readonly readAt: Instant
  readonly standing: readonly RecordedStop[]
  /** Why they could not be read. */
  readonly problem?: string
  /** Since when the rule of a portfolio is not what it should be, by the portfolio. */
  readonly unmetSince: ReadonlyMap<PortfolioId, Instant>
}

/** One with its campaigns counted, for they may be many. */
export interface RecordedStop extends Omit<StandingStop, 'stop'> {
  readonly above?: Money
  readonly campaigns: number
}

export const recordedStop = ({ stop, ...rest }: StandingStop): RecordedStop => ({
  ...rest,
  ...(stop ? { above: stop.above } : {}),
  campaigns: stop?.campaigns.length ?? 0,
})
