import { isWithin, type SteppedEvent, stepInForce } from '../../model/events.ts'
import type { LeverState } from '../../model/lever-state.ts'
import type { CalendarEvent } from '../../model/policy.ts'
import { type AccountDate, addDays } from '../../units/calendar.ts'
import { compare, equal, larger, type Money, smaller, times } from '../../units/money.ts'
import type { Limit } from '../interval.ts'
import { amountText } from '../words.ts'

export interface EventQuestion {
  /** Those that concern the budget: see `eventsOf`. */
  readonly events: readonly CalendarEvent[]
  /** The account date on which a change would be pushed. */
  readonly on: AccountDate
  /** The budget as it was last read. */
  readonly standing: Money
  /** Its mark tells whether the budget stands raised, and what it stood at. */
  readonly state: LeverState | undefined
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
 * the budget's mark and at what should be, so that a late, repeated or failed turn changes nothing about the outcome.
 *
 * A person's hand wins: what somebody moved during the event is left alone while it lasts and not put back after it.
 */
export function eventStep(question: EventQuestion): EventStep {
  const inForce = stepInForce(question.events, question.on)
  const made = stepMade(question)
  if (inForce) {
    if (isTheirs(question, inForce)) return hold(inForce, BY_HAND)
    if (!made) return stepTo(question, inForce, question.standing)
    if (movedJustNow(question)) return hold(inForce, BY_HAND)
    return made.event === inForce.name ? stay(question, inForce, made) : stepTo(question, inForce, made.stoodAt)
  }
  if (!made) return { kind: 'none' }
  if (movedJustNow(question)) return { kind: 'left', event: made.event, why: BY_HAND }
  return goBack(question, made)
}

const BY_HAND = 'somebody moved it by hand since: it is left as it is'

const windowText = ({ name, from, to }: CalendarEvent): string =>
  from === to ? `"${name}" (${from})` : `"${name}" (${from} to ${to})`
const hold = ({ name }: CalendarEvent, why: string): EventStep => ({ kind: 'hold', event: name, why })

interface MadeStep {
  readonly event: string
  readonly stoodAt: Money
}

/** The step that the budget stands at; none where it stands where it stood before it, whatever was tried. */
function stepMade({ state, standing }: EventQuestion): MadeStep | undefined {
  const { name, stoodAt } = state?.event ?? {}
  return name === undefined || !stoodAt || equal(stoodAt, standing) ? undefined : { event: name, stoodAt }
}

/** Somebody moved it during this very event; a mark of long ago may have the same name. */
const isTheirs = ({ state }: EventQuestion, { name, from }: SteppedEvent): boolean =>
  state?.event !== undefined &&
  state.event.stoodAt === undefined &&
  state.event.name === name &&
  state.day !== undefined &&
  state.day >= from

/** What was read is not what is known: an edit that no pull has judged yet. */
const movedJustNow = ({ standing, state }: EventQuestion): boolean =>
  state?.known.kind === 'money' && !equal(state.known.amount, standing)

/** At the event's level, unless a cap has come down meanwhile. */
function stay({ caps, standing }: EventQuestion, event: SteppedEvent, { stoodAt }: MadeStep): EventStep {
  const { to, cutBy } = underCaps(caps, standing)
  if (!cutBy || compare(to, standing) >= 0) return hold(event, `stands at its level for ${windowText(event)}`)
  const why = `cut from ${amountText(standing)}, where it stands for ${windowText(event)}: ${cutBy.detail}`
  return { kind: 'step', event: event.name, to, stoodAt, cutBy, why }
}

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
  if (compare(standing, stoodAt) < 0)
    return { kind: 'left', event, why: `"${event}" is over, and it stands below what it stood at before` }
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

/**
 * Whether a raise to `to` is what an event's approved step lets be done on a day: asked once more before it is pushed.
 *
 * @returns what speaks against it
 */
export function notApproved(
  events: readonly CalendarEvent[],
  name: string,
  on: AccountDate,
  stoodAt: Money,
  to: Money,
): string | undefined {
  const event = events.find((one) => one.name === name)
  if (event?.budgetFactor === undefined) return `the policy has no approved step for an event "${name}"`
  if (!isWithin(event, on)) return `"${name}" is from ${event.from} to ${event.to}, and it is ${on} on the account`
  return compare(to, times(stoodAt, event.budgetFactor, 'down')) > 0
    ? `"${name}" may raise it to ${event.budgetFactor} times ${amountText(stoodAt)}, not to ${amountText(to)}`
    : undefined
}
