/** Columns of text: the first to the left, figures to the right. Widths count code points, not bytes. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => width(row[column] ?? ''))))
  const isFigure = head.map((_, column) => column > 0 && rows.every((row) => /^[−+\d—]/.test(row[column] ?? '')))
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, column) => padded(cell, widths[column] ?? 0, isFigure[column] ?? false)).join('  ')}`.trimEnd()
  const rule = `  ${widths.map((w) => '─'.repeat(w)).join('  ')}`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

const width = (text: string): number => [...text].length
const padded = (text: string, to: number, right: boolean): string => {
  const space = ' '.repeat(Math.max(0, to - width(text)))
  return right ? space + text : text + space
}
