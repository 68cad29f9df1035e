import type { AccountKey } from '../../model/account.ts'
import { type ConversionRule, parseRuleKey, ruleKey } from '../../model/conversions.ts'
import type { LagBucket } from '../../model/evidence.ts'
import type { PullStatus, Revision } from '../../model/history.ts'
import type { AccountObservation, Observation } from '../../model/observation.ts'
import { type AccountDate, addDays } from '../../units/calendar.ts'
import { policyAccount } from '../budget-days.ts'

/** Ages in days that a development follows; what still changes after that is taken as it stands. */
export const LAG_DAYS = 60

/** What is known of how one account's conversions under one rule come in and go out again. */
export interface LagSource {
  readonly account: AccountKey
  /** Conversion rule key. */
  readonly rule: string
  /**
   * What the action is: `purchase`, `lead`, `trial` … Accounts learn from each other only within one category (and one
   * basis); where none is given the action's own name is its category, so that different names never meet.
   */
  readonly category?: string
  /** Readings of days at their ages, one list per campaign, in any order. */
  readonly revisions: readonly (readonly Revision[])[]
  /** Account date of the last reading: a day without a newer reading stood still until then. */
  readonly lastReadOn: AccountDate
  /**
   * Dates on which the account was read. Where not given they are told by the readings: a reading that found nothing new
   * in any campaign, not even a new day, did not take place.
   */
  readonly readOn?: readonly AccountDate[]
  /** Days back that each reading looks; older days are not looked at again, which is not standing still. */
  readonly followedDays?: number
  /** Dates of the readings that looked at every age; between them days older than `followedDays` were not seen. */
  readonly deepReadOn?: readonly AccountDate[]
  readonly buckets?: readonly LagBucket[]
  /** Dates whose counts are broken (a tracking outage, a tag that fired twice): nothing is learned from them. */
  readonly leaveOut?: readonly AccountDate[]
}

/** Accounts with the same key learn from each other. */
export function poolKey({ rule, category }: Pick<LagSource, 'rule' | 'category'>): string {
  const { action, basis } = parseRuleKey(rule)
  return `${(category ?? action).toLowerCase()}|${basis}`
}

const lastReadOn = ({ status, today }: AccountObservation): AccountDate =>
  status.historyTo === undefined ? today : addDays(status.historyTo, 1)

/** How far back an account's readings looked, as its pulls have noted it. */
export const lookedAt = ({
  followedDays,
  deepReadOn,
}: Pick<PullStatus, 'followedDays' | 'deepReadOn'>): Pick<LagSource, 'followedDays' | 'deepReadOn'> =>
  followedDays === undefined ? {} : { followedDays, deepReadOn: deepReadOn ?? [] }

/** What an observation knows of the lag of its accounts, for the rule that each counts by. */
export function lagSources(
  observation: Observation,
  more: (account: AccountObservation, rule: ConversionRule) => Partial<LagSource> = () => ({}),
): readonly LagSource[] {
  return observation.accounts.map((account) => {
    const { conversions } = policyAccount(observation, account)
    return {
      account: account.account,
      rule: ruleKey(conversions),
      revisions: account.revisions,
      lastReadOn: lastReadOn(account),
      ...lookedAt(account.status),
      ...(account.lagBuckets ? { buckets: account.lagBuckets } : {}),
      ...more(account, conversions),
    }
  })
}
