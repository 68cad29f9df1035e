import { namesOf, plainHeading, type Role, titled } from './columns.ts'
import type { Row } from './csv.ts'
import { isNothing } from './numbers.ts'
import type { Faults } from './problem.ts'
import type { Sheet } from './sheet.ts'
import type { ImportTerms } from './terms.ts'

/** Headings under which a screen counts whatever each campaign is optimised for: link clicks as well as purchases. */
const ANYTHING: Readonly<{ [platform: string]: readonly string[] }> = {
  meta: ['results', 'ergebnisse'],
  tiktok: ['results', 'conversions', 'ergebnisse'],
  snapchat: ['results', 'ergebnisse'],
  pinterest: ['total conversions'],
}

/** Headings under which a line says what its results are. */
const INDICATORS = [
  ...['result indicator', 'result type', 'results type', 'ergebnisindikator', 'ergebnis-indikator', 'ergebnistyp'],
  ...['optimization event', 'optimisation event', 'conversion event', 'optimierungsevent', 'conversion-event'],
]

/** Words of one event: a policy's action, a heading or an indicator that is one of them counts the same. */
const EVENTS: readonly (readonly string[])[] = [
  ['purchase', 'complete payment', 'checkout', 'order', 'zahlung abgeschlossen', 'kauf', 'käufe'],
  ['lead', 'lead grouped'],
]

/**
 * The event that a text names: `purchase` of `actions:offsite_conversion.fb_pixel_purchase`, of `Website purchases` and
 * of `Total conversions (Checkout)`. Only whole words count: `initiate_checkout` and `custom.purchase_seen` are others.
 */
function eventOf(text: string): string {
  const last = plainHeading(text)
    .replaceAll('_', ' ')
    .replace(/^.*[.:]/, '')
  const bare = last
    .replace(/^total conversions? \(?([^()]+)\)?$|^conversions gesamt \(([^()]+)\)$/, '$1$2')
    .replace(/^(omni|fb pixel|fb mobile|onsite web app|onsite web|onsite app|website|conversion)[ -]/, '')
    .replace(/(?<=[a-z]{3})s$/, '')
  return EVENTS.find((words) => words.includes(bare))?.[0] ?? bare
}

/**
 * The sheet with one column of conversions at most, which counts what the policy's rule does: the one that the user has
 * named, the one whose name is the rule's action, or the only one there is. A column that may count anything is taken only
 * where the user or every line says what it counts. Otherwise why not is in `faults`, and the sheet is without.
 */
export function withKnownConversions(sheet: Sheet, terms: ImportTerms, faults: Faults): Sheet {
  const found = sheet.columns.byRole.get('conversions') ?? []
  const [only] = found
  if (only === undefined || terms.columns.has('conversions')) return sheet
  if (found.length > 1) return withOneOf(found, sheet, terms, faults)
  return terms.isRuleSaid || isCountOf(only, sheet, terms, faults) ? sheet : withConversions(sheet, [])
}

function withConversions(sheet: Sheet, conversions: readonly number[]): Sheet {
  const others = [...sheet.columns.byRole].filter(([role]) => role !== 'conversions')
  const chosen: readonly [Role, readonly number[]][] = conversions.length > 0 ? [['conversions', conversions]] : []
  return { ...sheet, columns: { ...sheet.columns, byRole: new Map([...others, ...chosen]) } }
}

function withOneOf(found: readonly number[], sheet: Sheet, { rule }: ImportTerms, faults: Faults): Sheet {
  const stem = (text: string): string => plainHeading(text).replace(/s$/, '')
  const fitting = (name: (text: string) => string): readonly number[] =>
    found.filter((index) => name(sheet.headings[index] ?? '') === name(rule.action))
  const chosen = [fitting(stem), fitting(eventOf)].find(({ length }) => length === 1)
  if (chosen) return withConversions(sheet, chosen)
  faults.add({
    file: sheet.file,
    what: `has several columns of conversions (${found.map((index) => `"${sheet.headings[index]}"`).join(', ')}), and the policy counts "${rule.action}"`,
    remedy: 'say which is meant: --column conversions="…"',
  })
  return withConversions(sheet, [])
}

/** Whether a column counts what the rule does, as far as can be told; adds a fault where it does not, or may not. */
function isCountOf(index: number, sheet: Sheet, { rule }: ImportTerms, faults: Faults): boolean {
  const column = sheet.headings[index] ?? ''
  const generic = ANYTHING[sheet.platform] ?? []
  if (!generic.includes(plainHeading(column))) return isOfNoOther(column, sheet, rule.action, faults)
  const exact = namesOf(sheet.platform, 'conversions').find((name) => eventOf(name) === eventOf(rule.action))
  const remedy = `${exact ? `download it with the column "${titled(exact)}" instead` : 'download it with a column of that event'}, or say that all of them are: --column conversions="${column}"`
  const indicator = sheet.headings.findIndex((heading) => INDICATORS.includes(plainHeading(heading)))
  if (indicator === -1) {
    faults.add({
      file: sheet.file,
      column,
      what: `may count anything, link clicks as well as purchases, and the policy counts "${rule.action}"`,
      remedy,
    })
    return false
  }
  const cell = (row: Row, at: number): string => (row.cells[at] ?? '').trim()
  const others = sheet.rows.filter(
    (row) => !isNothing(cell(row, index)) && eventOf(cell(row, indicator)) !== eventOf(rule.action),
  )
  for (const row of others)
    faults.add({
      file: sheet.file,
      line: row.line,
      column: sheet.headings[indicator] ?? '',
      value: cell(row, indicator),
      what: `is not "${rule.action}", which the policy counts, and "${column}" counts it`,
      remedy,
    })
  return others.length === 0
}

/** A column of leads is none of purchases, and the other way round; words that are not known may be either. */
function isOfNoOther(column: string, { file }: Sheet, action: string, faults: Faults): boolean {
  const [shown, meant] = [eventOf(column), eventOf(action)]
  const isKnown = (event: string): boolean => EVENTS.some(([name]) => name === event)
  if (!isKnown(shown) || !isKnown(meant) || shown === meant) return true
  faults.add({
    file,
    column,
    what: `counts "${shown}", and the policy counts "${action}"`,
    remedy: `download it with the column of that, or say that it is meant: --column conversions="${column}"`,
  })
  return false
}
