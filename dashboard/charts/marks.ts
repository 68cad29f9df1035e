import { scaleLinear } from 'd3-scale'
import { markup, px } from './markup.ts'

// Small marks that stand beside the figures they show. The figures are text already, so the marks are hidden from
// assistive technology instead of being read twice.

const small = (width: number, height: number, body: ReturnType<typeof markup>): string =>
  markup`<svg class="mark" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${px(width)} ${px(height)}" width="${px(width)}" height="${px(height)}" aria-hidden="true" focusable="false">${body}</svg>`
    .text

/**
 * Hollow before, filled after, on a scale from 0 to `most`, the same for all rows of a table. Square root, so that
 * small campaigns are seen beside large ones.
 */
export function shiftMark(before: number, after: number, most: number): string {
  const x = scaleLinear([0, Math.sqrt(Math.max(most, 1))], [6, 114])
  const [from, to] = [x(Math.sqrt(Math.max(0, before))), x(Math.sqrt(Math.max(0, after)))]
  return small(
    120,
    16,
    markup`<line class="ch-grid" x1="6" y1="8" x2="114" y2="8"/><line class="ch-stem" x1="${px(from)}" y1="8" x2="${px(to)}" y2="8"/><circle class="ch-ring ch-actual" cx="${px(from)}" cy="8" r="4"/><circle class="ch-dot ch-actual" cx="${px(to)}" cy="8" r="4"/>`,
  )
}

export interface Interval {
  readonly low: number
  readonly mean: number
  readonly high: number
}

/** Mean and interval on the scale that all of `among` fit in, with a rule at zero. */
export function intervalMark({ low, mean, high }: Interval, among: readonly Interval[]): string {
  const ends = among.flatMap((one) => [one.low, one.high])
  const x = scaleLinear([Math.min(0, ...ends), Math.max(0, ...ends, Math.min(0, ...ends) + 1e-9)], [8, 212])
  return small(
    220,
    28,
    markup`<line class="ch-grid" x1="8" y1="14" x2="212" y2="14"/><line class="ch-zero" x1="${px(x(0))}" y1="2" x2="${px(x(0))}" y2="26"/><line class="ch-span" x1="${px(x(low))}" y1="14" x2="${px(x(high))}" y2="14"/><path class="ch-cap" d="M${px(x(low))},9V19M${px(x(high))},9V19"/><circle class="ch-dot ch-actual" cx="${px(x(mean))}" cy="14" r="5"/>`,
  )
}
