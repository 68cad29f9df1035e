import { accountRule, budgetDays } from '../../measure/budget-days.ts'
import { isLimitedByBudget } from '../../measure/delivery.ts'
import { elasticityAt, marginalConversionsAt } from '../../measure/response-curve.ts'
import type { BudgetEstimate, Estimates } from '../../model/estimates.ts'
import { groupOf } from '../../model/groups.ts'
import { canSpend } from '../../model/membership.ts'
import type { AccountObservation, Observation } from '../../model/observation.ts'
import { perObject } from '../../model/per-object.ts'
import type { BudgetGroup } from '../../model/policy.ts'
import { daysBetween } from '../../units/calendar.ts'
import { mainUnits } from '../../units/money.ts'
import { baseUnitsOf, rateOf } from '../base-rate.ts'
import type { BudgetQuestion } from '../holds.ts'
import type { Movable } from '../position.ts'
import { worthOf } from '../worth.ts'
import {
  averageCostFor,
  campaignGoals,
  type Elasticity,
  elasticityWith,
  goalForRest,
  spendByCost,
  trustedElasticity,
} from './goal.ts'
import { mostElasticity, type Told, toldOf, toldText } from './told.ts'

/** What a claimed conversion should cost on average. */
export interface WantedCost {
  /** Main units of the base currency. */
  readonly perClaim: number
  /** Most that it is raised to, by what the platform expects of looser targets: `perClaim` where that does not stand against it. */
  readonly raisedTo: number
  /** Continues "… is wanted". */
  readonly why: string
  /** What the platform says of other targets, where it went into these. */
  readonly told?: string
}

type Wanted = Pick<WantedCost, 'perClaim' | 'why'>

/** A ceiling of the policy, and the budgets that it is about. */
interface Scope {
  readonly name: string
  readonly has: (question: BudgetQuestion) => boolean
  /** Base currency per outcome: on average, and of the next one; absent: the policy does not ask. */
  readonly average?: number
  readonly marginal?: number
}

/**
 * The average cost at which each budget's campaigns should run: the least of what the policy's ceilings allow and what the
 * next conversion costs where the portfolio's money runs out. Claims are what platforms count and bid by: what was caused is
 * the incremental part of them, so that a claim may cost that part of what a caused conversion may.
 *
 * @param marginalReturn objective per main unit of the base currency where the day's money runs out, for portfolios in which
 *   no budget limits anything; 0: some is left
 * @returns undefined where nothing says what a conversion may cost, or too little is known
 */
export function wantedCosts(
  observation: Observation,
  questions: readonly BudgetQuestion[],
  estimates: Estimates,
  marginalReturn: number,
): (question: BudgetQuestion) => WantedCost | undefined {
  const { goal } = observation.policy.policy
  const known = questions.filter((one): one is Movable => one.estimate !== undefined)
  const running = known.filter(({ account, budget }) => canSpend(account.structure, budget))
  const scopes = scopesOf(observation)
  const averages = scopes.map((scope) => averageGoals(observation, scope, running, estimates))
  const last = lastReturn(observation, running) ?? marginalReturn
  // Of profit, money that does not come back is not spent.
  const price = goal.kind === 'profit' ? Math.max(1, last) : last
  return (question) => {
    const { estimate } = question
    if (!estimate) return undefined
    const told = toldOf(question)
    const elasticity = elasticityOf(question, told)
    const worth = worthOf(goal, estimate, baseUnitsOf(rateOf(question)))
    const wanted: Wanted[] = scopes.flatMap((scope, i) => {
      const perOutcome = averages[i]!.get(question)
      return [
        ...(perOutcome === undefined
          ? []
          : [{ perClaim: perOutcome * worth.outcome, why: `so that ${scope.name} comes to what the policy asks` }]),
        ...(scope.marginal === undefined || !scope.has(question)
          ? []
          : [
              {
                perClaim: averageCostFor(scope.marginal, elasticity) * worth.outcome,
                why: `so that the last money in ${scope.name} brings what the policy asks`,
              },
            ]),
      ]
    })
    if (price > 0)
      wanted.push({
        perClaim: averageCostFor(worth.objective / price, elasticity),
        why: 'so that the last money brings as much here as elsewhere',
      })
    const possible = wanted.filter(({ perClaim }) => perClaim > 0 && Number.isFinite(perClaim))
    const [least] = possible.toSorted((a, b) => a.perClaim - b.perClaim)
    return least && withTold(least, elasticity, told)
  }
}

/**
 * The next conversion costs the average over the elasticity: where the platform expects that of looser targets to be less than
 * is believed, even by the end of its doubt, the cost is not raised past what the next conversion may cost times that.
 */
function withTold(wanted: Wanted, elasticity: Elasticity | undefined, told: Told | undefined): WantedCost {
  if (!told) return { ...wanted, raisedTo: wanted.perClaim }
  const share = mostElasticity(told) / trustedElasticity(elasticity)
  return { ...wanted, raisedTo: wanted.perClaim * Math.min(1, share), told: toldText(told) }
}

