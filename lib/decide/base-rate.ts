import type { AccountObservation, Observation } from '../model/observation.ts'
import { type ExchangeRate, rateNumber, withHaircut } from '../units/rates.ts'

/** From an account's currency to the base currency. @throws Error when the rate is missing: no plan is made on part of the money */
export function rateOf({
  observation: { rates },
  account: { structure },
}: {
  readonly observation: Pick<Observation, 'rates'>
  readonly account: Pick<AccountObservation, 'structure'>
}): ExchangeRate {
  const rate = rates.find(({ from }) => from === structure.currency)
  if (!rate) throw new Error(`no exchange rate from ${structure.currency}`)
  return rate
}

/** The same as it counts under caps: with the policy's haircut. */
export const cautiousRateOf = (asked: {
  readonly observation: Pick<Observation, 'rates' | 'policy'>
  readonly account: Pick<AccountObservation, 'structure'>
}): ExchangeRate => withHaircut(rateOf(asked), asked.observation.policy.policy.guardrails.rateHaircut)

/** What one main unit of a rate's currency is in the base currency. */
export const baseUnitsOf = rateNumber
