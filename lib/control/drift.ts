import { doubtText, isMeant, timesApart } from '../decide/magnitude.ts'
import { amountText } from '../decide/words.ts'
import { sameAccount } from '../model/account.ts'
import { isBudget, type Lever, type LeverKind, type LeverValue, sameValue } from '../model/lever.ts'
import { type Drift, type LeverState, withEvent, withoutMetCap } from '../model/lever-state.ts'
import type { ChangeEvent } from '../model/structure.ts'
import { type AccountDate, DAY_MS, type Instant, later } from '../units/calendar.ts'
import { add, compare, larger, type Money, smaller, subtract, times } from '../units/money.ts'
import { convert, convertBack, type ExchangeRate } from '../units/rates.ts'
import { amountOf, highOn, withHigh } from './exposure.ts'
import type { Sighting } from './sighting.ts'
import type { WiderCap } from './wider-caps.ts'

export interface DriftQuestion {
  readonly sighting: Sighting
  readonly before: LeverState | undefined
  readonly events: readonly ChangeEvent[]
  /** Of the account's day so far, and its cap; undefined while the day is not open. */
  readonly exposure: Money | undefined
  readonly cap: Money | undefined
  /** Caps over more than this account, where they are known. */
  readonly wider?: readonly WiderCap[]
  readonly factor: number
  /** Largest share that the platform takes at once without learning anew. */
  readonly learningSafeStep: number
  readonly date: AccountDate
  readonly now: Instant
  /** From the account's currency to the portfolio's; undefined where none is to be had. */
  readonly rate: ExchangeRate | undefined
}

/**
 * What to make of a lever that is not as it was known. A value that somebody else changed is drift: inside the caps it is
 * adopted, held or reasserted as the policy says; a budget outside them is not adopted but marked to be cut back to the
 * cap, or, where it is not Sluice's to move, to be told of. Levers that are no budgets have no caps: what they cost is
 * bounded by their budgets.
 */
export function resolveDrift(question: DriftQuestion): { state: LeverState; drift?: Drift } {
  const { sighting, before, date, now } = question
  const { value: observed, lever, idle } = sighting
  const base: LeverState = before ?? { lever, version: 0, known: observed, knownAt: now, ours: false, idle }
  const { doubted, ...record } = counted(before, base, sighting, date)
  const seen: LeverState = {
    ...record,
    known: observed,
    knownAt: now,
    idle,
    version: base.version + 1,
  }
  if (!before) return { state: seen }
  const event = editOf(lever, question.events)
  const was = doubted?.was ?? before.known
  if (sameValue(before.known, observed) && !(doubted && event))
    return { state: doubted ? { ...seen, doubted } : fits(before, question) ? withoutBeyond(seen) : seen }
  const drift: Told = (resolution, detail) => ({
    lever,
    lastKnown: was,
    observed,
    seenAt: now,
    ...(event ? { actor: event.actor, changedAt: event.at } : {}),
    resolution,
    detail,
  })
  // A lifetime budget may go in one day, but not twice.
  const factor = lever.kind === 'lifetime-budget' ? 1 : question.factor
  if (sameValue(was, observed)) return { state: withoutMetCap(seen) }
  const limit = isBudget(lever)
    ? (standingLimit(question, before) ?? limitFor({ ...question, factor }, { ...before, known: was }))
    : undefined
  const doubt = !event && isImplausible(sighting, was) ? { was, since: doubted?.since ?? now } : undefined
  const read = doubt ? { ...seen, doubted: doubt } : seen
  if (limit && compare(amountOf(observed), limit.amount) > 0) {
    const worst = amountText(times(amountOf(observed), factor, 'up'))
    // Where it was read wrong it stands at what it was: to write that changes nothing.
    const most = doubt ? { ...limit, amount: smaller(limit.amount, amountOf(was)) } : limit
    return outside(read, sighting, most, `${limit.why}; at worst today costs ${worst} on this budget`, drift)
  }
  if (doubt) {
    const worst = times(larger(amountOf(observed), amountOf(was)), factor, 'up')
    return {
      state: read,
      drift: drift('hold', `${doubtText(observed, was)}; counted at ${amountText(worst)} today at worst`),
    }
  }
  const { cutBackTo: _, cutBackWhy: _why, pausedFor: _paused, ...inside } = withoutBeyond(seen)
  return adopt(theirs(inside), sighting, drift, now)
}

type Told = (resolution: Drift['resolution'], detail: string) => Drift

