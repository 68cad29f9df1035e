import type { Observation } from '../model/observation.ts'
import { daysBetween } from '../units/calendar.ts'
import { compare, divide, type Money, money, subtract, zero } from '../units/money.ts'
import { convert } from '../units/rates.ts'

/**
 * What the portfolio is to spend today, in the base currency: what remains of the flight, evenly over the days that
 * remain, today included. Spread afresh each day, so that a day's over- or under-delivery is made up by all the rest.
 *
 * @returns zero when the flight's money is gone
 * @throws Error when a rate for an account's spend is missing
 */
export function dayTarget(observation: Observation): Money {
  const { flight, baseCurrency } = observation.policy.policy
  let remaining = flight.total
  for (const account of observation.accounts) {
    const { currency } = account.structure
    const spent = observation.flightSpentMicros.get(account.account) ?? 0n
    const rate = observation.rates.find(({ from }) => from === currency)
    if (!rate) throw new Error(`no exchange rate from ${currency} to ${baseCurrency}`)
    remaining = subtract(remaining, convert(money(spent, currency), rate, 'up'))
  }
  const days = daysBetween(observation.today, flight.to) + 1
  if (days < 1 || compare(remaining, zero(baseCurrency)) <= 0) return zero(baseCurrency)
  return money(divide(remaining.micros, BigInt(days), 'down'), baseCurrency)
}
