import { canonicalJson, parseCanonical } from '../model/canonical.ts'
import type { LimitBook } from '../model/request-limits.ts'
import type { LimitStore, StoredBook } from '../ports/limiter.ts'
import { type Instant, isoInstant } from '../units/calendar.ts'
import { type Item, integerIn, textIn } from './attributes.ts'
import { type Backing, database } from './database.ts'
import { expiresAfter, KEPT_DAYS } from './expiry.ts'
import { atVersion } from './expressions.ts'
import { limitsKey } from './keys.ts'

const LIMITS_SCHEMA = 1

/** One item per application and per account of it; small, because leases are counted by their ends. */
export function dynamoLimitStore(backing: Backing): LimitStore {
  const db = database(backing)
  return {
    async read(scope) {
      const item = await db.get('control', limitsKey(scope))
      return item && readBook(item)
    },
    write: (scope, next, expected) =>
      db.update('control', limitsKey(scope), { set: attributesOf(next) }, atVersion(expected)),
  }
}

const attributesOf = ({ version, book, keepUntil }: StoredBook) => ({
  version,
  book: canonicalJson(book),
  keepUntilMs: keepUntil,
  keepUntil: isoInstant(keepUntil),
  expiresAt: expiresAfter(keepUntil, KEPT_DAYS.limits),
  schemaVersion: LIMITS_SCHEMA,
})

const readBook = (item: Item): StoredBook => ({
  version: integerIn(item, 'version'),
  book: parseCanonical<LimitBook>(textIn(item, 'book')),
  keepUntil: integerIn(item, 'keepUntilMs') as Instant,
})
