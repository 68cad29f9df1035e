/** One total of a chart. */
export interface ChartRow {
  readonly label: string
  readonly mean: number
  readonly low: number
  readonly high: number
}

const CELLS = 50

/** Intervals under each other on one scale that begins at 0 (or below, where something does): `├──●───┤`. */
export function intervalChart(rows: readonly ChartRow[]): string {
  const least = Math.min(0, ...rows.map(({ low }) => low))
  const most = Math.max(0, ...rows.map(({ high }) => high))
  const cell = (value: number): number => Math.round(((CELLS - 1) * (value - least)) / Math.max(most - least, 1e-9))
  const width = Math.max(0, ...rows.map(({ label }) => [...label].length))
  return rows
    .map(({ label, mean, low, high }) => {
      const cells = Array.from({ length: CELLS }, (_, i): string => (i > cell(low) && i < cell(high) ? '─' : ' '))
      cells[cell(low)] = '├'
      cells[cell(high)] = '┤'
      cells[cell(mean)] = '●'
      return `  ${' '.repeat(width - [...label].length)}${label} │${cells.join('').trimEnd()}`
    })
    .join('\n')
}
