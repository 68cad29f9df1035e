import type { FittedDimension, FittedTable } from './campaign-fit.ts'
import type { PackedCells } from './packed-cells.ts'

/*
 * What no table shows: how often levels of two dimensions occur together that are not counted together.
 */

/**
 * How far, as a variance of its logarithm, two levels of a table occur together more or less often than if its two
 * dimensions were independent, beyond chance: by moments over all tables of two dimensions.
 *
 * @returns 0 where there is no such table
 */
export function dependenceOf(tables: readonly PackedCells[]): number {
  let excess = 0
  let scale = 0
  for (const { clicks, dimensions } of tables) {
    const [a, b] = dimensions
    if (!a || !b || dimensions.length > 2) continue
    const total = clicks.reduce((sum, n) => sum + n, 0)
    const [rows, columns] = [a, b].map((one) => one.clicks.filter((n) => n > 0).length)
    const freedom = (rows! - 1) * (columns! - 1)
    if (freedom <= 0) continue
    // Combinations that never occurred may not be there as cells: what they add to the statistic is what is expected.
    let chiSquare = total
    for (let i = 0; i < clicks.length; i++) {
      const expected = (a.clicks[a.levelOfCell[i]!]! * b.clicks[b.levelOfCell[i]!]!) / total
      if (expected > 0) chiSquare += (clicks[i]! - expected) ** 2 / expected - expected
    }
    excess += chiSquare - freedom
    scale += (freedom * total) / (rows! * columns!)
  }
  return scale > 0 ? Math.max(0, excess / scale) : 0
}

/**
 * Variance of the logarithm of what the clicks of a dimension's level are worth by the dimensions that it is not counted
 * together with: each level of those has its share of the clicks give or take the dependence.
 */
export const unseenVariance = (
  dimensions: readonly FittedDimension[],
  own: FittedDimension,
  dependence: number,
): number =>
  dimensions
    .filter((one) => !inTable(own.home, one) && !inTable(one.home, own))
    .reduce((sum, one) => sum + dependence * unevenness(one), 0)

const inTable = ({ cells }: FittedTable, { name }: FittedDimension): boolean =>
  cells.dimensions.some((one) => one.name === name)

/** Sum over the levels of their squared share of the clicks times the squared distance of their worth from the mean. */
function unevenness({ packed: { clicks }, values }: FittedDimension): number {
  const total = clicks.reduce((sum, n) => sum + n, 0)
  if (total === 0) return 0
  const mean = values.reduce((sum, { mean }, i) => sum + (mean * clicks[i]!) / total, 0)
  return values.reduce((sum, one, i) => sum + ((clicks[i]! / total) * (one.mean / mean - 1)) ** 2, 0)
}
