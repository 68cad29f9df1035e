import type { AuditEntry, AuditRecord } from '../model/audit.ts'
import { canonicalJson, parseCanonical } from '../model/canonical.ts'
import type { CommitResult } from '../ports/store.ts'
import { type Instant, isoInstant } from '../units/calendar.ts'
import { type Item, integerIn, textIn } from './attributes.ts'
import { type ChainHead, nextRecord } from './audit-chain.ts'
import type { Database } from './database.ts'
import { ABSENT, condition } from './expressions.ts'
import { chainHeadKey, recordKey } from './keys.ts'
import { type Action, requestToken } from './transaction.ts'

/** How often a transaction is tried again because somebody else appended to the chain. */
const TRIES = 5
const RECORD_SCHEMA = 1

export interface AuditedAct {
  /** The same act always has the same one. */
  readonly token: string
  readonly chain: string
  readonly at: Instant
  readonly actions: readonly Action[]
  readonly entries: readonly AuditEntry[]
}

/**
 * Carries out `actions` and appends `entries` to the chain as one record, all or none.
 *
 * When only the chain moved on meanwhile, the record is linked anew and the whole tried again: who wrote first in a chain
 * does not matter. Any other conflict is the caller's to judge.
 */
export async function transactAudited(db: Database, act: AuditedAct): Promise<CommitResult> {
  const chain = `chain ${act.chain}`
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const head = await chainHead(db, act.chain)
    const record = nextRecord(act.chain, head, act.at, act.entries)
    // The link is part of the token: linked anew, it is another request.
    const token = requestToken(act.token, record.sequence, record.previousHash)
    const outcome = await db.transact([...act.actions, ...append(record, head, chain)], token)
    if (outcome.kind === 'done') return { kind: 'committed' }
    const others = outcome.on.filter((name) => name !== chain)
    if (others.length > 0) return { kind: 'conflict', on: others }
  }
  return { kind: 'conflict', on: [chain] }
}

export async function chainHead(db: Database, chain: string): Promise<ChainHead | undefined> {
  const item = await db.get('control', chainHeadKey(chain))
  return item && { sequence: integerIn(item, 'sequence'), hash: textIn(item, 'hash') }
}

function append(record: AuditRecord, head: ChainHead | undefined, name: string): readonly Action[] {
  const { chain, sequence, at, entries, previousHash, hash } = record
  const link = { chain, sequence, hash, asOf: isoInstant(at), schemaVersion: RECORD_SCHEMA }
  return [
    {
      kind: 'put',
      name,
      table: 'control',
      key: chainHeadKey(chain),
      attributes: link,
      when: head ? condition('#sequence = :read AND #hash = :hash', { read: head.sequence, hash: head.hash }) : ABSENT,
    },
    {
      kind: 'put',
      name,
      table: 'audit',
      key: recordKey(chain, sequence),
      attributes: { ...link, atMs: at, previousHash, entries: canonicalJson(entries) },
      when: ABSENT,
    },
  ]
}

export const readRecord = (item: Item): AuditRecord => ({
  chain: textIn(item, 'chain'),
  sequence: integerIn(item, 'sequence'),
  at: integerIn(item, 'atMs') as Instant,
  entries: parseCanonical<readonly AuditEntry[]>(textIn(item, 'entries')),
  previousHash: textIn(item, 'previousHash'),
  hash: textIn(item, 'hash'),
})
