import type { AuditCheck, AuditFinding, AuditRecord } from '../model/audit.ts'
import type { Auditor } from '../ports/store.ts'
import { DAY_MS, type Instant, isoInstant } from '../units/calendar.ts'
import { attributesIn, type Item, integerIn, type Key, textIn } from './attributes.ts'
import { type ChainHead, flawOf, GENESIS } from './audit-chain.ts'
import {
  attributeDifferences,
  digestOfItem,
  type Expected,
  type Fold,
  foldKey,
  foldRecord,
  itemName,
} from './audit-state.ts'
import { chainHead, readRecord } from './audited.ts'
import { type Database, database } from './database.ts'
import { expiresAfter, KEPT_DAYS } from './expiry.ts'
import { chainPk, checkpointKey, FREEZES_PK, LEVER_PREFIX, recordKey } from './keys.ts'
import type { StoreOptions } from './link.ts'
import { getPacked, putPacked } from './packed.ts'

/** How often records that came in while items were being read are taken in before a difference is one. */
const ROUNDS = 8
/** A day's ledger is looked at for as long as anything may still be counted in it. */
const LEDGER_KEPT_MS = 3 * DAY_MS
const CHECKPOINT_SCHEMA = 1

export const RESTORE = 'freeze everything, find who wrote it, and restore from an export: docs/audit.md'
export const UNKNOWN_WRITER =
  'something wrote it past the log: freeze the account, find what, and put back what the log says'

/** Compares the tables with the log, from where the last look stopped. */
export function dynamoAuditor(options: StoreOptions): Auditor {
  const db = database(options)
  return { check: (chain) => checkChain(db, chain) }
}

interface Look {
  readonly chain: string
  readonly fold: Fold
  /** Written since the checkpoint. */
  readonly touched: Set<string>
  head: ChainHead
  records: number
}

async function checkChain(db: Database, chain: string): Promise<AuditCheck> {
  const begun = await checkpoint(db, chain)
  const look: Look = { chain, fold: begun.fold, touched: new Set(), head: begun.head, records: 0 }
  const broken = (await rootedIn(db, begun.head, chain)) ?? (await takeIn(db, look))
  if (broken) return result(look, 0, [broken])
  const items = await itemsOf(db, look)
  const compared = new Set([...look.fold.keys(), ...items.keys()])
  const findings = await differences(db, look, compared, items)
  if (findings.length === 0) await remember(db, look)
  return result(look, compared.size, findings)
}

const result = ({ chain, head, records }: Look, items: number, findings: readonly AuditFinding[]): AuditCheck => ({
  ...{ chain, head, records, items, findings },
})

export const chainFinding = (chain: string, sequence: number, problem: string): AuditFinding => ({
  ...{ kind: 'chain', chain, sequence, problem: `record ${sequence} of chain ${chain}: ${problem}` },
  remedy: RESTORE,
})

/** The record that the checkpoint ended with is still there and still the same. */
async function rootedIn(db: Database, { sequence, hash }: ChainHead, chain: string): Promise<AuditFinding | undefined> {
  if (sequence === 0) return undefined
  const item = await db.get('audit', recordKey(chain, sequence))
  if (item && textIn(item, 'hash') === hash) return undefined
  return chainFinding(chain, sequence, item ? `its hash is not ${hash} any more` : 'it was there and is missing')
}

/** Reads what was appended since, up to the head as it stands now. */
async function takeIn(db: Database, look: Look): Promise<AuditFinding | undefined> {
  const { chain } = look
  const head = (await chainHead(db, chain)) ?? GENESIS
  if (head.sequence < look.head.sequence)
    return chainFinding(chain, look.head.sequence, `the head stands at ${head.sequence}, before it`)
  if (head.sequence > look.head.sequence)
    for await (const record of recordsBetween(db, chain, look.head.sequence + 1, head.sequence)) {
      const problem = flawOf(record, look.head)
      if (problem) return chainFinding(chain, look.head.sequence + 1, problem)
      foldRecord(look.fold, record)
      for (const write of record.writes ?? []) look.touched.add(foldKey(write))
      look.head = { sequence: record.sequence, hash: record.hash }
      look.records += 1
    }
  if (head.sequence > look.head.sequence)
    return chainFinding(chain, look.head.sequence + 1, `it is missing, and the head stands at ${head.sequence}`)
  return head.hash === look.head.hash
    ? undefined
    : chainFinding(chain, head.sequence, `its hash is ${look.head.hash}, and the head says ${head.hash}`)
}

async function* recordsBetween(db: Database, chain: string, from: number, to: number): AsyncIterable<AuditRecord> {
  const between = [recordKey(chain, from).sk, recordKey(chain, to).sk] as const
  for await (const page of db.pages('audit', { pk: chainPk(chain), between })) yield* page.map(readRecord)
}

/** What the tables hold of what the chain writes: all levers of an account, all freezes, and what else it has touched. */
async function itemsOf(db: Database, { chain, fold, touched }: Look): Promise<Map<string, Item>> {
  const keys = [...fold.values()].filter(({ sk }) => !sk.startsWith(LEVER_PREFIX))
  const gone = [...touched].flatMap((key) => (fold.has(key) ? [] : [keyIn(key)]))
  const whole = wholeOf(chain)
  const read = [
    ...(await db.getAll(
      'control',
      [...keys, ...gone].map(({ pk, sk }) => ({ pk, sk })),
    )),
    ...(whole ? await db.query('control', whole) : []),
  ]
  return new Map(read.map((item) => [foldKey(keyOf(item)), item]))
}

/** What no other chain writes, so that nothing may be there of which the chain knows nothing. */
function wholeOf(chain: string): { pk: string; prefix?: string } | undefined {
  if (chain === 'freezes') return { pk: FREEZES_PK }
  return chain.includes(':') ? { pk: `ACCOUNT#${chain}`, prefix: LEVER_PREFIX } : undefined
}

