import { type KillPorts, type KillResult, type KillTarget, killAccount, killWords } from '../../lib/control/kill.ts'
import { type AccountKey, accountKey, sameAccount } from '../../lib/model/account.ts'
import type { FreezeScope } from '../../lib/model/freeze.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { PlatformRegistry } from '../../lib/ports/platform.ts'
import { loadReach, type Reach } from '../config/config.ts'
import { platformsOf } from '../config/deployment.ts'
import { appendJournal, journalFile, readJournalFile } from '../config/journal.ts'
import { keptPolicies } from '../config/standby.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { scopeOf } from './freeze.ts'
import { askTables } from './kill-tables.ts'
import { targetsOf, unknownIn } from './kill-targets.ts'

export interface KillOptions {
  readonly config: string
  readonly clock: Clock
  readonly by: string
  readonly reason?: string | undefined
  /** Policy files that say what is ours, beside those that were stored from here. */
  readonly policies?: readonly string[] | undefined
  /** Whatever runs on the account, ours or not. */
  readonly everyCampaign?: boolean | undefined
  readonly dryRun?: boolean | undefined
}

/**
 * Pauses straight at the platforms, with nothing but the configuration and the credentials to write: the tables may be
 * down. Freezes the same scope beside it where they are not, so that nothing is pushed meanwhile. Asks nothing.
 *
 * What is ours say the copies of policies in this folder, at once, and the tables too where they answer in time.
 */
