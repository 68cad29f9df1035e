import { readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { connectionFor } from '../../functions/composition/connections.ts'
import { policiesOf } from '../../lib/control/portfolios.ts'
import { rulesOf } from '../../lib/control/pull.ts'
import { checkMayImport, ImportRefused, storeImport } from '../../lib/control/store-import.ts'
import { IMPORTED_PLATFORMS, ROLES, type Role } from '../../lib/imports/columns.ts'
import type { DateOrder } from '../../lib/imports/dates.ts'
import { type ImportedAccount, importAccount } from '../../lib/imports/import-account.ts'
import type { DecimalMark } from '../../lib/imports/numbers.ts'
import type { ExportFile, ImportTerms } from '../../lib/imports/terms.ts'
import { type DaySpan, knownDays, spansWithout } from '../../lib/measure/flight-spend.ts'
import { type AccountRef, accountKey, parseAccountKey } from '../../lib/model/account.ts'
import { type ConversionRule, parseRuleKey, ruleKey } from '../../lib/model/conversions.ts'
import type { AccountStructure } from '../../lib/model/structure.ts'
import { HISTORY_DAYS } from '../../lib/store/history-merge.ts'
import { type AccountDate, dateAt, daysBetween, type Instant, instant, timeZone } from '../../lib/units/calendar.ts'
import { currency } from '../../lib/units/money.ts'
import type { Deployment } from '../config/deployment.ts'
import type { Screen } from '../terminal/screen.ts'
import { Blocked, EXIT, type ExitCode } from './exit.ts'
import { importJson, importText, warningsOf } from './import-view.ts'

export interface ImportOptions {
  readonly account?: string | undefined
  readonly platform?: string | undefined
  readonly currency?: string | undefined
  readonly zone?: string | undefined
  readonly dates?: DateOrder | undefined
  readonly decimals?: DecimalMark | undefined
  readonly budgets?: 'daily' | 'lifetime' | undefined
  /** `role=heading` each. */
  readonly column: readonly string[]
  /** A rule's key, where no policy tells the rule. */
  readonly conversions?: string | undefined
  /** When the files were downloaded; the files' own times where absent. */
  readonly asOf?: string | undefined
  readonly dryRun?: boolean | undefined
}

/** No download of campaigns by day is near that: a year of ten thousand campaigns is. */
const FILE_BYTES_MAX = 512 * 1024 * 1024

/**
 * Takes over what a person downloaded from a platform's own screens: reads every file first, then stores all of it or
 * nothing. The account is read-only from then on.
 *
 * @throws ImportError with every fault; ImportRefused; Blocked where the account has a connection
 */
export async function importFiles(
  files: readonly { readonly path: string; readonly typed: string }[],
  options: ImportOptions,
  deployment: Deployment,
  screen: Screen,
): Promise<ExitCode> {
  const account = accountOf(options)
  checkUnconnected(account, deployment)
  const { desk } = deployment
  await checkMayImport({ account }, desk).catch((error: unknown) => {
    throw error instanceof ImportRefused ? new Blocked(error.message) : error
  })
  const known = await desk.facts.structure(account)
  const terms = await termsOf(account, options, known, deployment)
  const now = deployment.clock.now()
  const read = await Promise.all(files.map((file) => exportFile(file, options, now)))
  const imported = importAccount(read, terms)
  const stored = options.dryRun ? undefined : await storeImport(imported, desk)
  const days = { missing: await missingDays(imported, desk), tooOld: oldDays(imported) }
  screen.print(importText(imported, days, stored, screen.paint))
  screen.record(importJson(imported, days, stored))
  for (const warning of warningsOf(imported)) screen.warn(warning)
  if (!options.dryRun)
    screen.tell(
      `${accountKey(account)} is read-only: its plans are shown, and nothing is ever pushed. Next: ${await nextStep(account, desk)}`,
    )
  return EXIT.done
}

const nextStep = async (account: AccountRef, { policies }: Deployment['desk']): Promise<string> =>
  policiesOf(await policies.all(), account).length > 0
    ? 'sluice plan'
    : 'sluice policy put policy.yaml, with a policy in mode shadow that names it; then sluice plan'

/**
 * Days of which neither these files nor any before tell anything: from the beginning of the flight, where a policy names
 * the account, or from the files' first day, to their last.
 */
async function missingDays(
  { structure, rows }: ImportedAccount,
  { facts, policies }: Deployment['desk'],
): Promise<readonly DaySpan[]> {
  const told = rows.map(({ date }) => date).toSorted()
  const [first, last] = [told[0], told.at(-1)]
  if (first === undefined || last === undefined) return []
  const flights = policiesOf(await policies.all(), structure.account).map(({ policy }) => policy.flight.from)
  const from = [first, ...flights].toSorted()[0]!
  return spansWithout(new Set([...told, ...knownDays(await facts.histories(structure.account))]), { from, to: last })
}

/** Days of the files that are not kept, oldest first. */
function oldDays({ structure, rows, readAt }: ImportedAccount): readonly AccountDate[] {
  const readOn = dateAt(readAt, structure.zone)
  return [...new Set(rows.map(({ date }) => date))]
    .filter((date) => daysBetween(date, readOn) >= HISTORY_DAYS)
    .toSorted()
}

/** @throws RangeError for an account of a platform whose downloads are not known */
function accountOf({ account: text, platform }: ImportOptions): AccountRef {
  if (text === undefined)
    throw new RangeError(
      'which account the files are of is not known: add --account, such as --account meta:1234567890',
    )
  const account = parseAccountKey(text.includes(':') ? text : `${platform ?? ''}:${text}`)
  if (platform !== undefined && platform !== account.platform)
    throw new RangeError(`--platform ${platform} and --account ${text} name two platforms: leave --platform out`)
  if (!IMPORTED_PLATFORMS.includes(account.platform))
    throw new RangeError(
      `no downloads are known of platform "${account.platform}": there is ${IMPORTED_PLATFORMS.join(', ')}`,
    )
  return account
}

function checkUnconnected(account: AccountRef, { config }: Deployment): void {
  try {
    connectionFor(config.connections, account)
  } catch {
    return
  }
  throw new Blocked(
    `${accountKey(account)} has a connection in ${config.file}: read it with "sluice pull", or take the connection out to look at files only`,
  )
}

async function termsOf(
  account: AccountRef,
  options: ImportOptions,
  known: AccountStructure | undefined,
  { desk }: Deployment,
): Promise<ImportTerms> {
  const zone = options.zone === undefined ? known?.zone : timeZone(options.zone)
  if (zone === undefined)
    throw new RangeError(
      `which days ${accountKey(account)} has depends on its time zone, which no download names: add --zone, such as --zone Europe/Berlin`,
    )
  if (known && zone !== known.zone)
    throw new RangeError(
      `--zone ${zone}: ${accountKey(account)} was imported in ${known.zone}; an account's zone does not change`,
    )
  return {
    account,
    zone,
    rule: await ruleOf(account, options.conversions, desk),
    isRuleSaid: options.conversions !== undefined,
    columns: namedColumns(options.column),
    ...(options.currency === undefined ? {} : { currency: currency(options.currency.toUpperCase()) }),
    ...(options.dates ? { dates: options.dates } : {}),
    ...(options.decimals ? { decimals: options.decimals } : {}),
    ...(options.budgets ? { budgets: options.budgets } : {}),
    ...(known ? { known } : {}),
  }
}

/** Counts are stored under the rule by which a policy counts; two rules would be two quantities in one column. */
async function ruleOf(
  account: AccountRef,
  typed: string | undefined,
  { policies }: Deployment['desk'],
): Promise<ConversionRule> {
  if (typed !== undefined) return parseRuleKey(typed)
  const rules = rulesOf(await policies.all(), account)
  const [rule, ...more] = rules
  if (rule && more.length === 0) return rule
  throw new RangeError(
    rule
      ? `policies count the conversions of ${accountKey(account)} by several rules: say which the file has, with --conversions "${ruleKey(rule)}"`
      : `no policy names ${accountKey(account)}, so that it is not known what its conversions are: store one with "sluice policy put", or say it with --conversions "purchase|7c|1v|mixed"`,
  )
}

function namedColumns(typed: readonly string[]): ReadonlyMap<Role, string> {
  return new Map(
    typed.map((text) => {
      const [role = '', ...heading] = text.split('=')
      if (!(ROLES as readonly string[]).includes(role) || heading.length === 0)
        throw new RangeError(
          `--column "${text}" must be role=heading, such as spend="Betrag"; roles: ${ROLES.join(', ')}`,
        )
      return [role as Role, heading.join('=')]
    }),
  )
}

async function exportFile(
  { path, typed }: { readonly path: string; readonly typed: string },
  { asOf }: ImportOptions,
  now: Instant,
): Promise<ExportFile> {
  try {
    const { size, mtimeMs } = await stat(path)
    if (size > FILE_BYTES_MAX)
      throw new RangeError(`${typed} has ${size} bytes, more than ${FILE_BYTES_MAX}: export fewer days at a time`)
    const saved = asOf === undefined ? Math.floor(mtimeMs) : instant(asOf)
    return { name: basename(typed), bytes: await readFile(path), exportedAt: Math.min(saved, now) as Instant }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new Error(`${typed} cannot be read: ${code}`)
  }
}
