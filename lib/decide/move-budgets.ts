import { conversionChange } from '../measure/response-curve.ts'
import type { BudgetEstimate } from '../model/estimates.ts'
import type { Observation } from '../model/observation.ts'
import type { BindingGuardrail, Decision, HoldDecision } from '../model/plan.ts'
import { pushDate } from '../model/push-day.ts'
import { dayNumber } from '../units/calendar.ts'
import { compare, fromMainUnits, type Money, mainUnits } from '../units/money.ts'
import { rateOf } from './base-rate.ts'
import { withinChangeLimit } from './change-limit.ts'
import type { Hold } from './check.ts'
import { dither } from './dither.ts'
import { effectOf } from './effect.ts'
import { bindingAt, limitedBy, sentence } from './explain.ts'
import { type ExplorationCost, explorationCost } from './exploration-cost.ts'
import { type BudgetContext, limitsOf } from './guardrails.ts'
import type { BudgetQuestion } from './holds.ts'
import { bounded, intersect, type Limit, type Floor as SpentFloor } from './interval.ts'
import type { Floor } from './portfolio-groups.ts'
import { claimedAt, type Movable, type Position, positionOf } from './position.ts'
import { refusedToday, SPENT_TODAY, spentFloor, tooMuchSpent } from './spent-today.ts'
import { type Split, splitDay } from './split-day.ts'
import { amountText } from './words.ts'

export interface Moved {
  readonly decisions: readonly Decision[]
  readonly marginalReturn: number
  readonly limits: readonly BindingGuardrail[]
  /** Of the target, main units of the base currency. */
  readonly unspent: number
  /** What leaning towards the unknown and varying on purpose give up together. */
  readonly exploration: ExplorationCost
}

/**
 * Splits what the day should spend over the budgets that may move, and says of each what it gets and why.
 *
 * @param settled budgets that stay as they are: their expected spend counts towards the target and every limit
 */
export function moveBudgets(
  observation: Observation,
  movable: readonly Movable[],
  settled: readonly BudgetQuestion[],
  target: Money,
  floors: readonly Floor[],
): Moved {
  const decisions: Decision[] = []
  const positions: Position[] = []
  const staying = [...settled]
  for (const one of movable) {
    const limits = limitsOf(contextOf(one, target))
    const { floor, ceiling } = intersect(limits)
    if (floor.atLeast.micros > ceiling.atMost.micros) {
      decisions.push(holdOf(one, 'guardrail', contradiction(floor, ceiling)))
      staying.push(one)
    } else positions.push(positionOf(one, limits))
  }
  const split = splitDay(observation, positions, staying, target, floors)
  if (split.kind === 'impossible')
    return {
      decisions: [...decisions, ...positions.map(({ movable: one }) => holdOf(one, 'guardrail', split.detail))],
      ...{ marginalReturn: 0, limits: [], unspent: 0, exploration: { share: 0, outcome: 0 } },
    }
  const varied = variation(observation, positions, split)
  decisions.push(...positions.map((position, i) => decideOne(position, split, i, varied[i] ?? 1)))
  return {
    decisions: withinChangeLimit(observation, decisions),
    marginalReturn: split.price,
    limits: split.binding,
    unspent: split.unspent,
    exploration: explorationCost(observation.policy.policy.goal, positions, split, varied),
  }
}

export const contextOf = (one: Movable, dayTarget: Money): BudgetContext => ({
  policy: one.observation.policy.policy,
  account: one.account.structure.account,
  budget: one.budget,
  class: one.membership.class,
  state: one.state,
  estimate: one.estimate,
  ...(one.limited ? { limited: one.limited } : {}),
  capabilities: one.capabilities,
  rate: rateOf(one),
  dayTarget,
  pushedOn: pushDate(one.observation.now, one.account.structure.zone),
  ...spentPart(spentFloor(one)),
})

const spentPart = (floor: SpentFloor | undefined): Pick<BudgetContext, 'spentFloor'> =>
  floor ? { spentFloor: floor } : {}

/** Factors of the day's variation on purpose; 1 where a bound, a group, a room or a ceiling has the last word. */
function variation(observation: Observation, positions: readonly Position[], split: Split): readonly number[] {
  const { maxCost } = observation.policy.policy.exploration
  // A budget on its way to somewhere else is varied by that already.
  const free = positions.map(({ atLeast, atMost }, i) => {
    const spend = split.spend[i]!
    return spend > atLeast * 1.001 && spend < atMost * 0.999 && split.limitsOf(i).length === 0
  })
  const roomAt = ({ atLeast, atMost }: Position, spend: number) => Math.min(atMost / spend - 1, 1 - atLeast / spend)
  const factors = dither(
    positions.map((position, i) => ({
      spend: split.spend[i]!,
      ownSpend: split.spend[i]! / position.baseUnits,
      estimate: position.movable.estimate,
      room: free[i] ? roomAt(position, split.spend[i]!) : 0,
      account: position.movable.account.account,
      id: position.movable.budget.id,
    })),
    dayNumber(observation.today),
    // What the policy lets be given up is for both: the split has had the first say.
    Math.max(0, maxCost - split.explorationCost),
  )
  const varied = positions.map((_, i) => split.spend[i]! * factors[i]!)
  return split.fitsRooms(varied) ? factors : positions.map(() => 1)
}

