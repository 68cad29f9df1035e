import { capInOwnCurrency } from '../measure/budget-days.ts'
import { canSpend } from '../model/membership.ts'
import type { AccountObservation } from '../model/observation.ts'
import { perObject } from '../model/per-object.ts'
import type { BudgetHolder } from '../model/structure.ts'
import { compare, type Money, sum } from '../units/money.ts'
import { type Hold, hold } from './check.ts'
import type { BudgetQuestion } from './holds.ts'
import { amountText } from './words.ts'

/** What is left of a lifetime budget: all of it may go in one day. The whole of it, where the platform does not tell. */
const leftOf = ({ remaining, amount }: BudgetHolder): Money => remaining ?? amount

interface Fixed {
  readonly left: Money
  readonly largest: BudgetHolder
}

/** Running lifetime budgets of the account, managed or not: nothing that may be moved makes room for them. */
const lifetimeOf = perObject(({ structure }: AccountObservation): Fixed | undefined => {
  const running = structure.budgets.filter((one) => one.period === 'lifetime' && canSpend(structure, one))
  const [largest] = running.toSorted((a, b) => compare(leftOf(b), leftOf(a)))
  return largest && { left: sum(running.map(leftOf), structure.currency), largest }
})

/** Lifetime budgets alone may cost more today than the account's day may: no plan of the rest can keep the cap. */
export function beyondCap({ observation, account }: BudgetQuestion): Hold | undefined {
  const fixed = lifetimeOf(account)
  const cap = capInOwnCurrency(observation, account)
  if (!fixed || !cap || compare(fixed.left, cap) <= 0) return undefined
  return hold(
    'over-cap',
    `lifetime budgets of ${account.account} may cost ${amountText(fixed.left)} today at worst, the largest of them "${fixed.largest.name}" with ${amountText(leftOf(fixed.largest))} left, and the account’s dayCap is ${amountText(cap)}: raise the cap, lower them, or give their campaigns daily budgets`,
  )
}
