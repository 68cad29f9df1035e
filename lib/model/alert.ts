import type { Instant } from '../units/calendar.ts'
import type { Money } from '../units/money.ts'
import { type AccountRef, accountKey, type CampaignId, type PortfolioId } from './account.ts'
import type { AuditEntry } from './audit.ts'
import type { BreakerAction, BreakerName } from './breakers.ts'
import type { PlanId } from './plan.ts'

/** Eight hexadecimal digits: short enough to be typed. */
export type AlertId = string & { readonly __brand: 'AlertId' }

/** @throws RangeError unless the text is eight hexadecimal digits */
export function alertId(text: string): AlertId {
  if (!/^[0-9a-f]{8}$/.test(text))
    throw new RangeError(`alert "${text}" must be eight of 0-9 and a-f, as "sluice alerts" shows them`)
  return text as AlertId
}

/**
 * `open`: nobody has taken it up. `acknowledged`: a person has, and the guard does nothing more about it. `snoozed`: the
 * same until an instant. `resolved`: it is over, or a person says so.
 */
export type AlertState = 'open' | 'acknowledged' | 'snoozed' | 'resolved'

/** Whom a rule trips for: a campaign, or the account as a whole. */
export type AlertSubject =
  | { readonly kind: 'account' }
  | { readonly kind: 'campaign'; readonly id: CampaignId; readonly name: string }

/** What each hour costs in which nobody does anything. An estimate, in the account's currency. */
export interface WaitingCost {
  readonly perHour: Money
  /** `overspent`: beyond what was meant. `at-risk`: spent without knowing what for. `unspent`: meant to be spent, and not. */
  readonly kind: 'overspent' | 'at-risk' | 'unspent'
}

/** Something that the guard has done about an alert. */
export interface AlertAct {
  readonly step: Exclude<BreakerAction, 'off' | 'alert'>
  readonly at: Instant
  /** The plan by which budgets were cut or campaigns paused. */
  readonly plan?: PlanId
  /** What has come of that plan: something took effect, or nothing. Absent: it is not known yet, or there is none. */
  readonly became?: 'done' | 'lost'
  /** One sentence for a marketer. */
  readonly detail: string
}

/** Something that a breaker noticed, from when a person is told of it to when it is over. */
export interface Alert {
  readonly id: AlertId
  readonly version: number
  readonly rule: BreakerName
  readonly portfolio: PortfolioId
  readonly account: AccountRef
  readonly subject: AlertSubject
  readonly state: AlertState
  /** When it tripped first and last, and when a person was told. */
  readonly firstAt: Instant
  readonly lastAt: Instant
  readonly toldAt: Instant
  /** One sentence for a marketer, and the one thing to do next. */
  readonly what: string
  readonly remedy: string
  readonly waiting: WaitingCost
  readonly acts: readonly AlertAct[]
  /** Why the guard did not do what the policy says, where it did not. */
  readonly notDone?: string
  /** Who changed the state last, when, and why. */
  readonly by: string
  readonly at: Instant
  readonly note?: string
  readonly snoozedUntil?: Instant
  /** Since when its rule does not trip any more, while that is too short to say that it is over. */
  readonly quietSince?: Instant
}

/** Whether it still matters. */
export const isUnresolved = ({ state }: Pick<Alert, 'state'>): boolean => state !== 'resolved'

/** Whether the guard paused something for it that only a person resumes. */
export const hasPaused = ({ acts }: Pick<Alert, 'acts'>): boolean =>
  acts.some(({ step, became }) => step === 'pause' && became !== 'lost')

/** `campaign/23` or `account`: the part of its name that tells subjects of one rule apart. */
export const subjectKey = (subject: AlertSubject): string =>
  subject.kind === 'account' ? 'account' : `campaign/${subject.id}`

/** What the audit says of it. */
export const alertEntry = (alert: Alert): AuditEntry => ({
  kind: 'alert',
  alert: alert.id,
  rule: alert.rule,
  account: accountKey(alert.account),
  state: alert.state,
  by: alert.by,
  detail: alert.acts.at(-1)?.detail ?? alert.notDone ?? alert.note ?? alert.what,
})
