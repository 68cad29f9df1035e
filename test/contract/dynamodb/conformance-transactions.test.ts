import { randomUUID } from 'node:crypto'
import {
  ConditionalCheckFailedException,
  IdempotentParameterMismatchException,
  ResourceNotFoundException,
  TransactGetItemsCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EndpointUnderTest, errorOf, freshKey, type Item, type Key, openEndpoint } from './endpoint-under-test.ts'

let db: EndpointUnderTest

beforeAll(async () => {
  db = await openEndpoint()
})

afterAll(() => db.close())

const transact = (items: TransactWriteItem[], token?: string) =>
  db.client.send(new TransactWriteItemsCommand({ TransactItems: items, ...(token && { ClientRequestToken: token }) }))

const reasonsOf = async (items: TransactWriteItem[]) => {
  const error = await errorOf(transact(items))
  expect(error).toBeInstanceOf(TransactionCanceledException)
  return (error as TransactionCanceledException).CancellationReasons
}

const put = (item: Item): TransactWriteItem => ({ Put: { TableName: db.control, Item: item } })

const putNew = (item: Item): TransactWriteItem => ({
  Put: { TableName: db.control, Item: item, ConditionExpression: 'attribute_not_exists(pk)' },
})

const check = (key: Key, condition: string): TransactWriteItem => ({
  ConditionCheck: { TableName: db.control, Key: key, ConditionExpression: condition },
})

const increment = (key: Key): TransactWriteItem => ({
  Update: {
    TableName: db.control,
    Key: key,
    UpdateExpression: 'SET n = n + :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  },
})

/** 36 characters, the most a token may have. */
const freshToken = () => randomUUID()

describe('a transaction', () => {
  test('puts, updates, deletes and checks over several tables at once', async () => {
    const [made, changed, gone, checked] = [freshKey(), freshKey(), freshKey(), freshKey()]
    await db.put({ ...changed, n: { N: '1' } })
    await db.put(gone)
    await db.put(checked)
    await transact([
      { Put: { TableName: db.audit, Item: { ...made, hash: { S: 'h' } } } },
      increment(changed),
      { Delete: { TableName: db.control, Key: gone } },
      check(checked, 'attribute_exists(pk)'),
    ])
    expect((await db.read(changed))?.n).toEqual({ N: '2' })
    expect(await db.read(gone)).toBeUndefined()
    expect(await db.read(checked)).toEqual(checked)
    const { Responses: read } = await db.client.send(
      new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName: db.audit, Key: made } }] }),
    )
    expect(read).toEqual([{ Item: { ...made, hash: { S: 'h' } } }])
  })

  test('that fails anywhere leaves no trace', async () => {
    const [made, changed, gone, taken] = [freshKey(), freshKey(), freshKey(), freshKey()]
    await db.put({ ...changed, n: { N: '1' } })
    await db.put(gone)
    await db.put(taken)
    const reasons = await reasonsOf([
      put(made),
      increment(changed),
      { Delete: { TableName: db.control, Key: gone } },
      putNew(taken),
    ])
    expect(reasons?.map(({ Code }) => Code)).toEqual(['None', 'None', 'None', 'ConditionalCheckFailed'])
    expect(await db.read(made)).toBeUndefined()
    expect((await db.read(changed))?.n).toEqual({ N: '1' })
    expect(await db.read(gone)).toEqual(gone)
  })

  test('creates with an update the item that is not there', async () => {
    const key = freshKey()
    const set = { UpdateExpression: 'SET n = :v', ExpressionAttributeValues: { ':v': { N: '1' } } }
    await transact([
      { Update: { TableName: db.control, Key: key, ConditionExpression: 'attribute_not_exists(pk)', ...set } },
    ])
    expect(await db.read(key)).toEqual({ ...key, n: { N: '1' } })
  })

  test('checks that an item is missing without creating it', async () => {
    const [missing, made] = [freshKey(), freshKey()]
    await transact([check(missing, 'attribute_not_exists(pk)'), put(made)])
    expect(await db.read(missing)).toBeUndefined()
    expect(await db.read(made)).toEqual(made)
  })

  test('is exact on sums beyond what a double holds', async () => {
    const key = freshKey()
    await db.put({ ...key, n: { N: '9007199254740993' } })
    await transact([increment(key)])
    expect((await db.read(key))?.n).toEqual({ N: '9007199254740994' })
  })

  test('of 100 actions is the longest', async () => {
    const keys = Array.from({ length: 101 }, () => freshKey())
    await transact(keys.slice(0, 100).map(put))
    expect(await db.read(keys[99]!)).toEqual(keys[99])
    const fresh = Array.from({ length: 101 }, () => freshKey())
    expect((await errorOf(transact(fresh.map(put)))).name).toBe('ValidationException')
    expect(await db.read(fresh[0]!)).toBeUndefined()
  })
})

