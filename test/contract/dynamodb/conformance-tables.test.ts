import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  PutItemCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTables } from '../../../playground/dynamodb/create-tables.ts'
import { type EndpointUnderTest, errorOf, freshKey, openEndpoint } from './endpoint-under-test.ts'

let db: EndpointUnderTest

beforeAll(async () => {
  db = await openEndpoint()
})

afterAll(() => db.close())

describe('the tables of the product', () => {
  test('are there, paid by request, with both keys as strings', async () => {
    for (const name of [db.control, db.facts, db.audit]) {
      const { Table: table } = await db.client.send(new DescribeTableCommand({ TableName: name }))
      expect(table).toMatchObject({
        TableName: name,
        TableStatus: 'ACTIVE',
        BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        DeletionProtectionEnabled: false,
      })
      expect(table?.AttributeDefinitions?.map(({ AttributeType: type }) => type)).toEqual(['S', 'S'])
    }
  })

  test('age by expiresAt', async () => {
    const { TimeToLiveDescription: described } = await db.client.send(
      new DescribeTimeToLiveCommand({ TableName: db.facts }),
    )
    expect(['ENABLED', 'ENABLING']).toContain(described?.TimeToLiveStatus)
    expect(described?.AttributeName).toBe('expiresAt')
  })

  test('may be created again: what is there stays', async () => {
    const key = freshKey()
    await db.put({ ...key, n: { N: '1' } })
    await createTables(db.client, db.control.replace(/-control$/, ''))
    expect(await db.read(key)).toEqual({ ...key, n: { N: '1' } })
  })
})

describe('time to live', () => {
  test('an item past its time may still be read: deletion comes some time later', async () => {
    const key = freshKey()
    const item = { ...key, expiresAt: { N: String(Math.floor(Date.now() / 1000) - 60) } }
    await db.put(item)
    expect(await db.read(key)).toEqual(item)
  })

  test('an item without a time, or with one that is no number, stays', async () => {
    const [without, text] = [freshKey(), freshKey()]
    await db.put(without)
    await db.put({ ...text, expiresAt: { S: '1' } })
    expect(await db.read(without)).toEqual(without)
    expect(await db.read(text)).toEqual({ ...text, expiresAt: { S: '1' } })
  })

  test('cannot be switched on twice', async () => {
    const again = new UpdateTimeToLiveCommand({
      TableName: db.control,
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' },
    })
    expect((await errorOf(db.client.send(again))).name).toBe('ValidationException')
  })
})

describe('a table', () => {
  const definition = (name: string) => ({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' as const }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' as const }],
  })
  const wait = () => ({ client: db.client, maxWaitTime: 120, minDelay: 0.02, maxDelay: 2 })

  test('cannot be created twice', async () => {
    const error = await errorOf(db.client.send(new CreateTableCommand(definition(db.control))))
    expect(error).toBeInstanceOf(ResourceInUseException)
  })

  test('that is not there cannot be described', async () => {
    const describeMissing = new DescribeTableCommand({ TableName: `${db.control}-missing` })
    expect(await errorOf(db.client.send(describeMissing))).toBeInstanceOf(ResourceNotFoundException)
  })

  test('under deletion protection cannot be deleted until it is lifted, and is then gone with its items', async () => {
    const name = `${db.control}-protected`
    const remove = () => db.client.send(new DeleteTableCommand({ TableName: name }))
    await db.client.send(new CreateTableCommand({ ...definition(name), DeletionProtectionEnabled: true }))
    await waitUntilTableExists(wait(), { TableName: name })
    const item = { TableName: name, Item: { pk: { S: 'a' } } }
    await db.client.send(new PutItemCommand(item))
    expect((await errorOf(remove())).name).toBe('ValidationException')
    const lifted = await db.client.send(new UpdateTableCommand({ TableName: name, DeletionProtectionEnabled: false }))
    expect(lifted.TableDescription?.DeletionProtectionEnabled).toBe(false)
    await waitUntilTableExists(wait(), { TableName: name })
    await remove()
    await waitUntilTableNotExists(wait(), { TableName: name })
    expect(await errorOf(remove())).toBeInstanceOf(ResourceNotFoundException)
    expect(await errorOf(db.client.send(new PutItemCommand(item)))).toBeInstanceOf(ResourceNotFoundException)
  })
})
