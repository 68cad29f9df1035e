/** Dense symmetric matrices by row, for Gaussian processes of a few dozen points. */
export type Matrix = Float64Array[]

/**
 * Lower Cholesky factor of a symmetric positive semi-definite matrix. A pivot that rounding made zero or negative is
 * taken as zero, and its column with it: the direction has no variance.
 */
export function cholesky(a: readonly ArrayLike<number>[]): Matrix {
  const n = a.length
  const l: Matrix = Array.from({ length: n }, () => new Float64Array(n))
  for (let j = 0; j < n; j += 1) {
    const row = l[j]!
    let pivot = a[j]![j]!
    for (let k = 0; k < j; k += 1) pivot -= row[k]! * row[k]!
    const root = pivot > 1e-12 ? Math.sqrt(pivot) : 0
    row[j] = root
    for (let i = j + 1; i < n; i += 1) {
      const other = l[i]!
      let sum = a[i]![j]!
      for (let k = 0; k < j; k += 1) sum -= other[k]! * row[k]!
      other[j] = root > 0 ? sum / root : 0
    }
  }
  return l
}

/** Solves L x = b for a lower triangular L with a positive diagonal. */
export function solveLower(l: Matrix, b: ArrayLike<number>): Float64Array {
  const x = new Float64Array(b.length)
  for (let i = 0; i < x.length; i += 1) {
    const row = l[i]!
    let sum = b[i]!
    for (let k = 0; k < i; k += 1) sum -= row[k]! * x[k]!
    x[i] = sum / row[i]!
  }
  return x
}
