/** Text that is markup already; everything else is escaped where it is put in. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Part = Markup | string | number | false | undefined | readonly Part[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
// Control characters are no characters of XML, and an SVG with one in a campaign's name would not open.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const UNPRINTABLE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g

/** Text for element content and for quoted attributes, in HTML and in SVG. */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(UNPRINTABLE, '\ufffd')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)

const rendered = (part: Part): string => {
  if (part === undefined || part === false) return ''
  if (part instanceof Markup) return part.text
  if (typeof part === 'object') return part.map(rendered).join('')
  return escaped(String(part))
}

/** Template tag: what is interpolated is escaped, unless it is `Markup`; lists are joined, `undefined` and `false` vanish. */
export const markup = (strings: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(strings.reduce((text, piece, i) => text + rendered(parts[i - 1]) + piece))

/** Marks text as markup. Only for text that was made by these functions. */
export const trusted = (text: string): Markup => new Markup(text)

/**
 * A coordinate, to a hundredth of a pixel.
 * @throws RangeError when it is not finite: a chart with `NaN` in it shows nothing and says nothing
 */
export function px(n: number): string {
  if (!Number.isFinite(n))
    throw new RangeError(`a coordinate must be finite, got ${n}: leave unknown figures out of the chart`)
  return String(rounded(n))
}

/** To a hundredth, and never −0: enough for a screen, and short. */
export const rounded = (n: number): number => Math.round(n * 100) / 100 || 0
