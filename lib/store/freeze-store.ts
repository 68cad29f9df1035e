import type { AuditEntry } from '../model/audit.ts'
import type { Freeze, FreezeScope } from '../model/freeze.ts'
import type { FreezeStore } from '../ports/store.ts'
import { type Instant, isoInstant } from '../units/calendar.ts'
import { type Item, integerIn, textIn } from './attributes.ts'
import { transactAudited } from './audited.ts'
import { type Backing, type Database, database } from './database.ts'
import { condition } from './expressions.ts'
import { FREEZES_PK, freezeKey } from './keys.ts'
import type { WholeAction } from './transaction.ts'

/** The audit chain of everything that is frozen and unfrozen. */
export const FREEZES_CHAIN = 'freezes'
const FREEZE_SCHEMA = 1

/**
 * All freezes stand in one partition, because they are few: one query answers for any number of scopes, and costs less
 * than asking for each.
 */
export function dynamoFreezeStore(backing: Backing): FreezeStore {
  const db = database(backing)
  const all = async (): Promise<readonly Freeze[]> => (await db.query('control', { pk: FREEZES_PK })).map(readFreeze)
  return {
    all,
    async active(scopes) {
      const asked = new Set(scopes)
      return (await all()).filter(({ scope }) => asked.has(scope))
    },
    freeze: (freeze) => setFreeze(db, freeze),
    unfreeze: (scope, by, reason, at) => removeFreeze(db, { scope, by, reason, at }),
  }
}

async function setFreeze(db: Database, freeze: Freeze): Promise<void> {
  const { scope, reason, by, at } = freeze
  const asOf = isoInstant(at)
  await record(db, freeze, 'freeze', {
    kind: 'put',
    name: `freeze ${scope}`,
    table: 'control',
    key: freezeKey(scope),
    attributes: { scope, reason, by, atMs: at, asOf, schemaVersion: FREEZE_SCHEMA },
  })
}

/** Nothing to do, and nothing to record, where the scope is not frozen. */
async function removeFreeze(db: Database, freeze: Freeze): Promise<void> {
  const { scope } = freeze
  await record(db, freeze, 'unfreeze', {
    kind: 'delete',
    name: `freeze ${scope}`,
    table: 'control',
    key: freezeKey(scope),
    when: condition('attribute_exists(#pk)'),
  })
}

/** @throws Error when a freeze could not be written for all the others that were being written */
async function record(db: Database, freeze: Freeze, kind: 'freeze' | 'unfreeze', action: WholeAction): Promise<void> {
  const { scope, by, reason, at } = freeze
  const entry: AuditEntry = { kind, scope, by, reason }
  const token = [kind, scope, by, reason, at].join('\n')
  const result = await transactAudited(db, { token, chain: FREEZES_CHAIN, at, actions: [action], entries: [entry] })
  if (result.kind === 'committed' || (kind === 'unfreeze' && result.on.includes(action.name))) return
  throw new Error(`could not ${kind} ${scope}: too many others are writing ${result.on.join(', ')}; try again`)
}

const readFreeze = (item: Item): Freeze => ({
  scope: textIn(item, 'scope') as FreezeScope,
  reason: textIn(item, 'reason'),
  by: textIn(item, 'by'),
  at: integerIn(item, 'atMs') as Instant,
})
