import { instant, platformOf } from '../charts/figures.ts'
import { type Markup, markup, type Part, trusted } from '../charts/markup.ts'

/** Widths that a chart is drawn for; the page shows the one that fits. */
const WIDE = 1000
const COMPACT = 320

export const section = (id: string, title: string, ...content: readonly Part[]): Markup =>
  markup`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${title}</h2>${content}</section>\n`

export const lead = (...content: readonly Part[]): Markup => markup`<p class="lead">${content}</p>`
export const empty = (words: string): Markup => markup`<p class="empty">${words}</p>`

/** A name from outside: shown in its own direction, so that it cannot turn what stands around it. */
export const named = (name: string): Markup => markup`<bdi>${name}</bdi>`
export const at = (time: string): Markup => markup`<time datetime="${time}">${instant(time)}</time>`

/** Platform and the account's own name, where the report has it. */
export function accountWords(
  key: string,
  accounts: readonly { readonly key: string; readonly name: string }[],
): Markup {
  const name = accounts.find((account) => account.key === key)?.name
  return name === undefined
    ? markup`${platformOf(key)}`
    : markup`${platformOf(key)} <span class="soft">· ${named(name)}</span>`
}

export interface Column {
  readonly title: Part
  readonly kind?: 'number' | 'words' | 'drawn' | 'nowrap'
}

const titleText = (column: Column | undefined): string | false => typeof column?.title === 'string' && column.title
const kindClass = ({ kind }: Column): Markup | false => kind !== undefined && markup` class="${kind}"`

/**
 * A table with headings for its columns and, in the first cell, for its rows. Wider than the page, it scrolls by itself;
 * one of words stands as a list on a narrow page instead, each cell with its heading in front.
 */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Part[])[]): Markup {
  const wordy = columns.some(({ kind }) => kind === 'words')
  const head = columns.map((column) => markup`<th scope="col"${kindClass(column)}>${column.title}</th>`)
  const cell = (part: Part, i: number): Markup =>
    i === 0
      ? markup`<th scope="row">${part}</th>`
      : markup`<td${columns[i] !== undefined && kindClass(columns[i])}${wordy && markup` data-label="${titleText(columns[i])}"`}>${part}</td>`
  return markup`<div class="scroll${wordy && ' wordy'}" role="region" aria-label="${caption}" tabindex="0"><table><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>
${rows.map((row) => markup`<tr>${row.map(cell)}</tr>\n`)}</tbody></table></div>`
}

export const details = (summary: Part, ...content: readonly Part[]): Markup =>
  markup`<details><summary>${summary}</summary>${content}</details>`

/** A chart at both widths, with its figures behind it. */
export function figure(
  id: string,
  draw: (frame: { readonly id: string; readonly width: number }) => string,
  figures: Part,
): Markup {
  const wide = trusted(draw({ id: `${id}-wide`, width: WIDE }))
  const compact = trusted(draw({ id: `${id}-compact`, width: COMPACT }))
  return markup`<figure><div class="wide-only">${wide}</div><div class="compact-only">${compact}</div>${details('View as table', figures)}</figure>`
}
