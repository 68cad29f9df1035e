import type { AuditRecord, AuditWrite } from '../model/audit.ts'
import { parseCanonical } from '../model/canonical.ts'
import type { IntentRecord } from '../model/intent.ts'
import type { LeverState } from '../model/lever-state.ts'
import { INTENT_PREFIX, LEVER_PREFIX } from './keys.ts'

/** The levers and intents that a record of the audit left in the tables, as it left them. */
export function loggedMoney({ writes = [] }: AuditRecord): {
  readonly levers: readonly LeverState[]
  readonly intents: readonly IntentRecord[]
} {
  return { levers: under<LeverState>(LEVER_PREFIX, writes), intents: under<IntentRecord>(INTENT_PREFIX, writes) }
}

const under = <T>(prefix: string, writes: readonly AuditWrite[]): readonly T[] =>
  writes.flatMap(({ sk, item }) =>
    sk.startsWith(prefix) && typeof item?.record === 'string' ? [parseCanonical<T>(item.record)] : [],
  )
