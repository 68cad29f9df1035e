import { type Frame, isCompact, text } from './frame.ts'
import { type Markup, markup } from './markup.ts'

/** A chart of named rows: name, marks, value; on a narrow chart name and value share a line above the marks. */
export interface Rows {
  readonly left: number
  readonly right: number
  readonly height: number
  /** Middle of a row's marks. */
  readonly middle: (row: number) => number
  readonly label: (row: number, name: string, value: string, strong?: boolean) => Markup
}

const WIDE = { left: 230, row: 34, top: 30 } as const
const COMPACT = { left: 8, row: 52, top: 30 } as const
const LINE = 18

/** @param valueWidth room for the values beside the marks; on a narrow chart, wide values get a line of their own */
export function rowsOf(frame: Frame, count: number, valueWidth: number): Rows {
  const compact = isCompact(frame)
  const { left, row, top } = compact ? COMPACT : WIDE
  const extra = compact && valueWidth > frame.width / 2 ? LINE : 0
  const right = compact ? left : valueWidth
  const middle = (i: number): number => top + (row + extra) * i + (compact ? 34 + extra : row / 2)
  return {
    left,
    right: frame.width - right,
    height: top + (row + extra) * count + 8,
    middle,
    label: (i, name, value, strong = false) => {
      const [kind, valueKind] = strong ? ['ch-text ch-strong', 'ch-value ch-strong'] : ['ch-text', 'ch-value']
      if (!compact)
        return markup`${text(left - 16, middle(i) + 5, clipped(name, 28), { anchor: 'end', kind })}${text(frame.width, middle(i) + 5, value, { anchor: 'end', kind: valueKind })}`
      const y = middle(i) - 17
      const valued = extra
        ? text(left, y, value, { kind: valueKind })
        : text(frame.width - left, y, value, { anchor: 'end', kind: valueKind })
      return markup`${text(left, y - extra, clipped(name, 26), { kind })}${valued}`
    },
  }
}

/** The full name stands in the table behind the chart. */
const clipped = (name: string, most: number): string => {
  const letters = [...name]
  return letters.length <= most ? name : `${letters.slice(0, most - 1).join('')}…`
}
