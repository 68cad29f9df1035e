import { setTimeout as sleep } from 'node:timers/promises'
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type ConsumedCapacity,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { type Attributes, checkedSize, type Item, type Key, toItem } from './attributes.ts'
import { inBatches } from './batches.ts'
import { type Condition, conditioned, type Update, updating } from './expressions.ts'
import { physicalName, type TableName } from './tables.ts'
import { type Action, type Outcome, transactionSender } from './transaction.ts'

/** What every store is made of. */
export interface StoreOptions {
  readonly client: DynamoDBClient
  /** What the deployment's physical table names start with, such as `sluice-prod`. */
  readonly prefix: string
  /** Told what each answered request consumed, so that a benchmark can add it up. Costs a line in every answer. */
  readonly onConsumed?: (table: TableName, readUnits: number, writeUnits: number) => void
  /** How waiting between tries is done; a test hands in one that does not wait. */
  readonly wait?: (ms: number) => Promise<unknown>
}

export interface Query {
  readonly pk: string
  readonly prefix?: string
  /** Instead of a prefix: first and last sort key, both included. */
  readonly between?: readonly [string, string]
  readonly newestFirst?: boolean
  /** Most items that are read; all of them where absent. */
  readonly limit?: number
}

/** DynamoDB as the stores use it. Every read is strongly consistent: a stale read here is a wrong budget there. */
export interface Database {
  get(table: TableName, key: Key): Promise<Item | undefined>
  /** Those that exist, in no particular order. */
  getAll(table: TableName, keys: readonly Key[]): Promise<readonly Item[]>
  /** In sort key order, page by page. */
  pages(table: TableName, query: Query): AsyncIterable<readonly Item[]>
  query(table: TableName, query: Query): Promise<readonly Item[]>
  put(table: TableName, key: Key, attributes: Attributes): Promise<void>
  /** Unconditional, in no particular order, not atomic. */
  putAll(table: TableName, items: readonly Item[]): Promise<void>
  /**
   * Never for money: the SDK repeats a request whose answer was lost, and the repetition then sees its own write.
   * @returns false when the condition did not hold
   */
  update(table: TableName, key: Key, update: Update, when: Condition): Promise<boolean>
  /** All or none, at most once per token within ten minutes. */
  transact(actions: readonly Action[], token: string): Promise<Outcome>
}

const READ_BATCH = 100
const WRITE_BATCH = 25

type Consumed = ConsumedCapacity | readonly ConsumedCapacity[] | undefined

export function database({ client, prefix, onConsumed, wait = sleep }: StoreOptions): Database {
  const named = (table: TableName): string => physicalName(prefix, table)
  const metered = onConsumed ? ({ ReturnConsumedCapacity: 'TOTAL' } as const) : {}

  function meter(consumed: Consumed, kind: 'read' | 'write'): void {
    if (!onConsumed || !consumed) return
    for (const { TableName, CapacityUnits = 0 } of Array.isArray(consumed) ? consumed : [consumed]) {
      const table = TableName?.slice(prefix.length + 1) as TableName
      onConsumed(table, kind === 'read' ? CapacityUnits : 0, kind === 'write' ? CapacityUnits : 0)
    }
  }

  async function get(table: TableName, key: Key): Promise<Item | undefined> {
    const answer = await client.send(
      new GetItemCommand({ TableName: named(table), Key: toItem({ ...key }), ConsistentRead: true, ...metered }),
    )
    meter(answer.ConsumedCapacity, 'read')
    return answer.Item
  }

  const getAll = async (table: TableName, keys: readonly Key[]): Promise<readonly Item[]> => {
    const found = await inBatches(keys, READ_BATCH, wait, async (batch) => {
      const Keys = batch.map((key) => toItem({ pk: key.pk, sk: key.sk }))
      const answer = await client.send(
        new BatchGetItemCommand({ RequestItems: { [named(table)]: { Keys, ConsistentRead: true } }, ...metered }),
      )
      meter(answer.ConsumedCapacity, 'read')
      const left = answer.UnprocessedKeys?.[named(table)]?.Keys ?? []
      return {
        results: answer.Responses?.[named(table)] ?? [],
        unprocessed: left.map(({ pk, sk }) => ({ pk: pk?.S ?? '', sk: sk?.S ?? '' })),
      }
    })
    return found
  }

  async function* pages(table: TableName, query: Query): AsyncIterable<readonly Item[]> {
    let from: Record<string, Item[string]> | undefined
    let left = query.limit ?? Number.POSITIVE_INFINITY
    do {
      const answer = await client.send(
        new QueryCommand({
          TableName: named(table),
          ...keyCondition(query),
          ConsistentRead: true,
          ScanIndexForward: query.newestFirst !== true,
          ...(Number.isFinite(left) && { Limit: left }),
          ...(from && { ExclusiveStartKey: from }),
          ...metered,
        }),
      )
      meter(answer.ConsumedCapacity, 'read')
      const items = answer.Items ?? []
      left -= items.length
      from = answer.LastEvaluatedKey
      yield items
    } while (from && left > 0)
  }

  async function put(table: TableName, key: Key, attributes: Attributes): Promise<void> {
    const item = checkedSize(toItem({ ...key, ...attributes }))
    const answer = await client.send(new PutItemCommand({ TableName: named(table), Item: item, ...metered }))
    meter(answer.ConsumedCapacity, 'write')
  }

  async function putAll(table: TableName, items: readonly Item[]): Promise<void> {
    for (const item of items) checkedSize(item)
    await inBatches(items, WRITE_BATCH, wait, async (batch) => {
      const requests = batch.map((Item) => ({ PutRequest: { Item } }))
      const answer = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [named(table)]: requests }, ...metered }),
      )
      meter(answer.ConsumedCapacity, 'write')
      const left = answer.UnprocessedItems?.[named(table)] ?? []
      return { results: [], unprocessed: left.flatMap(({ PutRequest }) => (PutRequest?.Item ? [PutRequest.Item] : [])) }
    })
  }

  async function update(table: TableName, key: Key, change: Update, when: Condition): Promise<boolean> {
    try {
      const answer = await client.send(
        new UpdateItemCommand({
          TableName: named(table),
          Key: toItem({ ...key }),
          ...updating(change, when),
          ...metered,
        }),
      )
      meter(answer.ConsumedCapacity, 'write')
      return true
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false
      throw error
    }
  }

  const transact = transactionSender({
    client,
    named,
    wait,
    metered: { ...metered },
    consumed: (consumed) => meter(consumed, 'write'),
  })

  return {
    get,
    getAll,
    pages,
    query: async (table, query) => (await Array.fromAsync(pages(table, query))).flat(),
    put,
    putAll,
    update,
    transact,
  }
}

function keyCondition({ pk, prefix, between }: Query) {
  if (between) {
    const [first, last] = between
    return inKeys('#pk = :pk AND #sk BETWEEN :first AND :last', { pk, first, last })
  }
  return prefix === undefined
    ? inKeys('#pk = :pk', { pk })
    : inKeys('#pk = :pk AND begins_with(#sk, :prefix)', { pk, prefix })
}

function inKeys(text: string, values: Attributes) {
  const { ConditionExpression, ...rest } = conditioned({ text, values })
  return { KeyConditionExpression: ConditionExpression, ...rest }
}
