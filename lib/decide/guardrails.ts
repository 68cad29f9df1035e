import { BINDING_DELIVERY } from '../measure/delivery.ts'
import { type AccountRef, sameAccount } from '../model/account.ts'
import type { PlatformCapabilities } from '../model/capability.ts'
import type { BudgetEstimate } from '../model/estimates.ts'
import type { LeverState } from '../model/lever-state.ts'
import type { CampaignClass, Policy } from '../model/policy.ts'
import type { BudgetHolder } from '../model/structure.ts'
import type { AccountDate, Instant } from '../units/calendar.ts'
import { fromMainUnits, larger, type Money, mainUnits, money, smaller, times } from '../units/money.ts'
import { convertBack, type ExchangeRate } from '../units/rates.ts'
import { rateOf } from './base-rate.ts'
import type { BudgetQuestion } from './holds.ts'
import { above, eased, type Floor, type Interval, intersect, type Limit } from './interval.ts'
import { busyDayOf, headroomOf } from './targets/headroom.ts'
import type { SpendLimit } from './targets/spend-limit.ts'
import { amountText } from './words.ts'

/** A class whose results are doubtful does not grow past the share of spend it came with. */
export const SHARE_BOUND: ReadonlySet<CampaignClass> = new Set(['brand', 'retargeting', 'opaque'])