/** What is Sluice's to move is cut back. Of the rest a person is told, who alone can do something about it. */
function outside(
  seen: LeverState,
  sighting: Sighting,
  { amount }: Cap,
  why: string,
  drift: Told,
): { state: LeverState; drift: Drift } {
  const most: LeverValue = { kind: 'money', amount }
  const told = drift('cut-back', why)
  const whose = seen.doubted
    ? `and nobody is known to have set it, ${why}`
    : `set by ${told.actor ?? 'somebody'}, ${why}`
  const rest = withoutBeyond(seen)
  if (isOurs(sighting)) return { state: { ...rest, cutBackTo: most, cutBackWhy: whose }, drift: told }
  const { cutBackTo: _, cutBackWhy: _why, ...counted } = rest
  const of = sighting.portfolio && { portfolio: sighting.portfolio.policy.portfolio }
  const state = { ...counted, beyondCap: { most, why: whose, ...of } }
  return { state, drift: drift('hold', `${why}; it is not cut back: ${notOursText(sighting.lever)}`) }
}

/** Whether Sluice may set it to anything at all. */
const isOurs = ({ lever, portfolio, managed }: Sighting): boolean =>
  portfolio !== undefined && managed !== false && lever.kind !== 'lifetime-budget'

const notOursText = ({ kind }: Lever): string =>
  kind === 'lifetime-budget'
    ? 'lifetime budgets are counted and not moved'
    : 'no portfolio manages all that it feeds, so it is counted and not moved'

function withoutBeyond(state: LeverState): LeverState {
  const { beyondCap: _, ...rest } = state
  return rest
}

/**
 * Whether what stood beyond the account's cap does so no more, by a higher cap or on another day. What cannot spend says
 * nothing about that.
 */
export const fits = (
  { beyondCap, idle }: LeverState,
  { exposure, cap }: { readonly exposure?: Money | undefined; readonly cap?: Money | undefined },
): boolean => beyondCap !== undefined && !idle && !!exposure && (!cap || compare(exposure, cap) <= 0)

/** What platforms' histories call the fields that a lever's value is in. */
const BUDGET_FIELDS = ['amount', 'daily-budget', 'lifetime-budget']
const TARGET_FIELDS = ['target-cpa', 'target-roas', 'bid', 'strategy']
const FIELDS: Readonly<Record<LeverKind, readonly string[]>> = {
  'daily-budget': BUDGET_FIELDS,
  'lifetime-budget': BUDGET_FIELDS,
  'target-cpa': TARGET_FIELDS,
  'target-roas': TARGET_FIELDS,
  bid: TARGET_FIELDS,
  'bid-multiplier': ['bid-multiplier', 'bid-adjustments'],
  status: ['status'],
}

/**
 * Who moved it, where the platform's history tells: not us. A budget on a campaign or an ad group has its id: who has
 * renamed or paused the one has not moved the other.
 */
export const editOf = ({ entity, id, kind }: Lever, events: readonly ChangeEvent[]): ChangeEvent | undefined =>
  events.findLast(
    (one) =>
      one.origin !== 'ours' && one.entity.id === id && one.entity.kind === entity && FIELDS[kind].includes(one.field),
  )

/** A budget of nobody's is held to what policies are by default. */
const MAGNITUDE_FACTOR = 50

/** Whether a budget was read so far from what it was that nobody can be taken to have meant it. */
function isImplausible({ lever, value, portfolio }: Sighting, was: LeverValue): boolean {
  if (!isBudget(lever)) return false
  const factor = portfolio?.policy.guardrails.magnitudeFactor ?? MAGNITUDE_FACTOR
  return timesApart(value, was) >= factor && !(portfolio && isMeant(portfolio.policy, lever, value))
}

/** What somebody moves during an event is theirs: it is not put back after it. */
const theirs = (state: LeverState): LeverState =>
  state.event?.stoodAt ? withEvent(state, { name: state.event.name }) : state

/**
 * With what the day may already have cost on record, before the value or the idleness changes. What was edited and then
 * paused may have run in between.
 */
function counted(
  before: LeverState | undefined,
  base: LeverState,
  { lever, value, idle }: Sighting,
  date: AccountDate,
): LeverState {
  // A setting that is seen for the first time was not moved today.
  if (!isBudget(lever)) return before ? withHigh(before, value, date) : base
  if (before && !before.idle) return withHigh(before, value, date)
  return idle ? base : withHigh({ ...base, idle: true }, value, date)
}

