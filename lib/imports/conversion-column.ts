import { namesOf, plainHeading, type Role, titled } from './columns.ts'
import type { Row } from './csv.ts'
import { isNothing } from './numbers.ts'
import type { Faults } from './problem.ts'
import type { Sheet } from './sheet.ts'
import type { ImportTerms } from './terms.ts'

/**
 * Headings under which a screen counts whatever each campaign is optimised for, link clicks as well as purchases; on Google
 * Ads the sum of all primary conversion actions.
 */
const ANYTHING: Readonly<{ [platform: string]: readonly string[] }> = {
  'google-ads': ['conversions'],
  meta: ['results', 'ergebnisse'],
  tiktok: ['results', 'conversions', 'ergebnisse'],
  snapchat: ['results', 'ergebnisse'],
  pinterest: ['total conversions'],
}

export const countsAnything = (platform: string, heading: string): boolean =>
  (ANYTHING[platform] ?? []).includes(plainHeading(heading))

/** Headings under which a line says what its results are. */
const INDICATORS = [
  ...['result indicator', 'result type', 'results type', 'ergebnisindikator', 'ergebnis-indikator', 'ergebnistyp'],
  ...['optimization event', 'optimisation event', 'conversion event', 'optimierungsevent', 'conversion-event'],
]

/** Words of one event: a policy's action, a heading or an indicator that is one of them counts the same. */
const EVENTS: readonly (readonly string[])[] = [
  ['purchase', 'complete payment', 'checkout', 'order', 'zahlung abgeschlossen', 'kauf', 'käufe', 'käufen'],
  ['lead', 'lead grouped'],
]

/** An event as a text names it. */
export interface NamedEvent {
  /** Where it happens, where the text says so: `website`; everywhere is ''. */
  readonly place: string
  /** As written there, without its plural: of `Complete payment` that. */
  readonly word: string
  /** The same for all words of one event: `purchase`. */
  readonly event: string
  /** False for words that may be any event. */
  readonly isKnown: boolean
}

/**
 * The event that a text names: `purchase` of `actions:offsite_conversion.fb_pixel_purchase`, of `Website purchases` and
 * of `Total conversions (Checkout)`. Only whole words count: `initiate_checkout` and `custom.purchase_seen` are others.
 */
export function eventIn(text: string): NamedEvent {
  const last = plainHeading(text)
    .replaceAll('_', ' ')
    .replace(/^.*[.:]/, '')
    .replace(/^total conversions? \(?([^()]+)\)?$|^conversions gesamt \(([^()]+)\)$/, '$1$2')
  const [before = '', place = ''] =
    /^(omni|fb pixel|fb mobile|onsite web app|onsite web|onsite app|website|conversion)[ -]/.exec(last) ?? []
  const word = last.slice(before.length).replace(/(?<=[a-z]{3})s$/, '')
  const known = EVENTS.find((words) => words.includes(word))
  return { place: PLACES[place] ?? place, word, event: known?.[0] ?? word, isKnown: known !== undefined }
}
const PLACES: Readonly<{ [word: string]: string }> = { omni: '', conversion: '', 'fb pixel': 'website' }

const eventOf = (text: string): string => eventIn(text).event

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
  if (!countsAnything(sheet.platform, column)) return isOfNoOther(column, sheet, rule.action, faults)
  if (sheet.platform === 'google-ads') return isOfOneAction(column, sheet, rule.action, faults)
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

/** What Google Ads adds up there no download tells, so that the user must. @returns false, with a fault */
function isOfOneAction(column: string, { file }: Sheet, action: string, faults: Faults): false {
  faults.add({
    file,
    column,
    what: `is the sum of all primary conversion actions, and the policy counts "${action}"`,
    remedy: `if "${action}" is the account's only primary action, say so: --column conversions="${column}"; if there are others, download it with a custom column of "${action}" alone, and name that one: --column conversions="…"`,
  })
  return false
}

/** A column of leads is none of purchases, and the other way round; words that are not known may be either. */
function isOfNoOther(column: string, { file }: Sheet, action: string, faults: Faults): boolean {
  const [shown, meant] = [eventIn(column), eventIn(action)]
  if (!shown.isKnown || !meant.isKnown || shown.event === meant.event) return true
  faults.add({
    file,
    column,
    what: `counts "${shown.event}", and the policy counts "${action}"`,
    remedy: `download it with the column of that, or say that it is meant: --column conversions="${column}"`,
  })
  return false
}