export interface BudgetContext {
  readonly policy: Policy
  readonly account: AccountRef
  readonly budget: BudgetHolder
  readonly class: CampaignClass
  readonly state: LeverState | undefined
  readonly estimate: BudgetEstimate
  /** A target or bid limits its spend, or may do so; absent: it has none. */
  readonly limited?: SpendLimit
  readonly capabilities: PlatformCapabilities
  /** From the account's currency to the base currency. */
  readonly rate: ExchangeRate
  /** What the portfolio is to spend today, in the base currency. */
  readonly dayTarget: Money
  /** The account date on which the change will be pushed. */
  readonly pushedOn: AccountDate
  /** What the platform lets it go down to beside what it has spent of that day; absent: anything. */
  readonly spentFloor?: Floor
}

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`

/** Every guardrail's say on one daily budget, in the account's currency, as far as one decision may move it. */
export function limitsOf(context: BudgetContext): readonly Limit[] {
  const limits = lastingLimits(context)
  return above(context.spentFloor, eased(limits, reachOf(limits, context)))
}

/** What bounds how far one decision may move a budget, whatever for: bounds that move along with it, a day later. */
export const OF_ONE_DECISION: ReadonlySet<string> = new Set(['step', 'day-rise', 'implausible'])

/** What can be sent between the steps among these limits. */
export function reachOf(
  limits: readonly Limit[],
  { budget, capabilities }: Pick<BudgetContext, 'budget' | 'capabilities'>,
): Interval {
  const own = limits.filter(({ name }) => OF_ONE_DECISION.has(name))
  const { floor, ceiling } = intersect(own)
  const sent = capabilities.normalise('daily-budget', { kind: 'money', amount: ceiling.atMost })
  return {
    atLeast: smaller(floor.atLeast, budget.amount),
    atMost: larger(sent.kind === 'money' ? sent.amount : ceiling.atMost, budget.amount),
  }
}

/** The same, each as it would be had the budget all the days that it takes. */
export function lastingLimits(context: BudgetContext): readonly Limit[] {
  const limits = [
    ...steps(context),
    ...dayRise(context),
    ...range(context),
    ...ownBounds(context),
    ...classShare(context),
    ...delivery(context),
    ...implausible(context),
  ]
  return [...limits, ...headroom(context, limits)].map((limit) =>
    limit.atLeast ? { ...limit, atLeast: roundedUp(limit.atLeast, context.capabilities) } : limit,
  )
}

/** What an approved step does not lift either: the platform's and the policy's own bounds. */
export function hardLimits(question: BudgetQuestion): readonly Limit[] {
  const { observation, account, budget, capabilities } = question
  const rate = rateOf(question)
  const terms = { policy: observation.policy.policy, account: account.structure.account, budget, capabilities, rate }
  return [...range(terms), ...ownBounds(terms)]
}

export function steps({
  policy,
  budget,
  capabilities,
}: Pick<BudgetContext, 'policy' | 'budget' | 'capabilities'>): readonly Limit[] {
  const up = Math.min(policy.guardrails.maxStepUp, capabilities.learningSafeStep)
  const down = Math.min(policy.guardrails.maxStepDown, capabilities.learningSafeStep)
  return [
    { name: 'step', detail: `at most ${percent(up)} up in one decision`, atMost: times(budget.amount, 1 + up, 'down') },
    {
      name: 'step',
      detail: `at most ${percent(down)} down in one decision`,
      atLeast: times(budget.amount, 1 - down, 'up'),
    },
  ]
}

/**
 * The least budget that the platform can be sent and that is no less than this. Sent as it is, it would be rounded down: a
 * cent below the least that the policy sets, or a larger cut than the platform takes without learning anew.
 */
export function roundedUp(least: Money, { normalise }: PlatformCapabilities): Money {
  const sent = ({ micros }: Money): bigint => {
    const value = normalise('daily-budget', { kind: 'money', amount: money(micros, least.currency) })
    return value.kind === 'money' ? value.amount.micros : micros
  }
  // Units of money are powers of ten: the first that reaches the next multiple does not reach the one behind it.
  let micros = sent(least)
  for (let more = 1n; micros < least.micros; more *= 10n) micros = sent(money(least.micros + more, least.currency))
  return money(micros, least.currency)
}

function dayRise({ policy, budget, state, capabilities, pushedOn }: BudgetContext): readonly Limit[] {
  // Two steps on one day are one change to a platform that learns anew.
  const share = Math.min(policy.guardrails.maxDayRise, capabilities.learningSafeStep)
  const dayStart = state?.day === pushedOn && state.dayStart?.kind === 'money' ? state.dayStart.amount : budget.amount
  return [
    {
      name: 'day-rise',
      detail: `at most ${percent(share)} up within one day, all decisions together`,
      // A budget that somebody else raised by more than that today is stopped by this, not forced down.
      atMost: larger(times(dayStart, 1 + share, 'down'), budget.amount),
    },
  ]
}

function range({
  policy,
  budget,
  capabilities,
  rate,
}: Pick<BudgetContext, 'policy' | 'budget' | 'capabilities' | 'rate'>): readonly Limit[] {
  const { minDailyBudget, maxDailyBudget } = policy.guardrails
  const { currency } = budget.amount
  const minimum = capabilities.minimumDailyBudget(currency, budget.owner)
  const maximum = capabilities.maximumDailyBudget?.(currency, budget.owner)
  return [
    { name: 'platform-minimum', detail: 'the platform accepts no smaller budget', atLeast: minimum },
    ...(maximum
      ? [{ name: 'platform-maximum', detail: 'the platform accepts no larger budget', atMost: maximum }]
      : []),
    ...(minDailyBudget
      ? [
          {
            name: 'minimum',
            detail: `the policy sets this least budget (guardrails.minDailyBudget ${amountText(minDailyBudget)})`,
            atLeast: convertBack(minDailyBudget, rate, 'up'),
          },
        ]
      : []),
    ...(maxDailyBudget
      ? [
          {
            name: 'maximum',
            detail: `the policy sets this largest budget (guardrails.maxDailyBudget ${amountText(maxDailyBudget)})`,
            atMost: convertBack(maxDailyBudget, rate, 'down'),
          },
        ]
      : []),
  ]
}

function ownBounds({
  policy,
  account,
  budget,
}: Pick<BudgetContext, 'policy' | 'account' | 'budget'>): readonly Limit[] {
  return policy.bounds
    .filter((bound) => bound.budget === budget.id && sameAccount(bound.account, account))
    .map(({ atLeast, atMost }) => ({
      name: 'bounds',
      detail: `the policy bounds this budget (${boundsText(atLeast, atMost)})`,
      ...(atLeast ? { atLeast } : {}),
      ...(atMost ? { atMost } : {}),
    }))
}

const boundsText = (atLeast: Money | undefined, atMost: Money | undefined): string =>
  [
    ...(atLeast ? [`bounds.atLeast ${amountText(atLeast)}`] : []),
    ...(atMost ? [`bounds.atMost ${amountText(atMost)}`] : []),
  ].join(', ')

function classShare({
  policy,
  class: kind,
  estimate,
  dayTarget,
  rate,
  budget,
  capabilities,
}: BudgetContext): readonly Limit[] {
  if (!SHARE_BOUND.has(kind) || estimate.hasLift) return []
  // The share is one of spend: what spends more than its budget may have less of it. Some quiet days earn it no more.
  const delivery = Math.max(1, estimate.delivery, estimate.deliveryRatio ?? 0)
  const { deadband, maxStepDown } = policy.guardrails
  // A deadband below it: on a day on which others spend a little less it would be above it, and too near to be moved.
  const units = (mainUnits(dayTarget) * estimate.originalShare * (1 - deadband)) / delivery
  const own = convertBack(fromMainUnits(units, dayTarget.currency, 'down'), rate, 'down')
  const furthest = times(budget.amount, 1 - Math.min(maxStepDown, capabilities.learningSafeStep), 'up')
  return [
    {
      name: 'class-share',
      detail: `${kind} campaigns may not grow past the ${percent(estimate.originalShare)} of spend they came with: there is no evidence of lift`,
      // Where it is above its share, because there is less to spend in all, it goes back in the usual steps.
      atMost: larger(own, furthest),
    },
  ]
}

function delivery({ budget, estimate, limited }: BudgetContext): readonly Limit[] {
  const ratio = estimate.deliveryRatio
  if (ratio === undefined || (!limited?.isBinding && ratio >= BINDING_DELIVERY)) return []
  return [
    {
      name: 'not-limited-by-budget',
      detail: `it spends only ${percent(ratio)} of its budget: more budget would bring nothing`,
      atMost: budget.amount,
    },
  ]
}

/**
 * What a target or bid leaves unused of a budget is brought down in the usual steps, as far as the other limits let it: it
 * would all be spent on the day that prices fall or the target's statistics break. Where the budget binds, it grows no
 * further than that.
 */
export function headroom(
  { budget, limited, capabilities }: Pick<BudgetContext, 'budget' | 'limited' | 'capabilities'>,
  others: readonly Limit[],
): readonly Limit[] {
  if (!limited) return []
  const { currency } = budget.amount
  const { overDeliveryFactor: overDelivery } = capabilities
  const { recentSpends, busiest, by, isBinding } = limited
  const { budgetOnBusyDay, spendCeiling, why } = headroomOf({
    budget: mainUnits(budget.amount),
    recentSpends,
    overDelivery,
    busyDay: busyDayOf(busiest, overDelivery),
    minimum: mainUnits(capabilities.minimumDailyBudget(currency, budget.owner)),
  })
  if (spendCeiling === 0) return []
  const room = fromMainUnits(budgetOnBusyDay, currency, 'up')
  const floors = others.flatMap(({ atLeast }) => atLeast ?? [])
  const atMost = [...floors, ...(isBinding ? [] : [budget.amount])].reduce(larger, room)
  const limits = isBinding ? `its ${by} limits what it spends, and ` : ''
  return [{ name: 'headroom', detail: `${limits}${why}`, atMost }]
}

function implausible({ policy, budget }: BudgetContext): readonly Limit[] {
  const factor = policy.guardrails.implausibleFactor
  return [
    {
      name: 'implausible',
      detail: `more than ${factor} times the present budget is taken for an error`,
      atMost: times(budget.amount, factor, 'down'),
      atLeast: times(budget.amount, 1 / factor, 'up'),
    },
  ]
}

/** Whether a person's (or another tool's) edit is still to be left alone. */
export const heldUntil = (state: LeverState | undefined, now: Instant): LeverState['hold'] =>
  state?.hold && now < state.hold.until ? state.hold : undefined
