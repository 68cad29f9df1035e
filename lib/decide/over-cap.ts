import { capInOwnCurrency } from '../measure/budget-days.ts'
import { budgetMembership, canSpend } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import { perObject } from '../model/per-object.ts'
import type { BudgetHolder } from '../model/structure.ts'
import { compare, type Money, sum } from '../units/money.ts'
import { convert } from '../units/rates.ts'
import { cautiousRateOf } from './base-rate.ts'
import { type Hold, hold } from './check.ts'
import type { BudgetQuestion } from './holds.ts'
import { amountText } from './words.ts'

/** What is left of a lifetime budget: all of it may go in one day. The whole of it, where the platform does not tell. */
const leftOf = ({ remaining, amount }: BudgetHolder): Money => remaining ?? amount

interface Fixed {
  readonly left: Money
  readonly largest: BudgetHolder
}

const runningLifetime = ({ structure }: AccountObservation): readonly BudgetHolder[] =>
  structure.budgets.filter((one) => one.period === 'lifetime' && canSpend(structure, one))

/** Running lifetime budgets of the account, managed or not: nothing that may be moved makes room for them. */
const lifetimeOf = perObject((account: AccountObservation): Fixed | undefined => {
  const { structure } = account
  const running = runningLifetime(account)
  const [largest] = running.toSorted((a, b) => compare(leftOf(b), leftOf(a)))
  return largest && { left: sum(running.map(leftOf), structure.currency), largest }
})

/** The same of the portfolio's own on all accounts, in the base currency. */
const lifetimeTogether = perObject((observation: Observation): Money => {
  const { policy } = observation.policy
  const left = observation.accounts.flatMap((account) =>
    runningLifetime(account)
      .filter((one) => budgetMembership(policy, account.structure, one, account.today))
      .map((one) => convert(leftOf(one), cautiousRateOf({ observation, account }), 'up')),
  )
  return sum(left, policy.baseCurrency)
})

/** Lifetime budgets alone may cost more today than the day of the account, or of the portfolio, may: no plan of the rest can keep the cap. */
export function beyondCap({ observation, account }: BudgetQuestion): Hold | undefined {
  const fixed = lifetimeOf(account)
  const cap = capInOwnCurrency(observation, account)
  if (fixed && cap && compare(fixed.left, cap) > 0)
    return hold(
      'over-cap',
      `lifetime budgets of ${account.account} may cost ${amountText(fixed.left)} today at worst, the largest of them "${fixed.largest.name}" with ${amountText(leftOf(fixed.largest))} left, and the account’s dayCap is ${amountText(cap)}: ${REMEDY}`,
    )
  const { dayCap } = observation.policy.policy
  const together = dayCap && lifetimeTogether(observation)
  if (!together || compare(together, dayCap) <= 0) return undefined
  return hold(
    'over-cap',
    `lifetime budgets of the portfolio may cost ${amountText(together)} today at worst, and its dayCap is ${amountText(dayCap)}: ${REMEDY}`,
  )
}

const REMEDY = 'raise the cap, lower them, or give their campaigns daily budgets'