export async function kill(scope: string, options: KillOptions, screen: Screen): Promise<ExitCode> {
  const { by, reason = 'killed from the command line', clock, config, dryRun = false, everyCampaign = false } = options
  const asked = scopeOf(scope)
  const reach = await loadReach(config)
  const tables = askTables(asked, reach, { by, reason, at: clock.now(), dryRun })
  try {
    const ports = portsOf(await platformsOf(reach, clock), options, screen)
    const started = new Map<AccountKey, Promise<KillResult>>()
    const press = (target: KillTarget): void => {
      const key = accountKey(target.account)
      const before = started.get(key)
      const pressed = (): Promise<KillResult> => killAccount(target, { by, reason, dryRun }, ports)
      started.set(key, before ? before.then(async (first) => together(first, await pressed())) : pressed())
    }
    const lost: string[] = []
    const kept = await keptPolicies(config, options.policies ?? [], (text) => {
      lost.push(text)
      screen.warn(text)
    })
    for (const target of targetsOf(asked, kept, reach, everyCampaign)) press(target)
    const stored = await tables.policies
    const fresh = newIn(stored, kept)
    for (const target of targetsOf(asked, [...kept, ...fresh], reach, everyCampaign))
      if (!started.has(accountKey(target.account)) || (!everyCampaign && isNamedIn(fresh, target))) press(target)
    // A campaign by its id needs nobody to say that it is ours.
    const isNamed = asked.startsWith('campaign/')
    const unknown =
      typeof stored === 'string' && !isNamed ? [...lost, ...sayUnknown(asked, kept, stored, reach, screen)] : []
    if (started.size === 0) throw new Error(nothingIn(asked))
    const results = await Promise.all(started.values())
    return report(asked, results, { freeze: await tables.freeze, unknown, file: journalFile(config), dryRun }, screen)
  } catch (error) {
    // Whoever pressed must know in any case whether pushes are frozen now.
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${await tables.freeze}`)
  }
}

function portsOf(platforms: PlatformRegistry, { clock, config }: KillOptions, screen: Screen): KillPorts {
  const file = journalFile(config)
  return {
    clock,
    platforms,
    journal: async (lines) => {
      // To the log whatever becomes of the file: either is enough to take the pauses over.
      for (const line of lines) screen.warn(line)
      await appendJournal(file, lines).catch((error: NodeJS.ErrnoException) => {
        screen.warn(`the journal ${file} cannot be written (${error.code}): keep the lines above`)
        throw error
      })
    },
  }
}

/** What the tables have and this folder has not. */
const newIn = (stored: readonly PolicyVersion[] | string, kept: readonly PolicyVersion[]): readonly PolicyVersion[] =>
  typeof stored === 'string' ? [] : stored.filter(({ version }) => !kept.some((one) => one.version === version))

const isNamedIn = (versions: readonly PolicyVersion[], { kind, account }: KillTarget): boolean =>
  kind === 'account' && versions.some(({ policy }) => policy.accounts.some((one) => sameAccount(one.account, account)))

/** Of one account, pressed twice. */
function together(first: KillResult, second: KillResult): KillResult {
  const paused = [...new Set([...first.paused, ...second.paused])]
  return second.failure === undefined ? { ...second, paused } : { ...first, failure: second.failure }
}

/** Whoever relies on a kill must know what it could not know. */
function sayUnknown(
  scope: FreezeScope,
  kept: readonly PolicyVersion[],
  why: string,
  reach: Reach,
  screen: Screen,
): readonly string[] {
  const known = kept.map(({ policy }) => policy.portfolio).join(', ')
  screen.warn(`the tables did not say what is ours (${why}): known are the copies here, of ${known || 'no portfolio'}`)
  const unknown = unknownIn(scope, kept, reach)
  for (const pattern of unknown)
    screen.warn(
      `  ! ${pattern} is connected and named by no policy here: what is ours there RUNS ON; use --policy <file>`,
    )
  return unknown
}

const nothingIn = (scope: FreezeScope): string =>
  `nothing here says what is ours in ${scope}: name its policy with --policy <file>, or one account with --every-campaign to pause whatever runs on it`

interface Pressed {
  readonly freeze: string
  readonly unknown: readonly string[]
  readonly file: string
  readonly dryRun: boolean
}

function report(
  scope: FreezeScope,
  results: readonly KillResult[],
  { freeze, unknown, file, dryRun }: Pressed,
  screen: Screen,
): ExitCode {
  for (const result of results) sayResult(result, dryRun, screen)
  screen.print(freeze)
  const failed = unknown.length > 0 || results.some(isIncomplete)
  screen.record({
    schemaVersion: JSON_SCHEMA,
    command: 'kill',
    scope,
    dryRun,
    freeze,
    journal: file,
    unknown,
    accounts: results.map(({ account, paused, running, missing = [], others = 0, failure }) => ({
      account: accountKey(account),
      paused,
      running,
      missing,
      others,
      failure: failure ?? null,
    })),
  })
  if (!dryRun)
    screen.tell(
      `Journalled in ${file}: the next "sluice pull" or "sluice run" here takes the pauses over as ours. What is paused is started by a person, at the platform.`,
    )
  return failed ? EXIT.failed : EXIT.done
}

function sayResult(result: KillResult, dryRun: boolean, screen: Screen): void {
  const { account, paused, running, missing = [], others = 0, failure } = result
  const key = accountKey(account)
  screen.print(dryRun && failure === undefined ? `${key}: would pause ${paused.length}` : killWords(result))
  for (const { id, why } of running) screen.warn(`  ! ${key} campaign ${id} RUNS ON: ${why}; pause it at the platform`)
  for (const id of missing) screen.warn(`  ! ${key} has no campaign ${id}: correct its id; nothing was paused for it`)
  if (others > 0) screen.warn(`  ${key}: ${others} that no policy calls ours run on; --every-campaign pauses them too`)
}

const isIncomplete = ({ failure, running, missing = [] }: KillResult): boolean =>
  failure !== undefined || running.length > 0 || missing.length > 0

/** Adds the lines of another journal, or of a log, to this one's, those that are new. Pauses nothing. */
export async function takeOverJournal(from: string, config: string, screen: Screen): Promise<ExitCode> {
  const { journalLine } = await import('../../lib/model/kill-journal.ts')
  const file = journalFile(config)
  const known = new Set((await readJournalFile(file)).pauses.map(journalLine))
  const { pauses, unreadable } = await readJournalFile(from)
  if (pauses.length + unreadable.length === 0)
    throw new Error(`${from} is not there, or has no line of a kill's journal: name the file that has`)
  const fresh = pauses.map(journalLine).filter((line) => !known.has(line))
  if (fresh.length > 0) await appendJournal(file, fresh)
  for (const line of unreadable)
    screen.warn(`line ${line} of ${from} cannot be read: pause it again, or look at the platform`)
  screen.print(`${fresh.length} pauses of ${from} are in ${file} now: the next pull takes them over.`)
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'kill', takenOver: fresh.length, unreadable })
  return unreadable.length > 0 ? EXIT.failed : EXIT.done
}
