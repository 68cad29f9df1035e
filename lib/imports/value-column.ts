import { plainHeading } from './columns.ts'
import { countsAnything, eventIn, type NamedEvent } from './conversion-column.ts'
import { headingOf, type Sheet } from './sheet.ts'
import type { ImportTerms } from './terms.ts'

/** Google's value of all that its "Conversions" counts. */
const OF_ALL = ['conv. value', 'conversion value', 'conv.-wert', 'conversion-wert']

/** The event whose value a heading names: that of `purchases` for `Purchases conversion value`. */
const valuedIn = (heading: string): NamedEvent =>
  eventIn(
    plainHeading(heading)
      .replace(/^conversion-wert (von|für) |^(total order value|total conversions value|gesamtbestellwert) /, '')
      .replace(/( conversion)? value$|wert$/, '')
      .replace(/^total /, '')
      .replace(/^\((.*)\)$/, '$1'),
  )

/**
 * The sheet with one column of value at most: that of the event which its conversions count. What another event was worth
 * is no value of these, and the user may say otherwise with --column.
 */
export function withOwnValue(sheet: Sheet, { columns: named, rule }: ImportTerms): Sheet {
  const found = sheet.columns.byRole.get('value') ?? []
  const column = headingOf(sheet, 'conversions')
  if (found.length === 0 || column === undefined || named.has('value')) return sheet
  const own = ownValue(found, column, sheet, rule.action)
  const byRole = new Map(sheet.columns.byRole)
  if (own === undefined) byRole.delete('value')
  else byRole.set('value', [own, ...found.filter((index) => index !== own)])
  return { ...sheet, columns: { ...sheet.columns, byRole } }
}

/** The same word first, such as website purchases; then another word of that event; of any place only where the count tells none. */
function ownValue(found: readonly number[], column: string, sheet: Sheet, action: string): number | undefined {
  const isOfAnything = countsAnything(sheet.platform, column)
  const headings = found.map((index) => ({ index, heading: sheet.headings[index] ?? '' }))
  const ofAll = headings.find(({ heading }) => OF_ALL.includes(plainHeading(heading)))
  if (ofAll && isOfAnything) return ofAll.index
  const shown = eventIn(column)
  const counted = shown.isKnown ? shown : eventIn(action)
  const values = headings.map(({ index, heading }) => ({ index, ...valuedIn(heading) }))
  const isThere = ({ place }: NamedEvent): boolean => place === counted.place
  return (
    values.find((one) => isThere(one) && one.word === counted.word) ??
    values.find((one) => isThere(one) && one.event === counted.event) ??
    values.find((one) => !shown.isKnown && one.event === counted.event)
  )?.index
}

/** What is said where conversions have no value. */
export function valueRemarks(sheet: Sheet, whole: Sheet): readonly string[] {
  const counted = headingOf(sheet, 'conversions')
  if (counted === undefined || sheet.columns.byRole.has('value')) return []
  const others = (whole.columns.byRole.get('value') ?? []).map((index) => `"${whole.headings[index]}"`)
  if (others.length === 0) return ['it has no column of conversion value: conversions are worth nothing here']
  return [
    `${others.join(', ')} is not taken over: that is not the value of what "${counted}" counts, so that conversions are worth nothing here; add the column of their value, or say which it is: --column value="…"`,
  ]
}
