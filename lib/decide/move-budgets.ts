import { conversionChange, marginalConversionsAt } from '../measure/response-curve.ts'
import type { BudgetEstimate } from '../model/estimates.ts'
import { canSpend } from '../model/membership.ts'
import type { Observation } from '../model/observation.ts'
import type { BindingGuardrail, Decision, HoldDecision } from '../model/plan.ts'
import { pushDate } from '../model/push-day.ts'
import { fromMainUnits, type Money, mainUnits } from '../units/money.ts'
import { convert, type ExchangeRate } from '../units/rates.ts'
import { allocate, type Candidate } from './allocate.ts'
import { withinChangeLimit } from './change-limit.ts'
import { effectOf, worthPerConversion } from './effect.ts'
import { groupRooms } from './group-rooms.ts'
import { BINDING_DELIVERY, type BudgetContext, limitsOf } from './guardrails.ts'
import type { BudgetQuestion } from './holds.ts'
import { bounded, intersect, type Limit } from './interval.ts'
import { amountText, changeText, numberText } from './words.ts'

export type Movable = BudgetQuestion & { readonly estimate: BudgetEstimate }

interface Position {
  readonly movable: Movable
  readonly limits: readonly Limit[]
  readonly rate: ExchangeRate
  /** Spend per unit of budget that is to be expected. */
  readonly delivery: number
  readonly candidate: Candidate
}

/**
 * Splits what the day should spend over the budgets that may move, and says of each what it gets and why.
 *
 * @param settled budgets that stay as they are: their expected spend is taken off the target first
 */
export function moveBudgets(
  observation: Observation,
  movable: readonly Movable[],
  settled: readonly BudgetQuestion[],
  target: Money,
): { decisions: readonly Decision[]; marginalReturn: number } {
  const groups = groupRooms(observation, [...movable, ...settled])
  const decisions: Decision[] = []
  const positions: Position[] = []
  const staying = [...settled]
  for (const one of movable) {
    const context = contextOf(one, target)
    const limits = limitsOf(context)
    const { floor, ceiling } = intersect(limits)
    if (floor.atLeast.micros > ceiling.atMost.micros) {
      decisions.push(holdOf(one, 'guardrail', `no value satisfies both "${floor.detail}" and "${ceiling.detail}"`))
      staying.push(one)
    } else positions.push(positionOf(one, context, limits, floor.atLeast, ceiling.atMost, groups.indexesOf(one)))
  }
  const fixed = staying.reduce((a, one) => a + expectedSpend(one, target), 0)
  const { spend, marginalReturn } = allocate(
    positions.map(({ candidate }) => candidate),
    Math.max(0, mainUnits(target) - fixed),
    groups.rooms,
  )
  decisions.push(...positions.map((position, i) => decideOne(position, spend[i] ?? 0, marginalReturn)))
  return { decisions: withinChangeLimit(observation, decisions), marginalReturn }
}

function rateOf({ observation, account }: BudgetQuestion): ExchangeRate {
  const rate = observation.rates.find(({ from }) => from === account.structure.currency)
  if (!rate) throw new Error(`no exchange rate from ${account.structure.currency}`)
  return rate
}

const contextOf = (one: Movable, dayTarget: Money): BudgetContext => ({
  policy: one.observation.policy.policy,
  account: one.account.structure.account,
  budget: one.budget,
  class: one.membership.class,
  state: one.state,
  estimate: one.estimate,
  capabilities: one.capabilities,
  rate: rateOf(one),
  dayTarget,
  pushedOn: pushDate(one.observation.now, one.account.structure.zone),
})

/** Expected spend of a budget that is not moved, in main units of the base currency. */
function expectedSpend(one: BudgetQuestion, target: Money): number {
  const rate = rateOf(one)
  if (!one.estimate || !canSpend(one.account.structure, one.budget)) return 0
  const own = fromMainUnits(one.estimate.recentSpendPerDay, rate.from, 'half-even')
  return Math.min(mainUnits(convert(own, rate, 'up')), mainUnits(target))
}

/** Spend per unit of budget: measured, pulled towards 1, within what is believable. */
const deliveryOf = ({ deliveryRatio }: BudgetEstimate): number =>
  deliveryRatio === undefined ? 1 : Math.min(1.3, Math.max(0.7, (4 * deliveryRatio + 3) / 7))

