import type { AccountKey } from '../../model/account.ts'
import type { EntityHistory } from '../../model/history.ts'
import type { AccountObservation, Observation } from '../../model/observation.ts'
import type { CalendarEvent } from '../../model/policy.ts'
import { type AccountDate, addDays, dayNumber, dayOfWeek } from '../../units/calendar.ts'
import { accountRule } from '../budget-days.ts'
import { countedOnce } from '../counted-once.ts'
import type { Development } from '../lag/development.ts'
import { type LookedAt, seenAge } from '../seen-age.ts'

/** Days that breaks are looked for in. */
export const BREAK_DAYS = 90

/** An account's complete days, campaign by campaign: index = campaign × days + day, oldest day first. */
export interface AccountDays {
  readonly account: AccountKey
  readonly rule: string
  readonly firstDate: AccountDate
  readonly days: number
  readonly campaigns: number
  readonly clicks: Float64Array
  /** Main currency units. */
  readonly spend: Float64Array
  /** As they read now. */
  readonly conversions: Float64Array
  /** By day: the age that it had when it was last read; its own where absent. */
  readonly seenAges?: readonly number[]
}

/** Days of one account, up to yesterday. A day that was not reported has nothing in it. */
export function accountDays(
  account: AccountKey,
  rule: string,
  histories: readonly EntityHistory[],
  today: AccountDate,
  looked: LookedAt = {},
): AccountDays {
  const campaigns = new Map<string, number>()
  for (const { campaign } of histories) if (!campaigns.has(campaign)) campaigns.set(campaign, campaigns.size)
  const cells = campaigns.size * BREAK_DAYS
  const firstDate = addDays(today, -BREAK_DAYS)
  const found: AccountDays = {
    account,
    rule,
    firstDate,
    days: BREAK_DAYS,
    campaigns: campaigns.size,
    clicks: new Float64Array(cells),
    spend: new Float64Array(cells),
    conversions: new Float64Array(cells),
    seenAges: Array.from({ length: BREAK_DAYS }, (_, day) => seenAge(addDays(firstDate, day), today, looked)),
  }
  const base = dayNumber(firstDate)
  for (const { campaign, days } of countedOnce(histories)) {
    const line = campaigns.get(campaign)! * BREAK_DAYS
    for (const { date, clicks, spendMicros, conversions } of days) {
      const day = dayNumber(date) - base
      if (day < 0 || day >= BREAK_DAYS) continue
      found.clicks[line + day]! += clicks
      found.spend[line + day]! += Number(spendMicros) / 1e6
      found.conversions[line + day]! += conversions[rule]?.count ?? 0
    }
  }
  return found
}

/** An account of an observation, for the rule that the policy counts by. */
export const observedDays = (observation: Observation, account: AccountObservation): AccountDays =>
  accountDays(account.account, accountRule(observation, account), account.histories, account.today, account.status)

/** What is known of each day beside its counts; index = day. */
export interface DayContext {
  /** Share visible by now, and the standard deviation of its logarithm. */
  readonly visible: Float64Array
  readonly visibleSd: Float64Array
  /** Monday = 0. */
  readonly weekday: Uint8Array
  /** Announced demand against a normal day. */
  readonly uplift: Float64Array
  /** 1 where an event is announced: such a day says nothing of normal ones. */
  readonly isEvent: Uint8Array
}

export type AnnouncedEvent = Pick<CalendarEvent, 'from' | 'to' | 'expectedUplift'>

export function dayContext(
  { firstDate, days, seenAges = [] }: AccountDays,
  { visible, logSd }: Development,
  events: readonly AnnouncedEvent[],
): DayContext {
  const context: DayContext = {
    visible: new Float64Array(days),
    visibleSd: new Float64Array(days),
    weekday: new Uint8Array(days),
    uplift: new Float64Array(days).fill(1),
    isEvent: new Uint8Array(days),
  }
  const first = dayOfWeek(firstDate) - 1
  const base = dayNumber(firstDate)
  for (let day = 0; day < days; day++) {
    const age = Math.min(visible.length - 1, seenAges[day] ?? days - day)
    context.visible[day] = visible[age]!
    context.visibleSd[day] = logSd[age]!
    context.weekday[day] = (first + day) % 7
  }
  for (const { from, to, expectedUplift } of events)
    for (let day = Math.max(0, dayNumber(from) - base); day <= Math.min(days - 1, dayNumber(to) - base); day++) {
      context.uplift[day]! *= expectedUplift
      context.isEvent[day] = 1
    }
  return context
}
