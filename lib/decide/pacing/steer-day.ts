import { isLimitedByBudget } from '../../measure/delivery.ts'
import { accountKey } from '../../model/account.ts'
import { eventsOf, stepInForce } from '../../model/events.ts'
import { canSpend, entitiesOf } from '../../model/membership.ts'
import type { AccountObservation, HourlySpend, Observation } from '../../model/observation.ts'
import type { ChangeDecision, Decision } from '../../model/plan.ts'
import {
  type AccountDate,
  DAY_MS,
  dayLength,
  endOfDay,
  HOUR_MS,
  type Instant,
  later,
  startOfDay,
  type TimeZone,
} from '../../units/calendar.ts'
import { compare, larger, type Money, mainUnits, times } from '../../units/money.ts'
import { spendByDate } from '../account-checks.ts'
import { baseUnitsOf, rateOf } from '../base-rate.ts'
import { withinChangeLimit } from '../change-limit.ts'
import { effectOfMove } from '../effect.ts'
import { hardLimits, roundedUp, steps } from '../guardrails.ts'
import { type BudgetQuestion, reasonToHold } from '../holds.ts'
import { standingSpend } from '../pace-day.ts'
import { leastToday } from '../spent-today.ts'
import { amountText, changeText } from '../words.ts'
import { type HourlyProfile, hourlyProfile, hoursOf } from './hourly-profile.ts'
import { type AccountDay, type DayHours, intraday } from './intraday.ts'

/** Name of what binds a cut for the rest of a day. */
const DAY_AHEAD = 'day-ahead'
/** Earlier days whose hours must be known before a day is judged by its hours. */
const LEAST_DAYS = 3
/** Hours that must be known of such a day: the last ones nobody reads before it is over, and more is too much of a guess. */
const LEAST_HOURS = 20
/** Share of such a day's spend that its hours must account for. */
const LEAST_EXPLAINED = 0.5
/** Standard deviation of an account's day about what its budgets stand for, as a share. */
const NOISE = 0.15

type Steered = ReadonlyMap<BudgetQuestion, Decision>
const NONE: Steered = new Map()

/**
 * Between two daily decisions: cuts where the portfolio's day is running ahead of its target, as far as its spend alone
 * tells. Every budget that is free to move and that limits its own spend is cut by the same share, once in its account's
 * day, within the usual step and never below what it has spent. Nothing is ever raised: a day that lags is made up by
 * those to come.
 *
 * @param target what the portfolio is to spend today, in the base currency
 */
export function steerDay(observation: Observation, questions: readonly BudgetQuestion[], target: Money): Steered {
  const { guardrails, baseCurrency } = observation.policy.policy
  if (observation.occasion !== 'correction' || guardrails.steerWithinDay !== 'cut') return NONE
  const own = Map.groupBy(questions, ({ account }) => account)
  const days = new Map(observation.accounts.map((one) => [one, accountDay(observation, one, own.get(one) ?? [])]))
  const { maxStepDown } = guardrails
  const day = intraday({ accounts: [...days.values()], target: mainUnits(target), maxStepDown })
  if (day.cut === undefined) return NONE
  const why = `the day runs ahead: ${day.why} ${baseCurrency}`
  const share = day.cut
  const cuts = questions.flatMap((question): readonly (readonly [BudgetQuestion, ChangeDecision])[] => {
    const cut = days.get(question.account)?.hours && cutOf(question, share, why)
    return cut ? [[question, cut]] : []
  })
  const limited = withinChangeLimit(
    observation,
    cuts.map(([, cut]) => cut),
  )
  return new Map(cuts.map(([question], i) => [question, limited[i]!]))
}

/** When a plan lapses; one that cuts for the rest of a day is worth nothing on the next. */
export function expiryOf({ now, policy, accounts }: Observation, decisions: readonly Decision[]): Instant {
  const usual = later(now, policy.policy.planExpiresAfterHours * HOUR_MS)
  const steered = new Set(decisions.filter(isForTheDay).map(({ change }) => accountKey(change.lever.account)))
  return accounts
    .filter(({ account }) => steered.has(account))
    .map(({ structure, today }) => endOfDay(today, structure.zone))
    .reduce((first, ends) => Math.min(first, ends) as Instant, usual)
}

const isForTheDay = (one: Decision): one is ChangeDecision =>
  one.kind === 'change' && one.binding.some(({ name }) => name === DAY_AHEAD)

/** What an account adds to the day, in the base currency. One whose day has another date is taken to spend as expected. */
function accountDay(observation: Observation, account: AccountObservation, own: readonly BudgetQuestion[]): AccountDay {
  const expected = own.reduce((sum, one) => sum + standingSpend(one), 0)
  const profile = account.today === observation.today ? profileOf(account) : undefined
  if (!profile || !account.hours) return { expected, noise: NOISE }
  const { zone } = account.structure
  const known = wholeHours(account.today, zone, account.hours.readAt)
  const spent = spentIn(account, account.hours, own, known) * baseUnitsOf(rateOf({ observation, account }))
  const hours: DayHours = { date: account.today, zone, known, spent, profile }
  return { expected, noise: NOISE, hours }
}

