import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  ResourceNotFoundException,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EndpointUnderTest, errorOf, freshKey, openEndpoint } from './endpoint-under-test.ts'

let db: EndpointUnderTest

beforeAll(async () => {
  db = await openEndpoint()
})

afterAll(() => db.close())

const put = (input: Omit<PutItemCommandInput, 'TableName'>) =>
  db.client.send(new PutItemCommand({ TableName: db.control, ...input } as PutItemCommandInput))

const update = (input: Omit<UpdateItemCommandInput, 'TableName'>) =>
  db.client.send(new UpdateItemCommand({ TableName: db.control, ...input } as UpdateItemCommandInput))

const remove = (input: Record<string, unknown>) =>
  db.client.send(new DeleteItemCommand({ TableName: db.control, ...input } as never))

describe('numbers', () => {
  // 2^53 + 1 is the first integer a double cannot hold; 38 nines are the most DynamoDB can.
  test.each(['9007199254740993', '-9007199254740993', '9'.repeat(38), `-${'9'.repeat(38)}`, '0.000001'])(
    '%s is kept to the digit',
    async (n) => {
      const key = freshKey()
      await db.put({ ...key, n: { N: n } })
      expect((await db.read(key))?.n).toEqual({ N: n })
    },
  )

  test('are added to the digit', async () => {
    const key = freshKey()
    await db.put({ ...key, n: { N: `${'9'.repeat(37)}8` } })
    await update({
      Key: key,
      UpdateExpression: 'SET n = n + :one, m = n - :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
    })
    expect(await db.read(key)).toEqual({ ...key, n: { N: '9'.repeat(38) }, m: { N: `${'9'.repeat(37)}7` } })
  })

  test.each([
    { n: '9007199254740993', cap: '9007199254740992', holds: false },
    { n: '9007199254740992', cap: '9007199254740993', holds: true },
    { n: '9'.repeat(38), cap: `${'9'.repeat(37)}8`, holds: false },
  ])('$n <= $cap is $holds', async ({ n, cap, holds }) => {
    const key = freshKey()
    await db.put({ ...key, n: { N: n } })
    const write = remove({
      Key: key,
      ConditionExpression: 'n <= :cap',
      ExpressionAttributeValues: { ':cap': { N: cap } },
    })
    if (holds) await expect(write).resolves.toBeDefined()
    else expect(await errorOf(write)).toBeInstanceOf(ConditionalCheckFailedException)
  })

  test('of 39 digits are refused', async () => {
    const error = await errorOf(put({ Item: { ...freshKey(), n: { N: '9'.repeat(39) } } }))
    expect(error.name).toBe('ValidationException')
  })
})

describe('update expressions', () => {
  test('set, default, append, reach into maps and remove', async () => {
    const key = freshKey()
    await db.put({ ...key, entries: { L: [{ S: 'a' }] }, tree: { M: { leaf: { N: '1' } } }, gone: { S: 'x' } })
    await update({
      Key: key,
      UpdateExpression:
        'SET initial = if_not_exists(initial, :v), entries = list_append(entries, :more), tree.#key = :v REMOVE gone, tree.leaf',
      ExpressionAttributeNames: { '#key': 'campaign#1' },
      ExpressionAttributeValues: { ':v': { N: '2' }, ':more': { L: [{ S: 'b' }] } },
    })
    expect(await db.read(key)).toEqual({
      ...key,
      initial: { N: '2' },
      entries: { L: [{ S: 'a' }, { S: 'b' }] },
      tree: { M: { 'campaign#1': { N: '2' } } },
    })
  })

  test('create the item where there is none', async () => {
    const key = freshKey()
    const values = { ExpressionAttributeValues: { ':v': { N: '1' } } }
    await update({
      Key: key,
      UpdateExpression: 'SET n = :v',
      ConditionExpression: 'attribute_not_exists(pk)',
      ...values,
    })
    expect(await db.read(key)).toEqual({ ...key, n: { N: '1' } })
  })

  test('cannot change the key', async () => {
    const values = { ExpressionAttributeValues: { ':v': { S: 'other' } } }
    const error = await errorOf(update({ Key: freshKey(), UpdateExpression: 'SET sk = :v', ...values }))
    expect(error.name).toBe('ValidationException')
  })
})

describe('values', () => {
  test('of every type come back as they were', async () => {
    const item = {
      ...freshKey(),
      text: { S: 'Zürich 🎿' },
      empty: { S: '' },
      yes: { BOOL: true },
      nothing: { NULL: true as const },
      list: { L: [{ N: '1' }, { S: 'two' }, { L: [] }] },
      map: { M: { deep: { M: { deeper: { BOOL: false } } } } },
    }
    await db.put(item)
    expect(await db.read({ pk: item.pk, sk: item.sk })).toEqual(item)
  })

  test('of bytes come back byte for byte', async () => {
    const key = freshKey()
    const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
    await db.put({ ...key, packed: { B: bytes } })
    expect((await db.read(key))?.packed?.B).toEqual(bytes)
  })

  test('of a set come back whole, in any order', async () => {
    const key = freshKey()
    await db.put({ ...key, ids: { SS: ['b', 'a', 'c'] } })
    expect(new Set((await db.read(key))?.ids?.SS)).toEqual(new Set(['a', 'b', 'c']))
  })
})

