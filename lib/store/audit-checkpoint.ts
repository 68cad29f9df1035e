/** As far as a chain was compared with the state, and what it had left there that is still looked at. */
import { DAY_MS, type Instant, isoInstant } from '../units/calendar.ts'
import { attributesIn, integerIn, textIn } from './attributes.ts'
import { type ChainHead, GENESIS } from './audit-chain.ts'
import { type Expected, type Fold, foldKey, keyIn, keyOf } from './audit-state.ts'
import type { Sums } from './audit-sums.ts'
import type { Database } from './database.ts'
import { expiresAfter, KEPT_DAYS } from './expiry.ts'
import { checkpointKey, recordKey } from './keys.ts'
import { getPacked, putPacked } from './packed.ts'

/** A day's ledger and a plan are looked at for as long as anything may still be counted in them. */
const OPEN_MS = 3 * DAY_MS
/** 2: with the headers and the progress of plans, and the sums of days. What an older one left out is read again from the first record. */
const SCHEMA = 2

/** Levers, freezes and policies do not expire, nor do open intents: what else does is looked at when it is written. */
export function isKept({ expiresAt, sk }: Expected, now: number): boolean {
  if (expiresAt === undefined) return true
  if (sk === 'HEADER' || sk === 'PROGRESS') return now - (expiresAt * 1000 - KEPT_DAYS.record * DAY_MS) < OPEN_MS
  return isOpenDay(sk, now)
}

function isOpenDay(sk: string, now: number): boolean {
  const [kind, date = ''] = sk.split('#')
  return kind === 'LEDGER' && now - Date.parse(date) < OPEN_MS
}

type Line = readonly [string, string, string, number | null, number | null, number]

export interface Checkpoint {
  readonly head: ChainHead
  readonly fold: Fold
  readonly sums: Sums
}

/** The beginning of the chain where there is no checkpoint, or where parts of it have gone. */
export async function readCheckpoint(db: Database, chain: string): Promise<Checkpoint> {
  const packed = await getPacked(db, 'control', checkpointKey(chain))
  if (!packed || integerIn(packed.head, 'schemaVersion') !== SCHEMA)
    return { head: GENESIS, fold: new Map(), sums: new Map() }
  const head = { sequence: integerIn(packed.head, 'sequence'), hash: textIn(packed.head, 'hash') }
  const lines = JSON.parse(packed.list('items')) as readonly Line[]
  const fold: Fold = new Map(
    lines.map(([pk, sk, digest, version, expiresAt, sequence]) => [
      foldKey({ pk, sk }),
      { ...{ pk, sk, digest, chain, sequence }, version: version ?? undefined, expiresAt: expiresAt ?? undefined },
    ]),
  )
  const sums = JSON.parse(packed.list('sums')) as readonly (readonly [string, string])[]
  return { head, fold, sums: new Map(sums.map(([key, micros]) => [key, BigInt(micros)])) }
}

/** One item after the other: the roles that check may not write batches. */
const oneByOne = (db: Database): Database => ({
  ...db,
  async putAll(table, items) {
    for (const item of items) await db.put(table, keyOf(item), attributesIn(item))
  },
})

export async function writeCheckpoint(db: Database, chain: string, { head, fold, sums }: Checkpoint): Promise<void> {
  const last = await db.get('audit', recordKey(chain, head.sequence))
  if (!last) return
  const at = integerIn(last, 'atMs') as Instant
  const kept = [...fold.values()].filter((one) => isKept(one, at))
  const open = [...sums].filter(([key]) => isOpenDay(keyIn(key).sk, at))
  await putPacked(oneByOne(db), 'control', {
    head: checkpointKey(chain),
    generation: `${head.sequence}`,
    attributes: { chain, ...head, asOf: isoInstant(at), schemaVersion: SCHEMA },
    lists: { items: kept.map(lineOf), sums: open.map(([key, micros]) => JSON.stringify([key, String(micros)])) },
    partsExpireAt: expiresAfter(at, KEPT_DAYS.structurePart),
  })
}

const lineOf = ({ pk, sk, digest, version, expiresAt, sequence }: Expected): string =>
  JSON.stringify([pk, sk, digest, version ?? null, expiresAt ?? null, sequence] satisfies Line)
