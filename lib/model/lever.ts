import type { Money } from '../units/money.ts'
import type { AccountRef } from './account.ts'
import type { CriterionRef, Device } from './structure.ts'

export type LeverKind =
  | 'daily-budget'
  | 'lifetime-budget'
  | 'target-cpa'
  | 'target-roas'
  | 'bid'
  | 'bid-multiplier'
  | 'status'

/** What a lever sits on. `budget`: id of a BudgetHolder, whichever level owns it. */
export type LeverEntity = 'budget' | 'campaign' | 'ad-group' | 'portfolio-strategy'

/** One thing on a platform that may be moved. */
export interface Lever {
  readonly account: AccountRef
  readonly kind: LeverKind
  readonly entity: LeverEntity
  readonly id: string
  /** Kind `bid-multiplier` only: either of the two. */
  readonly device?: Device
  readonly criterion?: CriterionRef
}

/**
 * A lever's value. Money for budgets, target CPA and bids; a ratio for target ROAS (3.5 = 350 %) and bid multipliers
 * (1 = unchanged); a status, of which Sluice only ever sets `paused`, except to take back its own pause.
 */
export type LeverValue =
  | { readonly kind: 'money'; readonly amount: Money }
  | { readonly kind: 'ratio'; readonly value: number }
  | { readonly kind: 'status'; readonly status: 'active' | 'paused' }

export type LeverKey = string & { readonly __brand: 'LeverKey' }

/** `platform:account/daily-budget/budget/123`; unique, stable, sortable. A multiplier's ends in `/mobile` or `/place:21167`. */
export function leverKey({ account, kind, entity, id, device, criterion }: Lever): LeverKey {
  const by = device ?? (criterion && `${criterion.dimension}:${criterion.id}`)
  return `${account.platform}:${account.id}/${kind}/${entity}/${id}${by ? `/${by}` : ''}` as LeverKey
}

/** Whether a lever is a budget: what it is set to is what may be spent, and only budgets are counted in the ledger. */
export const isBudget = ({ kind }: Lever): boolean => kind === 'daily-budget' || kind === 'lifetime-budget'

/** Platforms keep some ratios as doubles and some as float32, and show them either way: they are equal as float32. */
export function sameValue(a: LeverValue, b: LeverValue): boolean {
  if (a.kind === 'money' && b.kind === 'money')
    return a.amount.micros === b.amount.micros && a.amount.currency === b.amount.currency
  if (a.kind === 'ratio' && b.kind === 'ratio') return Math.fround(a.value) === Math.fround(b.value)
  return a.kind === 'status' && b.kind === 'status' && a.status === b.status
}

/** One absolute move of one lever. `from` is the value that the decision was based on. */
export interface LeverChange {
  readonly lever: Lever
  readonly from: LeverValue
  readonly to: LeverValue
}

/**
 * Whether a change makes less be spent, or bids lower: less money, a higher return asked for, a lower multiplier, a pause.
 * What is no cut might spend more, and is a raise.
 */
export function isCut({ lever, from, to }: LeverChange): boolean {
  if (to.kind === 'status') return to.status === 'paused'
  if (to.kind === 'money') return from.kind === 'money' && to.amount.micros < from.amount.micros
  if (from.kind !== 'ratio') return false
  return lever.kind === 'target-roas' ? to.value > from.value : to.value < from.value
}

/** A lever as just read from the platform. */
export interface LiveLever {
  readonly lever: Lever
  /** Absent: the entity is gone, or no longer has such a lever. */
  readonly value: LeverValue | undefined
}
