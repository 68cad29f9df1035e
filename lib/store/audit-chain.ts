import type { AuditEntry, AuditRecord, AuditWrite } from '../model/audit.ts'
import { canonicalJson, hashOfText } from '../model/canonical.ts'
import type { Instant } from '../units/calendar.ts'

/** The end of a chain: its last record. */
export interface ChainHead {
  readonly sequence: number
  readonly hash: string
}

/** What the first record of every chain follows. */
export const GENESIS: ChainHead = { sequence: 0, hash: '0'.repeat(64) }

/** SHA-256 of the previous hash followed by the canonical text of all the rest of the record. */
export const recordHash = ({ chain, sequence, at, entries, writes, previousHash }: Omit<AuditRecord, 'hash'>): string =>
  hashOfText(previousHash + canonicalJson({ chain, sequence, at, entries, writes }))

export function nextRecord(
  chain: string,
  head: ChainHead | undefined,
  at: Instant,
  entries: readonly AuditEntry[],
  writes: readonly AuditWrite[] = [],
): AuditRecord {
  const { sequence, hash: previousHash } = head ?? GENESIS
  const record = {
    ...{ chain, sequence: sequence + 1, at, entries, previousHash },
    ...(writes.length > 0 ? { writes } : {}),
  }
  return { ...record, hash: recordHash(record) }
}

export type Verification =
  | { readonly kind: 'intact'; readonly head: ChainHead }
  | { readonly kind: 'broken'; readonly sequence: number; readonly problem: string }

/**
 * Whether the records are one chain from its beginning, nothing changed, dropped, reordered or added.
 *
 * @param head where the chain must end; without it a chain whose last records were dropped looks intact
 * @returns the first sequence that is not as it was written
 */
export function verifyChain(records: Iterable<AuditRecord>, head?: ChainHead): Verification {
  let last = GENESIS
  for (const record of records) {
    const sequence = last.sequence + 1
    const problem = flawOf(record, last)
    if (problem) return { kind: 'broken', sequence, problem }
    last = { sequence, hash: record.hash }
  }
  if (head && head.sequence > last.sequence)
    return { kind: 'broken', sequence: last.sequence + 1, problem: `records up to ${head.sequence} are missing` }
  if (head && (head.sequence < last.sequence || head.hash !== last.hash))
    return { kind: 'broken', sequence: last.sequence, problem: `the head stands at ${head.sequence} ${head.hash}` }
  return { kind: 'intact', head: last }
}

/** Why a record cannot be what follows `last` in the chain, in words; undefined when it is. */
export function flawOf(record: AuditRecord, last: ChainHead): string | undefined {
  if (record.sequence !== last.sequence + 1) return `record ${record.sequence} stands in its place`
  if (record.previousHash !== last.hash) return `it follows ${record.previousHash}, not ${last.hash}`
  if (record.hash !== recordHash(record)) return `its content does not have its hash ${record.hash}`
  return undefined
}
