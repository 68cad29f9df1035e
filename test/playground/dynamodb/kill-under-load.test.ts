import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BatchWriteItemCommand, type DynamoDBClient, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTables } from '../../../playground/dynamodb/create-tables.ts'
import { allItems } from './all-items.ts'
import { endAll, startVictim, withEngineOn } from './victim.ts'

const TABLE = 'load-control'
const WRITERS = 8
const PURSES = 6
const START = 1000

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-load-'))
})

afterAll(async () => {
  await endAll()
  await rm(folder, { recursive: true })
})

const purse = (n: number) => ({ pk: { S: 'purse' }, sk: { S: String(n % PURSES) } })

/** Moves one unit and leaves a record of it, under one name. */
const transfer = (client: DynamoDBClient, name: string, n: number) => {
  const move = (to: number, sign: '+' | '-') => ({
    Update: {
      TableName: TABLE,
      Key: purse(to),
      UpdateExpression: `SET balance = balance ${sign} :one`,
      ExpressionAttributeValues: { ':one': { N: '1' } },
    },
  })
  const record = { Put: { TableName: TABLE, Item: { pk: { S: 'record' }, sk: { S: name }, from: purse(n).sk } } }
  return client.send(new TransactWriteItemsCommand({ TransactItems: [move(n, '-'), record, move(n + 1, '+')] }))
}

/** What the purses must hold if every recorded transfer took place whole and no other in part. */
function balancesFrom(records: readonly (string | undefined)[]): string[] {
  const balances = Array.from({ length: PURSES }, () => START)
  for (const from of records.map(Number)) {
    balances[from]! -= 1
    balances[(from + 1) % PURSES]! += 1
  }
  return balances.map(String)
}

test('kill -9 in the middle of a stream of transactions loses none that was answered and halves none', async () => {
  const answered = new Set<string>()
  // Each round kills after another count of answers, with eight transactions under way.
  for (const [round, killAfter] of [5, 17, 26, 43].entries()) {
    const victim = await startVictim(folder)
    if (round === 0) {
      await createTables(victim.client, 'load')
      const puts = Array.from({ length: PURSES }, (_, n) => ({
        PutRequest: { Item: { ...purse(n), balance: { N: String(START) } } },
      }))
      await victim.client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: puts } }))
    }
    let count = 0
    const write = async (writer: number) => {
      for (let turn = 0; ; turn += 1) {
        const name = `${round}-${writer}-${turn}`
        await transfer(victim.client, name, writer + turn)
        answered.add(name)
        count += 1
        if (count === killAfter) victim.kill()
      }
    }
    const ends = await Promise.allSettled(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
    expect(ends.every(({ status }) => status === 'rejected')).toBe(true)
    expect(await victim.death).toBe('SIGKILL')

    const items = await withEngineOn(folder, (client) => allItems(client, TABLE))
    const records = items.filter(({ pk }) => pk?.S === 'record')
    const names = new Set(records.map(({ sk }) => sk?.S))
    expect([...answered].filter((name) => !names.has(name))).toEqual([])
    expect(items.filter(({ pk }) => pk?.S === 'purse').map(({ balance }) => balance?.N)).toEqual(
      balancesFrom(records.map(({ from }) => from?.S)),
    )
  }
})
