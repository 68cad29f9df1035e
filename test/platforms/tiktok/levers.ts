import type { Lever, LeverChange, LeverValue } from '../../../lib/model/lever.ts'
import { currency, fromDecimal } from '../../../lib/units/money.ts'
import { ACCOUNT } from './stub.ts'

export const EUR = currency('EUR')

export const lever = (id: string, over: Partial<Lever> = {}): Lever => ({
  account: ACCOUNT,
  kind: 'daily-budget',
  entity: 'budget',
  id,
  ...over,
})

export const euros = (text: string): LeverValue => ({ kind: 'money', amount: fromDecimal(text, EUR) })
export const ratio = (value: number): LeverValue => ({ kind: 'ratio', value })

export const change = (id: string, from: string, to: string): LeverChange => ({
  lever: lever(id),
  from: euros(from),
  to: euros(to),
})

export const pause = (id: string, entity: 'campaign' | 'ad-group'): LeverChange => ({
  lever: lever(id, { kind: 'status', entity }),
  from: { kind: 'status', status: 'active' },
  to: { kind: 'status', status: 'paused' },
})

export const kindsOf = (results: readonly { readonly kind: string }[]): readonly string[] =>
  results.map(({ kind }) => kind)
