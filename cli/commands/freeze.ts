import { EVERYTHING, type FreezeScope, freezeScope } from '../../lib/model/freeze.ts'
import type { Clock } from '../../lib/ports/clock.ts'
import type { FreezeStore } from '../../lib/ports/store.ts'
import { dynamoFreezeStore } from '../../lib/store/freeze-store.ts'
import { isoInstant } from '../../lib/units/calendar.ts'
import { loadTables } from '../config/config.ts'
import { ensureTables, tablesClient } from '../config/tables.ts'
import type { Screen } from '../terminal/screen.ts'
import { EXIT, type ExitCode, JSON_SCHEMA } from './exit.ts'

export interface FreezeOptions {
  readonly config: string
  readonly reason?: string | undefined
  readonly by: string
  readonly clock: Clock
}

/** Stops every push in the scope at once. Asks nothing, and reads nothing of the configuration but where the tables are. */
export async function freeze(scope: string | undefined, options: FreezeOptions, screen: Screen): Promise<ExitCode> {
  const { by, clock, reason = 'frozen from the command line' } = options
  const frozen = scopeOf(scope)
  return withFreezes(options.config, screen, async (freezes) => {
    await freezes.freeze({ scope: frozen, reason, by, at: clock.now() })
    screen.print(`Frozen: ${frozen}, by ${by}: ${reason}. Nothing is pushed there until "sluice unfreeze ${frozen}".`)
    screen.record({ schemaVersion: JSON_SCHEMA, command: 'freeze', scope: frozen, by, reason })
    return EXIT.done
  })
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

async function withFreezes(
  config: string,
  screen: Screen,
  act: (freezes: FreezeStore) => Promise<ExitCode>,
): Promise<ExitCode> {
  const tables = await loadTables(config)
  const client = tablesClient(tables)
  try {
    await ensureTables(client, tables, screen.tell)
    return await act(dynamoFreezeStore({ client, prefix: tables.prefix }))
  } finally {
    client.destroy()
  }
}
