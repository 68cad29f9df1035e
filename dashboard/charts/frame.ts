import { type Markup, markup, px } from './markup.ts'

/** Where a chart stands: ids are unique in the page, and the width is in units of the view box. */
export interface Frame {
  readonly id: string
  readonly width: number
}

/** Narrower than this, labels go above what they name instead of beside it. */
const COMPACT_BELOW = 600
export const isCompact = ({ width }: Frame): boolean => width < COMPACT_BELOW

export interface Drawing {
  readonly height: number
  /** The message of the chart, in a sentence: read out in place of the picture. */
  readonly title: string
  /** What is drawn, and how the marks differ. */
  readonly desc: string
  readonly body: Markup
}

/** One picture to assistive technology: a name, a description, and no parts to wander into. */
export const svg = ({ id, width }: Frame, { height, title, desc, body }: Drawing): string =>
  markup`<svg class="chart" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${px(width)} ${px(height)}" role="img" aria-labelledby="${id}-title ${id}-desc"><title id="${id}-title">${title}</title><desc id="${id}-desc">${desc}</desc>${body}</svg>`
    .text

/** What stands in place of a chart that has nothing to draw. */
export const emptyChart = (frame: Frame, title: string): string =>
  svg(frame, {
    height: 80,
    title,
    desc: 'Nothing is drawn.',
    body: markup`<text class="ch-note" x="${px(frame.width / 2)}" y="44" text-anchor="middle">${title}</text>`,
  })

interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end'
  readonly kind?: string
}

export const text = (
  x: number,
  y: number,
  words: string,
  { anchor = 'start', kind = 'ch-text' }: TextOptions = {},
): Markup =>
  markup`<text class="${kind}" x="${px(x)}" y="${px(y)}"${anchor !== 'start' && markup` text-anchor="${anchor}"`}>${words}</text>`

export const rule = (kind: string, x1: number, y1: number, x2: number, y2: number): Markup =>
  markup`<line class="${kind}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`

/**
 * Heights for labels that would cover each other: order kept, at least `gap` apart, none below `floor`.
 * @param wanted in any order, heights in pixels, growing downwards
 */
export function spread(wanted: readonly number[], gap: number, floor: number): readonly number[] {
  const order = wanted.map((_, i) => i).toSorted((a, b) => wanted[a]! - wanted[b]!)
  const placed = [...wanted]
  for (const [k, i] of order.entries()) if (k > 0) placed[i] = Math.max(placed[i]!, placed[order[k - 1]!]! + gap)
  for (const [k, i] of order.toReversed().entries()) {
    const below = k === 0 ? floor : placed[order[order.length - k]!]! - gap
    placed[i] = Math.min(placed[i]!, below)
  }
  return placed
}
