import { type AccountDate, addDays, type Instant } from '../units/calendar.ts'
import { add, type Money, times, zero } from '../units/money.ts'
import type { PortfolioId } from './account.ts'

/** What a schedule adds to a budget while it lasts: an amount, or a share of the budget (1.4 = 140 % more). */
export type RaiseSize =
  | { readonly by: 'amount'; readonly amount: Money }
  | { readonly by: 'share'; readonly share: number }

/** A raise that the platform begins and ends by itself (Meta's budget schedules). */
export interface ScheduledRaise {
  readonly from: Instant
  readonly to: Instant
  /** First and last account date that it reaches into. */
  readonly first: AccountDate
  readonly last: AccountDate
  readonly size: RaiseSize
  /** The platform's name for it; absent: it was not read yet. */
  readonly id?: string
  /** The event of the policy that it was written for; absent: somebody else's. */
  readonly ours?: OurRaise
  /** A write of it may still arrive until then: that it is not read does not say that it is not there. */
  readonly unsureUntil?: Instant
  /** It is being taken back. */
  readonly leaving?: true
  /** The account date on which it was found to be gone before its time. */
  readonly gone?: AccountDate
}

export interface OurRaise {
  readonly event: string
  readonly portfolio: PortfolioId
  /** The event's factor, and what the budget stood at: a schedule is over that and over nothing else. */
  readonly factor: number
  readonly over: Money
}

/** How long what is over is remembered: deliveries of its days are not to be judged by the budget. */
const KEPT_DAYS = 14

/** Whether it may raise anything on a date. */
export const raisesOn = ({ first, last, gone }: ScheduledRaise, date: AccountDate): boolean =>
  first <= date && date <= last && (gone === undefined || date <= gone)

/**
 * Whether it is counted on a date. On the eve too: what would no longer fit beside it when it begins must not be let
 * through in the hours before.
 */
const countsOn = (raise: ScheduledRaise, date: AccountDate): boolean =>
  raisesOn(raise, date) || (raise.gone === undefined && addDays(raise.first, -1) === date)

/** The raise that a budget must not be moved beside: one that is in force on a date, or begins on the next. */
export const raiseBeside = (
  raises: readonly ScheduledRaise[] | undefined,
  date: AccountDate,
): ScheduledRaise | undefined => raises?.find((one) => countsOn(one, date))

export const raiseInForce = (
  raises: readonly ScheduledRaise[] | undefined,
  date: AccountDate,
): ScheduledRaise | undefined => raises?.find((one) => raisesOn(one, date))

const amountAdded = ({ size }: ScheduledRaise, base: Money): Money =>
  size.by === 'amount' ? size.amount : times(base, size.share, 'up')

const together = (raises: readonly ScheduledRaise[], base: Money): Money =>
  raises.reduce((most, { from }) => {
    const beside = raises.filter((one) => one.from <= from && from < one.to)
    const added = beside.reduce((sum, one) => add(sum, amountAdded(one, base)), zero(base.currency))
    return added.micros > most.micros ? added : most
  }, zero(base.currency))

/** The most that the schedules of a date, or of the next, add to a budget at any moment. */
export const countedRaise = (raises: readonly ScheduledRaise[] | undefined, date: AccountDate, base: Money): Money =>
  together(raises?.filter((one) => countsOn(one, date)) ?? [], base)

/** The most that those in force on a date add to it. */
export const raiseOn = (raises: readonly ScheduledRaise[] | undefined, date: AccountDate, base: Money): Money =>
  together(raises?.filter((one) => raisesOn(one, date)) ?? [], base)

export const isForgotten = ({ last }: ScheduledRaise, date: AccountDate): boolean => addDays(last, KEPT_DAYS) < date

/** Whether it was written for an event, whatever became of it. */
export const isOf = ({ ours, from }: ScheduledRaise, event: string, begins: Instant): boolean =>
  ours?.event === event && from === begins

/** Whether it stands on one of these days, or so near to them that both would be counted. */
export const isNear = (
  { first, last, gone }: ScheduledRaise,
  days: { readonly from: AccountDate; readonly to: AccountDate },
): boolean => gone === undefined && first <= addDays(days.to, 1) && addDays(last, 1) >= days.from
