import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { accountKey } from '../../lib/model/account.ts'
import { EVERYTHING, type FreezeScope, freezeScope } from '../../lib/model/freeze.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { FreezeStore } from '../../lib/ports/store.ts'
import { dynamoFreezeStore } from '../../lib/store/freeze-store.ts'
import type { StoreOptions } from '../../lib/store/link.ts'
import { isoInstant } from '../../lib/units/calendar.ts'
import { loadTables, type TablesConfig } from '../config/config.ts'
import { answered, ensureTables, tablesClient } from '../config/tables.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'

export interface FreezeOptions {
  readonly config: string
  readonly reason?: string | undefined
  readonly by: string
  readonly clock: Clock
  /** How long the tables are waited for. */
  readonly patienceMs?: number
}

/** So long a freeze is tried: whoever pressed must know soon whether to press something else. */
const PATIENCE_MS = 10_000

/**
 * Stops every push in the scope at once. Asks nothing, and reads nothing of the configuration but where the tables are.
 * What it froze it says first, and only then whether anything that is pushed to has that name.
 *
 * @throws Error that begins with NOT FROZEN where the tables do not take it, or not in time
 */
export async function freeze(scope: string | undefined, options: FreezeOptions, screen: Screen): Promise<ExitCode> {
  const { by, clock, reason = 'frozen from the command line', patienceMs = PATIENCE_MS } = options
  const frozen = scopeOf(scope)
  return withTables(options.config, async (tables, link) => {
    const asked = ensureTables(link.client, tables, screen.tell).then(() =>
      dynamoFreezeStore(link).freeze({ scope: frozen, reason, by, at: clock.now() }),
    )
    await answered(asked, patienceMs).catch((error: unknown) => {
      throw new Error(
        `NOT FROZEN: ${textOf(error)}; press again, or pause at the platforms, without the tables: sluice kill ${frozen === EVERYTHING ? EVERYTHING : frozen.slice(frozen.indexOf('/') + 1)}`,
      )
    })
    screen.print(`Frozen: ${frozen}, by ${by}: ${reason}. Nothing is pushed there until "sluice unfreeze ${frozen}".`)
    const stray = await answered(strayIn(frozen, link), patienceMs).catch(
      (error: unknown) => void screen.tell(`not looked whether anything has that name: ${textOf(error)}`),
    )
    if (stray !== undefined) screen.warn(`! ${stray}`)
    screen.record({
      schemaVersion: JSON_SCHEMA,
      command: 'freeze',
      scope: frozen,
      by,
      reason,
      warning: stray ?? null,
    })
    return stray === undefined ? EXIT.done : EXIT.failed
  })
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error))

/** Where nothing that Sluice pushes to is in the scope, in words: the name was mistyped, more often than not. */
async function strayIn(scope: FreezeScope, link: StoreOptions): Promise<string | undefined> {
  if (scope === EVERYTHING) return undefined
  const [policies, facts] = await Promise.all([
    import('../../lib/store/policy-store.ts'),
    import('../../lib/store/fact-store.ts'),
  ])
  const versions = await policies.dynamoPolicyStore(link).all()
  const accounts = [
    ...new Map(versions.flatMap(({ policy }) => policy.accounts).map((one) => [accountKey(one.account), one.account])),
  ]
  // Before the first policy nothing is pushed, and every name may be right.
  if (accounts.length === 0) return undefined
  const [kind, of = '', campaign] = scope.split('/')
  const within = accounts.filter(([key, { platform }]) => (kind === 'platform' ? platform : key) === of)
  const [[, account] = []] = within
  if (!account)
    return `no policy names an account in ${scope}: nothing that is pushed was stopped. Pushed to are ${accounts.map(([key]) => key).join(', ')}`
  if (campaign === undefined) return undefined
  const structure = await facts.dynamoFactStore(link).structure(account)
  return !structure || structure.campaigns.some(({ id }) => id === campaign)
    ? undefined
    : `${of} has no campaign ${campaign}, as it was read last: nothing that is pushed was stopped`
}

export interface UnfreezeOptions extends FreezeOptions {
  /** The scope again: instead of typing it when asked. */
  readonly confirm?: string | undefined
}

/** Lets pushes go on. The slow one: the scope is typed a second time. @throws Error when it is not confirmed */
export async function unfreeze(scope: string | undefined, options: UnfreezeOptions, screen: Screen): Promise<ExitCode> {
  const { by, clock, reason = 'unfrozen from the command line' } = options
  const asked = scopeOf(scope)
  return withFreezes(options.config, screen, async (freezes) => {
    const [found] = await freezes.active([asked])
    const all = await freezes.all()
    if (!found) {
      const others = all.map((one) => one.scope).join(', ')
      screen.tell(`${asked} is not frozen; ${others ? `frozen: ${others}` : 'nothing is'}`)
      screen.record({ schemaVersion: JSON_SCHEMA, command: 'unfreeze', scope: asked, changed: false })
      return EXIT.done
    }
    screen.tell(`${asked} was frozen at ${isoInstant(found.at)} by ${found.by}: ${found.reason}`)
    await confirmed(asked, options, screen)
    await freezes.unfreeze(asked, by, reason, clock.now())
    screen.print(`Unfrozen: ${asked}.`)
    screen.record({ schemaVersion: JSON_SCHEMA, command: 'unfreeze', scope: asked, changed: true })
    return EXIT.done
  })
}

async function confirmed(scope: FreezeScope, { confirm }: UnfreezeOptions, screen: Screen): Promise<void> {
  if (confirm === undefined && !screen.canAsk)
    throw new Error(`nobody can be asked here: repeat the scope with --confirm ${scope}`)
  const answer = confirm ?? (await screen.ask(`Type ${scope} to let pushes go on: `))
  if (answer !== scope) throw new Error(`not unfrozen: "${answer}" is not ${scope}`)
}

/** Also `meta`, `meta:123` and `meta:123/456`. @throws RangeError */
export function scopeOf(text: string | undefined): FreezeScope {
  if (text === undefined || text === EVERYTHING) return EVERYTHING
  const [first = ''] = text.split('/')
  if (first.includes(':')) return freezeScope(`${first === text ? 'account' : 'campaign'}/${text}`)
  return freezeScope(first === text ? `platform/${text}` : text)
}

/** The tables that are in use; made where they are missing on this machine. */
const withFreezes = (
  config: string,
  screen: Screen,
  act: (freezes: FreezeStore) => Promise<ExitCode>,
): Promise<ExitCode> =>
  withTables(config, async (tables, link) => {
    await ensureTables(link.client, tables, screen.tell)
    return act(dynamoFreezeStore(link))
  })

async function withTables(
  config: string,
  act: (tables: TablesConfig, link: StoreOptions & { readonly client: DynamoDBClient }) => Promise<ExitCode>,
): Promise<ExitCode> {
  const tables = await loadTables(config)
  const client = tablesClient(tables)
  try {
    return await act(tables, { client, prefix: tables.prefix })
  } finally {
    client.destroy()
  }
}
