import { deflateRawSync, inflateRawSync } from 'node:zlib'
import type { AuditEntry, AuditRecord, AuditWrite } from '../model/audit.ts'
import { canonicalJson, parseCanonical } from '../model/canonical.ts'
import type { CommitResult } from '../ports/store.ts'
import { type Instant, isoInstant } from '../units/calendar.ts'
import { type Attributes, type Item, integerIn, optionalTextIn, textIn } from './attributes.ts'
import { type ChainHead, nextRecord } from './audit-chain.ts'
import type { Database } from './database.ts'
import { ABSENT, condition } from './expressions.ts'
import { COMMIT_PREFIX, chainHeadKey, recordKey } from './keys.ts'
import { requestToken, type WholeAction } from './transaction.ts'

/** How often a transaction is tried again because somebody else appended to the chain. */
const TRIES = 5
const RECORD_SCHEMA = 2
/** More than any transaction of a hundred items can come to. */
const WRITES_BYTES_MAX = 50_000_000

export interface AuditedAct {
  /** The same act always has the same one. */
  readonly token: string
  readonly chain: string
  readonly at: Instant
  readonly actions: readonly WholeAction[]
  readonly entries: readonly AuditEntry[]
}

/**
 * Carries out `actions` and appends `entries` to the chain as one record, all or none. The record also holds every item
 * as the actions leave it, so that no write can be left out of the log by whoever words its entries.
 *
 * When only the chain moved on meanwhile, the record is linked anew and the whole tried again: who wrote first in a chain
 * does not matter. Any other conflict is the caller's to judge.
 */
export async function transactAudited(db: Database, act: AuditedAct): Promise<CommitResult> {
  const chain = `chain ${act.chain}`
  const writes = act.actions.flatMap(writeOf)
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const head = await chainHead(db, act.chain)
    const record = nextRecord(act.chain, head, act.at, act.entries, writes)
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

/** Marks that only stop a repetition are no state; alerts go on counting between what is recorded of them. */
const isState = ({ kind, table, key }: WholeAction): boolean =>
  kind !== 'check' && table === 'control' && !key.pk.startsWith(COMMIT_PREFIX) && !key.sk.startsWith('ALERT#')

function writeOf(action: WholeAction): readonly AuditWrite[] {
  if (!isState(action)) return []
  return [{ ...action.key, ...(action.kind === 'put' ? { item: present(action.attributes) } : {}) }]
}

function present(attributes: Attributes): NonNullable<AuditWrite['item']> {
  const kept: Record<string, string | bigint | number | boolean> = {}
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) kept[name] = value
  return kept
}

// Twenty-five levers and intents are much alike: packed, they take a tenth.
const packedWrites = (writes: readonly AuditWrite[]): string => deflateRawSync(canonicalJson(writes)).toString('base64')
const unpackedWrites = (packed: string): readonly AuditWrite[] =>
  parseCanonical(inflateRawSync(Buffer.from(packed, 'base64'), { maxOutputLength: WRITES_BYTES_MAX }).toString('utf8'))

function append(record: AuditRecord, head: ChainHead | undefined, name: string): readonly WholeAction[] {
  const { chain, sequence } = record
  return [
    {
      kind: 'put',
      name,
      table: 'control',
      key: chainHeadKey(chain),
      attributes: headAttributes(record),
      when: head ? condition('#sequence = :read AND #hash = :hash', { read: head.sequence, hash: head.hash }) : ABSENT,
    },
    {
      kind: 'put',
      name,
      table: 'audit',
      key: recordKey(chain, sequence),
      attributes: recordAttributes(record),
      when: ABSENT,
    },
  ]
}

export const recordAttributes = ({ chain, sequence, at, entries, writes, ...hashes }: AuditRecord): Attributes => ({
  ...{ chain, sequence, ...hashes, atMs: at },
  entries: canonicalJson(entries),
  writes: writes && packedWrites(writes),
  asOf: isoInstant(at),
  schemaVersion: RECORD_SCHEMA,
})

export const headAttributes = ({ chain, sequence, hash, at }: AuditRecord): Attributes => ({
  ...{ chain, sequence, hash },
  asOf: isoInstant(at),
  schemaVersion: RECORD_SCHEMA,
})

export const readRecord = (item: Item): AuditRecord => ({
  ...writesIn(item),
  chain: textIn(item, 'chain'),
  sequence: integerIn(item, 'sequence'),
  at: integerIn(item, 'atMs') as Instant,
  entries: parseCanonical<readonly AuditEntry[]>(textIn(item, 'entries')),
  previousHash: textIn(item, 'previousHash'),
  hash: textIn(item, 'hash'),
})

function writesIn(item: Item): Pick<AuditRecord, 'writes'> {
  const packed = optionalTextIn(item, 'writes')
  return packed === undefined ? {} : { writes: unpackedWrites(packed) }
}
