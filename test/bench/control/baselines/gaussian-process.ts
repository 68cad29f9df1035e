import { cholesky, type Matrix, solveLower } from './matrix.ts'

/** Prior of a function: its mean and its covariance. */
export interface Process {
  readonly mean: (x: number) => number
  readonly covariance: (x: number, other: number) => number
}

/** A measurement of the function; the noise is a variance, > 0. */
export interface Measurement {
  readonly x: number
  readonly y: number
  readonly noise: number
}

export interface Posterior {
  readonly mean: Float64Array
  readonly covariance: Matrix
}

/**
 * Gaussian-process regression.
 *
 * @returns mean and covariance of the function at `grid`
 * @see Rasmussen & Williams 2006, "Gaussian Processes for Machine Learning", algorithm 2.1
 */
export function posterior(process: Process, measured: readonly Measurement[], grid: readonly number[]): Posterior {
  const gram = measured.map(({ x, noise }, i) =>
    Float64Array.from(measured, (other, j) => process.covariance(x, other.x) + (i === j ? noise : 0)),
  )
  const l = cholesky(gram)
  const residual = solveLower(
    l,
    measured.map(({ x, y }) => y - process.mean(x)),
  )
  const cross = grid.map((x) =>
    solveLower(
      l,
      Float64Array.from(measured, (m) => process.covariance(x, m.x)),
    ),
  )
  const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, k) => sum + value * b[k]!, 0)
  return {
    mean: Float64Array.from(grid, (x, k) => process.mean(x) + dot(cross[k]!, residual)),
    covariance: grid.map((x, k) =>
      Float64Array.from(grid, (other, m) => process.covariance(x, other) - dot(cross[k]!, cross[m]!)),
    ),
  }
}

/** One function drawn from the posterior, at its grid. @param normal standard normal draws */
export function drawn({ mean, covariance }: Posterior, normal: () => number): Float64Array {
  const l = cholesky(covariance)
  const z = Float64Array.from(mean, normal)
  return mean.map((value, i) => {
    let sum = value
    for (let k = 0; k <= i; k += 1) sum += l[i]![k]! * z[k]!
    return sum
  })
}
