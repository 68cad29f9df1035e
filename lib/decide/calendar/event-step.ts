import type { LeverState } from '../../model/lever-state.ts'
import type { CalendarEvent } from '../../model/policy.ts'
import { type AccountDate, addDays } from '../../units/calendar.ts'
import { compare, divide, equal, larger, type Money, money, smaller, times } from '../../units/money.ts'
import type { Limit } from '../interval.ts'
import { amountText } from '../words.ts'
import { type SteppedEvent, stepInForce } from './demand.ts'

export interface EventQuestion {
  /** Those that concern the budget: see `eventsFor`. */
  readonly events: readonly CalendarEvent[]
  /** The account date on which a change would be pushed. */
  readonly on: AccountDate
  /** The budget as it was last read. */
  readonly standing: Money
  readonly state: LeverState | undefined
  /**
   * What it stood at before the event that it stands raised for, where that is on record. Without it the lever's own
   * record must tell, which it does unless the lever was written to again during the event.
   */
  readonly stoodAt?: Money
  /** The platform raises it by itself: a budget schedule of this event is in place. */
  readonly isScheduled?: boolean
  /** Limits that an approved step does not lift either, in the budget's currency. */
  readonly caps: readonly Limit[]
}

export type EventStep =
  /** No event has a say: the budget takes part in the ordinary decision. */
  | { readonly kind: 'none' }
  /** To the event's level; `stoodAt` is what it goes back to. `cutBy`: the cap that left less than was approved. */
  | {
      readonly kind: 'step'
      readonly event: string
      readonly to: Money
      readonly stoodAt: Money
      readonly cutBy?: Limit
      readonly why: string
    }
  | {
      readonly kind: 'return'
      readonly event: string
      readonly to: Money
      readonly cutBy?: Limit
      readonly why: string
    }
  /** It stands where the event wants it, or cannot be moved for it. */
  | { readonly kind: 'hold'; readonly event: string; readonly why: string }
  /** The event is over and it is not put back; the ordinary decision has it again. */
  | { readonly kind: 'left'; readonly event: string; readonly why: string }

/**
 * What an event's approved step asks of one budget: up on the first local day (or on the first on which it can be done),
 * left alone while it lasts, and back to what it stood at, to the micro, on the first day after it. Each turn looks at
 * what was done and what should be, so that a late, repeated or failed turn changes nothing about the outcome.
 *
 * A person's hand wins: what somebody moved since is not put back.
 */
export function eventStep(question: EventQuestion): EventStep {
  const inForce = stepInForce(question.events, question.on)
  const made = stepMade(question)
  if (inForce) {
    if (question.isScheduled)
      return hold(inForce, `the platform raises it by a schedule for ${windowText(inForce)}: it is not raised twice`)
    if (made === 'unclear') return hold(inForce, UNCLEAR)
    if (made === undefined) return stepTo(question, inForce, question.standing)
    if (made.event === inForce.name) return hold(inForce, `stands at its level for ${windowText(inForce)}`)
    return movedByHand(question) ? hold(inForce, BY_HAND) : stepTo(question, inForce, made.stoodAt)
  }
  if (made === undefined) return { kind: 'none' }
  if (made === 'unclear') return { kind: 'left', event: lastEvent(question), why: UNCLEAR }
  if (movedByHand(question)) return { kind: 'left', event: made.event, why: BY_HAND }
  return goBack(question, made)
}

const UNCLEAR = 'it was written to during the event, and what it stood at before is not on record'
const BY_HAND = 'somebody moved it by hand since: it is not put back'

const windowText = ({ name, from, to }: CalendarEvent): string =>
  from === to ? `"${name}" (${from})` : `"${name}" (${from} to ${to})`
const hold = ({ name }: CalendarEvent, why: string): EventStep => ({ kind: 'hold', event: name, why })

interface MadeStep {
  readonly event: string
  readonly stoodAt: Money
}

