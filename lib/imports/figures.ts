import { type CurrencyCode, currency, fromDecimal } from '../units/money.ts'
import { namesOf, type Role, titled } from './columns.ts'
import type { Row } from './csv.ts'
import { type DateOrder, dateEvidence } from './dates.ts'
import { aroundNumber, type DecimalMark, decimalEvidence, decimalText, isNothing } from './numbers.ts'
import type { Faults, Place } from './problem.ts'
import { cellOf, currenciesInHeadings, headingOf, type Sheet } from './sheet.ts'
import type { ImportTerms } from './terms.ts'

const WHOLE: readonly Role[] = ['impressions', 'clicks']
const FRACTIONS: readonly Role[] = ['spend', 'conversions', 'value', 'budget', 'adGroupBudget']
const MONEY: readonly Role[] = ['spend', 'value', 'budget', 'adGroupBudget']

/** Micros below that, 10^15 units: what is larger was misread, and sums of it would not fit into a table's numbers. */
export const AMOUNT_MICROS_END = 10n ** 21n

/** A file has one way of writing numbers and dates, and an account one currency. */
export interface Forms {
  /** Each undefined where it cannot be told: cells are then wrong only if they are in every form. */
  readonly mark: DecimalMark | undefined
  readonly order: DateOrder | undefined
  readonly currency: CurrencyCode | undefined
}

/** Where a cell stands, for faults. */
export function placeOf(sheet: Sheet, row: Row, role: Role): Place {
  const column = headingOf(sheet, role)
  return { file: sheet.file, line: row.line, ...(column === undefined ? {} : { column }) }
}

/** Why a form cannot be told is in `faults`. */
export function formsOf(sheet: Sheet, terms: ImportTerms, faults: Faults): Forms {
  const mark = terms.decimals ?? markOf(sheet, faults)
  const order = terms.dates ?? orderOf(sheet, faults)
  return { mark, order, currency: currencyOf(sheet, terms, faults) }
}

/** A number's plain text, in the file's form or in any where that cannot be told. */
const numberText = (cell: string, { mark }: Forms): string | undefined =>
  mark ? decimalText(cell, mark) : (decimalText(cell, '.') ?? decimalText(cell, ','))

const markRemedy = ({ mark }: Forms): string =>
  mark ? `correct it, or say --decimals ${mark === '.' ? ',' : '.'}` : 'correct it'

/** The first cell that is evidence for each answer. */
interface Seen<T extends string> {
  readonly at: ReadonlyMap<T, readonly [row: Row, role: Role, cell: string]>
}

function evidence<T extends string>(
  sheet: Sheet,
  roles: readonly Role[],
  rows: readonly Row[],
  look: (cell: string, role: Role) => T,
): Seen<T> {
  const at = new Map<T, readonly [Row, Role, string]>()
  for (const row of rows)
    for (const role of roles) {
      const cell = cellOf(sheet, row, role)
      if (cell === undefined || isNothing(cell)) continue
      const answer = look(withoutPeriod(cell), role)
      if (!at.has(answer)) at.set(answer, [row, role, cell])
    }
  return { at }
}

function markOf(sheet: Sheet, faults: Faults): DecimalMark | undefined {
  const rows = [...sheet.rows, ...sheet.totals.map(({ row }) => row)]
  const { at } = evidence(sheet, [...WHOLE, ...FRACTIONS], rows, (cell, role) =>
    decimalEvidence(cell, WHOLE.includes(role)),
  )
  const [point, comma, ambiguous] = [at.get('.'), at.get(','), at.get('ambiguous')]
  const found = point && comma ? (point[0].line > comma[0].line ? point : comma) : ambiguous
  if (point && comma && found) {
    faults.add({
      ...placeOf(sheet, found[0], found[1]),
      value: found[2],
      what: 'has another decimal mark than lines before it',
      remedy: 'the file was edited or put together: download it again',
    })
    return undefined
  }
  if (point) return '.'
  if (comma) return ','
  // Other columns are no figures of ours, and yet of the same screen: click rates and prices have decimals mostly.
  const others = found && otherMark(sheet)
  if (!found || others) return others ?? '.'
  faults.add({
    ...placeOf(sheet, found[0], found[1]),
    value: found[2],
    what: 'may be a thousand or a decimal, and nothing in the file tells which',
    remedy: 'say it: --decimals . (1,234.56) or --decimals , (1.234,56)',
  })
  return undefined
}

/** What columns without a meaning here say together; undefined unless they agree. */
function otherMark({ rows, columns }: Sheet): DecimalMark | undefined {
  const used = new Set([...columns.byRole.values()].flat())
  const marks = new Set(
    rows.flatMap(({ cells }) => cells.filter((_, index) => !used.has(index)).map((cell) => decimalEvidence(cell))),
  )
  if (marks.has('.') === marks.has(',')) return undefined
  return marks.has('.') ? '.' : ','
}

function orderOf(sheet: Sheet, faults: Faults): DateOrder | undefined {
  const { at } = evidence(sheet, ['day', 'lastDay'], sheet.rows, dateEvidence)
  const [dmy, mdy, ambiguous] = [at.get('dmy'), at.get('mdy'), at.get('ambiguous')]
  const found = dmy && mdy ? (dmy[0].line > mdy[0].line ? dmy : mdy) : ambiguous
  if (dmy && mdy && found) {
    faults.add({
      ...placeOf(sheet, found[0], found[1]),
      value: found[2],
      what: 'has day and month the other way round than lines before it',
      remedy: 'the file was edited or put together: download it again',
    })
    return undefined
  }
  if (dmy) return 'dmy'
  if (mdy) return 'mdy'
  if (!found) return 'dmy'
  faults.add({
    ...placeOf(sheet, found[0], found[1]),
    value: found[2],
    what: 'may be two dates, and nothing in the file tells which',
    remedy: 'say it: --dates dmy (day first) or --dates mdy (month first)',
  })
  return undefined
}

