import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb'
import type { Item } from '../../contract/dynamodb/endpoint-under-test.ts'

/** Every item of a table, by the order of their keys. */
export async function allItems(client: DynamoDBClient, tableName: string): Promise<Item[]> {
  const items: Item[] = []
  for await (const page of paginateScan({ client }, { TableName: tableName, ConsistentRead: true }))
    items.push(...(page.Items ?? []))
  const keyOf = (item: Item) => `${item.pk?.S} ${item.sk?.S}`
  return items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}
