import type { AccountKey } from '../model/account.ts'
import { accountKey } from '../model/account.ts'
import type { Observation } from '../model/observation.ts'
import type { AccountDate } from '../units/calendar.ts'
import { type CompletionOf, claimsOf, comparedOrders, LEAST_DAYS, ofCampaign, orderScale } from './incremental.ts'

/** Conversions of one account, over the days that are compared. */
export interface AccountClaims {
  readonly account: AccountKey
  /** As its platform claims them, once complete; of every campaign, those outside the portfolio too. */
  readonly claimed: number
  /** What planning counts of them: by lift tests and priors, scaled to the orders. */
  readonly credited: number
}

export type Reconciliation =
  | {
      readonly kind: 'known'
      /** Days that are known on both sides and whose claims are nearly complete, of the last 28. */
      readonly days: number
      readonly from: AccountDate
      readonly to: AccountDate
      readonly claimed: number
      /** Orders of the shop, less what was given back. */
      readonly ordered: number
      /** Never above `ordered`. */
      readonly credited: number
      /** Value of the orders, in micros of the portfolio's base currency. */
      readonly orderedMicros: bigint
      readonly accounts: readonly AccountClaims[]
    }
  | { readonly kind: 'unknown'; readonly why: string }

/** What all accounts claim, what was ordered, and what is counted of the claims, side by side. */
export function reconcile(observation: Observation, completion: CompletionOf): Reconciliation {
  const { orders = [], accounts, policy } = observation
  if (orders.length === 0) return { kind: 'unknown', why: 'no orders of the shop are known' }
  const compared = comparedOrders(observation, completion)
  if (compared.size < LEAST_DAYS)
    return {
      kind: 'unknown',
      why: `${compared.size} of the last 28 days are known on both sides and complete, and ${LEAST_DAYS} are needed`,
    }
  const ordered = sum([...compared.values()])
  if (ordered <= 0)
    return { kind: 'unknown', why: 'the shop reports not one order on these days, which is taken to be broken' }
  const days = new Set(compared.keys())
  const scale = orderScale(observation, completion)
  const perAccount = accounts.map((account): AccountClaims => {
    const claims = claimsOf(observation, account, days, completion)
    const credited = claims.map((one) => {
      if (one.class === undefined) return 0
      const { evidence, mean } = ofCampaign(policy.policy, one.account, one.campaign, one.class)
      return one.claimed * mean * (evidence === 'lift' ? scale.measured : scale.unmeasured)
    })
    return {
      account: accountKey(account.structure.account),
      claimed: sum(claims.map(({ claimed }) => claimed)),
      credited: sum(credited),
    }
  })
  const all = sum(perAccount.map(({ credited }) => credited))
  // The scale sees to it; what is left is rounding.
  const fit = all > ordered ? ordered / all : 1
  const fitted = perAccount.map((one) => ({ ...one, credited: one.credited * fit }))
  const dates = [...days].toSorted()
  return {
    kind: 'known',
    days: days.size,
    from: dates[0]!,
    to: dates.at(-1)!,
    claimed: sum(perAccount.map(({ claimed }) => claimed)),
    ordered,
    credited: Math.min(ordered, all),
    orderedMicros: orders.reduce((total, { date, valueMicros }) => total + (days.has(date) ? valueMicros : 0n), 0n),
    accounts: fitted,
  }
}

const sum = (amounts: readonly number[]): number => amounts.reduce((a, b) => a + b, 0)
