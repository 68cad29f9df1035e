/** The log of a file put into empty tables, with the state that it folds to. */
import type { AuditRecord, AuditWrite } from '../model/audit.ts'
import { EVERYTHING } from '../model/freeze.ts'
import type { PlanHeader, PlanId } from '../model/plan.ts'
import type { Instant } from '../units/calendar.ts'
import { auditArchive } from './audit-archive.ts'
import { type Fold, foldKey, foldRecord } from './audit-state.ts'
import { type FileReading, readAuditFile } from './audit-text.ts'
import { headAttributes, recordAttributes } from './audited.ts'
import { type Database, database } from './database.ts'
import { dynamoFreezeStore, FREEZES_CHAIN } from './freeze-store.ts'
import { chainHeadKey, PORTFOLIOS_PK, recordKey } from './keys.ts'
import type { StoreOptions } from './link.ts'
import { dynamoPlanStore } from './plan-store.ts'

/** The tables hold something already. */
export class TablesNotEmpty extends Error {
  constructor() {
    super(
      'the tables are not empty: restore into new ones, by another tables.prefix in sluice.yaml or after deleting these',
    )
    this.name = 'TablesNotEmpty'
  }
}

export interface Restored extends FileReading {
  readonly items: number
  /** Plans that were not done with, and are rejected: what was left of them is not in the log. */
  readonly closed: number
}

interface Restorer {
  readonly by: string
  readonly at: Instant
}

/**
 * First the freezes, and one of everything; then all the rest; at last which portfolios there are. Killed at any point, it
 * leaves tables in which nothing is pushed.
 *
 * @param open the same lines each time: they are read three times, and nothing is written unless all of them are sound
 * @throws TablesNotEmpty; what is wrong with the file is in the result, and then nothing was written
 */
export async function restoreLog(
  options: StoreOptions,
  open: () => AsyncIterable<string>,
  { by, at }: Restorer,
): Promise<Restored> {
  if (!(await auditArchive(options).isEmpty())) throw new TablesNotEmpty()
  const db = database(options)
  const fold: Fold = new Map()
  const first = await readAuditFile(open(), (record) => foldRecord(fold, record))
  if (first.findings.length > 0) return { ...first, items: 0, closed: 0 }
  const restoring = { db, fold, first, plans: new Set<PlanId>(), last: [] as AuditWrite[], items: 0 }
  await readAuditFile(open(), (record) => (record.chain === FREEZES_CHAIN ? putBack(record, restoring) : undefined))
  const reason = 'restored from an export of the audit'
  await dynamoFreezeStore(options).freeze({ scope: EVERYTHING, reason, by, at })
  await readAuditFile(open(), (record) => (record.chain === FREEZES_CHAIN ? undefined : putBack(record, restoring)))
  const closed = await closePlans(options, restoring.plans, { by, at })
  for (const write of restoring.last) await putItem(db, write)
  return { ...first, items: restoring.items, closed }
}

interface Restoring {
  readonly db: Database
  readonly fold: Fold
  readonly first: FileReading
  /** Those whose headers were put back. */
  readonly plans: Set<PlanId>
  /** What makes portfolios known to the stages. */
  readonly last: AuditWrite[]
  items: number
}

/** The record, and of the items that it wrote those that no later record did. */
async function putBack(record: AuditRecord, restoring: Restoring): Promise<void> {
  const { db, fold, first, last, plans } = restoring
  const { chain, sequence } = record
  await db.put('audit', recordKey(chain, sequence), recordAttributes(record))
  for (const write of record.writes ?? []) {
    const kept = fold.get(foldKey(write))
    if (!write.item || kept?.chain !== chain || kept.sequence !== sequence) continue
    restoring.items += 1
    if (write.pk === PORTFOLIOS_PK) last.push(write)
    else await putItem(db, write)
    if (write.sk === 'HEADER') plans.add(write.item.planId as PlanId)
  }
  if (first.heads.get(chain)?.sequence === sequence)
    await db.put('control', chainHeadKey(chain), headAttributes(record))
}

const putItem = (db: Database, { pk, sk, item = {} }: AuditWrite): Promise<void> => db.put('control', { pk, sk }, item)

/** Of a plan that was not done with, what is left to push is not in the log: nobody is to wait for it. */
async function closePlans(options: StoreOptions, plans: Iterable<PlanId>, { by, at }: Restorer): Promise<number> {
  const store = dynamoPlanStore(options)
  let closed = 0
  for (const id of plans) {
    const header = await store.header(id)
    if (!header || header.expiresAt <= at || !isOpen(header, (await store.progress(id))?.cursors ?? {})) continue
    if (await store.decide(id, header.approval, { kind: 'rejected', by: `${by}, restoring an export`, at })) closed += 1
  }
  return closed
}

const isOpen = ({ approval, accounts }: PlanHeader, cursors: Readonly<Record<string, number>>): boolean =>
  approval.kind === 'pending' ||
  (approval.kind === 'approved' && accounts.some(({ account, chunks }) => (cursors[account] ?? 0) < chunks.length))
