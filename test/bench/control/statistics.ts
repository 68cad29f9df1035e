/** Means over seeds, with how sure they are. */
export interface Mean {
  readonly mean: number
  /** Standard error of the mean; 0 with one value. */
  readonly se: number
}

/** @throws RangeError for no values */
export function meanOf(values: readonly number[]): Mean {
  if (values.length === 0) throw new RangeError('no values have no mean')
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, se: values.length > 1 ? Math.sqrt(squares / (values.length - 1) / values.length) : 0 }
}

/** The middle value, or the mean of the two in the middle. @throws RangeError for no values */
export function medianOf(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values have no median')
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2
}

export type Verdict = 'win' | 'loss' | 'tie'

/** Of a paired difference (theirs − ours, where less is better): beyond two standard errors, or a tie. */
export function verdictOf({ mean, se }: Mean): Verdict {
  if (Math.abs(mean) <= 2 * se || mean === 0) return 'tie'
  return mean > 0 ? 'win' : 'loss'
}

/** `5.20 ±0.31` of shares. */
export const percent = ({ mean, se }: Mean): string => `${(100 * mean).toFixed(2)} ±${(100 * se).toFixed(2)}`
