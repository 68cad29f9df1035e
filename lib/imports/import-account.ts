import type { CampaignId } from '../model/account.ts'
import type { PerformanceRow } from '../model/performance.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { AccountDate, Instant } from '../units/calendar.ts'
import type { CurrencyCode } from '../units/money.ts'
import { onOneLevel } from './budget-levels.ts'
import { entitiesIn, type Renamed, structureOf } from './combine.ts'
import { performanceIn } from './performance.ts'
import { Faults, ImportError } from './problem.ts'
import { type ReadExport, readExport } from './read-export.ts'
import type { ExportFile, ImportTerms } from './terms.ts'

/** A sum that the platform wrote under its table, beside ours of its lines. */
export interface TotalCheck {
  readonly label: string
  readonly line: number
  readonly totalMicros: bigint
  readonly sumMicros: bigint
}

/** A total that says more than all lines of its period: campaigns that are in no file spent the rest, on days that are not known. */
export interface Uncovered {
  readonly file: string
  readonly line: number
  readonly label: string
  readonly totalMicros: bigint
  readonly micros: bigint
}

/** Accounts have what their screens do not show, such as what removed campaigns spent: one part in so many is nothing. */
const UNCOVERED_PART = 200n

/** What was found in one file. */
export interface FileReport {
  readonly file: string
  readonly exportedAt: Instant
  readonly lines: number
  readonly campaigns: number
  /** Days with figures, oldest and newest; absent where the file has none. */
  readonly from?: AccountDate
  readonly to?: AccountDate
  readonly spendMicros: bigint
  readonly totals: readonly TotalCheck[]
  readonly ignored: readonly string[]
  readonly remarks: readonly string[]
}

/** An account read from files, ready to be stored: all of it, or an error. */
export interface ImportedAccount {
  readonly structure: AccountStructure
  readonly rows: readonly PerformanceRow[]
  readonly currency: CurrencyCode
  /** When the newest file was downloaded. */
  readonly readAt: Instant
  readonly files: readonly FileReport[]
  /** Days that were not over when they were downloaded. */
  readonly unfinished: readonly AccountDate[]
  /** Campaigns that are known from imports before and that no file speaks of. */
  readonly unmentioned: readonly CampaignId[]
  readonly renamed: readonly Renamed[]
  /** Sentences about what all files together leave open, and how it was decided. */
  readonly notes: readonly string[]
  /** Of each file the largest. */
  readonly uncovered: readonly Uncovered[]
}

/**
 * Reads the downloads of one account: every file is understood before anything is made of any.
 *
 * @throws ImportError with everything that is wrong, by file, line and column
 */
export function importAccount(files: readonly ExportFile[], terms: ImportTerms): ImportedAccount {
  const faults = new Faults()
  const exports = files.flatMap((file) => readOne(file, terms, faults) ?? [])
  faults.check()
  const [first] = exports
  if (!first) throw new ImportError([{ file: 'import', what: 'no file was named', remedy: 'name at least one' }])
  const stranger = exports.find(({ currency }) => currency !== first.currency)
  if (stranger)
    faults.add({
      file: stranger.file,
      what: `is in ${stranger.currency}, and ${first.file} in ${first.currency}`,
      remedy: 'an account has one currency: import each account by itself',
    })
  const readAt = Math.max(...exports.map(({ exportedAt }) => exportedAt)) as Instant
  const entities = onOneLevel(entitiesIn(exports, terms.known, faults), terms.account.platform, faults)
  const mentioned = new Set(exports.flatMap(({ rows }) => rows.map(({ campaign }) => campaign.id)))
  const structure = structureOf(entities, terms, first.currency, readAt)
  const { rows, unfinished, notes } = performanceIn(exports, structure, terms, faults)
  faults.check()
  const reports = exports.map(reportOf)
  return {
    structure,
    rows,
    currency: first.currency,
    readAt,
    files: reports,
    unfinished,
    unmentioned: (terms.known?.campaigns ?? []).map(({ id }) => id).filter((id) => !mentioned.has(id)),
    renamed: entities.renamed,
    notes: [...entities.notes, ...notes],
    uncovered: reports.flatMap((report) => uncoveredIn(report, rows)),
  }
}

/** Files of parts of an account may make up the whole: a total is held against the lines of all of them. */
function uncoveredIn(
  { file, from, to, spendMicros, totals }: FileReport,
  rows: readonly PerformanceRow[],
): readonly Uncovered[] {
  const [largest] = totals.toSorted((a, b) => (a.totalMicros > b.totalMicros ? -1 : 1))
  if (!largest || from === undefined || to === undefined) return []
  const told = rows.reduce((sum, { date, spend }) => (date >= from && date <= to ? sum + spend.micros : sum), 0n)
  const { line, label, totalMicros } = largest
  const micros = totalMicros - (told > spendMicros ? told : spendMicros)
  return micros * UNCOVERED_PART > totalMicros ? [{ file, line, label, totalMicros, micros }] : []
}

/** One bad file does not hide what is wrong with the others. */
function readOne(file: ExportFile, terms: ImportTerms, faults: Faults): ReadExport | undefined {
  try {
    return readExport(file, terms, faults)
  } catch (error) {
    if (!(error instanceof ImportError)) throw error
    for (const fault of error.faults) faults.add(fault)
    return undefined
  }
}

function reportOf({ file, exportedAt, rows, totals, ignored, remarks }: ReadExport): FileReport {
  const days = rows.flatMap(({ day, figures }) => (day !== undefined && figures ? [day] : [])).toSorted()
  const [from, to] = [days[0], days.at(-1)]
  const spendMicros = rows.reduce((sum, { figures }) => sum + (figures?.spendMicros ?? 0n), 0n)
  return {
    file,
    exportedAt,
    lines: rows.length,
    campaigns: new Set(rows.map(({ campaign }) => campaign.id)).size,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    spendMicros,
    totals:
      days.length === 0
        ? []
        : totals.map(({ label, line, spendMicros: totalMicros }) => ({
            label,
            line,
            totalMicros,
            sumMicros: spendMicros,
          })),
    ignored,
    remarks,
  }
}
