import { type Columns, columnsOf, headingCurrency, IMPORTED_PLATFORMS, namesOf, type Role, titled } from './columns.ts'
import { type Row, readRecords } from './csv.ts'
import { isNothing } from './numbers.ts'
import { ImportError } from './problem.ts'

/** A file's table, found among the titles above it and the totals in it. */
export interface Sheet {
  readonly file: string
  readonly platform: string
  readonly headings: readonly string[]
  readonly columns: Columns
  /** One per campaign (or ad group) and day. */
  readonly rows: readonly Row[]
  /** Sums that the platform has added, each with what it calls them. */
  readonly totals: readonly { readonly label: string; readonly row: Row }[]
}

export interface SheetTerms {
  readonly platform: string
  /** Headings that the user has given a role. */
  readonly columns: ReadonlyMap<Role, string>
}

/** Titles, the period, the account's name: some platforms write them above the table. */
const TITLE_LINES_MAX = 25
/** Fewer columns than that in common with what is known is no header. */
const HEADER_ROLES_MIN = 2
/** Another platform knows the file better where it finds so many columns more. */
const STRANGER_ROLES = 2

/** How totals rows begin, in English and German. */
const TOTAL =
  /^\s*(total|totals|grand total|sum|overall|results? from|gesamt|gesamtergebnis|summe|insgesamt|ergebnisse? (aus|von))\b/i

/**
 * Finds header, columns and rows of one export.
 *
 * @throws ImportError when there is no header, or a campaign's id is not among its columns
 */
export function readSheet(text: string, file: string, terms: SheetTerms): Sheet {
  const records = readRecords(text, file)
  const { index, columns, headings } = headerOf(records, file, terms)
  checkNamed(headings, columns, file, records[index]?.line ?? 1, terms)
  const rows: Row[] = []
  const totals: { label: string; row: Row }[] = []
  for (const row of records.slice(index + 1)) {
    const label = totalLabel(row, columns)
    if (label === undefined) rows.push(row)
    else totals.push({ label, row })
  }
  checkShape(rows, headings, file)
  if (rows.length === 0)
    throw new ImportError([
      {
        file,
        line: records[index]?.line ?? 1,
        what: 'has column names, and no line of a campaign below them',
        remedy:
          'download a period in which campaigns ran, without a filter; where none ran, there is nothing to import',
      },
    ])
  return { file, platform: terms.platform, headings, columns, rows, totals }
}

/** A cell of a role's first column; undefined where the file has no such column. */
export const cellOf = ({ columns }: Pick<Sheet, 'columns'>, row: Row, role: Role): string | undefined => {
  const index = columns.byRole.get(role)?.[0]
  return index === undefined ? undefined : (row.cells[index] ?? '').trim()
}

export const headingOf = (
  { columns, headings }: Pick<Sheet, 'columns' | 'headings'>,
  role: Role,
): string | undefined => {
  const index = columns.byRole.get(role)?.[0]
  return index === undefined ? undefined : headings[index]
}

/** Currencies that headings name, each once. */
export const currenciesInHeadings = ({ headings }: Sheet): readonly string[] => [
  ...new Set(headings.flatMap((heading) => headingCurrency(heading) ?? [])),
]

interface Header {
  readonly index: number
  readonly columns: Columns
  readonly headings: readonly string[]
}

function headerOf(records: readonly Row[], file: string, { platform, columns: named }: SheetTerms): Header {
  const best = bestHeader(records, platform, named)
  // What is counted says nothing of whose screen it is.
  if ([...named.keys()].every((role) => role === 'conversions' || role === 'value'))
    checkNotOfAnother(records, platform, best?.columns.byRole.size ?? 0, file)
  if (best && best.columns.byRole.size >= HEADER_ROLES_MIN) return best
  throw new ImportError([
    {
      file,
      what: `has no line with the column names of ${platform}`,
      remedy: `download it in English or German from the platform's own screens, or name its columns, such as --column campaignId="…" --column spend="…"`,
    },
  ])
}

function bestHeader(
  records: readonly Row[],
  platform: string,
  named: SheetTerms['columns'] = new Map(),
): Header | undefined {
  const found = records.slice(0, TITLE_LINES_MAX).map((row, index): Header => {
    const headings = row.cells.map((cell) => cell.trim())
    return { index, columns: columnsOf(headings, platform, named), headings }
  })
  return found.toSorted((a, b) => b.columns.byRole.size - a.columns.byRole.size || a.index - b.index)[0]
}

/** Some columns have the same names everywhere: with these alone another platform's campaigns would become the account's. */
function checkNotOfAnother(records: readonly Row[], platform: string, own: number, file: string): void {
  const [other] = IMPORTED_PLATFORMS.filter((one) => one !== platform)
    .map((one) => ({ one, header: bestHeader(records, one) }))
    .toSorted((a, b) => (b.header?.columns.byRole.size ?? 0) - (a.header?.columns.byRole.size ?? 0))
  const size = other?.header?.columns.byRole.size ?? 0
  if (!other?.header || size < own + STRANGER_ROLES) return
  throw new ImportError([
    {
      file,
      line: records[other.header.index]?.line ?? 1,
      what: `has the column names of ${other.one} (${size} of them), and of ${platform} only ${own}`,
      remedy: `import it with --account ${other.one}:…, or say what its columns are, such as --column spend="…"`,
    },
  ])
}

function checkNamed(
  headings: readonly string[],
  columns: Columns,
  file: string,
  line: number,
  { platform, columns: named }: SheetTerms,
): void {
  for (const [role, heading] of named)
    if (!columns.byRole.has(role))
      throw new ImportError([
        {
          file,
          line,
          value: heading,
          what: `is no column here (--column ${role})`,
          remedy: `name one of: ${headings.filter((one) => one !== '').join(', ')}`,
        },
      ])
  if (!columns.byRole.has('campaignId'))
    throw new ImportError([
      {
        file,
        line,
        what: 'has no column with the ids of the campaigns, and names are not unique',
        remedy: `add the column "${titled(namesOf(platform, 'campaignId')[0] ?? '')}" to the report and download it again, or name it with --column campaignId="…"`,
      },
    ])
}

/** An id's own text: some downloads write ="123", so that spreadsheets keep the digits. */
export const idTextIn = (cell: string): string => cell.replace(/^="?(.*?)"?$/, '$1').replace(/^'/, '')

/** A row without an id, even one that is none, is a total when it says so, or says nothing at all but figures. */
function totalLabel(row: Row, columns: Columns): string | undefined {
  const cell = (role: Role): string => cellOf({ columns }, row, role) ?? ''
  const ids = [cell('campaignId'), cell('adGroupId')].map(idTextIn)
  if (ids.some((id) => !isNothing(id) && !TOTAL.test(id))) return undefined
  const label = row.cells.map((one) => one.trim()).find((one) => TOTAL.test(one))
  if (label !== undefined) return label
  const named = cell('campaign').replace(/^[-–—]+$/, '')
  return named === '' ? 'row without a campaign' : undefined
}

function checkShape(rows: readonly Row[], headings: readonly string[], file: string): void {
  const wide = rows.find(({ cells }) => cells.slice(headings.length).some((cell) => cell.trim() !== ''))
  const narrow = rows.find(({ cells }) => cells.length < headings.length)
  const found = wide ?? narrow
  if (!found) return
  throw new ImportError([
    {
      file,
      line: found.line,
      what: `has ${found.cells.length} cells under ${headings.length} headings`,
      remedy: 'the file was cut off or edited, or a cell with a comma lost its quotes: download it again',
    },
  ])
}
