/**
 * A problem of allocation in plain typed arrays. Spend is in one currency; "objective" is what is to be as large as
 * possible, "outcome" what ceilings on cost per outcome count (the objective itself unless told).
 */
export interface Problem {
  readonly curves: Curves
  readonly groups: SpendGroups
  /** The root's maximum is spent in full as far as limits allow it; otherwise only what brings something. */
  readonly spendAll: boolean
  readonly growth?: GrowthRooms
  readonly averages?: readonly AverageCeiling[]
  readonly marginals?: readonly MarginalFloor[]
}

/**
 * Curves as tables, linear between their points; need be neither concave nor rising. Lever i has the points from
 * `offset[i]` up to, without, `offset[i + 1]`; its first spend is the least it may get, its last the most. One point: fixed.
 */
export interface Curves {
  /** One longer than there are levers. */
  readonly offset: Int32Array
  /** Strictly rising within a lever. */
  readonly spend: Float64Array
  readonly objective: Float64Array
  readonly outcome?: Float64Array
}

/** Groups one within another; group 0 holds all levers, its maximum is the total. */
export interface SpendGroups {
  /** Index of the group around it; −1 for group 0 alone. */
  readonly parent: Int32Array
  /** −Infinity: none. */
  readonly minimum: Float64Array
  /** Infinity: none. */
  readonly maximum: Float64Array
  /** By lever: its innermost group. */
  readonly of: Int32Array
}

/** Limits on `sum of perUnit · max(0, spend − standing)`: cuts make no room. One within another, apart from the groups. */
export interface GrowthRooms {
  /** Index of the room around it, or −1. */
  readonly parent: Int32Array
  readonly room: Float64Array
  /** By lever: its innermost room, or −1. */
  readonly of: Int32Array
  readonly standing: Float64Array
  readonly perUnit: Float64Array
}

/** A group's spend ≤ `spendPerOutcome` · its outcome: a ceiling on cost per acquisition, or 1 / a floor on return on ad spend. */
export interface AverageCeiling {
  readonly group: number
  /** > 0 */
  readonly spendPerOutcome: number
}

/** No spend of a group's levers brings less than this at the margin, unless a minimum asks for it. */
export interface MarginalFloor {
  readonly group: number
  /** Per unit of spend. */
  readonly returnPerSpend: number
  readonly of: 'objective' | 'outcome'
}

export interface Effort {
  /** Goes on until the bound is within this share of the objective. */
  readonly gap?: number
  /** Most relaxations that are solved. */
  readonly nodes?: number
}

/** What limits an allocation; indexes are those of the problem. */
export type Limit =
  | { readonly kind: 'total' }
  | { readonly kind: 'group-minimum' | 'group-maximum'; readonly group: number }
  | { readonly kind: 'growth-room'; readonly room: number }
  | { readonly kind: 'average-ceiling'; readonly average: number }
  | { readonly kind: 'marginal-floor'; readonly marginal: number }
  | { readonly kind: 'lever-minimums' | 'lever-maximums'; readonly levers: readonly number[]; readonly count: number }
  | { readonly kind: 'no-return' }

/** A limit that binds, and how much more objective one unit of money more of room would bring. */
export interface Binding {
  readonly limit: Limit
  readonly worth: number
}

export interface Allocated {
  readonly kind: 'allocated'
  readonly spend: Float64Array
  readonly objective: number
  /** No allocation brings more than this. */
  readonly bound: number
  /** (bound − objective) / objective. */
  readonly certificate: number
  /** Relaxations solved. */
  readonly nodes: number
  /** Marginal return at which the money ran out; 0 when there is money left that would bring nothing. */
  readonly price: number
  /** Per lever: marginal return that money has to bring there, limits of its groups and of growth included. */
  readonly priceOf: Float64Array
  /** Per lever: worth of raising its maximum by one unit (> 0), or of lowering its minimum (< 0, its negative); else 0. */
  readonly boundWorth: Float64Array
  /** Groups, rooms, ceilings and the total; levers' bounds are in `boundWorth`. */
  readonly binding: readonly Binding[]
  /** Of the total, with what stands against spending it. */
  readonly unspent: { readonly amount: number; readonly because: readonly Limit[] }
  /** Marginal floors that gave way to a minimum, by their indexes. */
  readonly overruled: readonly number[]
  /** Groups to whose minimum they gave way. */
  readonly forced: readonly number[]
}

/** No allocation meets these limits together. */
export interface Infeasible {
  readonly kind: 'infeasible'
  readonly conflict: readonly Limit[]
  /** By how much they miss each other, in units of spend (of the first limit of the conflict). */
  readonly by: number
}

export type Allocation = Allocated | Infeasible