/** The step that the budget stands at, as its record tells. */
function stepMade({ events, on, standing, state, stoodAt }: EventQuestion): MadeStep | 'unclear' | undefined {
  const then = state?.day === undefined ? undefined : stepInForce(events, state.day)
  // Written down, but the push did not come through.
  if (stoodAt && equal(stoodAt, standing)) return undefined
  if (stoodAt) return { event: (then ?? stepInForce(events, on))?.name ?? 'an event', stoodAt }
  // What was never moved by us was not raised by us.
  if (!state?.ours || !state.day || !then) return undefined
  const { known, dayStart } = state
  if (known.kind !== 'money' || dayStart?.kind !== 'money') return undefined
  const before = stepInForce(events, addDays(state.day, -1))
  // The day began at the level of the event that was on before.
  const earlier = before && before.name !== then.name ? before : undefined
  const base = earlier ? over(dayStart.amount, earlier.budgetFactor) : dayStart.amount
  // A push that failed leaves the day as it began; so does a pause and start on a later day of a step that was made.
  if (equal(known.amount, dayStart.amount)) {
    if (earlier) return { event: earlier.name, stoodAt: base }
    return state.day === then.from ? undefined : 'unclear'
  }
  // Below where the day began and yet not raised: it was cut back from a raise on an earlier day.
  return compare(known.amount, base) > 0 && (earlier || compare(known.amount, dayStart.amount) > 0)
    ? { event: then.name, stoodAt: base }
    : 'unclear'
}

const FACTOR_SCALE = 1_000_000_000
/** An amount divided by a factor, so that it undoes a multiplication by it. */
const over = ({ micros, currency }: Money, factor: number): Money =>
  money(divide(micros * BigInt(FACTOR_SCALE), BigInt(Math.round(factor * FACTOR_SCALE)), 'half-even'), currency)

/** An adopted edit is held; a hold that ended before the value was last verified is an older one. */
const movedByHand = ({ standing, state, stoodAt }: EventQuestion): boolean =>
  state === undefined
    ? stoodAt === undefined
    : (state.known.kind === 'money' && !equal(state.known.amount, standing)) ||
      (state.hold !== undefined && state.hold.until > state.knownAt)

const lastEvent = ({ events, state }: EventQuestion): string =>
  (state?.day && stepInForce(events, state.day)?.name) || 'an event'

function stepTo({ caps, standing }: EventQuestion, event: SteppedEvent, stoodAt: Money): EventStep {
  const wanted = times(stoodAt, event.budgetFactor, 'down')
  const { to, cutBy } = underCaps(caps, wanted)
  if (cutBy && compare(to, standing) <= 0)
    return hold(event, `${windowText(event)} asks for ${amountText(wanted)}, but ${cutBy.detail}`)
  if (equal(to, standing)) return hold(event, `stands at its level for ${windowText(event)}`)
  const why = [
    `${event.budgetFactor} times the ${amountText(stoodAt)} that it stood at, approved for ${windowText(event)}`,
    cutBy ? `; cut from ${amountText(wanted)} to ${amountText(to)}: ${cutBy.detail}` : '',
    `; back on ${addDays(event.to, 1)}`,
  ].join('')
  return { kind: 'step', event: event.name, to, stoodAt, ...(cutBy ? { cutBy } : {}), why }
}

function goBack({ caps, standing }: EventQuestion, { event, stoodAt }: MadeStep): EventStep {
  const { to, cutBy } = underCaps(caps, stoodAt)
  if (equal(to, standing)) return { kind: 'none' }
  const why = `"${event}" is over: back to the ${amountText(stoodAt)} that it stood at${cutBy ? `, but ${cutBy.detail}` : ''}`
  return { kind: 'return', event, to, ...(cutBy ? { cutBy } : {}), why }
}

/** Where floor and ceiling contradict each other the ceiling wins: a cap is never exceeded. */
function underCaps(caps: readonly Limit[], wanted: Money): { to: Money; cutBy?: Limit } {
  let to = wanted
  for (const { atLeast } of caps) if (atLeast) to = larger(to, atLeast)
  for (const { atMost } of caps) if (atMost) to = smaller(to, atMost)
  const cutBy = caps.find(({ atLeast, atMost }) => [atLeast, atMost].some((one) => one && equal(one, to)))
  return equal(to, wanted) || !cutBy ? { to } : { to, cutBy }
}
