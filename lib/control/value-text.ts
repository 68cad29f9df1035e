import type { LeverValue } from '../model/lever.ts'
import { toDecimal } from '../units/money.ts'
import { unreachable } from '../units/unreachable.ts'

/** A lever's value as audit records and messages write it: `120.5 EUR`, `3.5`, `paused`. */
export function valueText(value: LeverValue | undefined): string {
  if (value === undefined) return 'gone'
  switch (value.kind) {
    case 'money':
      return `${toDecimal(value.amount)} ${value.amount.currency}`
    case 'ratio':
      return String(value.value)
    case 'status':
      return value.status
    default:
      return unreachable(value)
  }
}
