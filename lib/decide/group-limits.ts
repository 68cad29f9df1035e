import { policyAccount } from '../measure/budget-days.ts'
import { canSpend } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import { mainUnits } from '../units/money.ts'
import type { BudgetQuestion } from './holds.ts'

/**
 * The caps as limits on what the moving budgets may be set to together, in main units of the base currency: cap over
 * over-delivery factor, less the budgets of the account that do not move (unmanaged ones count too). One group per
 * account and one for the portfolio.
 */
export function groupLimits(
  observation: Observation,
  questions: readonly BudgetQuestion[],
  moving: ReadonlySet<BudgetQuestion>,
): { limits: readonly number[]; indexesOf: (question: BudgetQuestion) => readonly number[] } {
  const perUnit = (account: AccountObservation): number =>
    Number(observation.rates.find(({ from }) => from === account.structure.currency)?.microsPerUnit ?? 0n) / 1e6
  const factor = (account: AccountObservation): number =>
    policyAccount(observation, account).overDeliveryFactor ??
    questions.find((q) => q.account === account)?.capabilities.overDeliveryFactor ??
    1
  const movingBudgets = new Set([...moving].map(({ budget }) => budget))
  const fixed = (account: AccountObservation): number =>
    account.structure.budgets
      .filter(
        (budget) => !movingBudgets.has(budget) && budget.period === 'daily' && canSpend(account.structure, budget),
      )
      .reduce((a, { amount }) => a + mainUnits(amount), 0) * perUnit(account)

  const ofAccounts = observation.accounts.map((account) => {
    const cap = policyAccount(observation, account).dayCap
    return cap ? Math.max(0, (mainUnits(cap) * perUnit(account)) / factor(account) - fixed(account)) : 0
  })
  const portfolioCap = observation.policy.policy.dayCap
  const worstFactor = Math.max(1, ...observation.accounts.map(factor))
  const settled = questions
    .filter((q) => !moving.has(q))
    .reduce((a, q) => a + mainUnits(q.budget.amount) * perUnit(q.account), 0)
  const ofPortfolio = portfolioCap ? Math.max(0, mainUnits(portfolioCap) / worstFactor - settled) : 0
  return {
    limits: [...ofAccounts, ofPortfolio],
    indexesOf: ({ account }) => [observation.accounts.indexOf(account), observation.accounts.length],
  }
}
