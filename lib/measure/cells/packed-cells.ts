import { type Cell, levelOf } from './cells.ts'

/** One table of a campaign's cells as columns: the fit passes over them dozens of times. */
export interface PackedCells {
  readonly clicks: Float64Array
  readonly outcome: Float64Array
  readonly dimensions: readonly PackedDimension[]
}

export interface PackedDimension {
  readonly name: string
  /** Those of all the campaign's tables: an index means the same level in each. */
  readonly levels: readonly string[]
  /** Index into `levels`, by cell. */
  readonly levelOfCell: Int32Array
  readonly clicks: Float64Array
  readonly outcome: Float64Array
}

type Levels = ReadonlyMap<string, ReadonlyMap<string, number>>

/**
 * @throws RangeError when a count is negative or not finite, or cells of one table differ in their dimensions
 */
export function packTables(tables: readonly (readonly Cell[])[]): readonly PackedCells[] {
  const levels = new Map<string, Map<string, number>>()
  for (const { levels: of } of tables.flat())
    for (const [name, level] of Object.entries(of)) {
      const known = levels.get(name) ?? new Map<string, number>()
      levels.set(name, known)
      if (!known.has(level)) known.set(level, known.size)
    }
  return tables.map((cells) => packTable(cells, levels))
}

function packTable(cells: readonly Cell[], known: Levels): PackedCells {
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
    dimensions: names.map((name) => packDimension(cells, clicked, name, known)),
  }
}

function packDimension(
  cells: readonly Cell[],
  outcomes: readonly number[],
  name: string,
  known: Levels,
): PackedDimension {
  const index = known.get(name)!
  const levelOfCell = Int32Array.from(cells, ({ levels }) => index.get(levelOf(levels, name))!)
  const clicks = new Float64Array(index.size)
  const outcome = new Float64Array(index.size)
  for (let i = 0; i < cells.length; i++) {
    clicks[levelOfCell[i]!]! += cells[i]!.clicks
    outcome[levelOfCell[i]!]! += outcomes[i]!
  }
  return { name, levels: [...index.keys()], levelOfCell, clicks, outcome }
}
