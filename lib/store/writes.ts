import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { type Attributes, checkedSize, type Item, type Key, toItem } from './attributes.ts'
import { inBatches } from './batches.ts'
import { type Condition, type Update, updating } from './expressions.ts'
import type { Link } from './link.ts'
import type { TableName } from './tables.ts'

const WRITE_BATCH = 25

export async function putItem(link: Link, table: TableName, key: Key, attributes: Attributes): Promise<void> {
  const item = checkedSize(toItem({ ...key, ...attributes }))
  const answer = await link.client.send(
    new PutItemCommand({ TableName: link.named(table), Item: item, ...link.metered }),
  )
  link.meter('write', answer.ConsumedCapacity)
}

/** Unconditional, in no particular order, not atomic. */
export async function putItems(link: Link, table: TableName, items: readonly Item[]): Promise<void> {
  const name = link.named(table)
  for (const item of items) checkedSize(item)
  await inBatches(items, WRITE_BATCH, link.wait, async (batch) => {
    const requests = batch.map((Item) => ({ PutRequest: { Item } }))
    const answer = await link.client.send(
      new BatchWriteItemCommand({ RequestItems: { [name]: requests }, ...link.metered }),
    )
    link.meter('write', answer.ConsumedCapacity)
    const left = answer.UnprocessedItems?.[name] ?? []
    return { results: [], unprocessed: left.flatMap(({ PutRequest }) => (PutRequest?.Item ? [PutRequest.Item] : [])) }
  })
}

export interface ConditionalUpdate {
  readonly table: TableName
  readonly key: Key
  readonly update: Update
  readonly when: Condition
}

/** @returns false when the condition did not hold */
export async function updateItem(link: Link, { table, key, update, when }: ConditionalUpdate): Promise<boolean> {
  try {
    const answer = await link.client.send(
      new UpdateItemCommand({
        TableName: link.named(table),
        Key: toItem({ ...key }),
        ...updating(update, when),
        ...link.metered,
      }),
    )
    link.meter('write', answer.ConsumedCapacity)
    return true
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false
    throw error
  }
}
