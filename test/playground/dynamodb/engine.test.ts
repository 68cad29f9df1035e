import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { afterEach, describe, expect, test } from 'vitest'
import { createTables } from '../../../playground/dynamodb/create-tables.ts'
import {
  type EmbeddedDynamoDb,
  type EmbeddedDynamoDbOptions,
  startEmbeddedDynamoDb,
} from '../../../playground/dynamodb/engine.ts'
import { clientFor, errorOf } from '../../contract/dynamodb/endpoint-under-test.ts'
import { allItems } from './all-items.ts'

const TABLE = 'own-control'
const MINUTE_MS = 60_000

const tidy: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const step of tidy.splice(0).toReversed()) await step()
})

async function start(
  options: EmbeddedDynamoDbOptions = {},
): Promise<{ engine: EmbeddedDynamoDb; client: DynamoDBClient }> {
  const engine = await startEmbeddedDynamoDb(options)
  const client = clientFor(engine.endpoint)
  tidy.push(engine.close, async () => client.destroy())
  await createTables(client, 'own')
  return { engine, client }
}

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-engine-'))
  tidy.push(() => rm(folder, { recursive: true }))
  return folder
}

const key = (name: string) => ({ pk: { S: 'p' }, sk: { S: name } })

const put = (client: DynamoDBClient, name: string, more = {}) =>
  client.send(new PutItemCommand({ TableName: TABLE, Item: { ...key(name), ...more } }))

const names = async (client: DynamoDBClient) => (await allItems(client, TABLE)).map(({ sk }) => sk?.S)

describe('the sweep of what has expired', () => {
  const NOW_SECONDS = 1_800_000_000
  const aged = (seconds: number) => ({ expiresAt: { N: String(seconds) } })

  test('deletes by the clock handed in, and nothing before it is called', async () => {
    let now = NOW_SECONDS * 1000
    const { engine, client } = await start({ clock: () => now })
    await put(client, 'due', aged(NOW_SECONDS))
    await put(client, 'due in a second', aged(NOW_SECONDS + 1))
    await put(client, 'without a time')
    await put(client, 'with text for a time', { expiresAt: { S: String(NOW_SECONDS) } })
    expect((await names(client)).length).toBe(4)

    expect(await engine.sweepExpired()).toBe(1)
    expect(await names(client)).toEqual(['due in a second', 'with text for a time', 'without a time'])
    expect(await engine.sweepExpired()).toBe(0)
    now += 1000
    expect(await engine.sweepExpired()).toBe(1)
    expect(await names(client)).toEqual(['with text for a time', 'without a time'])
  })

  test('keeps what expired more than five years ago, as DynamoDB does', async () => {
    const { engine, client } = await start({ clock: () => NOW_SECONDS * 1000 })
    await put(client, 'six years', aged(NOW_SECONDS - 6 * 365 * 86_400))
    await put(client, 'four years', aged(NOW_SECONDS - 4 * 365 * 86_400))
    expect(await engine.sweepExpired()).toBe(1)
    expect(await names(client)).toEqual(['six years'])
  })

  test('goes through tables of more than one read', async () => {
    const { engine, client } = await start({ clock: () => NOW_SECONDS * 1000 })
    for (let n = 0; n < 600; n += 1) await put(client, String(n), n % 2 === 0 ? aged(1_790_000_000) : {})
    expect(await engine.sweepExpired()).toBe(300)
    expect((await names(client)).length).toBe(300)
  })
})

describe('a client token', () => {
  const transact = (client: DynamoDBClient, condition: string) =>
    client.send(
      new TransactWriteItemsCommand({
        ClientRequestToken: 'token',
        TransactItems: [{ Put: { TableName: TABLE, Item: key('a'), ConditionExpression: condition } }],
      }),
    )
  const onlyNew = 'attribute_not_exists(pk)'

  test('is good for ten minutes', async () => {
    let now = 0
    const { client } = await start({ clock: () => now })
    await transact(client, onlyNew)
    now = 10 * MINUTE_MS - 1
    await expect(transact(client, onlyNew)).resolves.toBeDefined()
    now = 10 * MINUTE_MS
    expect(await errorOf(transact(client, onlyNew))).toBeInstanceOf(TransactionCanceledException)
  })

  test('is not used up by a transaction that failed', async () => {
    const { client } = await start()
    expect(await errorOf(transact(client, 'attribute_exists(pk)'))).toBeInstanceOf(TransactionCanceledException)
    await expect(transact(client, onlyNew)).resolves.toBeDefined()
  })

  test('is known after a restart, and forgotten by the sweep once it is old', async () => {
    const folder = await freshFolder()
    let now = 0
    const first = await start({ folder, clock: () => now })
    await transact(first.client, onlyNew)
    await first.engine.close()
    const second = await start({ folder, clock: () => now })
    await expect(transact(second.client, onlyNew)).resolves.toBeDefined()
    now = 11 * MINUTE_MS
    await second.engine.sweepExpired()
    now = 0
    expect(await errorOf(transact(second.client, onlyNew))).toBeInstanceOf(TransactionCanceledException)
  })
})

