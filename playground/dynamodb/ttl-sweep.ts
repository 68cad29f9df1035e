import { type Item, keyOf, perform, type Store, tableOf } from './dynalite.ts'
import { itemsOf } from './store.ts'
import { ttlTables } from './table-settings.ts'

/** An expiry further back than this is taken for a mistake, and the item is kept. */
const OLDEST_EXPIRY_MS = 5 * 365 * 24 * 3600 * 1000

/**
 * Deletes the items whose time to live is over, in every table that has one. The caller holds the lock exclusively.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html
 * @returns how many were deleted
 */
export async function sweepExpired(nowMs: number, store: Store): Promise<number> {
  let deleted = 0
  for (const { tableName, attribute } of await ttlTables(store.db)) {
    const table = await tableOf(tableName, store)
    for await (const row of itemsOf(tableName, store)) {
      const item = row as Item
      if (!isExpired(item, attribute, nowMs)) continue
      await perform('DeleteItem', { TableName: tableName, Key: keyOf(item, table) }, store)
      deleted += 1
    }
  }
  return deleted
}

function isExpired(item: Item, attribute: string, nowMs: number): boolean {
  const seconds = item[attribute]?.N
  if (typeof seconds !== 'string') return false
  const ageMs = nowMs - Number(seconds) * 1000
  return ageMs >= 0 && ageMs < OLDEST_EXPIRY_MS
}
