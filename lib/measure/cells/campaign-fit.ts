import type { PackedCells, PackedDimension } from './packed-cells.ts'

export interface LevelPosterior {
  readonly mean: number
  readonly sd: number
}

/** A campaign's tables with what its levels are worth so far. */
export interface CampaignFit {
  readonly tables: readonly FittedTable[]
  /** Each with its home: the first table that has the dimension, from which its levels are learned. */
  readonly dimensions: readonly FittedDimension[]
}

export interface FittedDimension {
  readonly name: string
  readonly home: FittedTable
  readonly packed: PackedDimension
  readonly values: LevelPosterior[]
}

export interface FittedTable {
  readonly cells: PackedCells
  /** Clicks × worth of all levels by cell: of those that the table names, and on average of those that it does not. */
  readonly worth: Float64Array
  readonly links: readonly Link[]
  /** Outcome per click of worth 1. */
  rate: number
}

/**
 * What a table does not name and another one does. The two have dimensions in common, and given those the others are
 * taken to be independent: the clicks of a cell meet the other table's levels as often as all clicks of the same common
 * levels do.
 */
interface Link {
  readonly other: PackedCells
  /** Those with their home in the other table. */
  readonly dimensions: readonly PackedDimension[]
  /** Numbers of the combinations of common levels, by cell of this table and of the other. */
  readonly groupHere: Int32Array
  readonly groupThere: Int32Array
  /** Mean worth of the other table's levels, by group. */
  readonly mean: Float64Array
}

export function startFit(packed: readonly PackedCells[]): CampaignFit {
  const homes = new Map<string, PackedCells>()
  for (const cells of packed) for (const { name } of cells.dimensions) if (!homes.has(name)) homes.set(name, cells)
  const tables = packed.map((cells): FittedTable => {
    const links = packed.flatMap((other) => linkOf(cells, other, homes) ?? [])
    return { cells, worth: Float64Array.from(cells.clicks), links, rate: 0 }
  })
  for (const table of tables) table.rate = rateOf(table)
  const dimensions = [...homes].map(([name, cells]): FittedDimension => {
    const home = tables.find((table) => table.cells === cells)!
    const own = dimensionOf(cells, name)!
    return { name, home, packed: own, values: own.levels.map(() => ({ mean: 1, sd: 0 })) }
  })
  return { tables, dimensions }
}

const dimensionOf = ({ dimensions }: PackedCells, of: string): PackedDimension | undefined =>
  dimensions.find(({ name }) => name === of)

function linkOf(here: PackedCells, other: PackedCells, homes: ReadonlyMap<string, PackedCells>): Link | undefined {
  if (here === other) return undefined
  const dimensions = other.dimensions.filter(({ name }) => homes.get(name) === other && !dimensionOf(here, name))
  if (dimensions.length === 0) return undefined
  const common = other.dimensions.filter(({ name }) => dimensionOf(here, name)).map(({ name }) => name)
  const groups = new Map<string, number>()
  const numbered = (cells: PackedCells): Int32Array =>
    Int32Array.from(cells.clicks, (_, cell) => {
      const key = common.map((name) => dimensionOf(cells, name)!.levelOfCell[cell]).join()
      const known = groups.get(key) ?? groups.size
      groups.set(key, known)
      return known
    })
  const [groupHere, groupThere] = [numbered(here), numbered(other)]
  return { other, dimensions, groupHere, groupThere, mean: new Float64Array(groups.size).fill(1) }
}

function rateOf({ cells, worth }: FittedTable): number {
  const clicks = worth.reduce((a, b) => a + b, 0)
  return clicks === 0 ? 0 : cells.outcome.reduce((a, b) => a + b, 0) / clicks
}

/** Clicks × worth of everything but the dimension itself × rate: what each of its levels would bring if it were worth 1. */
export function expectedOf({ home, packed: { levels, levelOfCell }, values }: FittedDimension): readonly number[] {
  const worth = new Float64Array(levels.length)
  for (let i = 0; i < levelOfCell.length; i++) worth[levelOfCell[i]!]! += home.worth[i]!
  return values.map(({ mean }, level) => (worth[level]! * home.rate) / mean)
}

/** Sets what the levels of a dimension are worth. @returns the largest share by which one of them moved */
export function setValues(fit: CampaignFit, { name, values }: FittedDimension, to: readonly LevelPosterior[]): number {
  const factors = to.map(({ mean }, level) => mean / values[level]!.mean)
  values.splice(0, values.length, ...to)
  for (const table of fit.tables) {
    const own = dimensionOf(table.cells, name)
    if (own) for (let i = 0; i < own.levelOfCell.length; i++) table.worth[i]! *= factors[own.levelOfCell[i]!]!
    else for (const link of table.links) if (link.dimensions.some((one) => one.name === name)) relink(fit, table, link)
    table.rate = rateOf(table)
  }
  return factors.reduce((most, factor) => Math.max(most, Math.abs(factor - 1)), 0)
}

function relink(
  fit: CampaignFit,
  { worth }: FittedTable,
  { other, dimensions, groupHere, groupThere, mean }: Link,
): void {
  const valuesOf = dimensions.map(({ name }) => fit.dimensions.find((one) => one.name === name)!.values)
  const clicks = new Float64Array(mean.length)
  const sums = new Float64Array(mean.length)
  for (let i = 0; i < groupThere.length; i++) {
    let value = other.clicks[i]!
    clicks[groupThere[i]!]! += value
    for (const [d, { levelOfCell }] of dimensions.entries()) value *= valuesOf[d]![levelOfCell[i]!]!.mean
    sums[groupThere[i]!]! += value
  }
  const means = sums.map((sum, group) => (clicks[group]! > 0 ? sum / clicks[group]! : 1))
  for (let i = 0; i < groupHere.length; i++) worth[i]! *= means[groupHere[i]!]! / mean[groupHere[i]!]!
  mean.set(means)
}
