import type { Level } from './dynalite.ts'
import { serve } from './http-server.ts'
import { type Answer, answer, guardedLock } from './operations.ts'
import { ReadWriteLock } from './read-write-lock.ts'
import { openStore } from './store.ts'
import { TransactionLog } from './transaction-log.ts'
import { type OnStep, recover } from './transactions.ts'
import { sweepExpired } from './ttl-sweep.ts'
import { UndoJournal } from './undo-journal.ts'
import { answerWire, type WireAnswer } from './wire.ts'

export interface EmbeddedDynamoDbOptions {
  /** Where the data stay between runs; without it they live in memory. */
  readonly folder?: string
  /** Epoch milliseconds, for time to live and for the life of client tokens. */
  readonly clock?: () => number
  /** 0 or absent takes a free one. */
  readonly port?: number
  /** Told of every step of a transaction. Tests kill the process in it. */
  readonly onStep?: OnStep
}

export interface EmbeddedDynamoDb {
  /** For the SDK: `new DynamoDBClient({ endpoint, region: 'us-east-1', credentials })` with any credentials. */
  readonly endpoint: string
  /** Answers what did not come over the network; see `answerWire`. */
  answer(target: unknown, bytes: Buffer): Promise<WireAnswer>
  /** Deletes what has expired by the clock, as DynamoDB does in the background. @returns how many items */
  sweepExpired(): Promise<number>
  /** Answers the requests under way, then closes the store. */
  close(): Promise<void>
}

/**
 * Starts a DynamoDB in this process, on the loopback interface: dynalite with transactions, time to live and deletion
 * protection around it. See docs/decisions/0003-embedded-dynamodb.md.
 *
 * What was answered survives the death of the process; a transaction it died in is rolled back here, before serving.
 *
 * @throws Error when the folder is in use or the port taken
 */
export async function startEmbeddedDynamoDb(options: EmbeddedDynamoDbOptions = {}): Promise<EmbeddedDynamoDb> {
  const { folder, clock = Date.now, port = 0, onStep = () => {} } = options
  const { store, forgetTables } = await openStore(folder)
  const log = new TransactionLog(store.db, folder === undefined ? undefined : await UndoJournal.open(folder))
  const closeStore = () => closeBoth(store.db, log)
  try {
    await recover({ store, log, onStep })
    await log.dropOldTokens(clock())
    const lock = new ReadWriteLock()
    const guarded = guardedLock(lock, log)
    const context = { store, log, clock, onStep, lock: guarded, forgetTables }
    const answered: Answer = (request) => answer(request, context)
    const server = await serve(answered, port)
    return {
      endpoint: server.endpoint,
      answer: (target, bytes) => answerWire(target, bytes, answered),
      sweepExpired: () =>
        guarded.exclusive(async () => {
          await log.dropOldTokens(clock())
          return sweepExpired(clock(), store)
        }),
      close: async () => {
        await server.close()
        await lock.exclusive(closeStore)
      },
    }
  } catch (error) {
    await closeStore()
    throw error
  }
}

async function closeBoth(db: Level, log: TransactionLog): Promise<void> {
  await log.close()
  await db.close()
}
