import {
  ConditionalCheckFailedException,
  TransactGetItemsCommand,
  TransactionCanceledException,
  TransactionConflictException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EndpointUnderTest, freshKey, type Key, openEndpoint } from './endpoint-under-test.ts'

let db: EndpointUnderTest

beforeAll(async () => {
  // In memory a transaction's writes land together; on disk one by one, which is what a torn read needs.
  db = await openEndpoint({ onDisk: true })
})

afterAll(() => db.close())

const isConflict = (error: unknown) =>
  error instanceof TransactionConflictException ||
  (error instanceof TransactionCanceledException &&
    error.CancellationReasons?.some(({ Code }) => Code === 'TransactionConflict') === true &&
    error.CancellationReasons.every(({ Code }) => Code === 'TransactionConflict' || Code === 'None'))

/** AWS may refuse a transaction for another one under way on its items; that is no verdict, and is asked again. */
async function untilVerdict<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!isConflict(error)) throw error
    }
  }
}

/** True when it went through, false when a condition did not hold. */
async function transact(items: TransactWriteItem[]): Promise<boolean> {
  try {
    await untilVerdict(() => db.client.send(new TransactWriteItemsCommand({ TransactItems: items })))
    return true
  } catch (error) {
    if (error instanceof TransactionCanceledException) return false
    throw error
  }
}

const take = (key: Key, amount: string): TransactWriteItem => ({
  Update: {
    TableName: db.control,
    Key: key,
    UpdateExpression: 'SET balance = balance - :amount',
    ConditionExpression: 'balance >= :amount',
    ExpressionAttributeValues: { ':amount': { N: amount } },
  },
})

const give = (key: Key, amount: string): TransactWriteItem => ({
  Update: {
    TableName: db.control,
    Key: key,
    UpdateExpression: 'SET balance = balance + :amount',
    ExpressionAttributeValues: { ':amount': { N: amount } },
  },
})

describe('contention on one item', () => {
  test('of twenty transactions at once for the last five units, exactly five go through', async () => {
    const purse = freshKey()
    await db.put({ ...purse, balance: { N: '5' } })
    const intents = Array.from({ length: 20 }, () => freshKey('intent'))
    const won = await Promise.all(
      intents.map((intent) => transact([take(purse, '1'), { Put: { TableName: db.audit, Item: intent } }])),
    )
    expect(won.filter(Boolean).length).toBe(5)
    expect((await db.read(purse))?.balance).toEqual({ N: '0' })
    const { Responses: written } = await db.client.send(
      new TransactGetItemsCommand({
        TransactItems: intents.map((intent) => ({ Get: { TableName: db.audit, Key: intent } })),
      }),
    )
    expect(written?.map(({ Item: item }) => item !== undefined)).toEqual(won)
  })

  test('of twenty puts at once that require the item to be new, one goes through', async () => {
    const key = freshKey()
    const won = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        transact([
          {
            Put: {
              TableName: db.control,
              Item: { ...key, n: { N: String(n) } },
              ConditionExpression: 'attribute_not_exists(pk)',
            },
          },
        ]),
      ),
    )
    expect(won.filter(Boolean).length).toBe(1)
    expect((await db.read(key))?.n).toEqual({ N: String(won.indexOf(true)) })
  })

  test('single writes and transactions at once count every success once', async () => {
    const key = freshKey()
    await db.put({ ...key, balance: { N: '10' } })
    const { Update: single } = take(key, '1')
    const alone = () =>
      untilVerdict(() => db.client.send(new UpdateItemCommand(single!))).then(
        () => true,
        (error: unknown) => {
          if (error instanceof ConditionalCheckFailedException) return false
          throw error
        },
      )
    const together = () => transact([take(key, '1'), { Put: { TableName: db.audit, Item: freshKey() } }])
    const won = await Promise.all(Array.from({ length: 24 }, (_, n) => (n % 2 === 0 ? alone() : together())))
    expect(won.filter(Boolean).length).toBe(10)
    expect((await db.read(key))?.balance).toEqual({ N: '0' })
  })
})

describe('eight writers with fifty transfers each among four purses', () => {
  const WRITERS = 8
  const TRANSFERS = 50
  const START = 25
  /** A fixed walk over pairs of purses and amounts: which of them overlap is the scheduler's choice. */
  const plan = (writer: number, turn: number) => {
    const from = (writer + turn) % 4
    return { from, to: (from + 1 + ((writer * 7 + turn * 3) % 3)) % 4, amount: String(1 + ((writer + turn * 5) % 20)) }
  }

  test('keep the sum, never go below nothing, and are never seen half done', async () => {
    const purses = Array.from({ length: 4 }, () => freshKey('purse'))
    for (const purse of purses) await db.put({ ...purse, balance: { N: String(START) } })
    let isRunning = true
    let reads = 0
    const balances = async () => {
      const { Responses: read } = await untilVerdict(() =>
        db.client.send(
          new TransactGetItemsCommand({
            TransactItems: purses.map((purse) => ({ Get: { TableName: db.control, Key: purse } })),
          }),
        ),
      )
      return (read ?? []).map(({ Item: item }) => Number(item?.balance?.N))
    }
    const watch = async () => {
      while (isRunning) {
        const seen = await balances()
        expect(seen.reduce((a, b) => a + b, 0)).toBe(4 * START)
        expect(Math.min(...seen)).toBeGreaterThanOrEqual(0)
        reads += 1
      }
    }
    const write = async (writer: number) => {
      let moved = 0
      for (let turn = 0; turn < TRANSFERS; turn += 1) {
        const { from, to, amount } = plan(writer, turn)
        if (await transact([take(purses[from]!, amount), give(purses[to]!, amount)])) moved += 1
      }
      return moved
    }
    const writing = Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer))).finally(() => {
      isRunning = false
    })
    const [moved] = await Promise.all([writing, watch()])

    const final = await balances()
    expect(final.reduce((a, b) => a + b, 0)).toBe(4 * START)
    expect(reads).toBeGreaterThan(0)
    // Both outcomes have to have occurred for the race to have been one.
    const total = moved.reduce((a, b) => a + b, 0)
    expect(total).toBeGreaterThan(0)
    expect(total).toBeLessThan(WRITERS * TRANSFERS)
  })
})
