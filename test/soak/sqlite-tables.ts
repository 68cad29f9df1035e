/**
 * The tables in SQLite, in this process and outside of its heap: a request costs microseconds, where one to the embedded
 * engine costs milliseconds. It answers as the engine does, which a test holds it to; there is no wire and no SDK.
 */
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../../lib/ports/clock.ts'
import { checkedSize, type Item, type Key, toItem } from '../../lib/store/attributes.ts'
import { chunksOf } from '../../lib/store/batches.ts'
import type { Database } from '../../lib/store/database.ts'
import type { Update } from '../../lib/store/expressions.ts'
import type { Query } from '../../lib/store/reads.ts'
import type { TableName } from '../../lib/store/tables.ts'
import { ACTIONS_MAX, type Action, type Outcome } from '../../lib/store/transaction.ts'
import { holds } from './conditions.ts'

export interface SqliteTables {
  readonly database: Database
  /** Deletes what has expired by the clock. @returns how many items */
  sweep(): number
  close(): void
}

/** Nothing is synced: what a kill of the machine leaves behind is of no use. One process may have the file open. */
const SETTINGS = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = MEMORY;
  PRAGMA synchronous = OFF;
  PRAGMA cache_size = -262144;
  CREATE TABLE IF NOT EXISTS items (
    name TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL, item TEXT NOT NULL, expires INTEGER,
    PRIMARY KEY (name, pk, sk)
  ) STRICT;
  CREATE INDEX IF NOT EXISTS expiring ON items (expires) WHERE expires IS NOT NULL`
const GET = 'SELECT item FROM items WHERE name = ? AND pk = ? AND sk = ?'
const PUT = `INSERT INTO items VALUES (?, ?, ?, ?, ?)
  ON CONFLICT DO UPDATE SET item = excluded.item, expires = excluded.expires`
const DELETE = 'DELETE FROM items WHERE name = ? AND pk = ? AND sk = ?'
const SWEEP = 'DELETE FROM items WHERE expires > ? AND expires <= ?'
/** As DynamoDB: an expiry further back is taken for a mistake. */
const OLDEST_EXPIRY_SECONDS = 5 * 365 * 24 * 3600
const PAGE = 200
const READ_BATCH = 100
const WRITE_BATCH = 25

/** @param path of a file, or `:memory:` */
export function sqliteTables(path: string, clock: Clock): SqliteTables {
  const file = new DatabaseSync(path)
  file.exec(SETTINGS)
  const rows = rowsOf(file)
  const tokens = rememberedTokens(clock)
  return {
    database: {
      get: async (table, key) => rows.get(table, checkedKey(key)),
      getAll: async (table, keys) => {
        for (const batch of chunksOf(keys, READ_BATCH)) refuseTwice(batch.map((key) => nameOf(table, key)))
        return keys.map((key) => rows.get(table, checkedKey(key))).filter((item) => item !== undefined)
      },
      pages: (table, query) => pages(rows, table, query),
      query: async (table, query) => (await Array.fromAsync(pages(rows, table, query, true))).flat(),
      put: async (table, key, attributes) => rows.put(table, key, checkedSize(toItem({ ...key, ...attributes }))),
      putAll: async (table, items) => {
        const keyed = items.map((item) => ({ key: { pk: item.pk?.S ?? '', sk: item.sk?.S ?? '' }, item }))
        for (const { item } of keyed) checkedSize(item)
        for (const batch of chunksOf(keyed, WRITE_BATCH)) refuseTwice(batch.map(({ key }) => nameOf(table, key)))
        whole({ file, rows }, () => {
          for (const { key, item } of keyed) rows.put(table, key, item)
        })
      },
      async update(table, key, update, when) {
        const before = rows.get(table, checkedKey(key))
        if (!holds(when, before)) return false
        rows.put(table, key, updated(before, key, update))
        return true
      },
      transact: async (actions, token) => transact({ file, rows, tokens }, actions, token),
    },
    sweep() {
      rows.forget()
      const seconds = Math.floor(clock.now() / 1000)
      return Number(file.prepare(SWEEP).run(seconds - OLDEST_EXPIRY_SECONDS, seconds).changes)
    },
    close: () => file.close(),
  }
}

interface Rows {
  get(table: TableName, key: Key): Item | undefined
  put(table: TableName, key: Key, item: Item): void
  remove(table: TableName, key: Key): void
  /** What was read is read anew. */
  forget(): void
  /** In the order of their sort keys. */
  select(table: TableName, pk: string, range: Range, count: number): readonly Item[]
}

interface Range {
  readonly from: string
  readonly to: string
  readonly newestFirst: boolean
  /** Read already. */
  readonly past?: string | undefined
  /** Whether the answer may be remembered: whole logs are read page by page, and never twice. */
  readonly isRemembered: boolean
}

/** What of a partition was read since it was last written in: most of what is asked for was asked for before. */
interface Remembered {
  readonly items: Map<string, Item | undefined>
  readonly ranges: Map<string, readonly Item[]>
}

const REMEMBERED = 2_000

function rowsOf(file: DatabaseSync): Rows {
  const [one, put, remove] = [file.prepare(GET), file.prepare(PUT), file.prepare(DELETE)]
  const selects = new Map<string, StatementSync>()
  const partitions = new Map<string, Remembered>()
  const itemIn = (row: Readonly<Record<string, unknown>>): Item => JSON.parse(row.item as string) as Item
  const partition = (table: TableName, pk: string): Remembered => {
    const name = `${table} ${pk}`
    const known = partitions.get(name)
    if (known) return known
    if (partitions.size === REMEMBERED) partitions.clear()
    const none: Remembered = { items: new Map(), ranges: new Map() }
    partitions.set(name, none)
    return none
  }
  return {
    get(table, { pk, sk }) {
      const { items } = partition(table, pk)
      if (items.has(sk)) return items.get(sk)
      const row = one.get(table, pk, sk)
      const item = row && itemIn(row)
      items.set(sk, item)
      return item
    },
    put(table, key, item) {
      const { pk, sk } = checkedKey(key)
      const plain = withPlainNumbers(item)
      const { items, ranges } = partition(table, pk)
      put.run(table, pk, sk, JSON.stringify(plain), plain.expiresAt?.N === undefined ? null : Number(plain.expiresAt.N))
      items.set(sk, plain)
      ranges.clear()
    },
    remove(table, { pk, sk }) {
      remove.run(table, pk, sk)
      const { items, ranges } = partition(table, pk)
      items.delete(sk)
      ranges.clear()
    },
    forget: () => partitions.clear(),
    select(table, pk, { from, to, newestFirst, past, isRemembered }, count) {
      const lower = past !== undefined && !newestFirst ? '>' : '>='
      const upper = past !== undefined && newestFirst ? '<' : '<='
      const order = newestFirst ? 'DESC' : 'ASC'
      const text = `SELECT item FROM items WHERE name = ? AND pk = ? AND sk ${lower} ? AND sk ${upper} ? ORDER BY sk ${order} LIMIT ?`
      const [low, high] = newestFirst ? [from, past ?? to] : [past ?? from, to]
      const { ranges } = partition(table, pk)
      const range = `${lower} ${low} ${upper} ${high} ${order} ${count}`
      const known = ranges.get(range)
      if (known) return known
      const statement = selects.get(text) ?? file.prepare(text)
      selects.set(text, statement)
      const found = statement.all(table, pk, low, high, count).map(itemIn)
      if (isRemembered) ranges.set(range, found)
      return found
    },
  }
}

/** No key of ours has it in it. */
const AFTER_ALL = '\u{10ffff}'

/** @throws RangeError for what DynamoDB refuses: an empty prefix, a range that ends before it begins, a limit below one */
function rangeOf({ prefix, between, newestFirst = false, limit = 1 }: Query): Omit<Range, 'isRemembered'> {
  const [from, to] = between ?? [prefix ?? '', `${prefix ?? ''}${AFTER_ALL}`]
  if (prefix === '' || Buffer.compare(Buffer.from(from), Buffer.from(to)) > 0 || limit < 1)
    throw new RangeError(`a query from "${from}" to "${to}" of at most ${limit} is refused`)
  return { from, to, newestFirst }
}

async function* pages(
  rows: Rows,
  table: TableName,
  query: Query,
  isRemembered = false,
): AsyncIterable<readonly Item[]> {
  const range = { ...rangeOf(query), isRemembered }
  let left = query.limit ?? Number.POSITIVE_INFINITY
  let past: string | undefined
  do {
    const count = Math.min(left, PAGE)
    const page = rows.select(table, query.pk, { ...range, past }, count)
    past = page.length < count ? undefined : page.at(-1)?.sk?.S
    left -= page.length
    yield page
  } while (past !== undefined && left > 0)
}

/** @throws Error for an update of nothing, of a key, or of an attribute in two ways */
function updated(before: Item | undefined, key: Key, { set = {}, remove = [] }: Update): Item {
  const next = toItem(set)
  const named = [...Object.keys(next), ...remove]
  if (named.length === 0) throw new Error(`update of ${key.pk}/${key.sk} changes nothing`)
  refuseTwice(['pk', 'sk', ...named])
  const kept = Object.entries(before ?? toItem({ ...key })).filter(([name]) => !remove.includes(name))
  return { ...Object.fromEntries(kept), ...next }
}

interface Tables {
  readonly file: DatabaseSync
  readonly rows: Rows
  readonly tokens: Tokens
}

/** @throws RangeError and Error for what DynamoDB refuses outright */
function transact({ file, rows, tokens }: Tables, actions: readonly Action[], token: string): Outcome {
  if (actions.length > ACTIONS_MAX || actions.length === 0)
    throw new RangeError(`${actions.length} writes are no transaction`)
  if (token === '' || token.length > 36) throw new RangeError(`"${token}" is no token`)
  for (const action of actions) if (action.kind === 'put') checkedSize(itemOf(action))
  refuseTwice(actions.map(({ table, key }) => nameOf(table, checkedKey(key))))
  if (tokens.isKnown(token, actions)) return { kind: 'done' }
  const failed = actions.filter(({ table, key, when }) => when && !holds(when, rows.get(table, key)))
  if (failed.length > 0) return { kind: 'cancelled', on: failed.map(({ name }) => name) }
  whole({ file, rows }, () => {
    for (const action of actions) write(rows, action)
  })
  tokens.remember(token, actions)
  return { kind: 'done' }
}

const itemOf = ({ key, attributes }: Action & { readonly kind: 'put' }): Item => toItem({ ...key, ...attributes })

function write(rows: Rows, action: Action): void {
  const { table, key } = action
  if (action.kind === 'delete') rows.remove(table, key)
  else if (action.kind === 'put') rows.put(table, key, itemOf(action))
  else if (action.kind === 'update') rows.put(table, key, updated(rows.get(table, key), key, action.update))
}

function whole({ file, rows }: Pick<Tables, 'file' | 'rows'>, work: () => void): void {
  file.exec('BEGIN')
  try {
    work()
    file.exec('COMMIT')
  } catch (error) {
    file.exec('ROLLBACK')
    rows.forget()
    throw error
  }
}

interface Tokens {
  /** @throws Error for a token that stood for something else */
  isKnown(token: string, actions: readonly Action[]): boolean
  remember(token: string, actions: readonly Action[]): void
}

const TOKEN_LIFE_MS = 10 * 60 * 1000

function rememberedTokens(clock: Clock): Tokens {
  const used = new Map<string, { readonly at: number; readonly actions: readonly Action[] }>()
  return {
    isKnown(token, actions) {
      // The oldest come first.
      for (const [old, { at }] of used) {
        if (clock.now() - at < TOKEN_LIFE_MS) break
        used.delete(old)
      }
      const earlier = used.get(token)
      if (earlier && !isDeepStrictEqual(earlier.actions.map(wired), actions.map(wired)))
        throw new Error(`token ${token} was used with other parameters in the last ten minutes`)
      return earlier !== undefined
    },
    remember: (token, actions) => void used.set(token, { at: clock.now(), actions }),
  }
}

/** What of an action goes over the wire. */
function wired(action: Action): unknown {
  const { kind, table, key, when } = action
  const asked = when && { text: when.text, values: toItem(when.values) }
  if (kind === 'put') return { kind, table, item: itemOf(action), asked }
  return { kind, table, key, asked, ...('update' in action && { next: updated(undefined, key, action.update) }) }
}

const nameOf = (table: TableName, { pk, sk }: Key): string => `${table} ${pk} ${sk}`

/** @throws Error when one is named more than once, which DynamoDB refuses in one request */
function refuseTwice(names: readonly string[]): void {
  if (new Set(names).size < names.length) throw new Error(`${names} are not all different`)
}

/** @throws RangeError for a key of which a part is empty */
function checkedKey(key: Key): Key {
  if (key.pk === '' || key.sk === '') throw new RangeError(`key "${key.pk}"/"${key.sk}" has an empty part`)
  return key
}

/** As DynamoDB gives numbers back: without exponents. */
function withPlainNumbers(item: Item): Item {
  const odd = Object.entries(item).filter(([, { N }]) => N?.includes('e'))
  if (odd.length === 0) return item
  return { ...item, ...Object.fromEntries(odd.map(([name, { N = '0' }]) => [name, { N: plainNumber(N) }])) }
}

/** `1.5e-7` as `0.00000015`. */
export function plainNumber(text: string): string {
  const [, sign = '', whole = '', part = '', exponent = '0'] = /^(-?)(\d+)\.?(\d*)e\+?(-?\d+)$/.exec(text) ?? []
  const digits = `${whole}${part}`
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return digits.length <= point
    ? `${sign}${digits.padEnd(point, '0')}`
    : `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}