/** Marks that are of one currency alone; a bare $ or ¥ is of several, and says nothing. */
const MARKS: Readonly<{ [mark: string]: string }> = {
  ...{ '€': 'EUR', '£': 'GBP', zł: 'PLN', Kč: 'CZK', '₹': 'INR', '₺': 'TRY', '₩': 'KRW', '₫': 'VND' },
  ...{ US$: 'USD', R$: 'BRL', CA$: 'CAD', A$: 'AUD', NZ$: 'NZD', HK$: 'HKD' },
}

const codeIn = (around: string): string | undefined => MARKS[around] ?? (/^[A-Z]{3}$/.test(around) ? around : undefined)

const whereOf = (place: Place | undefined): string =>
  place?.line === undefined ? `${place?.file}` : `line ${place.line}`

/** Cells, headings, the user and imports before must all say the same. */
function currencyOf(sheet: Sheet, { currency: said, known }: ImportTerms, faults: Faults): CurrencyCode | undefined {
  const found = new Map<string, Place & { readonly value?: string }>()
  const note = (code: string, place: Place & { readonly value?: string }): void => {
    if (!found.has(code)) found.set(code, place)
  }
  if (said) note(said, { file: '--currency' })
  if (known) note(known.currency, { file: 'the account as it was imported before' })
  for (const code of currenciesInHeadings(sheet)) note(code, { file: sheet.file })
  for (const row of sheet.rows) {
    const own = cellOf(sheet, row, 'currency') ?? ''
    if (/^[A-Za-z]{3}$/.test(own)) note(own.toUpperCase(), { ...placeOf(sheet, row, 'currency'), value: own })
    for (const role of MONEY) {
      const cell = cellOf(sheet, row, role) ?? ''
      const code = codeIn(aroundNumber(withoutPeriod(cell)))
      if (code) note(code, { ...placeOf(sheet, row, role), value: cell })
    }
  }
  const codes = [...found.keys()]
  if (codes.length === 1) return currency(codes[0]!)
  const [first, ...others] = codes
  if (first === undefined) faults.add({ file: sheet.file, what: 'names no currency', remedy: 'say it: --currency EUR' })
  for (const code of others)
    faults.add({
      ...(found.get(code) ?? { file: sheet.file }),
      what: `is in ${code}, and ${whereOf(found.get(first!))} says ${first}`,
      remedy: said
        ? 'an account has one currency: correct --currency, or import each account by itself'
        : 'an account has one currency: import each account by itself',
    })
  return undefined
}

/** `50.00 / day`, as some screens show a budget. */
export const withoutPeriod = (cell: string): string =>
  cell.replace(/\s*(?:\/\s*|per |pro )?(?:day|daily|tag|täglich)\s*$/i, '')

/** Micros of a cell; undefined where it says nothing, or is no amount, which goes to the faults. */
export function microsOf(sheet: Sheet, row: Row, role: Role, forms: Forms, faults: Faults): bigint | undefined {
  const cell = cellOf(sheet, row, role)
  if (cell === undefined || isNothing(cell)) return undefined
  const text = numberText(withoutPeriod(cell), forms)
  const fault = { ...placeOf(sheet, row, role), value: cell }
  if (text === undefined || text.startsWith('-')) {
    faults.add({
      ...fault,
      what:
        text === undefined
          ? `is no amount${forms.mark ? ` with "${forms.mark}" before its decimals` : ''}`
          : 'is below 0',
      remedy: text === undefined ? markRemedy(forms) : 'correct it',
    })
    return undefined
  }
  try {
    // Without a currency nothing is made of it: it is looked at only.
    const { micros } = fromDecimal(text, forms.currency ?? currency('XXX'))
    if (micros < AMOUNT_MICROS_END) return micros
    faults.add({ ...fault, what: 'is more than anybody spends', remedy: 'correct it: amounts are below 10^15' })
    return undefined
  } catch {
    faults.add({
      ...fault,
      what: 'has more than six decimals',
      remedy: 'download it again, unrounded by a spreadsheet',
    })
    return undefined
  }
}

/** A count of a cell, ≥ 0; undefined as in `microsOf`. @param isWhole refuses decimals */
export function countOf(
  sheet: Sheet,
  row: Row,
  role: Role,
  forms: Forms,
  isWhole: boolean,
  faults: Faults,
): number | undefined {
  const cell = cellOf(sheet, row, role)
  if (cell === undefined || isNothing(cell)) return undefined
  const text = numberText(cell, forms)
  const value = Number(text ?? Number.NaN)
  const isRight = Number.isFinite(value) && value >= 0 && value <= Number.MAX_SAFE_INTEGER
  if (isRight && !(isWhole && !Number.isInteger(value))) return value
  faults.add({
    ...placeOf(sheet, row, role),
    value: cell,
    what: isWhole ? 'is no whole number of 0 or more' : 'is no number of 0 or more',
    remedy: markRemedy(forms),
  })
  return undefined
}

/** Heading that a remedy names for a role. */
export const usualName = (platform: string, role: Role): string => titled(namesOf(platform, role)[0] ?? role)
