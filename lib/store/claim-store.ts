import type { ClaimResult, ClaimStore } from '../ports/store.ts'
import { type Instant, isoInstant } from '../units/calendar.ts'
import { type Item, integerIn } from './attributes.ts'
import { type Backing, type Database, database } from './database.ts'
import { condition } from './expressions.ts'
import { claimKey } from './keys.ts'

const CLAIM_SCHEMA = 1
const TRIES = 5
const HELD = ['worker', 'turnMs', 'attempt', 'untilMs'] as const

const UNFINISHED =
  '(attribute_not_exists(#doneTurnMs) OR #doneTurnMs < :turn OR (#doneTurnMs = :turn AND #doneAttempt < :attempt))'
/** A worker that holds the key already may claim it again, so that a repeated request finds its own claim and not a rival. */
const FREE = '(attribute_not_exists(#worker) OR #untilMs <= :now OR #worker = :worker)'

interface Wanted {
  readonly key: string
  readonly turn: Instant
  readonly attempt: number
  readonly worker: string
  readonly now: Instant
  readonly until: Instant
}

/**
 * Claims are single conditional updates, which the SDK may repeat when an answer is lost: each is written so that its
 * second run finds what the first one left and comes to the same result.
 */
export function dynamoClaimStore(backing: Backing): ClaimStore {
  const db = database(backing)
  const ours = (worker: string) => condition('#worker = :worker', { worker })
  return {
    claim: (key, turn, attempt, worker, now, until) => claim(db, { key, turn, attempt, worker, now, until }),
    async finish(key, turn, attempt, worker) {
      const set = { doneTurnMs: turn, doneAttempt: attempt, doneTurn: isoInstant(turn) }
      await db.update('control', claimKey(key), { set, remove: HELD }, ours(worker))
    },
    async release(key, worker) {
      await db.update('control', claimKey(key), { remove: HELD }, ours(worker))
    },
  }
}

async function claim(db: Database, wanted: Wanted): Promise<ClaimResult> {
  const { key, turn, attempt, worker, now, until } = wanted
  const set = { worker, turnMs: turn, attempt, untilMs: until, asOf: isoInstant(now), schemaVersion: CLAIM_SCHEMA }
  const when = condition(`${UNFINISHED} AND ${FREE}`, { turn, attempt, worker, now })
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await db.update('control', claimKey(key), { set }, when)) return 'claimed'
    const verdict = judge(await db.get('control', claimKey(key)), wanted)
    // Whoever was in the way may be gone by the time we look.
    if (verdict !== 'free') return verdict
  }
  return 'elsewhere'
}

function judge(item: Item | undefined, { turn, attempt, worker, now }: Wanted): 'done' | 'elsewhere' | 'free' {
  if (!item) return 'free'
  if (item.doneTurnMs && isFinished(integerIn(item, 'doneTurnMs'), integerIn(item, 'doneAttempt'), turn, attempt))
    return 'done'
  const isHeld = item.worker !== undefined && item.worker.S !== worker && integerIn(item, 'untilMs') > now
  return isHeld ? 'elsewhere' : 'free'
}

const isFinished = (doneTurn: number, doneAttempt: number, turn: Instant, attempt: number): boolean =>
  turn < doneTurn || (turn === doneTurn && attempt <= doneAttempt)
