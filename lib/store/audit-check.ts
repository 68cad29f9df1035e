import { accountKey } from '../model/account.ts'
import type { AuditCheck, AuditFinding, AuditRecord } from '../model/audit.ts'
import { parseCanonical } from '../model/canonical.ts'
import type { Policy } from '../model/policy.ts'
import type { Auditor } from '../ports/store.ts'
import { DAY_MS, type Instant, isoInstant, later } from '../units/calendar.ts'
import { attributesIn, type Item, integerIn, type Key, textIn } from './attributes.ts'
import { type ChainHead, flawOf, GENESIS } from './audit-chain.ts'
import { isKept, readCheckpoint, writeCheckpoint } from './audit-checkpoint.ts'
import {
  attributeDifferences,
  digestOfItem,
  type Expected,
  type Fold,
  foldKey,
  foldRecord,
  itemName,
  keyIn,
  keyOf,
} from './audit-state.ts'
import { isMiscounted, miscounted, type Sums, sumOf, sumRecord } from './audit-sums.ts'
import { chainHead, readRecord } from './audited.ts'
import { type Backing, type Database, database } from './database.ts'
import { chainPk, FREEZES_PK, LAST, LEVER_PREFIX, recordKey } from './keys.ts'
import type { Query } from './reads.ts'

/** How often records that came in while items were being read are taken in before a difference is one. */
const ROUNDS = 8
const PORTFOLIO_CHAIN = 'portfolio/'

export const RESTORE = 'freeze everything, find who wrote it, and restore from an export: docs/audit.md'
const TAKEN_OVER =
  'something wrote it past the log, and a later commit took it for true: freeze the account until its day is over, and find what'
export const UNKNOWN_WRITER =
  'something wrote it past the log: freeze the account, find what, and put back what the log says'

/** Compares the tables with the log, from where the last look stopped. */
export function dynamoAuditor(backing: Backing): Auditor {
  const db = database(backing)
  return { check: (chain, now) => checkChain(db, chain, now) }
}

interface Look {
  readonly chain: string
  readonly now: Instant
  readonly fold: Fold
  readonly sums: Sums
  /** Written since the checkpoint. */
  readonly touched: Set<string>
  head: ChainHead
  records: number
}

async function begin(db: Database, chain: string, now: Instant): Promise<Look> {
  return { ...(await readCheckpoint(db, chain)), chain, now, touched: new Set(), records: 0 }
}

