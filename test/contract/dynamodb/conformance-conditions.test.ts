import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
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

describe('a put that requires the item to be new', () => {
  const onlyNew = { ConditionExpression: 'attribute_not_exists(pk)' }

  test('writes an item that is not there', async () => {
    const key = freshKey()
    await put({ Item: { ...key, n: { N: '1' } }, ...onlyNew })
    expect(await db.read(key)).toEqual({ ...key, n: { N: '1' } })
  })

  test('is refused where there is one, and leaves it as it was', async () => {
    const key = freshKey()
    await db.put({ ...key, n: { N: '1' } })
    const error = await errorOf(put({ Item: { ...key, n: { N: '2' } }, ...onlyNew }))
    expect(error).toBeInstanceOf(ConditionalCheckFailedException)
    expect((error as ConditionalCheckFailedException).Item).toBeUndefined()
    expect(await db.read(key)).toEqual({ ...key, n: { N: '1' } })
  })

  test('without the condition a put replaces the whole item', async () => {
    const key = freshKey()
    await db.put({ ...key, a: { S: 'old' }, b: { S: 'old' } })
    const { Attributes: old } = await put({ Item: { ...key, a: { S: 'new' } }, ReturnValues: 'ALL_OLD' })
    expect(old).toEqual({ ...key, a: { S: 'old' }, b: { S: 'old' } })
    expect(await db.read(key)).toEqual({ ...key, a: { S: 'new' } })
  })
})

describe('an update that requires a version', () => {
  const bump = (from: string) => ({
    UpdateExpression: 'SET version = version + :one, note = :note',
    ConditionExpression: 'version = :from',
    ExpressionAttributeValues: { ':one': { N: '1' }, ':from': { N: from }, ':note': { S: `after ${from}` } },
  })

  test('goes through at that version and can return what it made', async () => {
    const key = freshKey()
    await db.put({ ...key, version: { N: '7' }, kept: { S: 'yes' } })
    const { Attributes: made } = await update({ Key: key, ...bump('7'), ReturnValues: 'ALL_NEW' })
    expect(made).toEqual({ ...key, version: { N: '8' }, note: { S: 'after 7' }, kept: { S: 'yes' } })
    expect(await db.read(key)).toEqual(made)
  })

  test('is refused at another version', async () => {
    const key = freshKey()
    await db.put({ ...key, version: { N: '8' } })
    expect(await errorOf(update({ Key: key, ...bump('7') }))).toBeInstanceOf(ConditionalCheckFailedException)
    expect(await db.read(key)).toEqual({ ...key, version: { N: '8' } })
  })

  test('is refused on a missing item, and creates none', async () => {
    const key = freshKey()
    expect(await errorOf(update({ Key: key, ...bump('7') }))).toBeInstanceOf(ConditionalCheckFailedException)
    expect(await db.read(key)).toBeUndefined()
  })

  test('takes versions for equal by value, however they are written', async () => {
    const key = freshKey()
    await db.put({ ...key, version: { N: '7.0' } })
    await update({ Key: key, ...bump('0.7e1') })
    expect((await db.read(key))?.version).toEqual({ N: '8' })
  })
})

describe('a refused write that asks for the item it met', () => {
  const met = async (write: Promise<unknown>) => (await errorOf(write)) as ConditionalCheckFailedException
  const ask = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const
  const mismatch = { ConditionExpression: 'n = :n', ExpressionAttributeValues: { ':n': { N: '2' } } }

  test('gets it from a put', async () => {
    const item = { ...freshKey(), n: { N: '1' } }
    await db.put(item)
    expect((await met(put({ Item: item, ...mismatch, ...ask }))).Item).toEqual(item)
  })

  test('gets it from an update', async () => {
    const key = freshKey()
    await db.put({ ...key, n: { N: '1' } })
    expect((await met(update({ Key: key, UpdateExpression: 'SET n = :n', ...mismatch, ...ask }))).Item).toEqual({
      ...key,
      n: { N: '1' },
    })
  })

  test('gets it from a delete', async () => {
    const key = freshKey()
    await db.put({ ...key, n: { N: '1' } })
    expect((await met(remove({ Key: key, ...mismatch, ...ask }))).Item).toEqual({ ...key, n: { N: '1' } })
  })

  test('gets none where there is none', async () => {
    expect((await met(remove({ Key: freshKey(), ...mismatch, ...ask }))).Item).toBeUndefined()
  })
})

