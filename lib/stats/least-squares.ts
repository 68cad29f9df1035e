/** An observation of a weighted regression: `weight` is the inverse of the variance that it should have. */
export interface Point {
  readonly weight: number
  /** Regressors, as many in each point. */
  readonly x: readonly number[]
  readonly y: number
}

/**
 * Weighted least squares: the coefficient of the last regressor and its standard error. Where points scatter more than
 * their weights say, the error is as much larger.
 *
 * @param points more than there are regressors
 * @returns a standard error of Infinity where the last regressor is a combination of the others
 */
export function lastCoefficient(points: readonly Point[]): { readonly value: number; readonly sd: number } {
  const size = points[0]?.x.length ?? 0
  // Normal equations with the right side as one more column; elimination leaves the last unknown alone, and below it
  // the squares that are left over.
  const rows = Array.from({ length: size + 1 }, () => new Float64Array(size + 1))
  for (const { weight, x, y } of points) {
    const all = [...x, y]
    for (let i = 0; i <= size; i++) for (let j = 0; j <= size; j++) rows[i]![j]! += weight * all[i]! * all[j]!
  }
  const scale = rows[size - 1]![size - 1]!
  for (let pivot = 0; pivot < size - 1; pivot++) eliminate(rows, pivot)
  const own = rows[size - 1]![size - 1]!
  if (!(own > 1e-9 * scale)) return { value: 0, sd: Number.POSITIVE_INFINITY }
  const value = rows[size - 1]![size]! / own
  eliminate(rows, size - 1)
  const excess = Math.max(1, rows[size]![size]! / (points.length - size))
  return { value, sd: Math.sqrt(excess / own) }
}

function eliminate(rows: readonly Float64Array[], pivot: number): void {
  const from = rows[pivot]!
  if (from[pivot] === 0) return
  for (let i = pivot + 1; i < rows.length; i++) {
    const factor = rows[i]![pivot]! / from[pivot]!
    for (let j = pivot; j < rows.length; j++) rows[i]![j]! -= factor * from[j]!
  }
}
