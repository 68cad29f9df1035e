import { policyAccount } from '../measure/budget-days.ts'
import { canSpend } from '../model/membership.ts'
import type { AccountObservation, Observation } from '../model/observation.ts'
import type { Plan } from '../model/plan.ts'
import type { BudgetHolder } from '../model/structure.ts'
import { add, MICROS_PER_UNIT, type Money, sum, times, toMultiple, zero } from '../units/money.ts'
import { convert } from '../units/rates.ts'
import type { CapabilitiesOf } from './capabilities-of.ts'

/** Room above what the account may cost today as it stands. */
const HEADROOM = 1.25

/** How much more than its budgets a day of the account may cost. */
export const overDelivery = (
  observation: Observation,
  account: AccountObservation,
  capabilitiesOf: CapabilitiesOf,
): number =>
  policyAccount(observation, account).overDeliveryFactor ?? capabilitiesOf(account.account).overDeliveryFactor

/**
 * Caps for the scopes that the policy leaves open: what the running budgets may cost at worst, and a quarter more. A
 * proposal only: nothing is pushed until a person writes them into the policy.
 */
export function proposedCaps(observation: Observation, capabilitiesOf: CapabilitiesOf): Plan['proposedCaps'] {
  const { policy } = observation.policy
  let portfolio = zero(policy.baseCurrency)
  const proposals: { scope: string; dayCap: Money }[] = []
  for (const account of observation.accounts) {
    const { structure } = account
    const exposure = worstDay(account, overDelivery(observation, account, capabilitiesOf))
    const cap = toMultiple(times(exposure, HEADROOM, 'up'), MICROS_PER_UNIT, 'up')
    const rate = observation.rates.find(({ from }) => from === structure.currency)
    if (rate) portfolio = add(portfolio, convert(cap, rate, 'up'))
    if (policyAccount(observation, account).dayCap === undefined)
      proposals.push({ scope: `account ${account.account}`, dayCap: cap })
  }
  if (policy.dayCap === undefined)
    proposals.push({ scope: `portfolio ${policy.portfolio}`, dayCap: toMultiple(portfolio, MICROS_PER_UNIT, 'up') })
  return proposals
}

/** What the running budgets may cost in one day: daily ones with over-delivery, lifetime ones once with all they hold. */
export function worstDay({ structure }: AccountObservation, factor: number): Money {
  const of = (period: BudgetHolder['period']): Money =>
    sum(
      structure.budgets.filter((one) => one.period === period && canSpend(structure, one)).map(({ amount }) => amount),
      structure.currency,
    )
  return add(times(of('daily'), factor, 'up'), of('lifetime'))
}