describe('reads', () => {
  test('that are consistent see every write that was answered', async () => {
    const key = freshKey()
    for (let n = 0; n < 25; n += 1) {
      await db.put({ ...key, n: { N: String(n) } })
      expect((await db.read(key))?.n).toEqual({ N: String(n) })
    }
  })

  test('can be of single attributes', async () => {
    const key = freshKey()
    await db.put({ ...key, a: { N: '1' }, b: { M: { c: { N: '2' }, d: { N: '3' } } } })
    const { Item: item } = await db.client.send(
      new GetItemCommand({ TableName: db.control, Key: key, ProjectionExpression: 'a, b.c' }),
    )
    expect(item).toEqual({ a: { N: '1' }, b: { M: { c: { N: '2' } } } })
  })
})

describe('an item of 400 KB', () => {
  /** An item of exactly `bytes`: names and values in UTF-8. `filler` is of `width` bytes. */
  const itemOf = (bytes: number, filler: string, width: number) => {
    const key = freshKey()
    const used = 'pk'.length + key.pk.S.length + 'sk'.length + key.sk.S.length + 'body'.length
    const rest = bytes - used
    return { ...key, body: { S: filler.repeat(Math.floor(rest / width)) + 'x'.repeat(rest % width) } }
  }

  test.each([
    { name: 'one-byte letters', filler: 'x', width: 1 },
    { name: 'two-byte letters', filler: 'é', width: 2 },
  ])('is the largest, in $name', async ({ filler, width }) => {
    await expect(put({ Item: itemOf(409_600, filler, width) })).resolves.toBeDefined()
    const error = await errorOf(put({ Item: itemOf(409_601, filler, width) }))
    expect(error.name).toBe('ValidationException')
    expect(error.message).toContain('Item size has exceeded the maximum allowed size')
  })

  test('cannot be outgrown by an update', async () => {
    const { body, ...key } = itemOf(400_000, 'x', 1)
    await db.put({ ...key, body })
    const growth = { ExpressionAttributeValues: { ':v': { S: 'x'.repeat(20_000) } } }
    const error = await errorOf(update({ Key: key, UpdateExpression: 'SET more = :v', ...growth }))
    expect(error.name).toBe('ValidationException')
    expect((await db.read(key))?.more).toBeUndefined()
  })
})

describe('consumed capacity', () => {
  const ask = { ReturnConsumedCapacity: 'TOTAL' } as const

  // A write costs a unit per KB begun; a consistent read a unit per 4 KB begun, any other half of that.
  test('is counted in whole units of the item', async () => {
    const key = freshKey()
    const written = await put({ Item: { ...key, body: { S: 'x'.repeat(4500) } }, ...ask })
    expect(written.ConsumedCapacity?.CapacityUnits).toBe(5)
    const get = (ConsistentRead: boolean) =>
      db.client.send(new GetItemCommand({ TableName: db.control, Key: key, ConsistentRead, ...ask }))
    expect((await get(true)).ConsumedCapacity?.CapacityUnits).toBe(2)
    expect((await get(false)).ConsumedCapacity?.CapacityUnits).toBe(1)
  })
})

describe('refused as invalid', () => {
  const value = { ExpressionAttributeValues: { ':v': { N: '1' } } }

  test.each<{ name: string; call: () => Promise<unknown> }>([
    { name: 'an item without its sort key', call: () => put({ Item: { pk: { S: 'a' } } }) },
    { name: 'an empty key', call: () => put({ Item: { pk: { S: '' }, sk: { S: 'b' } } }) },
    { name: 'a key of another type', call: () => put({ Item: { pk: { N: '1' }, sk: { S: 'b' } } }) },
    {
      name: 'a reserved word without a placeholder',
      call: () => update({ Key: freshKey(), UpdateExpression: 'SET status = :v', ...value }),
    },
    {
      name: 'a value that no expression uses',
      call: () => put({ Item: freshKey(), ConditionExpression: 'attribute_exists(pk)', ...value }),
    },
    {
      name: 'a value that is not given',
      call: () => put({ Item: freshKey(), ConditionExpression: 'n = :missing' }),
    },
  ])('$name', async ({ call }) => {
    expect((await errorOf(call())).name).toBe('ValidationException')
  })

  test('a table that is not there is named as such', async () => {
    const get = new GetItemCommand({ TableName: `${db.control}-missing`, Key: freshKey() })
    expect(await errorOf(db.client.send(get))).toBeInstanceOf(ResourceNotFoundException)
  })
})
