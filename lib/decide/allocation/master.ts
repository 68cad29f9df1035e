/** A small linear program: the best mixture of answers that keeps every coupling, solved by the primal simplex method. */
export interface Mixture {
  /** By answer: its share; they sum to 1. */
  readonly weights: Float64Array
  /** By coupling: what one unit more of room would bring, between 0 and its penalty. */
  readonly multipliers: Float64Array
  /** Objective of the mixture, less penalties. */
  readonly value: number
  /** By coupling: by how much the mixture exceeds it nevertheless. */
  readonly excess: Float64Array
}

export interface Offer {
  readonly total: number
  readonly excess: Float64Array
}

const NOTHING = 1e-11
const PIVOTS = 5_000

/**
 * max Σ w total − Σ penalty · e, subject to Σ w excess ≤ e in each coupling, Σ w = 1, w and e ≥ 0.
 *
 * @param couplings indexes of those that count
 * @param scale by coupling: what its excess is measured in, > 0
 */
export function bestMixture(
  offers: readonly Offer[],
  couplings: readonly number[],
  penalty: Float64Array,
  scale: Float64Array,
): Mixture {
  // Where nothing brings anything, only how much the couplings are exceeded by matters.
  const unit =
    Math.max(...offers.map(({ total }) => Math.abs(total))) ||
    Math.max(...couplings.map((k) => penalty[k]! * scale[k]!), 1)
  const tableau = tableauOf(offers, couplings, penalty, scale, unit)
  const { rows, basis, reduced } = tableau
  for (let pivots = 0; pivots < PIVOTS; pivots++) {
    const enters = entering(reduced, pivots > PIVOTS / 2)
    if (enters < 0) break
    const leaves = leaving(rows, basis, enters)
    if (leaves < 0) break
    pivot(tableau, leaves, enters)
  }
  const size = offers.length
  const weights = new Float64Array(size)
  const multipliers = new Float64Array(penalty.length)
  const excess = new Float64Array(penalty.length)
  for (const [r, variable] of basis.entries()) {
    const amount = Math.max(0, rows[r]!.at(-1)!)
    if (variable < size) weights[variable] = amount
    else if (variable >= size + couplings.length) {
      const k = couplings[variable - size - couplings.length]!
      excess[k] = amount * scale[k]!
    }
  }
  for (const [r, k] of couplings.entries()) multipliers[k] = Math.max(0, (-reduced[size + r]! * unit) / scale[k]!)
  return { weights, multipliers, value: -reduced.at(-1)! * unit, excess }
}

interface Tableau {
  /** Variables: shares, slacks, excesses; then the right-hand side. */
  readonly rows: readonly Float64Array[]
  readonly basis: number[]
  /** What one more of each variable would bring; last, the negative objective. */
  readonly reduced: Float64Array
}

/** In its first basis: the first offer alone, with a slack or an excess in each coupling. */
function tableauOf(
  offers: readonly Offer[],
  couplings: readonly number[],
  penalty: Float64Array,
  scale: Float64Array,
  unit: number,
): Tableau {
  const size = offers.length
  const width = size + 2 * couplings.length + 1
  const reduced = new Float64Array(width)
  for (const [k, { total }] of offers.entries()) reduced[k] = total / unit
  const rows = couplings.map((coupling, r) => {
    const row = new Float64Array(width)
    for (const [k, { excess }] of offers.entries()) row[k] = excess[coupling]! / scale[coupling]!
    row[size + r] = 1
    row[size + couplings.length + r] = -1
    reduced[size + couplings.length + r] = (-penalty[coupling]! * scale[coupling]!) / unit
    return row
  })
  const shares = new Float64Array(width).fill(1, 0, size)
  shares[width - 1] = 1
  const tableau = { rows: [...rows, shares], basis: [...couplings.map((_, r) => size + r), 0], reduced }
  pivot(tableau, couplings.length, 0)
  for (const [r] of couplings.entries()) if (rows[r]!.at(-1)! < 0) pivot(tableau, r, size + couplings.length + r)
  return tableau
}

/** The variable that promises most; in the later pivots the first that promises anything (Bland), which cannot cycle. */
function entering(reduced: Float64Array, first: boolean): number {
  let best = -1
  for (let k = 0; k < reduced.length - 1; k++) {
    if (reduced[k]! <= NOTHING) continue
    if (first) return k
    if (best < 0 || reduced[k]! > reduced[best]!) best = k
  }
  return best
}

function leaving(rows: readonly Float64Array[], basis: readonly number[], enters: number): number {
  let best = -1
  let least = Number.POSITIVE_INFINITY
  for (const [r, row] of rows.entries()) {
    if (row[enters]! <= NOTHING) continue
    const ratio = Math.max(0, row.at(-1)!) / row[enters]!
    if (ratio < least || (ratio === least && basis[r]! < basis[best]!)) {
      best = r
      least = ratio
    }
  }
  return best
}

function pivot({ rows, basis, reduced }: Tableau, leaves: number, enters: number): void {
  const row = rows[leaves]!
  const by = row[enters]!
  for (let k = 0; k < row.length; k++) row[k]! /= by
  for (const other of [...rows, reduced]) {
    const times = other[enters]!
    if (other === row || times === 0) continue
    for (let k = 0; k < row.length; k++) other[k]! -= times * row[k]!
  }
  basis[leaves] = enters
}