function positionOf(
  movable: Movable,
  context: BudgetContext,
  limits: readonly Limit[],
  atLeast: Money,
  atMost: Money,
  groups: readonly number[],
): Position {
  const { estimate, budget, observation } = movable
  const perUnit = Number(context.rate.microsPerUnit) / 1e6
  const delivery = deliveryOf(estimate)
  const worth = worthPerConversion(observation.policy.policy.goal, estimate) * estimate.incrementality.mean
  // A budget that does not bind cannot spend more than it does: beyond that, more budget brings nothing.
  const ceiling =
    estimate.deliveryRatio !== undefined && estimate.deliveryRatio < BINDING_DELIVERY
      ? 1.03 * estimate.recentSpendPerDay
      : Number.POSITIVE_INFINITY
  // Value is in the account's currency as spend is; conversions are a count, so only spend is converted.
  const outcomePerUnit = observation.policy.policy.goal.kind === 'value' ? 1 : 1 / perUnit
  const marginal = (base: number): number => {
    const own = base / perUnit
    return own >= ceiling ? 0 : marginalConversionsAt(estimate.curve, own) * worth * outcomePerUnit
  }
  const toBase = (amount: Money): number => mainUnits(amount) * perUnit * delivery
  return {
    movable,
    limits,
    rate: context.rate,
    delivery,
    candidate: {
      atLeast: toBase(atLeast),
      atMost: toBase(atMost),
      standing: toBase(budget.amount),
      perGroupUnit: 1 / delivery,
      marginal,
      groups,
    },
  }
}

function decideOne(position: Position, spend: number, marginalReturn: number): Decision {
  const { movable, limits, rate, delivery, candidate } = position
  const { budget, capabilities, observation, estimate, lever, membership } = movable
  const perUnit = Number(rate.microsPerUnit) / 1e6
  const wanted = fromMainUnits(spend / perUnit / delivery, budget.amount.currency, 'half-even')
  const answer = bounded(limits, wanted)
  if (answer.kind === 'impossible')
    return holdOf(
      movable,
      'guardrail',
      `no value satisfies both "${answer.between[0].detail}" and "${answer.between[1].detail}"`,
    )
  const normal = capabilities.normalise('daily-budget', { kind: 'money', amount: answer.to })
  const to = normal.kind === 'money' ? normal.amount : answer.to

  const moved = Math.abs(Number(to.micros - budget.amount.micros)) / Number(budget.amount.micros)
  const { deadband } = observation.policy.policy.guardrails
  if (moved === 0 || moved < deadband)
    return holdOf(
      movable,
      'within-deadband',
      `a move of ${(100 * moved).toFixed(1)} % is below the deadband of ${100 * deadband} %`,
    )

  const change = conversionChange(estimate.curve, mainUnits(budget.amount) * delivery, mainUnits(to) * delivery)
  const here = candidate.marginal(mainUnits(budget.amount) * perUnit * delivery)
  const rounding = answer.to.micros - to.micros
  const binding = bindingAt(limits, to, rounding, candidate.marginal(spend) - marginalReturn)
  return {
    kind: 'change',
    change: { lever, from: { kind: 'money', amount: budget.amount }, to: { kind: 'money', amount: to } },
    name: budget.name,
    class: membership.class,
    expected: effectOf(observation.policy.policy.goal, change, estimate, perUnit),
    binding,
    why: sentence(movable, to, here, marginalReturn, binding),
    maturity: estimate.maturity,
  }
}

/** Limits that the value sits at, give or take what the platform's rounding took, and a thousandth. */
function bindingAt(
  limits: readonly Limit[],
  to: Money,
  rounding: bigint,
  worthPerUnit: number,
): readonly BindingGuardrail[] {
  const tolerance = Math.max(Math.abs(Number(rounding)), Number(to.micros) / 1000)
  const near = (limit: Money | undefined): boolean =>
    limit !== undefined && Math.abs(Number(limit.micros - to.micros)) <= tolerance
  return limits
    .filter(({ atLeast, atMost }) => near(atLeast) || near(atMost))
    .map(({ name, detail, atMost }) => ({
      name,
      detail,
      ...(near(atMost) ? { worthPerUnit: Math.max(0, worthPerUnit) } : {}),
    }))
}

function sentence(
  { observation, budget }: Movable,
  to: Money,
  here: number,
  marginalReturn: number,
  binding: readonly BindingGuardrail[],
): string {
  const { goal, baseCurrency } = observation.policy.policy
  const outcome = (n: number): string =>
    goal.kind === 'value'
      ? `${numberText(n)} ${baseCurrency} of value per ${baseCurrency}`
      : `${numberText(1000 * n)} conversions per 1,000 ${baseCurrency}`
  const [limit] = binding
  const stopped = limit ? ` (stopped by: ${limit.detail})` : ''
  return `${changeText(budget.amount, to)} to ${amountText(to)}: ${reason(to.micros > budget.amount.micros, here, marginalReturn, outcome)}${stopped}.`
}

function reason(raised: boolean, here: number, marginalReturn: number, outcome: (n: number) => string): string {
  if (raised && marginalReturn === 0)
    return `there is money left for the day, and the next of it brings ${outcome(here)} here`
  if (raised)
    return `the next money brings ${outcome(here)} here, more than the ${outcome(marginalReturn)} where the portfolio's money runs out`
  if (here < marginalReturn)
    return `the last money brings only ${outcome(here)} here, against ${outcome(marginalReturn)} where it goes instead`
  return `a limit lies below what it stands at, though its last money brings ${outcome(here)}`
}

const holdOf = ({ lever, budget }: BudgetQuestion, reason: HoldDecision['reason'], detail: string): HoldDecision => ({
  kind: 'hold',
  lever,
  name: budget.name,
  value: { kind: 'money', amount: budget.amount },
  reason,
  detail,
})
