import { scaleLinear } from 'd3-scale'
import { change, money, number, signedPercent, unknown } from './figures.ts'
import { emptyChart, type Frame, isCompact, rule, svg, text } from './frame.ts'
import { type Markup, markup, px } from './markup.ts'
import { rowsOf } from './rows.ts'

export interface DumbbellRow {
  readonly name: string
  readonly before?: number | undefined
  readonly after?: number | undefined
}

export interface DumbbellData {
  readonly currency: string
  /** What is compared, `cost per conversion caused`. */
  readonly measure: string
  readonly rows: readonly DumbbellRow[]
}

/** How many rows fell and rose, in a sentence. */
export function dumbbellMessage({ measure, rows }: DumbbellData): string {
  const changes = rows.map(({ before, after }) => change(before, after))
  const known = changes.filter((share) => share !== undefined)
  if (known.length === 0) return `${capital(measure)} before and after is not known for any group.`
  const fell = known.filter((share) => share < 0).length
  const rose = known.filter((share) => share > 0).length
  const left = rows.length - known.length
  return `${capital(measure)} fell in ${fell} and rose in ${rose} of ${rows.length} groups${left > 0 ? `; it is unknown in ${left}` : ''}.`
}

const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`

/** Two marks a row on one scale from zero: hollow before, filled after. */
export function dumbbellChart(data: DumbbellData, frame: Frame): string {
  const { currency, measure, rows } = data
  const title = dumbbellMessage(data)
  if (rows.length === 0) return emptyChart(frame, title)
  const layout = rowsOf(frame, rows.length, 250)
  const amounts = rows.flatMap(({ before, after }) => [before, after].filter((n) => n !== undefined))
  const x = scaleLinear([0, Math.max(...amounts, 1)], [layout.left, layout.right])
  return svg(frame, {
    height: layout.height,
    title,
    desc: 'A line for each group: the hollow circle is before, the filled circle after.',
    body: markup`${text(layout.left, 14, heading(measure, currency, frame), { kind: 'ch-head' })}${rows.map((row, i) => markup`${rule('ch-grid', layout.left, layout.middle(i), layout.right, layout.middle(i))}${marks(row, layout.middle(i), x)}${layout.label(i, row.name, pairWords(row, currency))}`)}`,
  })
}

const heading = (measure: string, currency: string, frame: Frame): string =>
  isCompact(frame) ? `${currency}, ○ before ● after` : `${capital(measure)}, ${currency}: ○ before ● after`

function marks({ before, after }: DumbbellRow, y: number, x: (amount: number) => number): Markup {
  const link = before !== undefined && after !== undefined && rule('ch-stem', x(before), y, x(after), y)
  const dot = (kind: string, amount: number | undefined): Markup | false =>
    amount !== undefined && markup`<circle class="${kind}" cx="${px(x(amount))}" cy="${px(y)}" r="5"/>`
  return markup`${link}${dot('ch-ring ch-actual', before)}${dot('ch-dot ch-actual', after)}`
}

function pairWords({ before, after }: DumbbellRow, currency: string): string {
  if (before === undefined && after === undefined) return unknown()
  const share = change(before, after)
  return `${number(before, 2)} → ${money(after, currency, 2)}${share === undefined ? '' : ` (${signedPercent(share, 0)})`}`
}
