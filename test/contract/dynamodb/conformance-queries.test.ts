import { PutItemCommand, QueryCommand, type QueryCommandInput, ScanCommand } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EndpointUnderTest, errorOf, freshKey, type Item, openEndpoint } from './endpoint-under-test.ts'

let db: EndpointUnderTest

beforeAll(async () => {
  db = await openEndpoint()
})

afterAll(() => db.close())

const query = (input: Omit<QueryCommandInput, 'TableName'>) =>
  db.client.send(new QueryCommand({ TableName: db.control, ConsistentRead: true, ...input }))

const sortKeys = (items: readonly Item[] | undefined) => items?.map((item) => item.sk?.S)

/** A partition of its own with one item per sort key, written in the order given. */
async function partition(...sks: string[]): Promise<string> {
  const { pk } = freshKey()
  for (const sk of sks) await db.put({ pk, sk: { S: sk } })
  return pk.S
}

const within = (pk: string, condition = '', values: Record<string, string> = {}) => ({
  KeyConditionExpression: `pk = :pk${condition && ` AND ${condition}`}`,
  ExpressionAttributeValues: Object.fromEntries(
    Object.entries({ ':pk': pk, ...values }).map(([name, text]) => [name, { S: text }]),
  ),
})

/** All pages, following LastEvaluatedKey. */
async function pages(input: Omit<QueryCommandInput, 'TableName'>): Promise<readonly (readonly Item[])[]> {
  const all: Item[][] = []
  let start: Item | undefined
  do {
    const page = await query({ ...input, ...(start && { ExclusiveStartKey: start }) })
    all.push(page.Items ?? [])
    start = page.LastEvaluatedKey
  } while (start !== undefined)
  return all
}

describe('a query of a partition', () => {
  const days = ['day#2026-03-01', 'day#2026-03-02', 'day#2026-03-03', 'lever#1', 'lever#10', 'lever#2']

  test.each<{ name: string; condition: string; values: Record<string, string>; finds: string[] }>([
    { name: 'whole', condition: '', values: {}, finds: days },
    {
      name: 'by the start of the sort key',
      condition: 'begins_with(sk, :a)',
      values: { ':a': 'day#' },
      finds: days.slice(0, 3),
    },
    {
      name: 'between two sort keys, both included',
      condition: 'sk BETWEEN :a AND :b',
      values: { ':a': 'day#2026-03-02', ':b': 'lever#1' },
      finds: ['day#2026-03-02', 'day#2026-03-03', 'lever#1'],
    },
    { name: 'after a sort key', condition: 'sk > :a', values: { ':a': 'lever#1' }, finds: ['lever#10', 'lever#2'] },
    { name: 'from a sort key on', condition: 'sk >= :a', values: { ':a': 'lever#10' }, finds: ['lever#10', 'lever#2'] },
    { name: 'before a sort key', condition: 'sk < :a', values: { ':a': 'day#2026-03-02' }, finds: ['day#2026-03-01'] },
    { name: 'up to a sort key', condition: 'sk <= :a', values: { ':a': 'day#2026-03-01' }, finds: ['day#2026-03-01'] },
    { name: 'at a sort key', condition: 'sk = :a', values: { ':a': 'lever#1' }, finds: ['lever#1'] },
    { name: 'where nothing is', condition: 'begins_with(sk, :a)', values: { ':a': 'zone#' }, finds: [] },
  ])('$name', async ({ condition, values, finds }) => {
    const pk = await partition(...days.toReversed())
    await partition(...days)
    const found = await query(within(pk, condition, values))
    expect(sortKeys(found.Items)).toEqual(finds)
    expect(found.Count).toBe(finds.length)
    expect(found.LastEvaluatedKey).toBeUndefined()
  })

  // In UTF-8 bytes: 5A, 61, C3 A9, EF BF BD, F0 9F 8E BF. UTF-16 would put the last before the one before it.
  test('is in the order of the bytes of UTF-8', async () => {
    const pk = await partition('\u{1f3bf}', '\ufffd', 'é', 'a', 'Z')
    expect(sortKeys((await query(within(pk))).Items)).toEqual(['Z', 'a', 'é', '\ufffd', '\u{1f3bf}'])
  })

  test('runs backwards when asked', async () => {
    const pk = await partition('1', '2', '3')
    const newest = await query({ ...within(pk), ScanIndexForward: false, Limit: 1 })
    expect(sortKeys(newest.Items)).toEqual(['3'])
    expect(newest.LastEvaluatedKey).toEqual({ pk: { S: pk }, sk: { S: '3' } })
  })

  test('can count without returning', async () => {
    const pk = await partition('1', '2', '3')
    const counted = await query({ ...within(pk), Select: 'COUNT' })
    expect(counted).toMatchObject({ Count: 3, ScannedCount: 3 })
    expect(counted.Items).toBeUndefined()
  })

  test('can return single attributes', async () => {
    const key = freshKey()
    await db.put({ ...key, a: { N: '1' }, b: { N: '2' } })
    const found = await query({ ...within(key.pk.S), ProjectionExpression: 'sk, b' })
    expect(found.Items).toEqual([{ sk: key.sk, b: { N: '2' } }])
  })

  test('needs the whole partition key', async () => {
    const input = { KeyConditionExpression: 'sk = :a', ExpressionAttributeValues: { ':a': { S: 'x' } } }
    expect((await errorOf(query(input))).name).toBe('ValidationException')
  })

  test('sees at once what was written, when consistent', async () => {
    const { pk } = freshKey()
    for (let n = 0; n < 10; n += 1) {
      await db.put({ pk, sk: { S: String(n) } })
      expect((await query(within(pk.S))).Count).toBe(n + 1)
    }
  })
})

