import type { LimitBook, RequestLimit } from '../model/request-limits.ts'
import type { Clock } from '../ports/clock.ts'
import type { LimitStore, StoredBook } from '../ports/limiter.ts'
import type { Instant } from '../units/calendar.ts'
import { countsUntil } from './limit-book.ts'

/** A book that many workers write, as one of them sees it. */
export interface SharedBook {
  /** Reads it if this worker never has. */
  seen(): Promise<void>
  isSeen(): boolean
  /** As it was last seen here. */
  book(): LimitBook
  /**
   * Applies a step to the newest book until nobody was faster; nothing is written where the step changes nothing.
   * @throws Error when the store cannot be reached, or others are always faster
   */
  change<T>(step: (book: LimitBook) => Changed<T>): Promise<T>
  /** Changes it here, and for the others where the store can be reached. Does not throw. */
  tell(change: (book: LimitBook) => LimitBook): Promise<void>
  /** Changes it here only. */
  remember(change: (book: LimitBook) => LimitBook): void
}

export interface Changed<T> {
  readonly book: LimitBook
  readonly result: T
}

export interface BookOptions {
  readonly scope: string
  readonly limits: readonly RequestLimit[]
  readonly store: LimitStore
  readonly clock: Clock
}

/** Workers that lose to others have their turn soon enough; this many times in a row are a fault. */
const TRIES = 30
const EMPTY: StoredBook = { version: 0, book: { leases: {} }, keepUntil: 0 as Instant }

export function openBook({ scope, limits, store, clock }: BookOptions): SharedBook {
  /** Undefined once it is known to be out of date. */
  let newest: StoredBook | undefined
  let last: LimitBook | undefined

  async function read(): Promise<StoredBook> {
    const stored = (await store.read(scope)) ?? EMPTY
    newest = stored
    last = stored.book
    return stored
  }

  async function write(next: StoredBook, expected: number): Promise<boolean> {
    newest = undefined
    if (!(await store.write(scope, next, expected))) return false
    newest = next
    last = next.book
    return true
  }

  async function change<T>(step: (book: LimitBook) => Changed<T>): Promise<T> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const isFresh = newest === undefined
      const before = newest ?? (await read())
      const { book, result } = step(before.book)
      if (book === before.book) {
        if (isFresh) return result
        // Nothing to take from a book that may be out of date: others may have given back.
        newest = undefined
        continue
      }
      const next = { version: before.version + 1, book, keepUntil: countsUntil(book, limits, clock.now()) }
      if (await write(next, before.version)) return result
    }
    throw new Error(`the limits of ${scope} are written by too many others at a time`)
  }

  function remember(told: (book: LimitBook) => LimitBook): void {
    newest = undefined
    last = told(last ?? EMPTY.book)
  }

  return {
    change,
    remember,
    seen: async () => void (last ?? (await read())),
    isSeen: () => last !== undefined,
    book: () => last ?? EMPTY.book,
    async tell(told) {
      // Most answers say what is known already, and are not worth a question to the store.
      if (last !== undefined && told(last) === last) return
      try {
        await change((book) => ({ book: told(book), result: undefined }))
      } catch {
        remember(told)
      }
    },
  }
}
