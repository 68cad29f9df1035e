import { isLimitedByBudget } from '../measure/delivery.ts'
import type { Estimates } from '../model/estimates.ts'
import { eventsOf, spendFactor, stepInForce } from '../model/events.ts'
import { launchEnd } from '../model/launch.ts'
import { canSpend, memberOf } from '../model/membership.ts'
import type { Observation } from '../model/observation.ts'
import type { Pace } from '../model/plan.ts'
import type { CalendarEvent, Policy } from '../model/policy.ts'
import { raiseOn } from '../model/scheduled-raise.ts'
import { campaignsFedBy } from '../model/structure-index.ts'
import type { AccountDate } from '../units/calendar.ts'
import { add, type CurrencyCode, fromMainUnits, type Money, mainUnits } from '../units/money.ts'
import { unknownDays } from './account-checks.ts'
import { baseUnitsOf, rateOf } from './base-rate.ts'
import type { FlightLimits, FlightTerms } from './flight-limits.ts'
import type { BudgetQuestion } from './holds.ts'
import { type DayPlan, dayPlan } from './pacing/day-plan.ts'
import { type LandingTerms, landing } from './pacing/landing.ts'
import { pointOfNoReturn } from './pacing/no-return.ts'
import type { Launch } from './pacing/path.ts'
import { dayWeights, type PathPart } from './pacing/weights.ts'
import { spentToday } from './spent-today.ts'

/** Share of what remains. */
const NOT_MISSED = 0.01

export interface DayPace {
  /** What the portfolio is to spend today, in the base currency. */
  readonly target: Money
  readonly day: DayPlan
  /** @param limitsOf what bounds the days that remain beside steps; `stuck`: no budget can be moved on any of them */
  readonly paceWith: (limitsOf: (terms: FlightTerms) => FlightLimits | 'stuck') => Pace
}

/**
 * What the portfolio is to spend today, and where its flight lands.
 *
 * @throws Error when a rate for an account's spend is missing
 */
export function paceDay(
  observation: Observation,
  questions: readonly BudgetQuestion[],
  estimates: Pick<Estimates, 'dayOfWeek' | 'spendNoise'>,
): DayPace {
  const { policy } = observation.policy
  const { flight, baseCurrency } = policy
  const total = mainUnits(flight.total)
  const spent = flightSpent(observation, questions)
  const steady = questions.reduce((sum, one) => sum + standingSpend(one), 0)
  const day = dayPlan({
    ...{ from: flight.from, to: flight.to, total, today: observation.today, spent },
    weights: dayWeights(flight.from, flight.to, { dayOfWeek: estimates.dayOfWeek, parts: partsOf(questions) }),
    launches: launchesOf(policy),
    steady,
  })
  const { maxStepUp, maxStepDown } = policy.guardrails
  const limits = {
    ...{ path: day.path, standing: steady },
    ...{ stepUp: stepOf(questions, maxStepUp), stepDown: stepOf(questions, maxStepDown) },
  }
  return {
    target: fromMainUnits(day.target, baseCurrency, 'down'),
    day,
    paceWith: (limitsOf) => {
      const found = limitsOf({ path: day.path, standing: steady })
      const own = found === 'stuck' ? { stepUp: 0, stepDown: 0 } : found
      const pace = paceOf({ ...limits, ...own, total, spent, noise: estimates.spendNoise }, day, baseCurrency)
      const unknown = unknownDays(observation)
      return unknown ? unknownPace(pace, unknown.detail) : pace
    },
  }
}

/** Sentences are made of bare amounts with two decimals; a reader sees of what. */
const inCurrency = (sentence: string, base: CurrencyCode): string => sentence.replaceAll(/\d+\.\d\d\b/g, `$& ${base}`)

function paceOf(terms: LandingTerms, day: DayPlan, base: CurrencyCode): Pace {
  const { path, spent, total } = terms
  const lands = landing(terms)
  const noReturn = pointOfNoReturn(terms)
  // What is not worth spending is not missed, and not spent beyond the total either.
  const short = lands.unspentAboveCeiling + (noReturn.kind === 'over' ? lands.unspentForWantOfRoom : 0)
  const isMissed = noReturn.kind !== 'none' && short <= NOT_MISSED * path.remaining
  return {
    ...{ status: day.status, spent, total, daysLeft: day.daysLeft },
    landing: { mean: lands.mean, low: lands.low80, high: lands.high80 },
    ...(lands.requiredPerDay === undefined ? {} : { requiredPerDay: lands.requiredPerDay }),
    ...(isMissed
      ? { noReturn: { kind: noReturn.kind, date: noReturn.date, why: inCurrency(noReturn.why, base) } }
      : {}),
    why: [day.why, lands.why].map((one) => inCurrency(one, base)),
  }
}

