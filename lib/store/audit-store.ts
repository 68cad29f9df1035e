import type { AuditRecord } from '../model/audit.ts'
import type { AuditStore } from '../ports/store.ts'
import { chainHead, readRecord } from './audited.ts'
import { type Backing, type Database, database } from './database.ts'
import { chainPk } from './keys.ts'

export function dynamoAuditStore(backing: Backing): AuditStore {
  const db = database(backing)
  return {
    records: (chain) => records(db, chain),
    head: (chain) => chainHead(db, chain),
  }
}

async function* records(db: Database, chain: string): AsyncIterable<AuditRecord> {
  for await (const page of db.pages('audit', { pk: chainPk(chain) })) yield* page.map(readRecord)
}