describe('paging', () => {
  const seven = ['1', '2', '3', '4', '5', '6', '7']

  test.each([{ forward: true }, { forward: false }])(
    'by Limit and LastEvaluatedKey meets every item once, forward: $forward',
    async ({ forward }) => {
      const pk = await partition(...seven)
      const found = await pages({ ...within(pk), Limit: 3, ScanIndexForward: forward })
      expect(found.slice(0, 3).map((page) => page.length)).toEqual([3, 3, 1])
      expect(sortKeys(found.flat())).toEqual(forward ? seven : seven.toReversed())
    },
  )

  test('a page that is full says so even when it is the last', async () => {
    const pk = await partition('1', '2')
    const page = await query({ ...within(pk), Limit: 2 })
    expect(page.LastEvaluatedKey).toEqual({ pk: { S: pk }, sk: { S: '2' } })
    const next = await query({ ...within(pk), Limit: 2, ExclusiveStartKey: page.LastEvaluatedKey })
    expect(next).toMatchObject({ Items: [], Count: 0 })
  })

  test('goes on from a key whose item is gone', async () => {
    const pk = await partition('1', '3')
    const next = await query({ ...within(pk), ExclusiveStartKey: { pk: { S: pk }, sk: { S: '2' } } })
    expect(sortKeys(next.Items)).toEqual(['3'])
  })

  test('Limit counts items before the filter: a page may be empty and not the last', async () => {
    const { pk } = freshKey()
    for (const n of ['1', '2', '3']) await db.put({ pk, sk: { S: n }, n: { N: n } })
    const { KeyConditionExpression, ExpressionAttributeValues } = within(pk.S)
    const filter = {
      KeyConditionExpression,
      FilterExpression: 'n = :three',
      ExpressionAttributeValues: { ...ExpressionAttributeValues, ':three': { N: '3' } },
    }
    const first = await query({ ...filter, Limit: 2 })
    expect(first).toMatchObject({ Items: [], Count: 0, ScannedCount: 2 })
    expect(first.LastEvaluatedKey).toBeDefined()
    expect(sortKeys((await pages({ ...filter, Limit: 2 })).flat())).toEqual(['3'])
  })

  test('a page ends at 1 MB without being asked to', async () => {
    const { pk } = freshKey()
    const body = { S: 'x'.repeat(380_000) }
    for (const sk of ['1', '2', '3', '4']) await db.put({ pk, sk: { S: sk }, body })
    const found = await pages(within(pk.S))
    expect(found.length).toBeGreaterThan(1)
    expect(sortKeys(found.flat())).toEqual(['1', '2', '3', '4'])
  })
})

test('a scan in pages meets every item of the table once', async () => {
  const written = new Set<string>()
  for (let n = 0; n < 12; n += 1) {
    const { pk, sk } = freshKey(`scan#${n}`)
    await db.client.send(new PutItemCommand({ TableName: db.facts, Item: { pk, sk } }))
    written.add(sk.S)
  }
  const met: (string | undefined)[] = []
  let start: Item | undefined
  do {
    const page = await db.client.send(
      new ScanCommand({
        TableName: db.facts,
        ConsistentRead: true,
        Limit: 5,
        ...(start && { ExclusiveStartKey: start }),
      }),
    )
    met.push(...(sortKeys(page.Items) ?? []))
    start = page.LastEvaluatedKey
  } while (start !== undefined)
  expect(met.length).toBe(12)
  expect(new Set(met)).toEqual(written)
})
