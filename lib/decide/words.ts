import type { LeverValue } from '../model/lever.ts'
import { type Money, toDecimal } from '../units/money.ts'

/** `€`-free and unambiguous: `120.00 EUR`. */
export const amountText = (amount: Money): string => `${toDecimal(roundedToCents(amount), 2)} ${amount.currency}`

const roundedToCents = ({ micros, currency }: Money): Money => ({
  micros: ((micros + (micros < 0n ? -5_000n : 5_000n)) / 10_000n) * 10_000n,
  currency,
})

/** A number with three significant digits, as people write it. */
export function numberText(value: number): string {
  if (value === 0) return '0'
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))))
  return value.toFixed(Math.min(6, digits))
}

/** `+12.5 %`. */
export const changeText = (from: Money, to: Money): string => {
  const share = Number(to.micros - from.micros) / Number(from.micros)
  return `${share >= 0 ? '+' : '−'}${Math.abs(share * 100).toFixed(1)} %`
}

/** A lever's value for people: `120.00 EUR`, `350 %`, `paused`. */
export function valueWords(value: LeverValue | undefined): string {
  if (value === undefined) return 'unknown'
  if (value.kind === 'money') return amountText(value.amount)
  return value.kind === 'ratio' ? `${Math.round(value.value * 100)} %` : value.status
}
