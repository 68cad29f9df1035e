import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTables } from '../../../playground/dynamodb/create-tables.ts'
import type { Item } from '../../contract/dynamodb/endpoint-under-test.ts'
import { allItems } from './all-items.ts'
import { deathOnStart, endAll, startVictim, withEngineOn } from './victim.ts'

const TABLE = 'kill-control'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-kill-'))
})

afterEach(async () => {
  await endAll()
  await rm(folder, { recursive: true })
})

const key = (name: string) => ({ pk: { S: 'acc' }, sk: { S: name } })

const BEFORE: Item[] = [
  { ...key('changed'), n: { N: '1' } },
  { ...key('deleted'), n: { N: '2' } },
  { ...key('replaced'), n: { N: '3' }, old: { S: 'yes' } },
]

/** Five writes of all kinds, and a check. */
const TRANSACTION: TransactWriteItem[] = [
  { Put: { TableName: TABLE, Item: { ...key('created'), n: { N: '10' } } } },
  {
    Update: {
      TableName: TABLE,
      Key: key('changed'),
      UpdateExpression: 'SET n = n + :v',
      ExpressionAttributeValues: { ':v': { N: '10' } },
    },
  },
  { Delete: { TableName: TABLE, Key: key('deleted') } },
  { Put: { TableName: TABLE, Item: { ...key('replaced'), n: { N: '13' } } } },
  { Put: { TableName: TABLE, Item: { ...key('created too'), n: { N: '14' } } } },
  { ConditionCheck: { TableName: TABLE, Key: key('none'), ConditionExpression: 'attribute_not_exists(pk)' } },
]

const AFTER: Item[] = [
  { ...key('changed'), n: { N: '11' } },
  { ...key('created'), n: { N: '10' } },
  { ...key('created too'), n: { N: '14' } },
  { ...key('replaced'), n: { N: '13' } },
]

const transact = (client: DynamoDBClient) =>
  client.send(new TransactWriteItemsCommand({ TransactItems: TRANSACTION, ClientRequestToken: 'one-and-the-same' }))

async function write(client: DynamoDBClient, items: readonly Item[]): Promise<void> {
  const puts = items.map((item) => ({ PutRequest: { Item: item } }))
  await client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: puts } }))
}

/** An engine that holds BEFORE, asked for the transaction and dead at the step. */
async function dieAt(step: string): Promise<void> {
  const victim = await startVictim(folder, step)
  await createTables(victim.client, 'kill')
  await write(victim.client, BEFORE)
  await expect(transact(victim.client)).rejects.toThrow()
  expect(await victim.death).toBe('SIGKILL')
}

const found = () => withEngineOn(folder, (client) => allItems(client, TABLE))

test('what was answered is there after kill -9', async () => {
  const { client, kill, death } = await startVictim(folder)
  await createTables(client, 'kill')
  const items = Array.from({ length: 25 }, (_, n) => ({ ...key(String(n).padStart(2, '0')), n: { N: String(n) } }))
  await write(client, items)
  kill()
  expect(await death).toBe('SIGKILL')
  expect(await found()).toEqual(items)
})

describe('a transaction whose process is killed', () => {
  test.each(['evaluated:0', 'journaled:0', 'applied:1', 'applied:2', 'applied:3', 'applied:4', 'applied:5'])(
    'at %s leaves nothing of it, and can be sent again',
    async (step) => {
      await dieAt(step)
      expect(await found()).toEqual(BEFORE)
      await withEngineOn(folder, transact)
      expect(await found()).toEqual(AFTER)
    },
  )

  test('past the commit point is there whole, and sent again has no second effect', async () => {
    await dieAt('settled:0')
    expect(await found()).toEqual(AFTER)
    await withEngineOn(folder, transact)
    expect(await found()).toEqual(AFTER)
  })

  test('had written when it died: without the journal that would stay', async () => {
    await dieAt('applied:1')
    await rm(join(folder, 'undo.journal'))
    expect(await found()).not.toEqual(BEFORE)
  })

  test.each(['undone:1', 'undone:3', 'undone:5'])(
    'and again at %s of its rollback leaves nothing of it',
    async (step) => {
      await dieAt('applied:5')
      expect(await deathOnStart(folder, step)).toBe('SIGKILL')
      expect(await found()).toEqual(BEFORE)
    },
  )

  test('is rolled back once: what is written after the rollback stays', async () => {
    await dieAt('applied:5')
    await withEngineOn(folder, (client) => write(client, [{ ...key('changed'), n: { N: '99' } }]))
    expect((await found())[0]).toEqual({ ...key('changed'), n: { N: '99' } })
  })
})
