import { doubtText, isMeant, timesApart } from '../decide/magnitude.ts'
import { numberText, valueWords } from '../decide/words.ts'
import { sameAccount } from '../model/account.ts'
import { accepted, type PlatformCapabilities } from '../model/capability.ts'
import { isBlocked } from '../model/guardrail.ts'
import { isCut, type LeverValue, sameValue } from '../model/lever.ts'
import { cooldownOf } from '../model/lever-cooldown.ts'
import { type LeverState, writesOn } from '../model/lever-state.ts'
import type { ChangeDecision } from '../model/plan.ts'
import type { Policy } from '../model/policy.ts'
import { type AccountDate, addDays, type Instant, isoInstant } from '../units/calendar.ts'
import { compare } from '../units/money.ts'

/** What is asked of every change at the moment of the push, whatever plan it comes from and whatever that plan checked. */
interface Moment {
  readonly policy: Policy
  readonly date: AccountDate
  readonly now: Instant
  readonly capabilities: PlatformCapabilities
}

/** What a lever stood at is held against a new value this far back: in a week no budget grows by a hundredfold. */
const REMEMBERED_DAYS = 7

/** Why a change is not let through, by whoever it was decided; undefined: it is. */
export const stopped = (decision: ChangeDecision, state: LeverState, moment: Moment): string | undefined =>
  (isBlocked(decision.guardrails) ? 'a guardrail stands against it in the plan itself' : undefined) ??
  doubted(decision, state, moment) ??
  cooling(decision, state, moment) ??
  tooOften(decision, state, moment) ??
  outOfRange(decision, moment) ??
  outOfBounds(decision, moment) ??
  outOfSize(decision, state, moment)

function doubted(decision: ChangeDecision, state: LeverState, { policy }: Moment): string | undefined {
  const { known, doubted } = state
  if (!doubted || isMeant(policy, decision.change.lever, known) || isOrdered(decision, state)) return undefined
  return timesApart(known, doubted.was) >= policy.guardrails.magnitudeFactor ? doubtText(known, doubted.was) : undefined
}

/** What the platform would refuse is not sent: for some, every try begins the wait anew. */
function cooling({ change }: ChangeDecision, state: LeverState, { capabilities, now }: Moment): string | undefined {
  const held = cooldownOf(state, capabilities, isCut(change) ? 'cut' : 'raise', now)
  return held && `not before ${isoInstant(held.until)}: ${held.reason}`
}

/** What makes less be spent is never too often. */
function tooOften({ change }: ChangeDecision, state: LeverState, { policy, date }: Moment): string | undefined {
  const writes = writesOn(state, date)
  return !isCut(change) && writes >= policy.guardrails.maxChangesPerLeverDay
    ? `it was moved ${writes} times today, and the policy lets a lever be moved ${policy.guardrails.maxChangesPerLeverDay} times a day`
    : undefined
}

/** What the platform takes of such a lever, whichever level holds it. */
function outOfRange({ change: { lever, to } }: ChangeDecision, { capabilities }: Moment): string | undefined {
  if (!sameValue(accepted(lever.kind, to, capabilities), to)) {
    const [least, most] = capabilities.ratios?.[lever.kind] ?? []
    return `the platform takes ${least} to ${most}, and not ${valueWords(to)}`
  }
  if (lever.kind !== 'daily-budget' || to.kind !== 'money') return undefined
  const most = capabilities.maximumDailyBudget?.(to.amount.currency)
  if (most && compare(to.amount, most) > 0)
    return `${valueWords(to)} is more than the ${valueWords({ kind: 'money', amount: most })} a day that the platform takes`
  // A platform that stored its least instead would spend more than what was counted.
  const least = capabilities.minimumDailyBudget(to.amount.currency)
  return compare(to.amount, least) < 0
    ? `${valueWords(to)} is less than the ${valueWords({ kind: 'money', amount: least })} a day that the platform takes`
    : undefined
}

/** The policy's bounds of one budget, which are in its own currency. */
function outOfBounds({ change }: ChangeDecision, { policy }: Moment): string | undefined {
  const { lever, to } = change
  if (lever.entity !== 'budget' || to.kind !== 'money' || isCut(change)) return undefined
  const broken = policy.bounds.find(
    ({ account, budget, atMost }) =>
      budget === lever.id && sameAccount(account, lever.account) && atMost && compare(to.amount, atMost) > 0,
  )
  return broken?.atMost
    ? `${valueWords(to)} is more than the ${valueWords({ kind: 'money', amount: broken.atMost })} that the policy bounds it by`
    : undefined
}

/** A value a great many times what the lever stands or stood at lately: cents for euros, micros for cents. */
function outOfSize(
  decision: ChangeDecision,
  state: LeverState,
  { policy, date, capabilities }: Moment,
): string | undefined {
  const { lever, from, to } = decision.change
  if (to.kind === 'status') return undefined
  if (timesApart(to, capabilities.normalise(lever.kind, to)) >= 2)
    return `the platform would keep ${valueWords(capabilities.normalise(lever.kind, to))} of ${valueWords(to)}`
  if (isOrdered(decision, state)) return undefined
  const { magnitudeFactor } = policy.guardrails
  const found = [from, ...valuesSince(state, addDays(date, -REMEMBERED_DAYS))].find(
    (value) => timesApart(to, value) >= magnitudeFactor,
  )
  return found
    ? `${valueWords(to)} is ${numberText(timesApart(to, found))} times apart from the ${valueWords(found)} that it stands at, or stood at lately: taken for a mistake of units`
    : undefined
}

/** An order back to the caps, or the guard's cut to a floor, comes from a value that is an error itself. */
const isOrdered = ({ change, alert }: ChangeDecision, { cutBackTo }: LeverState): boolean =>
  isCut(change) && (cutBackTo !== undefined || alert !== undefined)

const valuesSince = ({ dayStart, past = [] }: LeverState, since: AccountDate): readonly LeverValue[] => [
  ...(dayStart ? [dayStart] : []),
  ...past.filter(({ date }) => date >= since).map(({ value }) => value),
]