/** By which hours the account's days are spent; undefined: too few of them are known. */
function profileOf(account: AccountObservation): HourlyProfile | undefined {
  const days = (account.hours?.past ?? []).flatMap((day) => {
    const hours = completed(account, day)
    return hours ? [hours] : []
  })
  return days.length < LEAST_DAYS ? undefined : hourlyProfile(days)
}

/** A past day's spend by hour: what it spent after its last reading, in even parts, as its total tells by now. */
function completed(
  account: AccountObservation,
  { date, readAt, spendMicros }: HourlySpend['past'][number],
): readonly number[] | undefined {
  const { zone } = account.structure
  const total = Number(spendByDate(account).get(date) ?? 0n)
  const known = wholeHours(date, zone, readAt)
  if (dayLength(date, zone) !== DAY_MS || known < LEAST_HOURS || total <= 0) return undefined
  const read = spendMicros.map((micros, hour) => (hour < known ? Number(micros) : 0))
  const explained = read.reduce((a, b) => a + b, 0)
  if (explained < LEAST_EXPLAINED * total) return undefined
  const rest = Math.max(0, total - explained) / Math.max(1, 24 - known)
  return read.map((micros, hour) => (hour < known ? micros : rest))
}

/**
 * Hours of a date that were over when it was read, as the clock ran. While the clock shows an hour for the second time, the
 * first of the two does not count either: their spend is reported as one.
 */
function wholeHours(date: AccountDate, zone: TimeZone, readAt: Instant): number {
  const all = hoursOf(date, zone)
  const gone = Math.max(0, Math.min(all.length, Math.floor((readAt - startOfDay(date, zone)) / HOUR_MS)))
  const shown = all.slice(gone)
  const again = all.slice(0, gone).findIndex((hour) => shown.includes(hour))
  return again === -1 ? gone : again
}

/** Main units of the account's currency that the portfolio's budgets spent in the day's first hours. */
function spentIn(
  { today, structure }: AccountObservation,
  hours: HourlySpend,
  own: readonly BudgetQuestion[],
  known: number,
): number {
  const entities = new Set(own.flatMap(({ budget }) => entitiesOf(budget)))
  const clock = [...new Set(hoursOf(today, structure.zone).slice(0, known))]
  let micros = 0n
  for (const [entity, spend] of hours.today)
    if (entities.has(entity) || entities.has(entity.split('/', 1).join()))
      for (const hour of clock) micros += spend[hour] ?? 0n
  return Number(micros) / 1e6
}

/** The cut of one budget; undefined where it is to be left alone, or the cut is not worth making. */
function cutOf(question: BudgetQuestion, share: number, why: string): ChangeDecision | undefined {
  if (!isFree(question)) return undefined
  const { budget, lever, membership, estimate, observation, capabilities } = question
  const { policy } = observation.policy
  const floors = [...steps({ policy, budget, capabilities }), ...hardLimits(question)]
  const wanted = floors.flatMap(({ atLeast }) => atLeast ?? []).reduce(larger, times(budget.amount, share, 'up'))
  const spent = leastToday(question, Math.max(1, capabilities.cutFloorOfSpend))
  const to = roundedUp(larger(wanted, spent), capabilities)
  if (compare(to, times(budget.amount, 1 - policy.guardrails.deadband, 'down')) > 0) return undefined
  return {
    kind: 'change',
    change: { lever, from: { kind: 'money', amount: budget.amount }, to: { kind: 'money', amount: to } },
    name: budget.name,
    class: membership.class,
    expected: effectOfMove(question, mainUnits(budget.amount), mainUnits(to)),
    binding: [{ name: DAY_AHEAD, detail: why }],
    why: `${changeText(budget.amount, to)} to ${amountText(to)}: ${why}.`,
    maturity: estimate?.maturity ?? 0,
    limitedBy: 'budget',
  }
}

/** What the daily decision would not move, what spends as something else lets it, an event's step, and what was cut today. */
function isFree(question: BudgetQuestion): boolean {
  const { observation, account, budget, state, estimate, limited } = question
  const { structure, today } = account
  if (!estimate || !isLimitedByBudget(estimate) || limited?.isBinding || !canSpend(structure, budget)) return false
  const events = eventsOf(observation.policy.policy, structure, budget, today)
  if (state?.event || stepInForce(events, today)) return false
  const high = state?.day === today && state.dayHigh?.kind === 'money' ? state.dayHigh.amount : budget.amount
  return high.micros <= budget.amount.micros && reasonToHold(question) === undefined
}
