import type { Curve } from './tabulate.ts'

/** One budget to be set: what it brings at each spend, and what ties it. Spend is in one currency throughout. */
export interface Lever extends Curve {
  readonly atLeast: number
  readonly atMost: number
  /** Name of its innermost group; none: only the total holds it. */
  readonly group?: string
  /** Name of its innermost room for growth; none: it may grow as it likes. */
  readonly room?: string
  /** Spend beyond which it takes from its room; needed with a room. */
  readonly standing?: number
  /** What one unit of spend beyond `standing` takes of the room; 1 unless told. */
  readonly perRoomUnit?: number
}

/** What is asked of the allocator. Names are the caller's own, unique among groups, among rooms, and among ceilings. */
export interface Question {
  readonly levers: readonly Lever[]
  /** Most that all levers together may spend; Infinity: no limit. */
  readonly total: number
  /** Least that all together must spend. */
  readonly totalAtLeast?: number
  /** All of the total is spent as far as limits allow it; otherwise only what brings something. */
  readonly spendAll?: boolean
  readonly groups?: readonly Group[]
  readonly rooms?: readonly Room[]
  /** Spend ≤ `spendPerOutcome` · outcome, in a group or (without one) in all. */
  readonly averages?: readonly (Ceiling & { readonly spendPerOutcome: number })[]
  /** No spend that brings less than this at the margin, unless a minimum asks for it. */
  readonly marginals?: readonly (Ceiling & {
    readonly returnPerSpend: number
    readonly of?: 'objective' | 'outcome'
  })[]
}

export interface Group {
  readonly name: string
  readonly within?: string
  readonly atLeast?: number
  readonly atMost?: number
}

export interface Room {
  readonly name: string
  readonly within?: string
  /** Most that its levers may grow together beyond where they stand, ≥ 0. */
  readonly room: number
}

export interface Ceiling {
  readonly name: string
  readonly group?: string
}

/** A limit by the caller's name; the total and bounds of levers have none. */
export interface NamedLimit {
  readonly kind:
    | 'total'
    | 'group-minimum'
    | 'group-maximum'
    | 'growth-room'
    | 'average-ceiling'
    | 'marginal-floor'
    | 'lever-minimums'
    | 'lever-maximums'
    | 'no-return'
  readonly name: string
  /** Of bounds of levers: the first of those concerned, and how many they are. */
  readonly levers?: readonly number[]
  readonly count?: number
}

export interface Answered {
  readonly kind: 'allocated'
  readonly spend: readonly number[]
  readonly objective: number
  /** No allocation of the tabled curves brings more than the objective by more than this share of it. */
  readonly certificate: number
  /** Marginal return at which the money ran out. */
  readonly price: number
  /** Per lever: marginal return that money has to bring there, limits of its groups and rooms included. */
  readonly priceOf: readonly number[]
  /** Per lever: worth of raising its maximum by one unit (> 0), or of lowering its minimum (< 0, its negative); else 0. */
  readonly boundWorth: readonly number[]
  readonly binding: readonly { readonly limit: NamedLimit; readonly worth: number }[]
  readonly unspent: { readonly amount: number; readonly because: readonly NamedLimit[] }
  /** Names of marginal floors that gave way to a minimum. */
  readonly overruled: readonly string[]
}

export interface Unanswerable {
  readonly kind: 'infeasible'
  readonly conflict: readonly NamedLimit[]
  readonly by: number
}
