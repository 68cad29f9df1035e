/** The whole log at once, with an operator's credentials: compared with the tables, and written to a file. */
import { type QueryCommandOutput, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { AuditCheck, AuditFinding, AuditRecord } from '../model/audit.ts'
import type { Instant } from '../units/calendar.ts'
import { isoInstant } from '../units/calendar.ts'
import { type Item, type Key, textIn, toItem } from './attributes.ts'
import { type ChainHead, flawOf, GENESIS } from './audit-chain.ts'
import { agrees, chainFinding, findingOf } from './audit-check.ts'
import { type Fold, foldKey, foldRecord, isFolded, keyIn, keyOf } from './audit-state.ts'
import { isMiscounted, type Sums, sumRecord } from './audit-sums.ts'
import { type AuditLine, beginLine } from './audit-text.ts'
import { chainHead, readRecord } from './audited.ts'
import { type Database, database } from './database.ts'
import { chainPk, LAST, recordKey } from './keys.ts'
import { linkTo, type StoreOptions } from './link.ts'
import type { TableName } from './tables.ts'

export interface AuditArchive {
  /** Names of all chains that have a record or a head. */
  chains(): Promise<readonly string[]>
  /** Every chain from its beginning, and every item of the state against what the last record that wrote it says. */
  verify(now: Instant): Promise<readonly AuditCheck[]>
  /** Only the records of one chain from `from` on, and no state. */
  verifyFrom(chain: string, from: number): Promise<AuditCheck>
  /** The whole log, line by line. */
  lines(at: Instant): AsyncIterable<AuditLine>
  /** Whether any item is in the tables of the log and the state. */
  isEmpty(): Promise<boolean>
}

export function auditArchive(options: StoreOptions): AuditArchive {
  const db = database(options)
  const scan = scanner(options)
  return {
    chains: () => chainsOf(scan),
    verify: (now) => verifyAll(db, scan, now),
    verifyFrom: (chain, from) => verifyFrom(db, chain, from),
    lines: (at) => linesOf(db, scan, at),
    isEmpty: async () => (await scan.first('audit')) === undefined && (await scan.first('control')) === undefined,
  }
}

interface Scanner {
  /** The first item after a key, in the table's own order. */
  first(table: TableName, after?: Key): Promise<Item | undefined>
  pages(table: TableName): AsyncIterable<readonly Item[]>
}

function scanner(options: StoreOptions): Scanner {
  const link = linkTo(options)
  return {
    async first(table, after) {
      const start = after ? { ExclusiveStartKey: toItem({ ...after }) } : {}
      const answer = await link.client.send(
        new ScanCommand({ TableName: link.named(table), Limit: 1, ConsistentRead: true, ...start }),
      )
      return answer.Items?.[0]
    },
    async *pages(table) {
      let from: QueryCommandOutput['LastEvaluatedKey']
      do {
        const start = from ? { ExclusiveStartKey: from } : {}
        const answer = await link.client.send(
          new ScanCommand({ TableName: link.named(table), ConsistentRead: true, ...start }),
        )
        from = answer.LastEvaluatedKey
        yield answer.Items ?? []
      } while (from)
    },
  }
}

/**
 * Every chain of which there is a record or a head. Of the records one of each partition is read, and from there past
 * everything that the partition may hold; of a chain without records the head still says that there were some.
 */
async function chainsOf(scan: Scanner): Promise<readonly string[]> {
  const names = new Set<string>()
  for (let item = await scan.first('audit'); item; ) {
    const { chain } = readRecord(item)
    names.add(chain)
    item = await scan.first('audit', { pk: chainPk(chain), sk: LAST })
  }
  for await (const page of scan.pages('control'))
    for (const item of page) if (isHead(keyOf(item))) names.add(textIn(item, 'chain'))
  return [...names].toSorted()
}

const isHead = ({ pk, sk }: Key): boolean => sk === 'HEAD' && pk.startsWith(chainPk(''))

async function* recordsOf(db: Database, chain: string, from = 1): AsyncIterable<AuditRecord> {
  const between = [recordKey(chain, from).sk, LAST] as const
  for await (const page of db.pages('audit', { pk: chainPk(chain), between })) yield* page.map(readRecord)
}

/** The records up to where the head stood when the reading began. */
async function walk(
  db: Database,
  chain: string,
  last: ChainHead,
  onRecord: (record: AuditRecord) => void,
): Promise<{ head: ChainHead; records: number; finding?: AuditFinding }> {
  const promised = (await chainHead(db, chain)) ?? GENESIS
  let head = last
  let records = 0
  if (promised.sequence > last.sequence)
    for await (const record of recordsOf(db, chain, last.sequence + 1)) {
      if (record.sequence > promised.sequence) break
      const problem = flawOf(record, head)
      if (problem) return { head, records, finding: chainFinding(chain, head.sequence + 1, problem) }
      onRecord(record)
      head = { sequence: record.sequence, hash: record.hash }
      records += 1
    }
  const end = endOf(promised, head)
  return { head, records, ...(end ? { finding: chainFinding(chain, end.sequence, end.problem) } : {}) }
}

function endOf(promised: ChainHead, found: ChainHead): { sequence: number; problem: string } | undefined {
  const { sequence } = found
  if (promised.sequence === 0) return { sequence: 1, problem: 'the chain has no head' }
  if (promised.sequence > sequence)
    return { sequence: sequence + 1, problem: `it is missing, and the head stands at ${promised.sequence}` }
  if (promised.hash !== found.hash || promised.sequence !== sequence)
    return { sequence, problem: `its hash is ${found.hash}, and the head says ${promised.sequence} ${promised.hash}` }
  return undefined
}

/** What all chains together say. */
interface Log {
  readonly fold: Fold
  readonly sums: Sums
  /** Where the last hourly look of each chain saw it stand: what stands in one chain can be held against another. */
  readonly seen: Map<string, ChainHead>
}

function take({ fold, sums, seen }: Log, record: AuditRecord): void {
  foldRecord(fold, record)
  sumRecord(sums, record)
  for (const entry of record.entries)
    if (entry.kind === 'audit-check' && entry.sequence >= (seen.get(entry.chain)?.sequence ?? 1))
      seen.set(entry.chain, { sequence: entry.sequence, hash: entry.hash })
}

/** What an hourly look saw, and what is not there or not so any more. */
async function unlikeSeen(db: Database, { seen }: Log): Promise<readonly AuditFinding[]> {
  const findings = [...seen].map(async ([chain, { sequence, hash }]) => {
    const item = await db.get('audit', recordKey(chain, sequence))
    if (item && readRecord(item).hash === hash) return []
    const now = item ? `its hash is ${readRecord(item).hash}` : 'it is missing'
    return [chainFinding(chain, sequence, `an hourly look saw it with hash ${hash}, and ${now}`)]
  })
  return (await Promise.all(findings)).flat()
}

async function verifyAll(db: Database, scan: Scanner, now: Instant): Promise<readonly AuditCheck[]> {
  const log: Log = { fold: new Map(), sums: new Map(), seen: new Map() }
  const checks = new Map<string, AuditCheck>()
  for (const chain of await chainsOf(scan)) {
    const { head, records, finding } = await walk(db, chain, GENESIS, (record) => take(log, record))
    checks.set(chain, { chain, head, records, items: 0, findings: finding ? [finding] : [] })
  }
  const add = (finding: AuditFinding): void => {
    const { chain } = finding
    const check = checks.get(chain) ?? { chain, head: GENESIS, records: 0, items: 0, findings: [] }
    checks.set(chain, { ...check, findings: [...check.findings, finding] })
  }
  for (const finding of await unlikeSeen(db, log)) if (!checks.get(finding.chain)?.findings.length) add(finding)
  // With a hole in the log, every item that it wrote would seem to differ: one finding says it better.
  if ([...checks.values()].some(({ findings }) => findings.length > 0)) return [...checks.values()]
  const { findings, items } = await compareAll(db, scan, log, checks, now)
  findings.forEach(add)
  return [...checks.values()].map((check) => ({ ...check, items: items.get(check.chain) ?? 0 }))
}

/** How often what differs is looked at again, because somebody may have written it in between. */
const ROUNDS = 4

async function compareAll(
  db: Database,
  scan: Scanner,
  log: Log,
  checks: ReadonlyMap<string, AuditCheck>,
  now: Instant,
): Promise<{ findings: readonly AuditFinding[]; items: ReadonlyMap<string, number> }> {
  const { fold, sums } = log
  const isWrong = (key: string, item: Item | undefined): boolean =>
    !agrees(fold.get(key), item, now) || isMiscounted(sums.get(key), key, item)
  const items = new Map<string, number>()
  for (const { chain } of fold.values()) items.set(chain, (items.get(chain) ?? 0) + 1)
  let suspects: string[] = []
  const seen = new Set<string>()
  for await (const page of scan.pages('control'))
    for (const item of page) {
      const key = foldKey(keyOf(item))
      if (!isFolded(keyOf(item))) continue
      seen.add(key)
      if (isWrong(key, item)) suspects.push(key)
    }
  for (const key of fold.keys()) if (!seen.has(key) && isWrong(key, undefined)) suspects.push(key)
  const heads = new Map([...checks].map(([chain, { head }]) => [chain, head]))
  let present = new Map<string, Item>()
  for (let round = 0; suspects.length > 0 && round < ROUNDS; round += 1) {
    for (const [chain, head] of heads)
      heads.set(chain, (await walk(db, chain, head, (record) => take(log, record))).head)
    present = new Map((await db.getAll('control', suspects.map(keyIn))).map((item) => [foldKey(keyOf(item)), item]))
    suspects = suspects.filter((key) => isWrong(key, present.get(key)))
  }
  const findings = suspects.map((key) => findingOf(db, '(none)', key, fold.get(key), present.get(key), sums.get(key)))
  return { findings: await Promise.all(findings), items }
}

async function verifyFrom(db: Database, chain: string, from: number): Promise<AuditCheck> {
  const item = from > 1 ? await db.get('audit', recordKey(chain, from - 1)) : undefined
  const none = { chain, head: GENESIS, records: 0, items: 0 }
  if (from > 1 && !item)
    return { ...none, findings: [chainFinding(chain, from - 1, 'it is missing: begin with an earlier one')] }
  const last = item ? { sequence: from - 1, hash: readRecord(item).hash } : GENESIS
  const { head, records, finding } = await walk(db, chain, last, () => {})
  return { chain, head, records, items: 0, findings: finding ? [finding] : [] }
}

async function* linesOf(db: Database, scan: Scanner, at: Instant): AsyncIterable<AuditLine> {
  yield beginLine(isoInstant(at))
  const chains = await chainsOf(scan)
  let records = 0
  for (const chain of chains) {
    const head = (await chainHead(db, chain)) ?? GENESIS
    for await (const record of recordsOf(db, chain)) {
      if (record.sequence > head.sequence) break
      yield { kind: 'record', record }
      records += 1
    }
    yield { kind: 'head', chain, ...head }
  }
  yield { kind: 'end', chains: chains.length, records }
}
