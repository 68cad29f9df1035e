import { type AccountRef, accountKey, sameAccount } from '../model/account.ts'
import type { PlanHeader, PlanProgress } from '../model/plan.ts'
import type { Policy } from '../model/policy.ts'
import { type AccountDate, addDays, dateAt, type Instant } from '../units/calendar.ts'
import type { Loop } from './loop.ts'

/** An announcement is made up to two weeks ahead; a day more, because an account's date may be behind the portfolio's. */
const AHEAD_DAYS = 15

/**
 * Whether an account's platform may have to be told of events: under a plan of the day that was let through, where it was
 * not looked at lately. Neither observing nor shadowing tells anybody anything; and without caps nothing is written.
 */
export const mayAnnounce = (
  { mode, occasion, approval }: Pick<PlanHeader, 'mode' | 'occasion' | 'approval'>,
  policy: Policy,
  account: AccountRef,
  progress: PlanProgress | undefined,
  now: Instant,
  loop: Loop,
): boolean =>
  occasion === 'daily' &&
  approval.kind === 'approved' &&
  (mode === 'auto' || mode === 'approve') &&
  hasCaps(policy, account) &&
  loop.platforms(account.platform).capabilities.announces?.has('seasonality') === true &&
  isNear(policy, dateAt(now, policy.zone)) &&
  now >= (progress?.announcedUntil?.[accountKey(account)] ?? 0)

const hasCaps = ({ dayCap, accounts }: Policy, account: AccountRef): boolean =>
  dayCap !== undefined && accounts.some((one) => sameAccount(one.account, account) && one.dayCap !== undefined)

const isNear = ({ events }: Policy, today: AccountDate): boolean =>
  events.some(({ announce, to, from }) => announce && to >= today && from <= addDays(today, AHEAD_DAYS))
