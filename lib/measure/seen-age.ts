import type { PullStatus } from '../model/history.ts'
import { type AccountDate, daysBetween } from '../units/calendar.ts'

/** How far back an account's readings looked. */
export type LookedAt = Pick<PullStatus, 'followedDays' | 'deepReadOn'>

/**
 * The age in days that a date had when its count was last read: every reading looks at the youngest days, and only now and
 * then one at all. A count that was read on the 10th day is of that age on the 16th still, returns of those days included.
 *
 * @param today the account date of the last reading
 */
export function seenAge(date: AccountDate, today: AccountDate, { followedDays, deepReadOn = [] }: LookedAt): number {
  const age = daysBetween(date, today)
  if (followedDays === undefined || age <= followedDays) return age
  const lastDeep = deepReadOn.findLast((readOn) => readOn <= today)
  return Math.max(followedDays, lastDeep === undefined ? 0 : Math.min(age, daysBetween(date, lastDeep)))
}
