import { describe, expect, test } from 'vitest'
import type { AuditRecord } from '../../lib/model/audit.ts'
import { type ChainHead, nextRecord, recordHash, verifyChain } from '../../lib/store/audit-chain.ts'
import { NOON } from './samples.ts'

function chain(length: number): AuditRecord[] {
  const records: AuditRecord[] = []
  let head: ChainHead | undefined
  for (let i = 1; i <= length; i += 1) {
    const record = nextRecord('meta:1', head, NOON, [{ kind: 'plan', plan: `p${i}`, approval: 'approved', by: 'ann' }])
    records.push(record)
    head = record
  }
  return records
}

test("a record's hash is the SHA-256 of the previous hash and its canonical text", () => {
  // printf '%s' "$(printf '0%.0s' $(seq 64)){\"at\":1,\"chain\":\"c\",\"entries\":[],\"sequence\":1}" | sha256sum
  const record = { chain: 'c', sequence: 1, at: 1 as never, entries: [], previousHash: '0'.repeat(64) }
  expect(recordHash(record)).toBe('03489b816f4ffc16ffd41b2545c2d56690c9935a80b6f38fb698c6897b913c56')
})

describe('a chain', () => {
  test('that is as it was written is intact, and ends at its last record', () => {
    const records = chain(3)
    const head = { sequence: 3, hash: records[2]!.hash }
    expect(verifyChain(records, head)).toEqual({ kind: 'intact', head })
  })

  test('without records is intact and stands at 0', () => {
    expect(verifyChain([])).toEqual({ kind: 'intact', head: { sequence: 0, hash: '0'.repeat(64) } })
  })

  test.each<[string, (records: AuditRecord[]) => AuditRecord[], number]>([
    ['one entry was changed', ([a, b, c]) => [a!, { ...b!, entries: [] }, c!], 2],
    ['a record was changed and its hash made to fit', ([a, b, c]) => [a!, rehashed({ ...b!, entries: [] }), c!], 3],
    ['a record was dropped', ([a, , c]) => [a!, c!], 2],
    ['two records changed places', ([a, b, c]) => [b!, a!, c!], 1],
    ['a record was put in twice', ([a, b, c]) => [a!, b!, b!, c!], 3],
    ['the instant was moved', ([a, b, c]) => [a!, b!, { ...c!, at: 0 as never }], 3],
  ])('is broken where %s', (_name, tamper, sequence) => {
    expect(verifyChain(tamper(chain(3)))).toMatchObject({ kind: 'broken', sequence })
  })

  test('whose last record was dropped is broken there, by its head', () => {
    const [a, b, c] = chain(3)
    expect(verifyChain([a!, b!], { sequence: 3, hash: c!.hash })).toMatchObject({ kind: 'broken', sequence: 3 })
  })

  test('that goes on after its head is broken', () => {
    const [a, b] = chain(2)
    expect(verifyChain([a!, b!], { sequence: 1, hash: a!.hash }).kind).toBe('broken')
  })
})

const rehashed = (record: AuditRecord): AuditRecord => ({ ...record, hash: recordHash(record) })