export const keyOf = (item: Item): Key => ({ pk: textIn(item, 'pk'), sk: textIn(item, 'sk') })
function keyIn(key: string): Key {
  const [pk = '', sk = ''] = key.split('\n')
  return { pk, sk }
}

/** Looks again, with the records that came in meanwhile, at what differs: a commit between two reads is no difference. */
async function differences(
  db: Database,
  look: Look,
  compared: Iterable<string>,
  first: ReadonlyMap<string, Item>,
): Promise<readonly AuditFinding[]> {
  let items = first
  let suspects = [...compared].filter((key) => !agrees(look.fold.get(key), items.get(key)))
  for (let round = 0; suspects.length > 0 && round < ROUNDS; round += 1) {
    const { sequence } = look.head
    const known = new Set(look.touched)
    const broken = await takeIn(db, look)
    if (broken) return [broken]
    if (look.head.sequence === sequence && round > 0) break
    suspects.push(...[...look.touched].filter((key) => !known.has(key) && !suspects.includes(key)))
    const read = await db.getAll('control', suspects.map(keyIn))
    items = new Map(read.map((item) => [foldKey(keyOf(item)), item]))
    suspects = suspects.filter((key) => !agrees(look.fold.get(key), items.get(key)))
  }
  return Promise.all(suspects.map((key) => findingOf(db, look.chain, key, look.fold.get(key), items.get(key))))
}

/** Whether an item is what the log says; one that several chains write may be further on than this one knows. */
export function agrees(expected: Expected | undefined, item: Item | undefined, now?: Instant): boolean {
  if (!expected) return item === undefined
  if (!item) return now !== undefined && (expected.expiresAt ?? Number.POSITIVE_INFINITY) * 1000 < now
  if (isShared(expected) && expected.version !== undefined && integerIn(item, 'version') > expected.version) return true
  return digestOfItem(item) === expected.digest
}

const isShared = ({ pk, sk }: Key): boolean =>
  (pk.startsWith('PORTFOLIO#') && sk.startsWith('LEDGER#')) || (pk.startsWith('PLAN#') && sk === 'PROGRESS')

/** The difference in words, with what the record says that wrote the item last. */
export async function findingOf(
  db: Database,
  chain: string,
  key: string,
  expected: Expected | undefined,
  item: Item | undefined,
): Promise<AuditFinding> {
  const name = itemName(keyIn(key))
  const finding = { kind: 'state', chain: expected?.chain ?? chain, item: name, remedy: UNKNOWN_WRITER } as const
  if (!expected) return { ...finding, problem: `${name} is in the tables, and no record of the log wrote it` }
  const { sequence } = expected
  const record = await db.get('audit', recordKey(expected.chain, sequence))
  const written = record && readRecord(record).writes?.find((write) => foldKey(write) === key)?.item
  const by = `record ${sequence} of chain ${expected.chain}`
  if (!item) return { ...finding, sequence, problem: `${name} is missing in the tables; ${by} wrote it` }
  const all = written ? attributeDifferences(attributesIn(item), written) : []
  const [first] = all
  const detail = first
    ? `${first.attribute} is ${first.state} in the tables and ${first.log} in the log`
    : 'it is not what the log says'
  return { ...finding, sequence, problem: `${name}: ${detail} (${by})` }
}

/** Levers, freezes and policies do not expire, nor do open intents: what does is looked at when it is written. */
function isKept({ expiresAt, sk }: Expected, now: number): boolean {
  if (expiresAt === undefined) return true
  const [, date = ''] = sk.startsWith('LEDGER#') ? sk.split('#') : []
  return date !== '' && now - Date.parse(date) < LEDGER_KEPT_MS
}

type Line = readonly [string, string, string, number | null, number | null, number]

async function checkpoint(db: Database, chain: string): Promise<{ head: ChainHead; fold: Fold }> {
  const packed = await getPacked(db, 'control', checkpointKey(chain))
  if (!packed) return { head: GENESIS, fold: new Map() }
  const head = { sequence: integerIn(packed.head, 'sequence'), hash: textIn(packed.head, 'hash') }
  const lines = JSON.parse(packed.list('items')) as readonly Line[]
  const fold: Fold = new Map(
    lines.map(([pk, sk, digest, version, expiresAt, sequence]) => [
      foldKey({ pk, sk }),
      { ...{ pk, sk, digest, chain, sequence }, version: version ?? undefined, expiresAt: expiresAt ?? undefined },
    ]),
  )
  return { head, fold }
}

/** One item after the other: the roles that check may not write batches. */
const oneByOne = (db: Database): Database => ({
  ...db,
  async putAll(table, items) {
    for (const item of items) await db.put(table, keyOf(item), attributesIn(item))
  },
})

async function remember(db: Database, { chain, head, fold }: Look): Promise<void> {
  const last = await db.get('audit', recordKey(chain, head.sequence))
  if (!last) return
  const at = integerIn(last, 'atMs') as Instant
  const kept = [...fold.values()].filter((one) => isKept(one, at))
  await putPacked(oneByOne(db), 'control', {
    head: checkpointKey(chain),
    generation: `${head.sequence}`,
    attributes: { chain, ...head, asOf: isoInstant(at), schemaVersion: CHECKPOINT_SCHEMA },
    lists: { items: kept.map(lineOf) },
    partsExpireAt: expiresAfter(at, KEPT_DAYS.structurePart),
  })
}

const lineOf = ({ pk, sk, digest, version, expiresAt, sequence }: Expected): string =>
  JSON.stringify([pk, sk, digest, version ?? null, expiresAt ?? null, sequence] satisfies Line)