describe('a transaction that breaks off for a fault of the engine', () => {
  test('stops the engine, and the next start rolls it back', async () => {
    const folder = await freshFolder()
    const { engine, client } = await start({
      folder,
      onStep: (step, index) => {
        if (step === 'applied' && index === 2) throw new Error('the disk is full')
      },
    })
    await put(client, 'before')
    const items = ['a', 'b', 'c'].map((name) => ({ Put: { TableName: TABLE, Item: key(name) } }))
    const error = await errorOf(client.send(new TransactWriteItemsCommand({ TransactItems: items })))
    expect(error.message).toContain('the disk is full')
    expect((await errorOf(put(client, 'after'))).message).toContain('restart the engine')
    expect((await errorOf(client.send(new GetItemCommand({ TableName: TABLE, Key: key('a') })))).message).toContain(
      'restart the engine',
    )
    await engine.close()
    const { client: next } = await start({ folder })
    expect(await names(next)).toEqual(['before'])
  })
})

describe('a folder', () => {
  test('holds the data from one start to the next', async () => {
    const folder = await freshFolder()
    const first = await start({ folder })
    await put(first.client, 'kept')
    await first.engine.close()
    const second = await start({ folder })
    expect(await names(second.client)).toEqual(['kept'])
  })

  test('serves one engine at a time', async () => {
    const folder = await freshFolder()
    await start({ folder })
    await expect(startEmbeddedDynamoDb({ folder })).rejects.toThrow(`cannot open the DynamoDB folder ${folder}`)
  })
})

describe('on the wire', () => {
  const post = (engine: EmbeddedDynamoDb, target: string, body: string) =>
    fetch(engine.endpoint, { method: 'POST', headers: { 'x-amz-target': target }, body })

  test('the engine is on the loopback interface, on the port asked for', async () => {
    const { engine } = await start()
    const { hostname, port } = new URL(engine.endpoint)
    expect(hostname).toBe('127.0.0.1')
    await engine.close()
    const again = await start({ port: Number(port) })
    expect(again.engine.endpoint).toBe(engine.endpoint)
    await expect(startEmbeddedDynamoDb({ port: Number(port) })).rejects.toThrow('EADDRINUSE')
  })

  test.each<{ name: string; target: string; body: string; type: string }>([
    {
      name: 'an operation it does not have',
      target: 'DynamoDB_20120810.ExecuteStatement',
      body: '{}',
      type: 'com.amazon.coral.service#UnknownOperationException',
    },
    { name: 'no operation', target: '', body: '{}', type: 'com.amazon.coral.service#UnknownOperationException' },
    {
      name: 'no JSON',
      target: 'DynamoDB_20120810.GetItem',
      body: '{',
      type: 'com.amazon.coral.service#SerializationException',
    },
    {
      name: 'a transaction that is no list of objects',
      target: 'DynamoDB_20120810.TransactWriteItems',
      body: '{"TransactItems":[null]}',
      type: 'com.amazon.coral.service#SerializationException',
    },
  ])('$name is refused in DynamoDB’s own form', async ({ target, body, type }) => {
    const { engine } = await start()
    const response = await post(engine, target, body)
    expect(response.status).toBe(400)
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.0')
    expect(await response.json()).toMatchObject({ __type: type })
  })

  test('a request of more than 16 MB is refused', async () => {
    const { engine } = await start()
    const response = await post(engine, 'DynamoDB_20120810.PutItem', 'x'.repeat(16 * 1024 * 1024 + 1))
    expect(response.status).toBe(413)
  })

  test('a request under way is answered before the engine closes', async () => {
    let closing: Promise<void> | undefined
    const { engine, client } = await start({
      onStep: (step) => {
        if (step === 'evaluated') closing = engine.close()
      },
    })
    const items = [{ Put: { TableName: TABLE, Item: key('a') } }]
    await expect(client.send(new TransactWriteItemsCommand({ TransactItems: items }))).resolves.toBeDefined()
    await closing
    expect((await errorOf(put(client, 'b'))).message).toContain('ECONNREFUSED')
  })
})
