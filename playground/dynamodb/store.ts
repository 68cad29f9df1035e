/**
 * dynalite's store, with its reads shortened.
 *
 * dynalite alone writes its entries. Its reads take a promise and a turn of the event loop per key, a decoded table
 * definition per operation, and one asynchronous step per row of a query; the same entries are read here at once.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { database, type Entries, type Level, type RangeOptions, type Store, type Table } from './dynalite.ts'

const ROWS_PER_READ = 256
/** Sorts after every key under a prefix: dynalite's keys are printable ASCII. */
const LAST = '\xff'

const itemPrefix = (tableName: string) => `item-${tableName}~`

export interface OpenStore {
  readonly store: Store
  /** To be called after every operation that may have changed a table's definition. */
  readonly forgetTables: () => void
}

/**
 * Opens dynalite's store in `folder`, or in memory without one.
 *
 * @throws Error when another process has the folder open
 */
export async function openStore(folder: string | undefined): Promise<OpenStore> {
  const path = folder === undefined ? undefined : join(folder, 'level')
  if (path !== undefined) await mkdir(path, { recursive: true })
  const store = database.create({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0, path })
  try {
    await store.db.open()
  } catch (cause) {
    throw new Error(`cannot open the DynamoDB folder ${folder}: is another engine running on it?`, { cause })
  }
  await settleTables(store)
  return { store, forgetTables: quickenReads(store) }
}

/** Rows of a range, in order, read in blocks. */
export async function* values(db: Level, range: RangeOptions): AsyncGenerator<unknown> {
  const iterator = db.values(range)
  try {
    for (let rows = await iterator.nextv(ROWS_PER_READ); rows.length > 0; rows = await iterator.nextv(ROWS_PER_READ))
      yield* rows
  } finally {
    await iterator.close()
  }
}

/** Every item of a table, in no order a caller may rely on. */
export const itemsOf = (tableName: string, store: Store): AsyncGenerator<unknown> =>
  values(store.db, { gte: itemPrefix(tableName), lt: itemPrefix(tableName) + LAST })

/** A kill can leave a table between two states; dynalite's timer that would have moved it on is gone. */
async function settleTables({ db }: Store): Promise<void> {
  for await (const [key, value] of db.iterator({ gte: 'table~', lt: `table~${LAST}` })) {
    const table = value as Table
    if (table.TableStatus === 'DELETING') await db.del(key)
    else if (table.TableStatus !== 'ACTIVE') await db.put(key, { ...table, TableStatus: 'ACTIVE' })
  }
}

function quickenReads(store: Store): () => void {
  const quickened = new WeakSet<Entries>()
  const entriesOf = store.getItemDb.bind(store)
  store.getItemDb = (tableName) => {
    const entries = entriesOf(tableName)
    if (!quickened.has(entries)) quicken(entries, itemPrefix(tableName), store.db)
    quickened.add(entries)
    return entries
  }
  return rememberTables(store)
}

function quicken(entries: Entries, prefix: string, db: Level): void {
  entries.get = (key, done) => {
    let found: unknown
    try {
      found = db.getSync(prefix + key)
    } catch (error) {
      done(error)
      return
    }
    done(null, found)
  }
  entries.createValueStream = (range) => blockStream(db, within(prefix, range))
}

/** A range of one table's own keys as a range of the whole store's. */
function within(prefix: string, { gt, gte, lt, lte, reverse, limit }: RangeOptions): RangeOptions {
  const lower = gte !== undefined ? { gte: prefix + gte } : gt !== undefined ? { gt: prefix + gt } : { gte: prefix }
  const upper =
    lte !== undefined ? { lte: prefix + lte } : lt !== undefined ? { lt: prefix + lt } : { lt: prefix + LAST }
  return { ...lower, ...upper, ...(reverse !== undefined && { reverse }), ...(limit !== undefined && { limit }) }
}

function blockStream(db: Level, range: RangeOptions): Readable {
  const iterator = db.values(range)
  return new Readable({
    objectMode: true,
    read() {
      iterator.nextv(ROWS_PER_READ).then(
        (rows) => {
          for (const row of rows) this.push(row)
          if (rows.length === 0) this.push(null)
        },
        (error: Error) => this.destroy(error),
      )
    },
    destroy(error, done) {
      iterator.close().then(
        () => done(error),
        (closing: Error) => done(error ?? closing),
      )
    },
  })
}

/** Item operations ask for an active table's definition every time; table operations need it fresh. */
function rememberTables(store: Store): () => void {
  const active = new Map<string, Table>()
  const getTable = store.getTable.bind(store)
  store.getTable = (name, checkStatus, done) => {
    const isChecked = checkStatus !== false
    const callback = typeof checkStatus === 'function' ? checkStatus : done!
    const known = isChecked ? active.get(name) : undefined
    if (known !== undefined) {
      callback(null, known)
      return
    }
    getTable(name, isChecked, (error, table) => {
      if (!error && isChecked && table?.TableStatus === 'ACTIVE') active.set(name, table)
      callback(error, table)
    })
  }
  return () => active.clear()
}
