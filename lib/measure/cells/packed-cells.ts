import { type Cell, levelOf } from './cells.ts'

/** Cells of one campaign as columns: the fit passes over them dozens of times. */
export interface PackedCells {
  readonly clicks: Float64Array
  readonly outcome: Float64Array
  readonly dimensions: readonly PackedDimension[]
}

export interface PackedDimension {
  readonly name: string
  readonly levels: readonly string[]
  /** Index into `levels`, by cell. */
  readonly levelOfCell: Int32Array
  readonly clicks: Float64Array
  readonly outcome: Float64Array
}

/**
 * @throws RangeError when a count is negative or not finite, or cells differ in their dimensions
 */
export function packCells(cells: readonly Cell[]): PackedCells {
  for (const { clicks, outcome, levels } of cells)
    if (!(clicks >= 0 && outcome >= 0 && Number.isFinite(clicks) && Number.isFinite(outcome)))
      throw new RangeError(
        `clicks and outcome must be finite and ≥ 0, got ${clicks} and ${outcome} at ${JSON.stringify(levels)}`,
      )
  // An outcome without a click says nothing about the worth of a click.
  const clicked = cells.map(({ clicks, outcome }) => (clicks > 0 ? outcome : 0))
  const names = Object.keys(cells[0]?.levels ?? {})
  for (const { levels } of cells)
    if (Object.keys(levels).length !== names.length)
      throw new RangeError(
        `a cell has ${JSON.stringify(levels)}, another ${names.join(', ')}: name the same dimensions`,
      )
  return {
    clicks: Float64Array.from(cells, ({ clicks }) => clicks),
    outcome: Float64Array.from(clicked),
    dimensions: names.map((name) => packDimension(cells, clicked, name)),
  }
}

function packDimension(cells: readonly Cell[], outcomes: readonly number[], name: string): PackedDimension {
  const index = new Map<string, number>()
  const levelOfCell = Int32Array.from(cells, ({ levels }) => {
    const level = levelOf(levels, name)
    const known = index.get(level) ?? index.size
    index.set(level, known)
    return known
  })
  const clicks = new Float64Array(index.size)
  const outcome = new Float64Array(index.size)
  for (let i = 0; i < cells.length; i++) {
    clicks[levelOfCell[i]!]! += cells[i]!.clicks
    outcome[levelOfCell[i]!]! += outcomes[i]!
  }
  return { name, levels: [...index.keys()], levelOfCell, clicks, outcome }
}
