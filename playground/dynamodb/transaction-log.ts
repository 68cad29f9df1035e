import type { BatchPart, Level } from './dynalite.ts'
import type { BeforeImage, JournalEntry, UndoJournal } from './undo-journal.ts'

/** Keys of ours lie beside dynalite's in its LevelDB, under prefixes that it does not use. */
const SETTLED = 'sluice-settled~'
const TOKEN = 'sluice-token~'

/** Source: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html (2026-11). */
const TOKEN_LIFE_MS = 10 * 60 * 1000

export interface UsedToken {
  readonly token: string
  /** Of what the token stood for. */
  readonly hash: string
  readonly usedAtMs: number
}

/**
 * Numbers the transactions and knows which of them are settled, that is, committed or rolled back.
 *
 * The commit point is one LevelDB batch, written with sync after all the items: it holds the transaction's number and
 * its client token, so that a token is known exactly when its transaction took place. LevelDB's log is in order: what is
 * found after a kill holds the batch only if it holds the items. In memory there is no journal, and nothing is synced.
 */
export class TransactionLog {
  readonly #db: Level
  readonly #journal: UndoJournal | undefined
  #number: number
  #isOpen = false

  constructor(db: Level, journal: UndoJournal | undefined) {
    this.#db = db
    this.#journal = journal
    this.#number = settledNumber(db)
  }

  /** Whether a transaction has begun and is not settled: while none is running, that one broke off half written. */
  get isOpen(): boolean {
    return this.#isOpen
  }

  /** Makes the before-images durable. Nothing may be written before this resolves. */
  async begin(images: readonly BeforeImage[]): Promise<void> {
    this.#isOpen = true
    this.#number += 1
    await this.#journal?.write({ number: this.#number, images })
  }

  /** Marks the transaction begun last as done with: after this it is never rolled back. */
  async settle(used?: UsedToken): Promise<void> {
    const parts: BatchPart[] = []
    if (this.#journal !== undefined) parts.push({ type: 'put', key: SETTLED, value: this.#number })
    if (used !== undefined) parts.push({ type: 'put', key: TOKEN + used.token, value: used })
    // dynalite's wrapper on the instance drops the options; the class's own method takes them.
    const { batch } = Object.getPrototypeOf(this.#db) as Level
    if (parts.length > 0) await batch.call(this.#db, parts, { sync: this.#journal !== undefined })
    this.#isOpen = false
  }

  /** The transaction that a kill left half done, if there is one. `settle` it once it is rolled back. */
  async unsettled(): Promise<JournalEntry | undefined> {
    const entry = await this.#journal?.read()
    if (entry === undefined || entry.number <= this.#number) return undefined
    this.#number = entry.number
    return entry
  }

  usedToken(token: string, nowMs: number): UsedToken | undefined {
    const used = this.#db.getSync(TOKEN + token) as UsedToken | undefined
    return used !== undefined && isLive(used, nowMs) ? used : undefined
  }

  /** Tokens are forgotten here, not when they expire: every transaction of the SDK carries one. */
  async dropOldTokens(nowMs: number): Promise<void> {
    const parts: BatchPart[] = []
    for await (const [key, used] of this.#db.iterator({ gte: TOKEN, lt: `${TOKEN}\xff` }))
      if (!isLive(used as UsedToken, nowMs)) parts.push({ type: 'del', key })
    if (parts.length > 0) await this.#db.batch(parts)
  }

  async close(): Promise<void> {
    await this.#journal?.close()
  }
}

const settledNumber = (db: Level): number => (db.getSync(SETTLED) as number | undefined) ?? 0

const isLive = (used: UsedToken, nowMs: number): boolean => nowMs - used.usedAtMs < TOKEN_LIFE_MS
