import type { StoredImport } from '../../lib/control/store-import.ts'
import type { FileReport, ImportedAccount, TotalCheck } from '../../lib/imports/import-account.ts'
import { type DaySpan, spansText } from '../../lib/measure/flight-spend.ts'
import { accountKey } from '../../lib/model/account.ts'
import { HISTORY_DAYS } from '../../lib/store/history-merge.ts'
import { type AccountDate, isoInstant } from '../../lib/units/calendar.ts'
import { type CurrencyCode, money, toDecimal } from '../../lib/units/money.ts'
import type { Paint } from '../terminal/paint.ts'
import { JSON_SCHEMA } from './exit.ts'

const amount = (micros: bigint, currency: CurrencyCode): string =>
  `${toDecimal(money(micros, currency), 2)} ${currency}`

const named = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`

/** Days that no file tells of, and days that are not kept. */
export interface Days {
  readonly missing: readonly DaySpan[]
  readonly tooOld: readonly AccountDate[]
}

/** What was read, file by file, and what became of it. @param stored undefined: nothing was to be stored */
export function importText(
  imported: ImportedAccount,
  { missing, tooOld }: Days,
  stored: StoredImport | undefined,
  paint: Paint,
): string {
  const { structure, rows, files, unfinished, unmentioned, renamed, notes, currency } = imported
  const spend = rows.reduce((sum, row) => sum + row.spend.micros, 0n)
  const days = new Set(rows.map(({ date }) => date)).size
  return [
    paint.bold(`${accountKey(structure.account)} · ${currency} · ${structure.zone}`),
    ...files.flatMap((file) => fileLines(file, currency)),
    `  in all     ${named(structure.campaigns.length, 'campaign')}, ${named(structure.budgets.length, 'budget')}, ${named(days, 'day')}, spend ${amount(spend, currency)}`,
    ...notes.map((note) => `  note       ${note}`),
    ...(unfinished.length > 0 ? [`  left out   ${unfinished.join(', ')}: not over when downloaded`] : []),
    ...(tooOld.length > 0
      ? [`  left out   ${tooOld[0]} to ${tooOld.at(-1)}: days are kept for ${HISTORY_DAYS} days`]
      : []),
    ...(missing.length > 0
      ? [
          `  missing    ${spansText(missing)}: no file tells of these days, and what they spent is not known; download them too, with lines of zeros where nothing ran`,
        ]
      : []),
    ...(unmentioned.length > 0
      ? [
          `  kept       ${named(unmentioned.length, 'campaign')} of imports before that no file speaks of: ${firstOf(unmentioned)}; on the files’ days they are taken to have spent nothing`,
        ]
      : []),
    ...(renamed.length > 0
      ? [
          `  renamed    ${firstOf(renamed.map(({ campaign, from, to }) => `${campaign} from "${from}" to "${to}"`))}: the name of the last day is taken`,
        ]
      : []),
    `  ${outcome(stored)}`,
  ].join('\n')
}

const SHOWN = 10
const firstOf = (list: readonly string[]): string =>
  [...list.slice(0, SHOWN), ...(list.length > SHOWN ? [`… and ${list.length - SHOWN} more`] : [])].join(', ')

/** What the files leave out of the account, a sentence each. */
export const warningsOf = ({ uncovered, currency }: ImportedAccount): readonly string[] =>
  uncovered.map(
    ({ file, line, label, totalMicros, micros }) =>
      `${file} is a part of the account: "${label}" (line ${line}) says ${amount(totalMicros, currency)}, and ${amount(micros, currency)} of it are of no line. Pace, landing and caps count the campaigns of the files alone: download all campaigns, paused and removed ones too, without a filter`,
  )

function outcome(stored: StoredImport | undefined): string {
  if (!stored) return 'Nothing was stored (--dry-run).'
  if (stored.daysChanged === 0 && !stored.settingsChanged) return 'All of it was known: nothing changed.'
  return `Stored: ${stored.daysChanged} days of campaigns changed${stored.settingsChanged ? '' : '; settings were known'}.`
}

function fileLines(file: FileReport, currency: CurrencyCode): readonly string[] {
  const period = file.from === undefined ? 'no days' : `${file.from} to ${file.to}`
  return [
    `  ${file.file}: ${named(file.lines, 'line')}, ${named(file.campaigns, 'campaign')}, ${period}, spend ${amount(file.spendMicros, currency)}, downloaded ${isoInstant(file.exportedAt)}`,
    ...file.totals.map((total) => `    total      ${totalText(total, currency)}`),
    ...file.remarks.map((remark) => `    note       ${remark}`),
    ...(file.ignored.length > 0 ? [`    ignored    ${file.ignored.join(', ')}`] : []),
  ]
}

function totalText({ label, line, totalMicros, sumMicros }: TotalCheck, currency: CurrencyCode): string {
  const gap = totalMicros - sumMicros
  const told = `"${label}" (line ${line}) says ${amount(totalMicros, currency)}`
  if (gap === 0n) return `${told}, as its lines do`
  return `${told}, ${amount(gap < 0n ? -gap : gap, currency)} ${gap > 0n ? 'more' : 'less'} than its lines`
}

export const importJson = (imported: ImportedAccount, { missing, tooOld }: Days, stored: StoredImport | undefined) => {
  const { structure, rows, files, unfinished, unmentioned, renamed, notes, uncovered, currency } = imported
  return {
    schemaVersion: JSON_SCHEMA,
    command: 'import',
    account: accountKey(structure.account),
    currency,
    zone: structure.zone,
    readAt: isoInstant(imported.readAt),
    campaigns: structure.campaigns.length,
    budgets: structure.budgets.length,
    spendMicros: rows.reduce((sum, row) => sum + row.spend.micros, 0n).toString(),
    unfinished,
    missing,
    tooOld,
    unmentioned,
    renamed,
    notes,
    uncovered: uncovered.map((one) => ({
      ...one,
      totalMicros: one.totalMicros.toString(),
      micros: one.micros.toString(),
    })),
    files: files.map((file) => ({
      ...file,
      exportedAt: isoInstant(file.exportedAt),
      from: file.from ?? null,
      to: file.to ?? null,
      spendMicros: file.spendMicros.toString(),
      totals: file.totals.map((total) => ({
        label: total.label,
        line: total.line,
        totalMicros: total.totalMicros.toString(),
        sumMicros: total.sumMicros.toString(),
        differenceMicros: (total.totalMicros - total.sumMicros).toString(),
      })),
    })),
    stored: stored !== undefined,
    daysChanged: stored?.daysChanged ?? null,
    settingsChanged: stored?.settingsChanged ?? null,
  }
}
