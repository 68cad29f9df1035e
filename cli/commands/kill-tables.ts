import type { FreezeScope } from '../../lib/model/freeze.ts'
import type { PolicyVersion } from '../../lib/model/policy.ts'
import { dynamoFreezeStore } from '../../lib/store/freeze-store.ts'
import { dynamoPolicyStore } from '../../lib/store/policy-store.ts'
import type { Instant } from '../../lib/units/calendar.ts'
import type { Reach } from '../config/config.ts'
import { answered, tablesClient } from '../config/tables.ts'

/** The freeze, and what the tables know, are worth no more waiting than this: the pauses are what counts. */
const WAIT_MS = 3_000

export interface KillTables {
  /** What became of the freeze, in words. Never rejects. */
  readonly freeze: Promise<string>
  /** The current policies; in words, why they are not known. Never rejects. */
  readonly policies: Promise<readonly PolicyVersion[] | string>
}

/** Asks the tables for what they can do about a kill, for a bounded time. */
export function askTables(
  scope: FreezeScope,
  { tables }: Reach,
  order: { readonly by: string; readonly reason: string; readonly at: Instant; readonly dryRun: boolean },
): KillTables {
  const { dryRun, ...pressed } = order
  if (!tables) {
    const why = 'tables in the configuration cannot be read'
    return { freeze: Promise.resolve(`NOT FROZEN: ${why}`), policies: Promise.resolve(why) }
  }
  const client = tablesClient(tables)
  const options = { client, prefix: tables.prefix }
  const freeze = dryRun
    ? Promise.resolve('not tried: a dry run')
    : answered(
        dynamoFreezeStore(options)
          .freeze({ scope, ...pressed })
          .then(() => `frozen: ${scope}, until "sluice unfreeze ${scope}"`),
        WAIT_MS,
      ).catch((error: unknown) => `NOT FROZEN: ${textOf(error)}`)
  const policies = answered(dynamoPolicyStore(options).all(), WAIT_MS).catch(textOf)
  void Promise.all([freeze, policies]).then(() => client.destroy())
  return { freeze, policies }
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error))