function decideOne(position: Position, split: Split, index: number, factor: number): Decision {
  const { movable, limits, delivery, baseUnits, worth } = position
  const { budget, capabilities, observation, estimate, lever, membership } = movable
  const { goal, baseCurrency, guardrails } = observation.policy.policy
  const spend = split.spend[index]!
  // What is not spent of a budget is no spend: all that it can spend is wanted of the largest budget that it may have.
  const isMost = factor === 1 && spend >= position.atMost * (1 - 1e-9)
  const wanted = isMost
    ? intersect(limits).ceiling.atMost
    : fromMainUnits((spend * factor) / baseUnits / delivery, budget.amount.currency, 'half-even')
  const answer = bounded(limits, wanted)
  if (answer.kind === 'impossible') return holdOf(movable, 'guardrail', contradiction(...answer.between))
  const normal = capabilities.normalise('daily-budget', { kind: 'money', amount: answer.to })
  const to = normal.kind === 'money' ? normal.amount : answer.to

  const moved = Math.abs(Number(to.micros - budget.amount.micros)) / Number(budget.amount.micros)
  const { deadband } = guardrails
  const refused = heldBySpent(position, to, moved < deadband)
  if (refused) return holdOf(movable, refused.reason, refused.detail)
  if (moved === 0 || moved < deadband)
    return holdOf(
      movable,
      'within-deadband',
      `a move of ${(100 * moved).toFixed(1)} % is below the deadband of ${100 * deadband} %`,
    )

  const [before, after] = [mainUnits(budget.amount) * delivery, mainUnits(to) * delivery]
  const change = conversionChange(
    estimate.curve,
    Math.min(before, position.ceiling / baseUnits),
    Math.min(after, position.ceiling / baseUnits),
  )
  const atBounds = bindingAt(limits, to, answer.to.micros - to.micros, Math.abs(split.boundWorth[index]!))
  const binding = [...atBounds, ...split.limitsOf(index)]
  const here = marginalAt(position, before * baseUnits) * worth.objective
  const marginals = { here, elsewhere: split.price, asked: split.askedOf(index) }
  return {
    kind: 'change',
    change: { lever, from: { kind: 'money', amount: budget.amount }, to: { kind: 'money', amount: to } },
    name: budget.name,
    class: membership.class,
    expected: effectOf(goal, { ...change, spend: (after - before) * baseUnits }, estimate, baseUnits),
    binding,
    why: sentence(goal, baseCurrency, budget.amount, to, marginals, binding, isVentured(split, index, factor)),
    maturity: estimate.maturity,
    limitedBy: limitedBy(movable, estimate),
  }
}

/** What is spent today leaves no cut that is worth making, or the platform takes no raise as small as this. */
function heldBySpent({ movable, limits }: Position, to: Money, isTooNear: boolean): Hold | undefined {
  const { floor } = intersect(limits)
  if (isTooNear)
    return floor.name === SPENT_TODAY && compare(to, floor.atLeast) <= 0 ? tooMuchSpent(movable) : undefined
  return refusedToday(movable, to)
}

const contradiction = (floor: Limit, ceiling: Limit): string =>
  `no value satisfies both "${floor.detail}"${atText('at least', floor.atLeast)} and "${ceiling.detail}"${atText('at most', ceiling.atMost)}: lower the one or raise the other`

const atText = (words: string, amount: Money | undefined): string => (amount ? ` (${words} ${amountText(amount)})` : '')

/** Whether more than a hundredth of the budget is there to be learned from. */
const isVentured = ({ spend, safeSpend }: Split, index: number, factor: number): boolean =>
  Math.abs(factor * spend[index]! - safeSpend[index]!) > 0.01 * safeSpend[index]!

/** Further claimed conversions per further unit of spend, by the difference over a thousandth. */
function marginalAt(position: Position, spend: number): number {
  const step = Math.max(spend, 1e-6) * 1e-3
  return (claimedAt(position, spend + step) - claimedAt(position, spend)) / step
}

const holdOf = (question: BudgetQuestion, reason: HoldDecision['reason'], detail: string): HoldDecision => ({
  kind: 'hold',
  lever: question.lever,
  name: question.budget.name,
  value: { kind: 'money', amount: question.budget.amount },
  reason,
  detail,
  ...limitedPart(question, question.estimate),
})

const limitedPart = (
  question: BudgetQuestion,
  estimate: BudgetEstimate | undefined,
): Pick<HoldDecision, 'limitedBy'> => (estimate ? { limitedBy: limitedBy(question, estimate) } : {})
