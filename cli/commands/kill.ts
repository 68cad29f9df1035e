import { type KillPorts, type KillResult, type KillTarget, killAccount, killWords } from '../../lib/control/kill.ts'
import { type AccountRef, accountKey, parseAccountKey } from '../../lib/model/account.ts'
import type { FreezeScope } from '../../lib/model/freeze.ts'
import { memberOf } from '../../lib/model/membership.ts'
import type { Policy } from '../../lib/model/policy.ts'
import type { AccountStructure, Campaign } from '../../lib/model/structure.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import { dynamoFreezeStore } from '../../lib/store/freeze-store.ts'
import { dateAt } from '../../lib/units/calendar.ts'
import { loadReach, type Reach } from '../config/config.ts'
import { platformsOf } from '../config/deployment.ts'
import { appendJournal, journalFile, readJournalFile } from '../config/journal.ts'
import { keptPolicies } from '../config/standby.ts'
import { tablesClient } from '../config/tables.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'
import { scopeOf } from './freeze.ts'

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

/** The freeze is worth no more waiting than this: the pauses are what counts. */
const FREEZE_WAIT_MS = 3_000

/**
 * Pauses straight at the platforms, with nothing but the configuration and the credentials to write: the tables may be
 * down. Freezes the same scope beside it where they are not, so that nothing is pushed meanwhile. Asks nothing.
 */
export async function kill(scope: string, options: KillOptions, screen: Screen): Promise<ExitCode> {
  const { by, reason = 'killed from the command line', clock, config, dryRun = false } = options
  const asked = scopeOf(scope)
  const reach = await loadReach(config)
  const freezing = dryRun ? Promise.resolve('not tried: a dry run') : tryFreeze(asked, { by, reason, clock, reach })
  const policies = await keptPolicies(config, options.policies ?? [], screen.warn)
  const targets = targetsOf(asked, policies, reach, options)
  const file = journalFile(config)
  const ports: KillPorts = {
    clock,
    platforms: await platformsOf(reach, clock),
    journal: async (lines) => {
      // To the log whatever becomes of the file: either is enough to take the pauses over.
      for (const line of lines) screen.warn(line)
      await appendJournal(file, lines).catch((error: NodeJS.ErrnoException) => {
        screen.warn(`the journal ${file} cannot be written (${error.code}): keep the lines above`)
        throw error
      })
    },
  }
  const order = { by, reason, dryRun }
  const results = await Promise.all(targets.map((target) => killAccount(target, order, ports)))
  return report(asked, results, await freezing, file, dryRun, screen)
}

/** @returns what became of it, in words; never throws */
async function tryFreeze(
  scope: FreezeScope,
  { by, reason, clock, reach }: Pick<KillOptions, 'by' | 'clock'> & { reason: string; reach: Reach },
): Promise<string> {
  if (!reach.tables) return 'NOT FROZEN: tables in the configuration cannot be read'
  const client = tablesClient(reach.tables)
  const freezes = dynamoFreezeStore({ client, prefix: reach.tables.prefix })
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(
      () => resolve(`NOT FROZEN: the tables did not answer within ${FREEZE_WAIT_MS} ms`),
      FREEZE_WAIT_MS,
    )
  })
  const frozen = freezes
    .freeze({ scope, by, reason, at: clock.now() })
    .then(() => `frozen: ${scope}, until "sluice unfreeze ${scope}"`)
    .catch((error: unknown) => `NOT FROZEN: ${error instanceof Error ? error.message || error.name : String(error)}`)
  try {
    return await Promise.race([frozen, late])
  } finally {
    clearTimeout(timer)
    client.destroy()
  }
}

