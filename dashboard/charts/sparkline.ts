import { scaleLinear } from 'd3-scale'
import { curveStepAfter, line } from 'd3-shape'
import { counted, number } from './figures.ts'
import { emptyChart, type Frame, rule, svg } from './frame.ts'
import { markup, px, rounded } from './markup.ts'

export interface SparklineData {
  readonly name: string
  readonly unit: string
  /** Values that hold from `at` (milliseconds) until the next; in order of time. */
  readonly steps: readonly { readonly at: number; readonly value: number }[]
  readonly from: number
  readonly to: number
}

const HEIGHT = 56

/** First and last value and the number of changes, in a sentence. */
export function sparklineMessage({ name, unit, steps }: SparklineData): string {
  const [first, last] = [steps[0], steps.at(-1)]
  if (!first || !last) return `${name}: no value is known.`
  const changes = steps.filter(({ value }, i) => i > 0 && value !== steps[i - 1]?.value).length
  if (changes === 0) return `${name}: ${number(first.value, 2)} ${unit} throughout.`
  return `${name}: from ${number(first.value, 2)} to ${number(last.value, 2)} ${unit} in ${counted(changes, 'step')}.`
}

/** A value that changes in steps, on a scale from zero; the last value has a dot. */
export function sparkline(data: SparklineData, frame: Frame): string {
  const { steps, from, to } = data
  const title = sparklineMessage(data)
  const last = steps.at(-1)
  if (!last) return emptyChart(frame, title)
  const x = scaleLinear([from, Math.max(to, from + 1)], [2, frame.width - 6])
  const y = scaleLinear([0, Math.max(...steps.map(({ value }) => value)) || 1], [HEIGHT - 3, 6])
  const points: [number, number][] = [...steps.map(({ at, value }): [number, number] => [at, value]), [to, last.value]]
  const path = line<[number, number]>(
    ([at]) => rounded(x(at)),
    ([, value]) => rounded(y(value)),
  ).curve(curveStepAfter)(points)
  return svg(frame, {
    height: HEIGHT,
    title,
    desc: 'A line in steps on a scale from zero.',
    body: markup`${rule('ch-grid', 2, HEIGHT - 3, frame.width - 6, HEIGHT - 3)}<path class="ch-line ch-actual" d="${path ?? ''}"/><circle class="ch-dot ch-actual" cx="${px(x(to))}" cy="${px(y(last.value))}" r="3.5"/>`,
  })
}
