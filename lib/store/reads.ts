/** Every read is strongly consistent: a stale read here is a wrong budget there. */
import { BatchGetItemCommand, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import { type Attributes, type Item, type Key, toItem } from './attributes.ts'
import { inBatches } from './batches.ts'
import { conditioned } from './expressions.ts'
import type { Link } from './link.ts'
import type { TableName } from './tables.ts'

const READ_BATCH = 100

export async function getItem(link: Link, table: TableName, key: Key): Promise<Item | undefined> {
  const answer = await link.client.send(
    new GetItemCommand({
      TableName: link.named(table),
      Key: toItem({ ...key }),
      ConsistentRead: true,
      ...link.metered,
    }),
  )
  link.meter('read', answer.ConsumedCapacity)
  return answer.Item
}

/** Those that exist, in no particular order. */
export function getItems(link: Link, table: TableName, keys: readonly Key[]): Promise<readonly Item[]> {
  const name = link.named(table)
  return inBatches(keys, READ_BATCH, link.wait, async (batch) => {
    const Keys = batch.map(({ pk, sk }) => toItem({ pk, sk }))
    const answer = await link.client.send(
      new BatchGetItemCommand({ RequestItems: { [name]: { Keys, ConsistentRead: true } }, ...link.metered }),
    )
    link.meter('read', answer.ConsumedCapacity)
    const left = answer.UnprocessedKeys?.[name]?.Keys ?? []
    return {
      results: answer.Responses?.[name] ?? [],
      unprocessed: left.map(({ pk, sk }) => ({ pk: pk?.S ?? '', sk: sk?.S ?? '' })),
    }
  })
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

/** In sort key order, page by page. */
export async function* queryPages(link: Link, table: TableName, query: Query): AsyncIterable<readonly Item[]> {
  let from: Record<string, Item[string]> | undefined
  let left = query.limit ?? Number.POSITIVE_INFINITY
  do {
    const answer = await link.client.send(
      new QueryCommand({
        TableName: link.named(table),
        ...keyCondition(query),
        ConsistentRead: true,
        ScanIndexForward: query.newestFirst !== true,
        ...(Number.isFinite(left) && { Limit: left }),
        ...(from && { ExclusiveStartKey: from }),
        ...link.metered,
      }),
    )
    link.meter('read', answer.ConsumedCapacity)
    const items = answer.Items ?? []
    left -= items.length
    from = answer.LastEvaluatedKey
    yield items
  } while (from && left > 0)
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
