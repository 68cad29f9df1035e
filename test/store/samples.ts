import { type AccountRef, accountKey, accountRef, portfolioId } from '../../lib/model/account.ts'
import { type Intent, intentId } from '../../lib/model/intent.ts'
import { type Lever, type LeverValue, leverKey } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { PlanId } from '../../lib/model/plan.ts'
import type { MoneyCommit } from '../../lib/ports/store.ts'
import { accountDate, instant } from '../../lib/units/calendar.ts'
import { currency, fromDecimal, type Money } from '../../lib/units/money.ts'

export const NOON = instant('2026-11-21T12:00:00Z')
export const TODAY = accountDate('2026-11-21')
export const EUR = currency('EUR')
export const euros = (text: string): Money => fromDecimal(text, EUR)
export const PORTFOLIO = portfolioId('eu')

let accounts = 0
/** An account that no other test of the file has. */
export const newAccount = (): AccountRef => {
  accounts += 1
  return accountRef('meta', (1000 + accounts).toString())
}

export const dailyBudget = (account: AccountRef, id: string): Lever => ({
  account,
  kind: 'daily-budget',
  entity: 'budget',
  id,
})
export const moneyValue = (text: string): LeverValue => ({ kind: 'money', amount: euros(text) })

export const leverState = (lever: Lever, version: number, known: string): LeverState => ({
  lever,
  version,
  known: moneyValue(known),
  knownAt: NOON,
  ours: true,
  idle: false,
})

export function sampleIntent(lever: Lever, plan: string, from: string, to: string): Intent {
  return {
    id: intentId(plan as PlanId, leverKey(lever)),
    plan: plan as PlanId,
    portfolio: PORTFOLIO,
    change: { lever, from: moneyValue(from), to: moneyValue(to) },
    at: NOON,
    leaseUntil: instant('2026-11-21T12:03:00Z'),
  }
}

/** A commit that only opens the account's day, for tests to add to. */
export const opening = (account: AccountRef, exposure = '100', cap = '200'): MoneyCommit => ({
  token: `open ${accountKey(account)}`,
  chain: accountKey(account),
  at: NOON,
  levers: [],
  intents: [],
  accountDay: { next: { account, date: TODAY, exposure: euros(exposure), cap: euros(cap), version: 1 }, expected: 0 },
  entries: [
    {
      kind: 'day-opened',
      date: TODAY,
      exposureMicros: euros(exposure).micros.toString(),
      capMicros: euros(cap).micros.toString(),
    },
  ],
})