/** @throws Error when nothing says what is to be paused */
function targetsOf(
  scope: FreezeScope,
  policies: readonly Policy[],
  { connections }: Reach,
  { everyCampaign = false }: KillOptions,
): readonly KillTarget[] {
  const [kind, rest = ''] = splitOnce(scope, '/')
  if (kind === 'campaign') {
    const [account = '', id = ''] = splitOnce(rest, '/')
    return [{ kind: 'campaigns', account: parseAccountKey(account), ids: [id] }]
  }
  const known = policies.flatMap((policy) => policy.accounts.map(({ account }) => account))
  const connected = connections.flatMap(({ account }) => (account.endsWith(':*') ? [] : [parseAccountKey(account)]))
  const named = kind === 'account' ? [parseAccountKey(rest)] : []
  const all = new Map([...named, ...known, ...(everyCampaign ? connected : [])].map((one) => [accountKey(one), one]))
  const meant = [...all.values()].filter(
    (account) =>
      kind === 'everything' || (kind === 'platform' ? account.platform === rest : accountKey(account) === rest),
  )
  const ours = everyCampaign
    ? meant
    : meant.filter((account) => known.some((one) => accountKey(one) === accountKey(account)))
  if (ours.length === 0)
    throw new Error(
      `nothing here says what is ours in ${scope}: name its policy with --policy <file>, or one account with --every-campaign to pause whatever runs on it`,
    )
  return ours.map((account) => ({ kind: 'account', account, chosen: chosenBy(policies, account, everyCampaign) }))
}

const chosenBy =
  (policies: readonly Policy[], account: AccountRef, everyCampaign: boolean) =>
  (campaign: Campaign, { zone, readAt }: AccountStructure): boolean =>
    everyCampaign ||
    policies.some((policy) => memberOf(policy, account, campaign, dateAt(readAt, zone))?.managed === true)

function splitOnce(text: string, by: string): readonly [string, string?] {
  const at = text.indexOf(by)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

function report(
  scope: FreezeScope,
  results: readonly KillResult[],
  freeze: string,
  file: string,
  dryRun: boolean,
  screen: Screen,
): ExitCode {
  for (const result of results) {
    screen.print(dryRun ? `${accountKey(result.account)}: would pause ${result.paused.length}` : killWords(result))
    for (const { id, why } of result.running)
      screen.warn(`  ! ${accountKey(result.account)} campaign ${id} RUNS ON: ${why}; pause it at the platform`)
  }
  screen.print(freeze)
  const failed = results.some(({ failure, running }) => failure !== undefined || running.length > 0)
  screen.record({
    schemaVersion: JSON_SCHEMA,
    command: 'kill',
    scope,
    dryRun,
    freeze,
    journal: file,
    accounts: results.map(({ account, paused, running, failure }) => ({
      account: accountKey(account),
      paused,
      running,
      failure: failure ?? null,
    })),
  })
  if (!dryRun)
    screen.tell(
      `Journalled in ${file}: the next "sluice pull" or "sluice run" here takes the pauses over as ours. What is paused is started by a person, at the platform.`,
    )
  return failed ? EXIT.failed : EXIT.done
}

/** Adds the lines of another journal, or of a log, to this one's, those that are new. Pauses nothing. */
export async function takeOverJournal(from: string, config: string, screen: Screen): Promise<ExitCode> {
  const { journalLine } = await import('../../lib/model/kill-journal.ts')
  const file = journalFile(config)
  const known = new Set((await readJournalFile(file)).pauses.map(journalLine))
  const { pauses, unreadable } = await readJournalFile(from)
  const fresh = pauses.map(journalLine).filter((line) => !known.has(line))
  if (fresh.length > 0) await appendJournal(file, fresh)
  for (const line of unreadable)
    screen.warn(`line ${line} of ${from} cannot be read: pause it again, or look at the platform`)
  screen.print(`${fresh.length} pauses of ${from} are in ${file} now: the next pull takes them over.`)
  screen.record({ schemaVersion: JSON_SCHEMA, command: 'kill', takenOver: fresh.length, unreadable })
  return unreadable.length > 0 ? EXIT.failed : EXIT.done
}
