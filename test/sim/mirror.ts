import type { IntentId, IntentRecord } from '../../lib/model/intent.ts'
import type { AccountDayLedger, PortfolioDayLedger } from '../../lib/model/ledger.ts'
import { isBudget, type LeverKey } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { Plan, PlanHeader } from '../../lib/model/plan.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import type { OwnBase } from './base-books.ts'

/** How many of the newest plans are likely to be open. */
const NEWEST_PLANS = 3

export function keepPlan({ plans, newestPlans, event }: Mirror, plan: Plan, header: PlanHeader): void {
  plans.set(plan.id, { plan, header, storedAt: event, changedAt: event })
  newestPlans.unshift(plan.id)
  if (newestPlans.length > NEWEST_PLANS) newestPlans.pop()
}

export interface SeenIntent {
  record: IntentRecord
  readonly reservedAt: number
  sentAt?: number
  landedAt?: number
}

/**
 * What a bystander has put together from the transactions as they went through and from the platforms as they changed:
 * the second set of books that the first is compared with.
 */
export interface Mirror {
  event: number
  readonly levers: Map<LeverKey, LeverState>
  readonly accountDays: Map<string, AccountDayLedger>
  readonly portfolioDays: Map<string, PortfolioDayLedger>
  /** Micros by ledger, as the audit entries add up. */
  readonly audited: Map<string, bigint>
  readonly intents: Map<IntentId, SeenIntent>
  /** Changes that were found done by somebody else, before they were sent or after. */
  readonly there: Set<string>
  /** The newest intent that was written down for a lever, and when. */
  readonly newest: Map<LeverKey, IntentId>
  readonly plans: Map<string, { readonly plan: Plan; header: PlanHeader; readonly storedAt: number; changedAt: number }>
  /** The newest of them, newest first. */
  readonly newestPlans: string[]
  readonly policies: Map<string, { readonly version: PolicyVersion; readonly since: number }>
  readonly freezes: Map<string, number>
  /** What a record stood at when an account date began. */
  readonly dayStart: Map<LeverKey, { readonly date: string; readonly micros: bigint }>
  /** The highest that a value of ours has stood at on an account date. */
  readonly ourHigh: Map<LeverKey, { readonly date: string; readonly micros: bigint }>
  /** Levers whose present value we set. */
  readonly ours: Set<LeverKey>
  /** When a hold for a person was put on a lever. */
  readonly heldSince: Map<LeverKey, number>
  /** When a lever was last known to be ordered back to a cap. */
  readonly orderedAt: Map<LeverKey, number>
  /** Budgets that somebody has set inside the caps, and until when the policy leaves them alone: since it was seen. */
  readonly personHolds: Map<LeverKey, { readonly until: number; readonly event: number }>
  /** How often something was reserved for a lever on an account date. */
  readonly reservedOn: Map<LeverKey, { readonly date: string; times: number }>
  /** Portfolios' days as a bystander counts them in the base currency. */
  readonly ownBase: Map<string, OwnBase>
  /** What the guard did, by name. */
  readonly guard: Record<string, number>
  /** Accounts whose structure was stored. */
  readonly pulled: Set<string>
  /** Turns of the guard in a row that found spend over a cap, by account, portfolio and date. */
  readonly overspent: Map<string, number>
}

export const emptyMirror = (): Mirror => ({
  event: 0,
  levers: new Map(),
  accountDays: new Map(),
  portfolioDays: new Map(),
  audited: new Map(),
  intents: new Map(),
  there: new Set(),
  newest: new Map(),
  plans: new Map(),
  newestPlans: [],
  policies: new Map(),
  freezes: new Map(),
  dayStart: new Map(),
  ourHigh: new Map(),
  ours: new Set(),
  heldSince: new Map(),
  orderedAt: new Map(),
  personHolds: new Map(),
  reservedOn: new Map(),
  ownBase: new Map(),
  overspent: new Map(),
  pulled: new Set(),
  guard: {},
})

export const microsOf = (value: LeverState['known'] | undefined): bigint =>
  value?.kind === 'money' ? value.amount.micros : 0n

export const most = (a: bigint, b: bigint): bigint => (a > b ? a : b)

/** What a record says that its budget may have cost at worst on a date, before any factor. */
export function highOf({ known, idle, day, dayHigh, pending, doubted }: LeverState, date: string): bigint {
  // What may have been read wrong may stand where it stood.
  const standing =
    day === date && dayHigh ? microsOf(dayHigh) : idle ? 0n : most(microsOf(known), microsOf(doubted?.was))
  return most(standing, microsOf(pending?.to))
}

/** An amount times a factor of at most two decimals, rounded up. */
export const timesUp = (micros: bigint, factor: number): bigint =>
  (micros * BigInt(Math.round(factor * 100)) + 99n) / 100n

/** What the records of an account add up to on a date. */
export function worstOf(states: Iterable<LeverState>, account: string, date: string, factor: number): bigint {
  let total = 0n
  for (const state of states) {
    const { lever } = state
    if (!isBudget(lever) || `${lever.account.platform}:${lever.account.id}` !== account) continue
    total += worstOfOne(state, date, factor)
  }
  return total
}

/** What a budget's record adds to the worst case of a date. */
export function worstOfOne(state: LeverState, date: string, factor: number): bigint {
  const high = highOf(state, date)
  return state.lever.kind === 'lifetime-budget' ? high : timesUp(high, factor)
}
