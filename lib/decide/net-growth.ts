import { isBudget, type LeverChange } from '../model/lever.ts'
import type { Observation } from '../model/observation.ts'
import type { Decision } from '../model/plan.ts'
import { add, larger, type Money, subtract, zero } from '../units/money.ts'
import { convert, type ExchangeRate } from '../units/rates.ts'

/**
 * By how much a change raises (positive) or cuts (negative) its daily budget, in the base currency; zero for levers that
 * are no budgets. Rounded the same way everywhere, so that cuts and the raises they pay for sum up exactly.
 */
export function growthInBase({ lever, from, to }: LeverChange, rates: readonly ExchangeRate[]): Money {
  const [anyRate] = rates
  if (!isBudget(lever) || from.kind !== 'money' || to.kind !== 'money') {
    if (!anyRate) throw new Error('a plan without exchange rates')
    return zero(anyRate.to)
  }
  const rate = rates.find((one) => one.from === to.amount.currency)
  // What a cut frees is not known then, and pays for nothing.
  if (!rate && anyRate && to.amount.micros < from.amount.micros) return zero(anyRate.to)
  if (!rate) throw new Error(`no exchange rate from ${to.amount.currency}`)
  return convert(subtract(to.amount, from.amount), rate, 'half-even')
}

/** By how much the raises among the decisions exceed the cuts; zero when they do not. */
export function netGrowth(decisions: readonly Decision[], { rates, policy }: Observation): Money {
  const none = zero(policy.policy.baseCurrency)
  const growth = decisions.reduce(
    (total, decision) => (decision.kind === 'change' ? add(total, growthInBase(decision.change, rates)) : total),
    none,
  )
  return larger(growth, none)
}
