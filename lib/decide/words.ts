import type { LeverValue } from '../model/lever.ts'
import { type CurrencyCode, type Money, toDecimal } from '../units/money.ts'

/** `€`-free and unambiguous: `120.00 EUR`, `5000 JPY`. */
export function amountText(amount: Money): string {
  const decimals = decimalsOf(amount.currency)
  return `${toDecimal(rounded(amount, decimals), decimals)} ${amount.currency}`
}

/** Currencies without a minor unit (ISO 4217). For showing only: what a platform takes is its adapter's business. */
const WITHOUT_MINOR_UNIT: ReadonlySet<string> = new Set([
  ...[
    'BIF',
    'CLP',
    'DJF',
    'GNF',
    'ISK',
    'JPY',
    'KMF',
    'KRW',
    'PYG',
    'RWF',
    'UGX',
    'UYI',
    'VND',
    'VUV',
    'XAF',
    'XOF',
    'XPF',
  ],
])
const decimalsOf = (currency: CurrencyCode): number => (WITHOUT_MINOR_UNIT.has(currency) ? 0 : 2)

/** To so many decimals, halves away from zero. */
function rounded({ micros, currency }: Money, decimals: number): Money {
  const step = 10n ** BigInt(6 - decimals)
  const half = micros < 0n ? -step / 2n : step / 2n
  return { micros: ((micros + half) / step) * step, currency }
}

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
