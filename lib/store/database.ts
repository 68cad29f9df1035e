import type { Attributes, Item, Key } from './attributes.ts'
import type { Condition, Update } from './expressions.ts'
import { linkTo, type StoreOptions } from './link.ts'
import { getItem, getItems, type Query, queryPages } from './reads.ts'
import type { TableName } from './tables.ts'
import { type Action, type Outcome, transact } from './transaction.ts'
import { putItem, putItems, updateItem } from './writes.ts'

/** DynamoDB as the stores use it. */
export interface Database {
  get(table: TableName, key: Key): Promise<Item | undefined>
  getAll(table: TableName, keys: readonly Key[]): Promise<readonly Item[]>
  pages(table: TableName, query: Query): AsyncIterable<readonly Item[]>
  query(table: TableName, query: Query): Promise<readonly Item[]>
  put(table: TableName, key: Key, attributes: Attributes): Promise<void>
  putAll(table: TableName, items: readonly Item[]): Promise<void>
  /**
   * Never for money: the SDK repeats a request whose answer was lost, and the repetition then sees its own write.
   * @returns false when the condition did not hold
   */
  update(table: TableName, key: Key, update: Update, when: Condition): Promise<boolean>
  /** All or none, at most once per token within ten minutes. */
  transact(actions: readonly Action[], token: string): Promise<Outcome>
}

/** What stores are built on: DynamoDB through a client, or whatever else answers as it does. */
export type Backing = StoreOptions | Database

export const database = (backing: Backing): Database => ('transact' in backing ? backing : overDynamo(backing))

function overDynamo(options: StoreOptions): Database {
  const link = linkTo(options)
  return {
    get: (table, key) => getItem(link, table, key),
    getAll: (table, keys) => getItems(link, table, keys),
    pages: (table, query) => queryPages(link, table, query),
    query: async (table, query) => (await Array.fromAsync(queryPages(link, table, query))).flat(),
    put: (table, key, attributes) => putItem(link, table, key, attributes),
    putAll: (table, items) => putItems(link, table, items),
    update: (table, key, update, when) => updateItem(link, { table, key, update, when }),
    transact: (actions, token) => transact(link, actions, token),
  }
}