describe('a delete', () => {
  test('that meets its condition removes the item and can return it', async () => {
    const key = freshKey()
    await db.put({ ...key, n: { N: '1' } })
    const condition = { ConditionExpression: 'n = :n', ExpressionAttributeValues: { ':n': { N: '1' } } }
    const { Attributes: old } = await remove({ Key: key, ...condition, ReturnValues: 'ALL_OLD' })
    expect(old).toEqual({ ...key, n: { N: '1' } })
    expect(await db.read(key)).toBeUndefined()
  })

  test('of a missing item goes through', async () => {
    await expect(remove({ Key: freshKey() })).resolves.toBeDefined()
  })
})

describe('conditions', () => {
  const stored = {
    n: { N: '5' },
    s: { S: 'platform#google' },
    set: { SS: ['a', 'b'] },
    flag: { BOOL: true },
    tree: { M: { leaf: { N: '1' } } },
  }

  test.each<{ condition: string; values?: Record<string, AttributeValue>; holds: boolean }>([
    { condition: 'attribute_exists(n)', holds: true },
    { condition: 'attribute_exists(absent)', holds: false },
    { condition: 'attribute_not_exists(tree.leaf)', holds: false },
    { condition: 'n < :v', values: { ':v': { N: '5' } }, holds: false },
    { condition: 'n <= :v', values: { ':v': { N: '5' } }, holds: true },
    { condition: 'n > :v', values: { ':v': { N: '-6' } }, holds: true },
    { condition: 'n >= :v', values: { ':v': { N: '5.01' } }, holds: false },
    { condition: 'n = :v', values: { ':v': { S: '5' } }, holds: false },
    { condition: 'n <> :v', values: { ':v': { N: '5' } }, holds: false },
    { condition: 'absent = :v', values: { ':v': { N: '5' } }, holds: false },
    { condition: 'absent < :v', values: { ':v': { N: '5' } }, holds: false },
    { condition: 'absent <> :v', values: { ':v': { N: '5' } }, holds: true },
    { condition: 'n BETWEEN :a AND :b', values: { ':a': { N: '5' }, ':b': { N: '6' } }, holds: true },
    { condition: 'n IN (:a, :b)', values: { ':a': { N: '4' }, ':b': { N: '5' } }, holds: true },
    { condition: 'begins_with(s, :v)', values: { ':v': { S: 'platform#' } }, holds: true },
    { condition: 'contains(s, :v)', values: { ':v': { S: 'meta' } }, holds: false },
    { condition: 'contains(#set, :v)', values: { ':v': { S: 'b' } }, holds: true },
    { condition: 'flag = :v', values: { ':v': { BOOL: true } }, holds: true },
    { condition: 'size(s) = :v', values: { ':v': { N: '15' } }, holds: true },
    { condition: 'attribute_type(n, :v)', values: { ':v': { S: 'N' } }, holds: true },
    { condition: 'tree.leaf = :v', values: { ':v': { N: '1' } }, holds: true },
    { condition: 'NOT flag = :v', values: { ':v': { BOOL: true } }, holds: false },
    { condition: 'attribute_not_exists(n) OR n <= :v', values: { ':v': { N: '9' } }, holds: true },
    { condition: 'attribute_exists(n) AND (flag = :v OR n = :v)', values: { ':v': { BOOL: false } }, holds: false },
  ])('$condition of $values is $holds', async ({ condition, values, holds }) => {
    const key = freshKey()
    await db.put({ ...key, ...stored })
    const write = remove({
      Key: key,
      ConditionExpression: condition,
      ...(values && { ExpressionAttributeValues: values }),
      ...(condition.includes('#set') && { ExpressionAttributeNames: { '#set': 'set' } }),
    })
    if (holds) await expect(write).resolves.toBeDefined()
    else expect(await errorOf(write)).toBeInstanceOf(ConditionalCheckFailedException)
  })
})