describe('the reasons of a cancellation', () => {
  test('stand in the order of the actions, with the item where it was asked for', async () => {
    const [first, second, third] = [freshKey(), freshKey(), freshKey()]
    await db.put({ ...first, n: { N: '1' } })
    await db.put({ ...third, n: { N: '3' } })
    const asked: TransactWriteItem = {
      Delete: {
        TableName: db.control,
        Key: third,
        ConditionExpression: 'n < :n',
        ExpressionAttributeValues: { ':n': { N: '3' } },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    }
    const reasons = await reasonsOf([putNew(first), putNew(second), asked])
    expect(reasons).toEqual([
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' },
      { Code: 'None' },
      { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed', Item: { ...third, n: { N: '3' } } },
    ])
  })

  test('are summed up in the message', async () => {
    const taken = freshKey()
    await db.put(taken)
    const error = await errorOf(transact([putNew(freshKey()), putNew(taken)]))
    expect(error.message).toContain('[None, ConditionalCheckFailed]')
    expect(error).not.toBeInstanceOf(ConditionalCheckFailedException)
  })

  test('name an action that is invalid only for the item it meets', async () => {
    const [text, big] = [freshKey(), freshKey()]
    await db.put({ ...text, n: { S: 'no number' } })
    await db.put({ ...big, body: { S: 'x'.repeat(400_000) } })
    const grow: TransactWriteItem = {
      Update: {
        TableName: db.control,
        Key: big,
        UpdateExpression: 'SET more = :v',
        ExpressionAttributeValues: { ':v': { S: 'é'.repeat(5_000) } },
      },
    }
    const reasons = await reasonsOf([put(freshKey()), increment(text), grow, increment(freshKey())])
    expect(reasons?.map(({ Code }) => Code)).toEqual(['None', 'ValidationError', 'ValidationError', 'ValidationError'])
  })

  test('name a key of the wrong type', async () => {
    const reasons = await reasonsOf([put({ pk: { N: '1' }, sk: { S: 'a' } }), put(freshKey())])
    expect(reasons?.map(({ Code }) => Code)).toEqual(['ValidationError', 'None'])
  })
})

describe('refused before it begins, as invalid', () => {
  const same = freshKey()

  test.each<{ name: string; items: () => TransactWriteItem[] }>([
    { name: 'a transaction of nothing', items: () => [] },
    { name: 'two writes of one item', items: () => [put({ ...same, n: { N: '1' } }), increment(same)] },
    { name: 'a check and a write of one item', items: () => [check(same, 'attribute_exists(pk)'), put(same)] },
    { name: 'an action of two kinds', items: () => [{ ...put(same), ...check(freshKey(), 'attribute_exists(pk)') }] },
    { name: 'an empty key', items: () => [put({ pk: { S: '' }, sk: { S: 'a' } })] },
    { name: 'an item over 400 KB', items: () => [put({ ...same, body: { S: 'é'.repeat(204_800) } })] },
    {
      name: 'more than 4 MB in all',
      items: () => Array.from({ length: 12 }, () => put({ ...freshKey(), body: { S: 'x'.repeat(380_000) } })),
    },
    { name: 'a condition that does not parse', items: () => [check(same, 'n = = n')] },
  ])('$name', async ({ items }) => {
    expect((await errorOf(transact(items()))).name).toBe('ValidationException')
  })

  test('a token of 37 letters', async () => {
    expect((await errorOf(transact([put(freshKey())], 'x'.repeat(37)))).name).toBe('ValidationException')
  })

  test('a table that is not there, named as such, with nothing written', async () => {
    const key = freshKey()
    const elsewhere: TransactWriteItem = { Put: { TableName: `${db.control}-missing`, Item: freshKey() } }
    expect(await errorOf(transact([put(key), elsewhere]))).toBeInstanceOf(ResourceNotFoundException)
    expect(await db.read(key)).toBeUndefined()
  })
})

describe('a client token', () => {
  test('makes the same transaction, sent again, succeed without a second effect', async () => {
    const [key, token] = [freshKey(), freshToken()]
    await db.put({ ...key, n: { N: '1' } })
    await transact([increment(key)], token)
    await transact([increment(key)], token)
    expect((await db.read(key))?.n).toEqual({ N: '2' })
  })

  test('holds even when the condition would no longer', async () => {
    const [key, token] = [freshKey(), freshToken()]
    await transact([putNew(key)], token)
    await expect(transact([putNew(key)], token)).resolves.toBeDefined()
  })

  test('holds when the attributes come in another order', async () => {
    const [key, token] = [freshKey(), freshToken()]
    await transact([putNew({ ...key, a: { N: '1' }, b: { N: '2' } })], token)
    await expect(transact([putNew({ b: { N: '2' }, a: { N: '1' }, ...key })], token)).resolves.toBeDefined()
  })

  test('does not stand for another transaction', async () => {
    const [key, token] = [freshKey(), freshToken()]
    await transact([put({ ...key, n: { N: '1' } })], token)
    const error = await errorOf(transact([put({ ...key, n: { N: '2' } })], token))
    expect(error).toBeInstanceOf(IdempotentParameterMismatchException)
    expect((await db.read(key))?.n).toEqual({ N: '1' })
  })

  test('sent many times at once has one effect', async () => {
    const [key, token] = [freshKey(), freshToken()]
    await db.put({ ...key, n: { N: '0' } })
    // AWS answers a copy that overtakes the first with TransactionInProgressException: any outcome, but one effect.
    await Promise.allSettled(Array.from({ length: 8 }, () => transact([increment(key)], token)))
    expect((await db.read(key))?.n).toEqual({ N: '1' })
  })
})

describe('a transaction of reads', () => {
  const get = (keys: readonly Key[]) =>
    db.client.send(
      new TransactGetItemsCommand({
        TransactItems: keys.map((key) => ({ Get: { TableName: db.control, Key: key } })),
        ReturnConsumedCapacity: 'TOTAL',
      }),
    )

  test('answers in the order asked, with nothing for what is missing, at double the price', async () => {
    const [first, missing, last] = [freshKey(), freshKey(), freshKey()]
    await db.put({ ...first, n: { N: '1' } })
    await db.put({ ...last, n: { N: '3' } })
    const read = await get([last, missing, first])
    expect(read.Responses?.map(({ Item: item }) => item?.n?.N)).toEqual(['3', undefined, '1'])
    expect(read.ConsumedCapacity?.[0]?.CapacityUnits).toBe(6)
  })

  test('of one item twice, of nothing, or of 101 is refused', async () => {
    const key = freshKey()
    const refused = [[key, key], [], Array.from({ length: 101 }, () => freshKey())]
    for (const keys of refused) expect((await errorOf(get(keys))).name).toBe('ValidationException')
  })
})

test('a transaction pays double for what it writes', async () => {
  const { ConsumedCapacity: consumed } = await db.client.send(
    new TransactWriteItemsCommand({
      TransactItems: [put({ ...freshKey(), body: { S: 'x'.repeat(1500) } }), put(freshKey())],
      ReturnConsumedCapacity: 'TOTAL',
    }),
  )
  // Two KB begun and one, twice.
  expect(consumed?.[0]?.CapacityUnits).toBe(6)
})
