import { scaleLinear } from 'd3-scale'
import { signedMoney } from './figures.ts'
import { emptyChart, type Frame, isCompact, rule, svg, text } from './frame.ts'
import { type Markup, markup, px } from './markup.ts'
import { type Rows, rowsOf } from './rows.ts'

export interface WaterfallStep {
  readonly name: string
  /** Main units of the currency; negative for money taken away. */
  readonly amount: number
}

export interface WaterfallData {
  readonly currency: string
  readonly unit: string
  readonly steps: readonly WaterfallStep[]
}

const BAR = 16

export const netOf = ({ steps }: WaterfallData): number => steps.reduce((sum, { amount }) => sum + amount, 0)

/** What moved where, in a sentence. */
export function waterfallMessage({ currency, unit, steps }: WaterfallData): string {
  if (steps.length === 0) return 'No money has moved.'
  const most = steps.toSorted((a, b) => b.amount - a.amount)
  const [up, down] = [most[0], most.at(-1)]
  const parts = [
    up && up.amount > 0 ? `most was added to ${up.name} (${signedMoney(up.amount, currency)} ${unit})` : '',
    down && down.amount < 0 ? `most was taken from ${down.name} (${signedMoney(down.amount, currency)} ${unit})` : '',
  ].filter((part) => part !== '')
  const net = `Spend changed by ${signedMoney(netOf({ currency, unit, steps }), currency)} ${unit} in all`
  return parts.length === 0 ? `${net}.` : `${net}: ${parts.join('; ')}.`
}

/** Steps of money, each starting where the one before ended, closing to their sum. */
export function waterfallChart(data: WaterfallData, frame: Frame): string {
  const { steps, currency, unit } = data
  const title = waterfallMessage(data)
  if (steps.length === 0) return emptyChart(frame, title)
  const rows = rowsOf(frame, steps.length + 1, 150)
  const levels = levelsOf(steps)
  const x = scaleLinear([Math.min(...levels), Math.max(...levels, Math.min(...levels) + 1)], [rows.left, rows.right])
  const bars = steps.map(({ name, amount }, i) => {
    const [from, to] = [levels[i] ?? 0, levels[i + 1] ?? 0]
    const link = rule('ch-link', x(to), rows.middle(i) + BAR / 2, x(to), rows.middle(i + 1) - BAR / 2)
    const drawn = bar(rows, i, x(from), x(to), amount < 0 ? 'ch-less' : 'ch-more')
    return markup`${!isCompact(frame) && link}${drawn}${rows.label(i, name, arrowed(signedMoney(amount, currency)))}`
  })
  const net = netOf(data)
  return svg(frame, {
    height: rows.height,
    title,
    desc: `Bars of ${steps.length} steps and their sum. Money added is a filled bar with ▲, money taken away an outlined bar with ▼; each starts where the one above ended.`,
    body: markup`${text(rows.left, 14, `Change of spend, ${currency} ${unit}`, { kind: 'ch-head' })}${zeroRule(frame, rows, x(0), steps.length)}${bars}${bar(rows, steps.length, x(0), x(net), 'ch-net')}${rows.label(steps.length, 'In all', signedMoney(net, currency), true)}`,
  })
}

/** Where each step starts, and where the last ends. */
function levelsOf(steps: readonly WaterfallStep[]): readonly number[] {
  const levels = [0]
  for (const { amount } of steps) levels.push((levels.at(-1) ?? 0) + amount)
  return levels
}

const arrowed = (amount: string): string =>
  amount.startsWith('+') ? `▲ ${amount}` : amount.startsWith('−') ? `▼ ${amount}` : amount

/** Whole, or beside the bars only where names would stand in its way. */
const zeroRule = (frame: Frame, rows: Rows, x: number, last: number): Markup | readonly Markup[] =>
  isCompact(frame)
    ? Array.from({ length: last + 1 }, (_, i) => rule('ch-zero', x, rows.middle(i) - 12, x, rows.middle(i) + 12))
    : rule('ch-zero', x, 24, x, rows.height)

/** At least a hair wide: a step of nothing is still a step. */
const bar = (rows: Rows, row: number, from: number, to: number, kind: string): Markup =>
  markup`<rect class="${kind}" x="${px(Math.min(from, to))}" y="${px(rows.middle(row) - BAR / 2)}" width="${px(Math.max(1, Math.abs(to - from)))}" height="${BAR}" rx="2"/>`