function adopt(state: LeverState, sighting: Sighting, drift: Told, now: Instant): { state: LeverState; drift: Drift } {
  const { lever, portfolio } = sighting
  const rules = portfolio?.policy.drift ?? { insideCaps: 'adopt', holdDays: 7 }
  const until = later(now, rules.holdDays * DAY_MS)
  const hold = { until, reason: `somebody set this ${isBudget(lever) ? 'budget ' : ''}by hand` }
  const held = rules.holdDays > 0 ? { ...state, hold } : state
  if (isBudget(lever) && !isOurs(sighting)) return { state: held, drift: drift('adopt', notOursText(lever)) }
  if (rules.insideCaps === 'reassert')
    return { state, drift: drift('reassert', 'the next daily decision starts from it and steers on') }
  return { state: held, drift: drift(rules.insideCaps, `inside the caps: left alone for ${rules.holdDays} days`) }
}

/** What was outside stays so until it is back, however often it is moved outside. */
function standingLimit({ sighting }: DriftQuestion, { cutBackTo, beyondCap }: LeverState): Cap | undefined {
  const above = (most: LeverValue | undefined): most is LeverValue =>
    most !== undefined && compare(amountOf(sighting.value), amountOf(most)) > 0
  if (above(cutBackTo)) return { amount: amountOf(cutBackTo), why: 'it was to be cut back already' }
  return above(beyondCap?.most) ? { amount: amountOf(beyondCap.most), why: ABOVE_DAY } : undefined
}

/** The most that somebody else's value may be, and which cap says so. */
interface Cap {
  readonly amount: Money
  readonly why: string
}

const ABOVE_DAY = 'above what the account’s day cap leaves'

function dayLimit({ exposure, cap, factor, date }: DriftQuestion, before: LeverState): readonly Cap[] {
  return exposure && cap ? [{ amount: underCap(before, exposure, cap, factor, date), why: ABOVE_DAY }] : []
}

/** What nobody here may set has no limit but the day's: bounds and steps are of what a portfolio moves. */
function limitFor(question: DriftQuestion, before: LeverState): Cap | undefined {
  return isOurs(question.sighting) ? capFor(question, before) : dayLimit(question, before)[0]
}

function capFor(question: DriftQuestion, before: LeverState): Cap | undefined {
  const { sighting, learningSafeStep, rate } = question
  const { lever, value, portfolio } = sighting
  if (!portfolio) return undefined
  const { guardrails, bounds } = portfolio.policy
  const known = amountOf(before.known)
  const limits: Cap[] = [
    {
      amount: times(known, guardrails.implausibleFactor, 'down'),
      why: `more than ${guardrails.implausibleFactor} times the budget before is taken for an error`,
    },
  ]
  const own = bounds.find((one) => one.budget === lever.id && sameAccount(one.account, lever.account))?.atMost
  if (own) limits.push({ amount: own, why: 'above the most that the policy allows this budget' })
  if (guardrails.maxDailyBudget && rate)
    limits.push({
      amount: convertBack(guardrails.maxDailyBudget, rate, 'down'),
      why: 'above the largest budget that the policy allows',
    })
  limits.push(...dayLimit(question, before), ...widerLimits(question, before))
  const broken = limits.filter(({ amount }) => compare(amountOf(value), amount) > 0)
  const tightest = broken.reduce<Cap | undefined>(
    (a, b) => (a && smaller(a.amount, b.amount) === a.amount ? a : b),
    undefined,
  )
  if (!tightest) return undefined
  // A value that is an error says nothing of what was meant: go back to what was there, with the day's usual room at most.
  const usual = times(known, 1 + Math.min(guardrails.maxDayRise, learningSafeStep), 'down')
  return { amount: smaller(tightest.amount, usual), why: tightest.why }
}

/** The same under the caps of the portfolio and those that are shared, with what their day would cost at worst. */
const widerLimits = ({ wider = [], rate, factor, date, sighting }: DriftQuestion, before: LeverState): readonly Cap[] =>
  wider.flatMap(({ name, cap, exposure }) => {
    if (!rate) return []
    const high = highOn(before, date)
    const grown = times(subtract(larger(amountOf(sighting.value), high), high), factor, 'up')
    const worst = add(exposure, convert(grown, rate, 'up'))
    return [
      {
        amount: underCap(before, convertBack(exposure, rate, 'up'), convertBack(cap, rate, 'down'), factor, date),
        why: `above what ${name} leaves, whose day would cost ${amountText(worst)} of ${amountText(cap)}`,
      },
    ]
  })

/**
 * The most that this budget may be set to with the account's day still under its cap, and no less than it stood at. An
 * edit that a push ran into is in the day's exposure already: then the room is negative by what it takes too much.
 */
function underCap(before: LeverState, exposure: Money, cap: Money, factor: number, date: AccountDate): Money {
  const room = times(subtract(cap, exposure), 1 / factor, 'down')
  return larger(amountOf(before.known), add(highOn(before, date), room))
}
