import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { portfolioId } from '../../lib/model/account.ts'
import type { OrderDay } from '../../lib/model/orders.ts'
import { dynamoOrderStore } from '../../lib/store/order-store.ts'
import { accountDate } from '../../lib/units/calendar.ts'
import { memoryStores } from '../simulation/memory-stores.ts'
import { embedded, PREFIX } from './embedded.ts'

const engine = embedded()

const day = (date: string, orders: number, valueMicros = BigInt(orders) * 80_000_000n): OrderDay => ({
  date: accountDate(date),
  orders,
  valueMicros,
})

describe.each([
  ['on DynamoDB', () => dynamoOrderStore(engine.options)],
  ['in memory', () => memoryStores().orders],
])('orders of the shop %s', (_name, open) => {
  const EU = portfolioId('eu-orders')

  test('are read back as they were, oldest first, from a date on', async () => {
    const store = open()
    await store.put(EU, [day('2026-11-03', 7), day('2026-11-01', 5), day('2026-11-02', 0)])
    expect(await store.since(EU, accountDate('2026-11-01'))).toEqual([
      day('2026-11-01', 5),
      day('2026-11-02', 0),
      day('2026-11-03', 7),
    ])
    expect((await store.since(EU, accountDate('2026-11-03'))).map(({ orders }) => orders)).toEqual([7])
    expect(await store.since(EU, accountDate('2026-11-04'))).toEqual([])
  })

  test('of a day replace what was known of it: put again they change nothing, returns take theirs off', async () => {
    const store = open()
    const portfolio = portfolioId('again')
    const days = [day('2026-11-01', 5), day('2026-11-02', 6)]
    await store.put(portfolio, days)
    await store.put(portfolio, days)
    expect(await store.since(portfolio, accountDate('2026-10-01'))).toEqual(days)
    await store.put(portfolio, [day('2026-11-01', 4)])
    expect(await store.since(portfolio, accountDate('2026-10-01'))).toEqual([day('2026-11-01', 4), days[1]])
  })

  test('given twice in one go count once, as they were given last', async () => {
    const store = open()
    const portfolio = portfolioId('twice')
    await store.put(portfolio, [day('2026-11-01', 5), day('2026-11-01', 9)])
    expect(await store.since(portfolio, accountDate('2026-11-01'))).toEqual([day('2026-11-01', 9)])
  })

  test('are those of one portfolio, exact at any size', async () => {
    const store = open()
    const large = day('2026-11-01', 1, 9_007_199_254_740_993n)
    await store.put(portfolioId('one'), [large])
    await store.put(portfolioId('one-more'), [day('2026-11-01', 2)])
    expect(await store.since(portfolioId('one'), accountDate('2026-11-01'))).toEqual([large])
    await store.put(portfolioId('one'), [])
    expect(await store.since(portfolioId('nobody'), accountDate('2026-11-01'))).toEqual([])
  })
})

test('a dashboard reads them without the record', async () => {
  await dynamoOrderStore(engine.options).put(portfolioId('shown'), [day('2026-11-01', 5)])
  const Key = { pk: { S: 'PORTFOLIO#shown' }, sk: { S: 'ORDERS#2026-11-01' } }
  const { Item } = await engine.options.client.send(new GetItemCommand({ TableName: `${PREFIX}-facts`, Key }))
  const { record, ...attributes } = Item!
  expect(record).toBeDefined()
  expect(attributes).toEqual({
    ...Key,
    date: { S: '2026-11-01' },
    orders: { N: '5' },
    valueMicros: { N: '400000000' },
    asOf: { S: '2026-11-01' },
    // 400 days after the date began in UTC: 6 December 2027.
    expiresAt: { N: (Date.parse('2027-12-06T00:00:00Z') / 1000).toString() },
    schemaVersion: { N: '1' },
  })
})