/**
 * What the last money brought on average where budgets limited it, at what they spent in two weeks. The day's own split is
 * at one day's target, steps and experiments: a target that followed it would go to and fro.
 */
function lastReturn(observation: Observation, running: readonly Movable[]): number | undefined {
  const { goal } = observation.policy.policy
  let [spend, gain] = [0, 0]
  for (const one of running) {
    const { curve, recentSpendPerDay } = one.estimate
    if (!isLimitedByBudget(one.estimate) || one.limited?.isBinding || !(recentSpendPerDay > 0)) continue
    const baseUnits = baseUnitsOf(rateOf(one))
    const { objective } = worthOf(goal, one.estimate, baseUnits)
    spend += recentSpendPerDay * baseUnits
    gain += recentSpendPerDay * objective * marginalConversionsAt(curve, recentSpendPerDay)
  }
  return spend > 0 ? gain / spend : undefined
}

const elasticityOf = ({ estimate }: BudgetQuestion, told: Told | undefined): Elasticity | undefined =>
  elasticityWith(estimate && learnedElasticity(estimate), told?.response.outcomeBySpend)

const learnedElasticity = ({ curve, recentSpendPerDay }: BudgetEstimate): Elasticity | undefined =>
  recentSpendPerDay > 0 ? elasticityAt(curve, recentSpendPerDay) : undefined

/**
 * What spend is multiplied by when a conversion may cost `dearer` times as much.
 *
 * @param told what the platform expects of that
 */
export const spendFactor = (estimate: BudgetEstimate, dearer: number, told?: Told): number =>
  dearer ** spendByCost(learnedElasticity(estimate), told?.response.spendByCost)

function scopesOf({ policy: { policy } }: Observation): readonly Scope[] {
  const asked = (of: Partial<BudgetGroup>): Pick<Scope, 'average' | 'marginal'> => {
    const average = of.targetCpa ? mainUnits(of.targetCpa) : of.targetRoas ? 1 / of.targetRoas : undefined
    const marginal = of.marginalCpa ? mainUnits(of.marginalCpa) : of.marginalRoas ? 1 / of.marginalRoas : undefined
    return { ...(average === undefined ? {} : { average }), ...(marginal === undefined ? {} : { marginal }) }
  }
  const whole: Scope = { name: 'the portfolio', has: () => true, ...asked(policy.goal as Partial<BudgetGroup>) }
  const groups = policy.groups.map(
    (group): Scope => ({
      name: `group "${group.name}"`,
      has: ({ account, budget }) => groupOf(policy, account.structure, budget, account.today).includes(group),
      ...asked(group),
    }),
  )
  return [whole, ...groups].filter(({ average, marginal }) => average !== undefined || marginal !== undefined)
}

/** Base currency per outcome by budget, so that the next one costs the same everywhere and the flight lands on the goal. */
function averageGoals(
  observation: Observation,
  { average, has }: Scope,
  running: readonly Movable[],
  estimates: Estimates,
): ReadonlyMap<BudgetQuestion, number> {
  if (average === undefined) return new Map()
  const members = running.filter(has)
  const shares = members.map((one) => ({
    spendPerDay: one.estimate.recentSpendPerDay * baseUnitsOf(rateOf(one)),
    elasticity: elasticityOf(one, toldOf(one)),
  }))
  const ahead = shares.reduce((sum, { spendPerDay }) => sum + spendPerDay, 0) * daysLeft(observation)
  const goal = goalForRest({ goal: average, ahead, ...flightSoFar(observation, members, estimates) })
  const goals = campaignGoals(goal, shares)
  return new Map(members.map((one, i) => [one, goals[i]!]))
}

const daysLeft = ({ today, policy: { policy } }: Observation): number =>
  Math.max(0, daysBetween(today, policy.flight.to) + 1)

/** A day of which less can be seen says nothing yet. */
const LEAST_VISIBLE = 0.1

/** Spend of the flight's days so far, and what it brings in the end, incremental. */
function flightSoFar(
  observation: Observation,
  members: readonly Movable[],
  { completion }: Estimates,
): { readonly spent: number; readonly outcome: number } {
  const { goal, flight } = observation.policy.policy
  let [spent, outcome] = [0, 0]
  for (const one of members) {
    const baseUnits = baseUnitsOf(rateOf(one))
    const worth = worthOf(goal, one.estimate, baseUnits)
    const visible = completion.get(one.account.account) ?? []
    for (const day of claimedDays(observation, one.account).get(one.budget.id) ?? []) {
      const share = visible[Math.min(day.ageDays, visible.length - 1)] ?? 1
      if (day.date < flight.from || share < LEAST_VISIBLE) continue
      spent += day.spend * baseUnits
      outcome += (worth.outcome * day.conversions) / share
    }
  }
  return { spent, outcome }
}

const tables = perObject((observation: Observation) =>
  perObject((account: AccountObservation) => budgetDays(account, accountRule(observation, account))),
)
const claimedDays = (observation: Observation, account: AccountObservation) => tables(observation)(account)
