import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTables } from '../../../playground/dynamodb/create-tables.ts'
import { type DynamoDbInWorker, startDynamoDbInWorker } from '../../../playground/dynamodb/in-worker.ts'

describe('the engine on a thread of its own', () => {
  let engine: DynamoDbInWorker
  let near: DynamoDBClient
  let far: DynamoDBClient
  const TableName = 'near-control'
  const Key = { pk: { S: 'ACCOUNT#1' }, sk: { S: 'LEVER#1' } }

  beforeAll(async () => {
    engine = await startDynamoDbInWorker({})
    const { endpoint, requestHandler } = engine
    const credentials = { accessKeyId: 'pretend', secretAccessKey: 'pretend' }
    near = new DynamoDBClient({ endpoint, requestHandler, region: 'us-east-1', credentials, maxAttempts: 1 })
    far = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 })
    await createTables(near, 'near')
  })

  afterAll(async () => {
    far.destroy()
    await engine.close()
  })

  test('reads over the network what was written by message, in every script', async () => {
    await near.send(new PutItemCommand({ TableName, Item: { ...Key, name: { S: 'Zürich – 東京 🚲' } } }))
    const { Item } = await far.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))
    expect(Item?.name).toEqual({ S: 'Zürich – 東京 🚲' })
    expect((await near.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }))).Item).toEqual(Item)
  })

  test('keeps answers apart that are asked for at once', async () => {
    const ids = Array.from({ length: 50 }, (_, i) => ({ pk: { S: 'MANY' }, sk: { S: `${i}` } }))
    await Promise.all(ids.map((id) => near.send(new PutItemCommand({ TableName, Item: { ...id, n: { N: id.sk.S } } }))))
    const found = await Promise.all(ids.map((id) => near.send(new GetItemCommand({ TableName, Key: id }))))
    expect(found.map(({ Item }) => Item?.n)).toEqual(ids.map(({ sk }) => ({ N: sk.S })))
  })

  test('raises the SDK’s own exception for a condition that does not hold', async () => {
    const once = { TableName, Item: { ...Key, sk: { S: 'once' } }, ConditionExpression: 'attribute_not_exists(pk)' }
    await near.send(new PutItemCommand(once))
    await expect(near.send(new PutItemCommand(once))).rejects.toThrow(
      expect.objectContaining({ name: 'ConditionalCheckFailedException' }),
    )
  })

  test('fails what is asked of a thread that has ended', async () => {
    const short = await startDynamoDbInWorker({})
    await short.close()
    await expect(short.requestHandler.handle({ headers: {}, body: '{}' })).rejects.toThrow('ended before it answered')
  })
})
