import type { BudgetEstimate, Estimates } from '../model/estimates.ts'
import { type Lever, leverKey } from '../model/lever.ts'
import { budgetMembership } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import type { BudgetHolder } from '../model/structure.ts'
import type { CapabilitiesOf } from './capabilities-of.ts'
import type { BudgetQuestion } from './holds.ts'
import { spendLimitOf } from './targets/spend-limit.ts'

/** One question for every budget of the portfolio, with all that is known of it. */
export const questionsOf = (
  observation: Observation,
  estimates: Estimates,
  capabilitiesOf: CapabilitiesOf,
): readonly BudgetQuestion[] =>
  observation.accounts.flatMap((account) => questionsOfAccount(observation, account, estimates, capabilitiesOf))

function questionsOfAccount(
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
  const dataBreak = estimates.breaks.find((one) => one.account === account.account && one.ongoing)
  return account.structure.budgets.flatMap((budget) => {
    const membership = budgetMembership(observation.policy.policy, account.structure, budget, account.today)
    if (!membership || budget.status === 'removed') return []
    const lever = budgetLever(account, budget)
    const capabilities = capabilitiesOf(account.account)
    const state = states.get(leverKey(lever))
    const estimate = beliefs.get(budget.id)
    const limited = estimate && spendLimitOf(observation, account, budget)
    const known = { observation, account, budget, lever, membership, state, estimate, capabilities, dataBreak }
    return [limited ? { ...known, limited } : known]
  })
}

export const budgetLever = (account: AccountObservation, budget: BudgetHolder): Lever => ({
  account: account.structure.account,
  kind: budget.period === 'daily' ? 'daily-budget' : 'lifetime-budget',
  entity: 'budget',
  id: budget.id,
})
