/**
 * Clicks and outcome of one combination of levels: `{ device: 'mobile', hour: '18-22' }`. Cells of one campaign name the
 * same dimensions.
 */
export interface Cell {
  readonly levels: Readonly<Record<string, string>>
  /** ≥ 0. By click time, so that the hour is that of the click. */
  readonly clicks: number
  /** Conversions of those clicks, completed for lag; or their value divided by the mean value of a conversion. ≥ 0. */
  readonly outcome: number
}

/** Level of the clicks that fell to nothing a campaign lists: they count among the others, and have no multiplier. */
export const UNLISTED = 'unlisted'

/** One dimension of one campaign: its levels by name, each with what it holds. */
export type ByLevel<T> = Readonly<Record<string, T>>

/**
 * The same clicks and outcome by fewer dimensions. What is not to be pushed must not be in the cells: where the hour has
 * no multiplier, the device's has to carry the hours at which it is used.
 */
export function overDimensions(cells: readonly Cell[], dimensions: readonly string[]): readonly Cell[] {
  const merged = new Map<string, { levels: Record<string, string>; clicks: number; outcome: number }>()
  for (const { levels, clicks, outcome } of cells) {
    const kept = dimensions.map((dimension) => [dimension, levelOf(levels, dimension)] as const)
    const key = JSON.stringify(kept)
    const sum = merged.get(key) ?? { levels: Object.fromEntries(kept), clicks: 0, outcome: 0 }
    sum.clicks += clicks
    sum.outcome += outcome
    merged.set(key, sum)
  }
  return [...merged.values()]
}

/** @throws RangeError when the cell does not name the dimension */
export function levelOf(levels: Readonly<Record<string, string>>, dimension: string): string {
  const level = levels[dimension]
  if (level === undefined)
    throw new RangeError(
      `a cell has no "${dimension}" but ${JSON.stringify(levels)}: cells of a campaign name the same dimensions`,
    )
  return level
}
