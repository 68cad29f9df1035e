import type { AccountDate, Instant } from '../units/calendar.ts'
import type { CurrencyCode } from '../units/money.ts'
import type { AccountKey, AdGroupId, CampaignId } from './account.ts'
import type { StopsOnRecord } from './spend-stop.ts'

/** Trailing days of one campaign (or ad group that has its own budget), as they read now. */
export interface EntityHistory {
  readonly account: AccountKey
  readonly campaign: CampaignId
  readonly adGroup?: AdGroupId
  readonly currency: CurrencyCode
  /** Oldest first, no date twice. A date that is missing was not reported: unknown, not zero. */
  readonly days: readonly HistoryDay[]
}

export interface HistoryDay {
  readonly date: AccountDate
  readonly spendMicros: bigint
  readonly impressions: number
  readonly clicks: number
  /** By conversion rule key. */
  readonly conversions: Readonly<Record<string, { readonly count: number; readonly valueMicros: bigint }>>
}

/** How a day's conversions looked at one age: what the conversion-lag model learns from. */
export interface Revision {
  readonly date: AccountDate
  /** Account days from `date` to the reading. */
  readonly ageDays: number
  readonly conversions: Readonly<Record<string, { readonly count: number; readonly valueMicros: bigint }>>
}

/** Today's spend so far by campaign and hour. */
export interface IntradaySpend {
  readonly account: AccountKey
  readonly date: AccountDate
  readonly currency: CurrencyCode
  readonly readAt: Instant
  /** Main key: campaign id, or `campaign/adGroup`; 24 (or 25) entries, undefined = not reported. */
  readonly spendMicrosByHour: ReadonlyMap<string, readonly (bigint | undefined)[]>
  /** Of the day so far, by the same keys; absent in what was stored before they were kept. */
  readonly counts?: ReadonlyMap<string, HourCounts>
  /** The same by hour of the wall clock, undefined = not reported; absent in what was stored before they were kept. */
  readonly countsByHour?: ReadonlyMap<string, readonly (HourCounts | undefined)[]>
}

/** What a day's hours and entities come to. */
export type IntradayTotal = Pick<IntradaySpend, 'account' | 'date' | 'currency'> & { readonly spendMicros: bigint }

export interface HourCounts {
  readonly impressions: number
  readonly clicks: number
}

/** How an account's last complete pull went. */
export interface PullStatus {
  readonly account: AccountKey
  /** It was read from files that people downloaded, never from the platform. */
  readonly source?: 'import'
  readonly structureAt: Instant
  readonly spendAt: Instant
  /** The last date whose restatement window was re-read, and when. */
  readonly historyAt?: Instant
  readonly historyTo?: AccountDate
  /** Days back that every daily re-reading looks, and the account dates of those that looked back over all ages. */
  readonly followedDays?: number
  readonly deepReadOn?: readonly AccountDate[]
  /** Per date: spend of the account less the sum of its campaigns, in micros. */
  readonly unexplainedMicros: ReadonlyMap<AccountDate, bigint>
  /** Rules that Sluice keeps at the platform; absent: none was wanted, and none was there. */
  readonly stops?: StopsOnRecord
}
