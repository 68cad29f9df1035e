import { notApproved } from '../decide/calendar/event-step.ts'
import type { LeverChange } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import { memberOf } from '../model/membership.ts'
import type { ChangeDecision } from '../model/plan.ts'
import type { Policy } from '../model/policy.ts'
import { raiseBeside } from '../model/scheduled-raise.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { AccountDate, Instant } from '../units/calendar.ts'
import { compare, equal, times } from '../units/money.ts'
import { amountOf, startOn } from './exposure.ts'

/** What a change is held to at the moment of the push, whatever the plan reckoned with. */
interface Moment {
  readonly policy: Policy
  readonly structure: AccountStructure
  /** The account's date. */
  readonly date: AccountDate
  /** Largest share by which the platform lets a budget move without learning anew. */
  readonly safeStep: number
}

/** Largest rise of a budget within one day, as a share: the policy's, and no more than the platform takes lightly. */
export const dayRiseOf = ({ guardrails }: Policy, safeStep: number): number => Math.min(guardrails.maxDayRise, safeStep)

/**
 * Why a budget may not rise so far today. The plan may have reckoned with another day's start, or with another day: what
 * is pushed today is held to today's.
 */
export function beyondDay(
  { change, event }: ChangeDecision,
  state: LeverState,
  { policy, date, safeStep }: Moment,
): string | undefined {
  const [from, to] = [amountOf(change.from), amountOf(change.to)]
  if (compare(to, from) <= 0) return undefined
  if (raiseBeside(state.raises, date))
    return 'a schedule of the platform raises it, today or tomorrow: one hand at a time'
  if (event?.stoodAt) {
    // What it goes back to is what the record says, never what a plan says.
    const stoodAt = state.event?.stoodAt ?? from
    return equal(event.stoodAt, stoodAt)
      ? notApproved(policy.events, event.name, date, stoodAt, to)
      : 'what it stood at before the event is not what is on record'
  }
  const most = times(amountOf(startOn(state, date)), 1 + dayRiseOf(policy, safeStep), 'down')
  return compare(to, most) > 0 ? 'it would rise by more today than the policy lets a budget rise in a day' : undefined
}

/**
 * Why a plan may not move what was put on hold after it was made, by the guard, or because somebody has had it elsewhere
 * meanwhile, even where it stands again at what the plan started from. An order to cut back stands for all that, and so
 * does a cut that the guard makes for an alert: the guard itself has put the budget on hold a moment before.
 *
 * @param skewMs by so much the hold may be younger than it says: clocks differ, and a run looks at its own before it writes
 */
export function heldSince(
  { change: { lever, to }, alert }: Pick<ChangeDecision, 'change' | 'alert'>,
  { hold, known, knownAt, cutBackTo }: LeverState,
  { madeAt, now, skewMs }: { readonly madeAt: Instant; readonly now: Instant; readonly skewMs: number },
): string | undefined {
  if (lever.kind === 'status' || !hold || hold.until <= now || (hold.since ?? knownAt) + skewMs <= madeAt)
    return undefined
  const isOrder = cutBackTo !== undefined || alert !== undefined
  const isOrdered = isOrder && to.kind === 'money' && compare(amountOf(to), amountOf(known)) < 0
  return isOrdered ? undefined : `it was put on hold since the plan was made: ${hold.reason}`
}

/** Why a target, a bid, a multiplier or a status may not be set so. */
export function unfit(
  { change: { lever, from, to }, alert }: Pick<ChangeDecision, 'change' | 'alert'>,
  { pausedFor }: Pick<LeverState, 'pausedFor'>,
  { policy, structure, date }: Pick<Moment, 'policy' | 'structure' | 'date'>,
): string | undefined {
  if (to.kind === 'status' && alert !== undefined) return unfitForAlert(to.status, alert, pausedFor)
  if (to.kind === 'status') return unfitStatus(lever, to.status, { policy, structure, date })
  const ratio = ratioOf(from, to)
  if (ratio === undefined) return `a ${lever.kind} cannot go from a ${from.kind} to a ${to.kind}`
  const { implausibleFactor } = policy.guardrails
  return ratio > implausibleFactor || ratio < 1 / implausibleFactor
    ? `more than ${implausibleFactor} times what it was, or less than its part, is taken for an error`
    : undefined
}

/** The guard pauses what it must; what is taken back is a pause of its own, and of the same alert. */
const unfitForAlert = (
  status: 'active' | 'paused',
  alert: string,
  pausedFor: LeverState['pausedFor'],
): string | undefined =>
  status === 'paused' || pausedFor === alert
    ? undefined
    : `it is not paused for alert ${alert}: what somebody else paused is theirs to start`

function unfitStatus(
  { entity, id }: LeverChange['lever'],
  status: 'active' | 'paused',
  { policy, structure, date }: Pick<Moment, 'policy' | 'structure' | 'date'>,
): string | undefined {
  if (status === 'active') return 'what is paused is started by a person only'
  const campaign = entity === 'campaign' ? structure.campaigns.find((one) => one.id === id) : undefined
  return campaign && memberOf(policy, structure.account, campaign, date)
    ? `it is in the portfolio on ${date}, the account’s day: its time is not over`
    : undefined
}

/** How many times the old value the new one is; undefined where they cannot be compared. */
function ratioOf(from: LeverChange['from'], to: LeverChange['to']): number | undefined {
  if (from.kind === 'money' && to.kind === 'money')
    return from.amount.currency === to.amount.currency && from.amount.micros > 0n && to.amount.micros > 0n
      ? Number(to.amount.micros) / Number(from.amount.micros)
      : undefined
  return from.kind === 'ratio' && to.kind === 'ratio' && from.value > 0 && to.value > 0
    ? to.value / from.value
    : undefined
}