async function checkChain(db: Database, chain: string, now: Instant): Promise<AuditCheck> {
  const look = await begin(db, chain, now)
  const broken = (await rootedIn(db, look.head, chain)) ?? (await takeIn(db, look))
  if (broken) return result(look, 0, [broken])
  const items = await itemsOf(db, look)
  const compared = new Set([...look.fold.keys(), ...items.keys()])
  const own = await differences(db, look, compared, items)
  const findings = own.length > 0 ? own : await sharedDifferences(db, look, [...items.values()])
  if (findings.length === 0) await writeCheckpoint(db, chain, look)
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
      sumRecord(look.sums, record)
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
async function itemsOf(db: Database, { chain, now, fold, touched }: Look): Promise<ReadonlyMap<string, Item>> {
  const keys = [...fold.values()].filter(({ sk }) => !sk.startsWith(LEVER_PREFIX))
  const gone = [...touched].flatMap((key) => (fold.has(key) ? [] : [keyIn(key)]))
  const read = [
    ...(await db.getAll(
      'control',
      [...keys, ...gone].map(({ pk, sk }) => ({ pk, sk })),
    )),
  ]
  for (const whole of wholeOf(chain, now)) read.push(...(await db.query('control', whole)))
  return byKey(read)
}

/** What no other chain writes, so that nothing may be there of which the chain knows nothing. */
function wholeOf(chain: string, now: Instant): readonly Query[] {
  if (chain === 'freezes') return [{ pk: FREEZES_PK }]
  const pk = `ACCOUNT#${chain}`
  return chain.includes(':') ? [{ pk, prefix: LEVER_PREFIX }, openDays(pk, now)] : []
}

/** Ledgers of yesterday and later: of those every checkpoint still knows what it has seen. */
const openDays = (pk: string, now: Instant): Query => ({
  pk,
  between: [`LEDGER#${isoInstant(later(now, -DAY_MS)).slice(0, 10)}`, `LEDGER#${LAST}`],
})

/** Looks again, with the records that came in meanwhile, at what differs: a commit between two reads is no difference. */
async function differences(
  db: Database,
  look: Look,
  compared: Iterable<string>,
  first: ReadonlyMap<string, Item>,
): Promise<readonly AuditFinding[]> {
  let items = first
  let suspects = [...compared].filter((key) => !isAsLogged(look, key, items.get(key)))
  for (let round = 0; suspects.length > 0 && round < ROUNDS; round += 1) {
    const { sequence } = look.head
    const known = new Set(look.touched)
    const broken = await takeIn(db, look)
    if (broken) return [broken]
    if (look.head.sequence === sequence && round > 0) break
    suspects.push(...[...look.touched].filter((key) => !known.has(key) && !suspects.includes(key)))
    const read = await db.getAll('control', suspects.map(keyIn))
    items = byKey(read)
    suspects = suspects.filter((key) => !isAsLogged(look, key, items.get(key)))
  }
  return Promise.all(
    suspects.map((key) => findingOf(db, look.chain, key, look.fold.get(key), items.get(key), look.sums.get(key))),
  )
}

/** Whether an item is what the log says; what has expired may be gone. */
export function agrees(expected: Expected | undefined, item: Item | undefined, now: Instant): boolean {
  if (!expected) return item === undefined
  if (!item) return (expected.expiresAt ?? Number.POSITIVE_INFINITY) * 1000 < now
  return digestOfItem(item) === expected.digest
}

/** As one chain knows it: what several write may be further on than that, and adds up only in all of them. */
function isAsLogged({ fold, sums, now }: Look, key: string, item: Item | undefined): boolean {
  const expected = fold.get(key)
  if (expected?.version !== undefined && item && isShared(expected))
    return integerIn(item, 'version') > expected.version || agrees(expected, item, now)
  return agrees(expected, item, now) && !isMiscounted(sums.get(key), key, item)
}

const isShared = ({ pk, sk }: Key): boolean =>
  (pk.startsWith('PORTFOLIO#') && sk.startsWith('LEDGER#')) || (pk.startsWith('PLAN#') && sk === 'PROGRESS')

/**
 * What the accounts of a portfolio write together (its days, and how far its plans are), against all of their chains at
 * once: each of them alone knows only its own last writing.
 */
async function sharedDifferences(db: Database, own: Look, items: readonly Item[]): Promise<readonly AuditFinding[]> {
  if (!own.chain.startsWith(PORTFOLIO_CHAIN)) return []
  // Of its own chain a copy: what comes in from here on was not compared with the tables, and is not to be remembered.
  const portfolio: Look = { ...own, fold: new Map(own.fold), sums: new Map(own.sums), touched: new Set() }
  const looks = [portfolio]
  const sum = (key: string): bigint =>
    sumOf(
      looks.map(({ sums }) => sums),
      key,
    )
  for (const chain of writersIn(items)) looks.push(await begin(db, chain, own.now))
  let suspects: readonly string[] = []
  let present: ReadonlyMap<string, Item | undefined> = new Map()
  for (let round = 0; round < ROUNDS; round += 1) {
    const before = looks.map(({ head }) => head.sequence)
    for (const look of looks) {
      const broken = await takeIn(db, look)
      if (broken) return [broken]
    }
    if (round > 1 && looks.every(({ head }, i) => head.sequence === before[i])) break
    present = await sharedItems(db, own, portfolio.fold)
    const isWrong = (key: string, item: Item | undefined): boolean =>
      !agrees(lastOf(looks, key), item, own.now) || isMiscounted(sum(key), key, item)
    suspects = [...present].filter(([key, item]) => isWrong(key, item)).map(([key]) => key)
    if (suspects.length === 0) return []
  }
  return Promise.all(
    suspects.map((key) => findingOf(db, own.chain, key, lastOf(looks, key), present.get(key), sum(key))),
  )
}

/** Every account that any version of the policy had: one that has left may have written today. */
function writersIn(items: readonly Item[]): ReadonlySet<string> {
  const policies = items.filter((item) => textIn(item, 'sk').startsWith('POLICY#'))
  return new Set(
    policies.flatMap((item) =>
      parseCanonical<Policy>(textIn(item, 'policy')).accounts.map(({ account }) => accountKey(account)),
    ),
  )
}

/** Of the portfolio alone, not of others that its accounts belong to: its open days, and the progress of its newest plans. */
async function sharedItems(db: Database, own: Look, portfolio: Fold): Promise<ReadonlyMap<string, Item | undefined>> {
  const days = await db.query('control', openDays(`PORTFOLIO#${own.chain.slice(PORTFOLIO_CHAIN.length)}`, own.now))
  // A plan is forgotten a day before the checkpoints forget it, because they are not all of the same minute.
  const plans = [...portfolio.values()].filter((one) => one.sk === 'HEADER' && isKept(one, own.now + DAY_MS))
  const keys = plans.map(({ pk }) => ({ pk, sk: 'PROGRESS' }))
  const none = keys.map((key) => [foldKey(key), undefined] as const)
  return new Map([...none, ...byKey(days), ...byKey(await db.getAll('control', keys))])
}

const lastOf = (looks: readonly Look[], key: string): Expected | undefined =>
  looks
    .flatMap(({ fold }) => fold.get(key) ?? [])
    .reduce<Expected | undefined>((last, one) => ((one.version ?? 0) > (last?.version ?? -1) ? one : last), undefined)

const byKey = (items: readonly Item[]): ReadonlyMap<string, Item> =>
  new Map(items.map((item) => [foldKey(keyOf(item)), item]))

/**
 * The difference in words, with what the record says that wrote the item last.
 *
 * @param sum of a ledger, what its changes come to
 */
export async function findingOf(
  db: Database,
  chain: string,
  key: string,
  expected: Expected | undefined,
  item: Item | undefined,
  sum: bigint = 0n,
): Promise<AuditFinding> {
  const name = itemName(keyIn(key))
  const finding = { kind: 'state', chain: expected?.chain ?? chain, item: name, remedy: UNKNOWN_WRITER } as const
  if (!expected) return { ...finding, problem: `${name} is in the tables, and no record of the log wrote it` }
  const { sequence } = expected
  if (item && digestOfItem(item) === expected.digest)
    return { ...finding, problem: `${name}: ${miscounted(item, sum)}`, remedy: TAKEN_OVER }
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
