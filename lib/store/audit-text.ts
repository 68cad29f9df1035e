/**
 * The log as a file: JSON lines, chain after chain. First what it is, then every record, after each chain its head as the
 * tables have it, at last how much there was: whatever is missing from a file can be told from the file.
 */
import type { AuditFinding, AuditRecord } from '../model/audit.ts'
import { canonicalJson, parseCanonical } from '../model/canonical.ts'
import { type ChainHead, flawOf, GENESIS } from './audit-chain.ts'

export const FORMAT = 'sluice-audit'
const VERSION = 1
const DAMAGED = 'take another copy of the export, or export anew; do not restore from this one'

export type AuditLine =
  | { readonly kind: 'begin'; readonly format: string; readonly version: number; readonly at: string }
  | { readonly kind: 'record'; readonly record: AuditRecord }
  | { readonly kind: 'head'; readonly chain: string; readonly sequence: number; readonly hash: string }
  | { readonly kind: 'end'; readonly chains: number; readonly records: number }

export const beginLine = (at: string): AuditLine => ({ kind: 'begin', format: FORMAT, version: VERSION, at })
export const lineText = (line: AuditLine): string => canonicalJson(line)

/** What went through a reading of a file, and whether all of it was as it was written. */
export interface FileReading {
  readonly heads: ReadonlyMap<string, ChainHead>
  readonly records: number
  readonly findings: readonly AuditFinding[]
}

interface Reading {
  readonly heads: Map<string, ChainHead>
  records: number
  chain: string | undefined
  last: ChainHead
  ended: boolean
}

/**
 * Reads a file from its first line to its last; stops at the first that is wrong.
 *
 * @param onRecord told of each record that follows the one before it
 */
export async function readAuditFile(
  lines: AsyncIterable<string>,
  onRecord: (record: AuditRecord) => void | Promise<void> = () => {},
): Promise<FileReading> {
  const reading: Reading = { heads: new Map(), records: 0, chain: undefined, last: GENESIS, ended: false }
  let number = 0
  const ended = (finding?: AuditFinding): FileReading => ({
    ...{ heads: reading.heads, records: reading.records },
    findings: finding ? [finding] : [],
  })
  for await (const text of lines) {
    number += 1
    if (text === '') continue
    const line = parsed(text)
    const problem = line ? wrong(line, number, reading) : 'it is no line of an export'
    if (problem) return ended(fileFinding(number, reading, problem))
    if (line?.kind === 'record') await onRecord(line.record)
  }
  if (reading.ended) return ended()
  const missing = reading.chain === undefined ? 'the end of the file' : `the head of chain ${reading.chain}`
  return ended(fileFinding(number + 1, reading, `${missing} is missing: the file was cut off`))
}

const fileFinding = (number: number, { chain = '', last }: Reading, problem: string): AuditFinding => ({
  ...{ kind: 'chain', chain, sequence: last.sequence + 1, problem: `line ${number}: ${problem}`, remedy: DAMAGED },
})

function parsed(text: string): AuditLine | undefined {
  try {
    const line = parseCanonical<AuditLine | undefined>(text)
    return typeof line === 'object' && typeof line?.kind === 'string' ? line : undefined
  } catch {
    return undefined
  }
}

/** Takes a line in; what is wrong with it, in words. */
function wrong(line: AuditLine, number: number, reading: Reading): string | undefined {
  if (reading.ended) return 'something follows the end'
  if ((line.kind === 'begin') !== (number === 1))
    return number === 1 ? 'it does not say that this is an export of the audit' : 'an export begins a second time'
  switch (line.kind) {
    case 'begin':
      return line.format === FORMAT && line.version === VERSION
        ? undefined
        : `${line.format} ${line.version} cannot be read: only ${FORMAT} ${VERSION} can`
    case 'record':
      return wrongRecord(line.record, reading)
    case 'head':
      return wrongHead(line, reading)
    case 'end':
      return wrongEnd(line, reading)
    default:
      return 'it is no line of an export'
  }
}

function wrongRecord(record: AuditRecord, reading: Reading): string | undefined {
  const { chain } = record
  if (reading.chain === undefined) {
    if (reading.heads.has(chain)) return `chain ${chain} ended before`
    reading.chain = chain
    reading.last = GENESIS
  }
  if (chain !== reading.chain) return `a record of chain ${chain} comes before the head of chain ${reading.chain}`
  const problem = flawOf(record, reading.last)
  if (problem) return `record ${reading.last.sequence + 1} of chain ${chain}: ${problem}`
  reading.last = { sequence: record.sequence, hash: record.hash }
  reading.records += 1
  return undefined
}

function wrongHead(head: Extract<AuditLine, { kind: 'head' }>, reading: Reading): string | undefined {
  const { chain, sequence, hash } = head
  if (chain !== reading.chain) return `the head of chain ${chain} comes where chain ${reading.chain ?? '(none)'} ends`
  const { last } = reading
  if (sequence !== last.sequence || hash !== last.hash)
    return `chain ${chain} ends with record ${last.sequence} ${last.hash}, and its head says ${sequence} ${hash}`
  reading.heads.set(chain, last)
  reading.chain = undefined
  return undefined
}

function wrongEnd({ chains, records }: Extract<AuditLine, { kind: 'end' }>, reading: Reading): string | undefined {
  if (reading.chain !== undefined) return `the head of chain ${reading.chain} is missing`
  if (chains !== reading.heads.size || records !== reading.records)
    return `it has ${reading.heads.size} chains and ${reading.records} records, and says ${chains} and ${records}`
  reading.ended = true
  return undefined
}
