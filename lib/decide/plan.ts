import { hashOf } from '../model/canonical.ts'
import type { BudgetEstimate, Estimates } from '../model/estimates.ts'
import { type Lever, leverKey } from '../model/lever.ts'
import { budgetMembership } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import type { Decision, HoldDecision, Plan, PlanId, PlanTerms } from '../model/plan.ts'
import type { BudgetHolder, Campaign } from '../model/structure.ts'
import { HOUR_MS, later } from '../units/calendar.ts'
import type { CapabilitiesOf } from './capabilities-of.ts'
import { cutBack, tooMuchSpent } from './cut-back.ts'
import { dayTarget } from './day-target.ts'
import { type BudgetQuestion, reasonNotToCutBack, reasonToHold } from './holds.ts'
import { type Movable, moveBudgets } from './move-budgets.ts'
import { netGrowth } from './net-growth.ts'
import { proposedCaps } from './proposed-caps.ts'

/**
 * Decides about every lever of a portfolio: the whole of it is a function of what was observed, so that the same inputs
 * give the same plan, a year later too.
 *
 * @param inputsHash where the observation is kept
 * @throws Error when an exchange rate is missing: no plan is made on part of the money
 */
export function decide(
  observation: Observation,
  estimates: Estimates,
  capabilitiesOf: CapabilitiesOf,
  inputsHash: string,
): Plan {
  const target = dayTarget(observation)
  const questions = observation.accounts.flatMap((account) =>
    questionsOf(observation, account, estimates, capabilitiesOf),
  )
  const settled: Decision[] = []
  const movable: Movable[] = []
  for (const question of questions) {
    const decided = decideAlone(question)
    if (decided) settled.push(decided)
    else if (question.estimate) movable.push({ ...question, estimate: question.estimate })
  }
  const { decisions, marginalReturn } = moveBudgets(observation, movable, settledBudgets(questions, movable), target)
  const targets = observation.accounts.flatMap((account) => targetHolds(observation, account))
  const all = [...decisions, ...settled, ...targets]
  return named(
    {
      ...terms(observation, inputsHash),
      dayTarget: target,
      marginalReturn,
      netGrowth: netGrowth(all, observation),
      proposedCaps: proposedCaps(observation, capabilitiesOf),
    },
    all,
  )
}

const named = (terms: PlanTerms, decisions: readonly Decision[]): Plan => ({
  id: hashOf({ terms, decisions }).slice(0, 24) as PlanId,
  ...terms,
  decisions,
})

const terms = ({ now, policy, occasion, rates }: Observation, inputsHash: string) => ({
  portfolio: policy.policy.portfolio,
  mode: policy.policy.mode,
  madeAt: now,
  expiresAt: later(now, policy.policy.planExpiresAfterHours * HOUR_MS),
  policyVersion: policy.version,
  inputsHash,
  rates,
  occasion,
})

function questionsOf(
  observation: Observation,
  account: AccountObservation,
  estimates: Estimates,
  capabilitiesOf: CapabilitiesOf,
): readonly BudgetQuestion[] {
  const states = new Map(account.levers.map((state) => [leverKey(state.lever), state]))
  const beliefs = new Map(
    estimates.budgets
      .filter((one) => one.account === account.account)
      .map((one): [string, BudgetEstimate] => [one.budget, one]),
  )
  return account.structure.budgets.flatMap((budget) => {
    const membership = budgetMembership(observation.policy.policy, account.structure, budget, account.today)
    if (!membership || budget.status === 'removed') return []
    const lever = budgetLever(account, budget)
    const capabilities = capabilitiesOf(account.account)
    const state = states.get(leverKey(lever))
    return [{ observation, account, budget, lever, membership, state, estimate: beliefs.get(budget.id), capabilities }]
  })
}

export const budgetLever = (account: AccountObservation, budget: BudgetHolder): Lever => ({
  account: account.structure.account,
  kind: budget.period === 'daily' ? 'daily-budget' : 'lifetime-budget',
  entity: 'budget',
  id: budget.id,
})

/** Holds, and cuts back to the caps, which need no comparison with other budgets; undefined: it takes part in the split. */
function decideAlone(question: BudgetQuestion): Decision | undefined {
  const { lever, budget, state, observation } = question
  const hold = ({ reason, detail }: Pick<HoldDecision, 'reason' | 'detail'>): HoldDecision => ({
    kind: 'hold',
    lever,
    name: budget.name,
    value: { kind: 'money', amount: budget.amount },
    reason,
    detail,
  })
  if (state?.cutBackTo?.kind === 'money' && budget.amount.micros > state.cutBackTo.amount.micros) {
    const obstacle = reasonNotToCutBack(question)
    return obstacle ? hold(obstacle) : (cutBack(question, state.cutBackTo.amount) ?? hold(tooMuchSpent(question)))
  }
  if (observation.occasion === 'correction')
    return hold({
      reason: 'between-decisions',
      detail: 'only edits outside the caps are corrected between two daily decisions',
    })
  const reason = reasonToHold(question)
  return reason && hold(reason)
}

/** Budgets that stay as they are but spend the portfolio's money. */
const settledBudgets = (
  questions: readonly BudgetQuestion[],
  movable: readonly Movable[],
): readonly BudgetQuestion[] => {
  const moving = new Set(movable.map(({ lever }) => leverKey(lever)))
  return questions.filter(({ lever }) => !moving.has(leverKey(lever)))
}

/** Targets are levers too: each has a decision, which for now is to leave it. */
function targetHolds(observation: Observation, account: AccountObservation): readonly HoldDecision[] {
  const inPortfolio = new Set(
    account.structure.budgets
      .filter((budget) => budgetMembership(observation.policy.policy, account.structure, budget, account.today))
      .flatMap(({ campaigns }) => campaigns),
  )
  return account.structure.campaigns.flatMap((campaign) =>
    campaign.status === 'active' && inPortfolio.has(campaign.id) ? targetHold(account, campaign) : [],
  )
}

function targetHold({ structure }: AccountObservation, { id, name, strategy }: Campaign): readonly HoldDecision[] {
  const base = {
    kind: 'hold',
    name,
    reason: 'not-steered',
    detail: 'targets are left as they are: budgets are moved first',
  } as const
  const lever = { account: structure.account, entity: 'campaign', id } as const
  if (strategy.targetCpa)
    return [{ ...base, lever: { ...lever, kind: 'target-cpa' }, value: { kind: 'money', amount: strategy.targetCpa } }]
  if (strategy.targetRoas !== undefined)
    return [{ ...base, lever: { ...lever, kind: 'target-roas' }, value: { kind: 'ratio', value: strategy.targetRoas } }]
  return []
}
