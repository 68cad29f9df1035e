import { type LeverState, valueOn } from '../model/lever-state.ts'
import type { AccountObservation } from '../model/observation.ts'
import { perObject } from '../model/per-object.ts'
import type { BudgetHolder } from '../model/structure.ts'
import type { BudgetDay } from './budget-days.ts'

/** Days that a delivery ratio looks back. */
const DELIVERY_DAYS = 4

/** The first record of each budget. */
const budgetStates = perObject(({ levers }: AccountObservation): ReadonlyMap<string, LeverState> => {
  const states = new Map<string, LeverState>()
  for (const state of levers)
    if (state.lever.entity === 'budget' && !states.has(state.lever.id)) states.set(state.lever.id, state)
  return states
})

/**
 * Spend over budget on the last complete days, each by what the budget stood at when it was over. Undefined when what it
 * stood at is not known, or on a new campaign's first days: 0/0 must not read as "cannot spend".
 */
export function deliveryRatio(
  days: readonly BudgetDay[],
  budget: BudgetHolder,
  account: AccountObservation,
): number | undefined {
  if (budget.period !== 'daily') return undefined
  const state = budgetStates(account).get(budget.id)
  let spent = 0
  let allowed = 0
  for (const { date, spend } of days.slice(-DELIVERY_DAYS)) {
    const value = state ? valueOn(state, date) : { kind: 'money' as const, amount: budget.amount }
    if (value?.kind !== 'money') continue
    spent += spend
    allowed += Number(value.amount.micros) / 1e6
  }
  return allowed > 0 ? spent / allowed : undefined
}
