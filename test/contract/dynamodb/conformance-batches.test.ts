import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  BatchWriteItemCommand,
  ResourceNotFoundException,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EndpointUnderTest, errorOf, freshKey, type Item, type Key, openEndpoint } from './endpoint-under-test.ts'

let db: EndpointUnderTest

beforeAll(async () => {
  db = await openEndpoint()
})

afterAll(() => db.close())

const write = (requests: Record<string, WriteRequest[]>) =>
  db.client.send(new BatchWriteItemCommand({ RequestItems: requests }))

const puts = (items: readonly Item[]): WriteRequest[] => items.map((item) => ({ PutRequest: { Item: item } }))

const freshKeys = (count: number): Key[] => Array.from({ length: count }, () => freshKey())

describe('a batch of writes', () => {
  test('of 25 puts and deletes in several tables goes through and leaves nothing unprocessed', async () => {
    const gone = freshKey()
    await db.put(gone)
    const [inFacts, ...inControl] = freshKeys(24)
    const result = await write({
      [db.control]: [...puts(inControl), { DeleteRequest: { Key: gone } }],
      [db.facts]: puts([inFacts!]),
    })
    expect(result.UnprocessedItems).toEqual({})
    expect(await db.read(gone)).toBeUndefined()
    expect(await db.read(inControl[22]!)).toEqual(inControl[22])
  })

  test.each<{ name: string; requests: (first: Key) => WriteRequest[] }>([
    { name: 'of 26', requests: (first) => puts([first, ...freshKeys(25)]) },
    { name: 'of none', requests: () => [] },
    { name: 'of one item twice', requests: (first) => [...puts([first]), { DeleteRequest: { Key: first } }] },
    {
      name: 'with an item over 400 KB',
      requests: (first) => puts([first, { ...freshKey(), body: { S: 'é'.repeat(204_800) } }]),
    },
  ])('$name is refused, and nothing of it written', async ({ requests }) => {
    const first = freshKey()
    const error = await errorOf(write({ [db.control]: requests(first) }))
    expect(error.name).toBe('ValidationException')
    expect(await db.read(first)).toBeUndefined()
  })

  test('for a table that is not there is refused whole', async () => {
    const first = freshKey()
    const requests = { [db.control]: puts([first]), [`${db.control}-missing`]: puts([freshKey()]) }
    expect(await errorOf(write(requests))).toBeInstanceOf(ResourceNotFoundException)
    expect(await db.read(first)).toBeUndefined()
  })
})

describe('a batch of reads', () => {
  /** Asks again for what was handed back, as every caller has to. */
  async function readAll(keys: readonly Key[]): Promise<{ items: Item[]; calls: number }> {
    const items: Item[] = []
    let calls = 0
    let requests: BatchGetItemCommandInput['RequestItems'] = { [db.control]: { Keys: [...keys], ConsistentRead: true } }
    while (requests !== undefined && Object.keys(requests).length > 0) {
      const result: BatchGetItemCommandOutput = await db.client.send(
        new BatchGetItemCommand({ RequestItems: requests }),
      )
      items.push(...(result.Responses?.[db.control] ?? []))
      requests = result.UnprocessedKeys
      calls += 1
    }
    return { items, calls }
  }

  const byKey = (a: Item, b: Item) => Number(a.n?.N) - Number(b.n?.N)

  test('returns the items that are there, in any order, and leaves out the others', async () => {
    const keys = freshKeys(100)
    const items = keys.slice(0, 60).map((key, n) => ({ ...key, n: { N: String(n) } }))
    for (let from = 0; from < items.length; from += 20)
      await write({ [db.control]: puts(items.slice(from, from + 20)) })
    const found = await readAll(keys)
    expect(found.items.toSorted(byKey)).toEqual(items)
  })

  test('hands back in UnprocessedKeys what did not fit, and asking again brings it', async () => {
    const items = freshKeys(8).map((key, n) => ({ ...key, n: { N: String(n) }, body: { S: 'x'.repeat(390_000) } }))
    for (const item of items) await db.put(item)
    const found = await readAll(items.map(({ pk, sk }) => ({ pk, sk })))
    expect(found.items.toSorted(byKey)).toEqual(items)
  })

  test.each<{ name: string; keys: () => Key[] }>([
    { name: 'of 101 keys', keys: () => freshKeys(101) },
    { name: 'of one key twice', keys: () => Array.from({ length: 2 }, () => ({ pk: { S: 'a' }, sk: { S: 'b' } })) },
  ])('$name is refused', async ({ keys }) => {
    expect((await errorOf(readAll(keys()))).name).toBe('ValidationException')
  })
})