/** Where spend of the flight is not known, what is known of it says nothing of what is still needed. */
const unknownPace = ({ spent, total, daysLeft, landing: lands }: Pace, why: string): Pace => ({
  ...{ status: 'unknown', spent, total, daysLeft, landing: lands },
  why: [why],
})

/**
 * Spend of the flight before today, main units of the base currency. An account whose clock is behind the portfolio's has not
 * ended the day before: it is taken to spend what it stands at, or what it has spent by now if that is more.
 */
function flightSpent(observation: Observation, questions: readonly BudgetQuestion[]): number {
  const { flight } = observation.policy.policy
  const isOpen = (date: AccountDate): boolean => date < observation.today && flight.from <= date && date <= flight.to
  const ended = observation.accounts.reduce((sum, account) => {
    const micros = observation.flightSpentMicros.get(account.account) ?? 0n
    return sum + (Number(micros) / 1e6) * baseUnitsOf(rateOf({ observation, account }))
  }, 0)
  const open = questions.filter(({ account }) => isOpen(account.today))
  const dayOf = (one: BudgetQuestion): number =>
    Math.max(standingSpend(one), mainUnits(spentToday(one)) * baseUnitsOf(rateOf(one)))
  return open.reduce((sum, one) => sum + dayOf(one), ended)
}

/** What a budget would spend today if it were left alone, base currency. */
export function standingSpend(one: BudgetQuestion): number {
  const { account, budget, estimate, state } = one
  if (!canSpend(account.structure, budget)) return 0
  const unit = baseUnitsOf(rateOf(one))
  if (budget.period !== 'daily') return (estimate?.recentSpendPerDay ?? 0) * unit
  const level = add(budget.amount, raiseOn(state?.raises, account.today, budget.amount))
  const asked = mainUnits(level) * (estimate?.delivery ?? 1)
  // What does not spend its budget spends what it can.
  return unit * (estimate && !isLimitedByBudget(estimate) ? Math.min(asked, estimate.deliverablePerDay) : asked)
}

/** By how much the spend of these budgets may change from day to day: what the policy allows, and their platforms take. */
export function stepOf(questions: readonly BudgetQuestion[], most: number): number {
  let [spend, step] = [0, 0]
  for (const one of questions) {
    const own = standingSpend(one)
    spend += own
    if (one.budget.period === 'daily') step += own * Math.min(most, one.capabilities.learningSafeStep)
  }
  return spend > 0 ? step / spend : most
}

/** Budgets by when they are there and which events concern them, so that each sort is reckoned with once. */
function partsOf(questions: readonly BudgetQuestion[]): readonly PathPart[] {
  const parts = new Map<string, PathPart>()
  for (const one of questions) {
    const { observation, account, budget, estimate } = one
    const { policy } = observation.policy
    const share = (estimate?.recentSpendPerDay ?? 0) * baseUnitsOf(rateOf(one))
    if (share <= 0) continue
    const to = lastDayOf(one)
    const events = eventsOf(policy, account.structure, budget, account.today)
    const key = `${to ?? ''} ${events.map(({ name }) => name).join('\n')}`
    const known = parts.get(key)
    parts.set(key, {
      share: share + (known?.share ?? 0),
      ...(to === undefined ? {} : { to }),
      ...(events.length > 0 ? factorsOf(events) : {}),
    })
  }
  return [...parts.values()]
}

const factorsOf = (events: readonly CalendarEvent[]): Pick<PathPart, 'eventFactor' | 'stepFactor'> => ({
  eventFactor: (date) => spendFactor(events, date),
  stepFactor: (date) => stepInForce(events, date)?.budgetFactor ?? 1,
})

/** The last day of the membership that ends first among a budget's campaigns; undefined: none ends. */
function lastDayOf({ observation, account: { structure, today }, budget }: BudgetQuestion): AccountDate | undefined {
  const { policy } = observation.policy
  return campaignsFedBy(structure, budget)
    .flatMap((campaign) => memberOf(policy, structure.account, campaign, today)?.to ?? [])
    .sort()[0]
}

/** Money that is kept back for campaigns whose membership begins with a launch budget. */
export const launchesOf = ({ members }: Policy): readonly Launch[] =>
  members.flatMap(({ match, from, to, launchBudget }): readonly Launch[] => {
    if (!launchBudget || from === undefined) return []
    return [
      {
        name: match.name ?? match.id ?? 'launch',
        from,
        to: launchEnd(to === undefined ? { from } : { from, to }),
        perDay: mainUnits(launchBudget),
      },
    ]
  })
