import { ScanCommand } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { portfolioId } from '../../lib/model/account.ts'
import type { OrderEntry } from '../../lib/model/shop-order.ts'
import type { OrderTerms } from '../../lib/ports/store.ts'
import { dynamoOrderBook } from '../../lib/store/order-book.ts'
import { dynamoOrderStore } from '../../lib/store/order-store.ts'
import { accountDate, type Instant, instant, timeZone } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { toldTwice } from '../model/shop-orders.ts'
import { clientFor, embedded, PREFIX } from './embedded.ts'
import { lossyProxy } from './lossy-proxy.ts'

const engine = embedded()
const EUR = currency('EUR')
/** A dollar is 0.8 EUR to the 3rd, 0.9 EUR from then on. */
const TERMS: OrderTerms = {
  zone: timeZone('Europe/Berlin'),
  baseCurrency: EUR,
  rate: async (from, date) =>
    from === EUR
      ? identityRate(EUR, date)
      : { from, to: EUR, date, microsPerUnit: date <= '2026-11-03' ? 800_000n : 900_000n },
}
const sale = (id: string, day: string, units: number, code = 'EUR', updatedAt = 0): OrderEntry => ({
  id,
  sale: {
    at: instant(`${day}T12:00:00Z`),
    net: money(BigInt(units) * 1_000_000n, currency(code)),
    updatedAt: updatedAt as Instant,
  },
})
const refund = (id: string, units?: number): OrderEntry => ({
  id,
  refund: {
    key: 'r',
    at: instant('2026-11-10T12:00:00Z'),
    ...(units === undefined ? {} : { amount: money(BigInt(units) * 1_000_000n, EUR) }),
    updatedAt: 0 as Instant,
  },
})

/** A cent of it given back. */
const part = (id: string, key: string): OrderEntry => ({
  id,
  refund: { key, at: instant('2026-11-10T12:00:00Z'), amount: money(10_000n, EUR), updatedAt: 0 as Instant },
})

let made = 0
/** A portfolio of its own. */
function open() {
  made += 1
  const portfolio = portfolioId(`shop-${made}`)
  const book = dynamoOrderBook(engine.options)
  return {
    portfolio,
    book,
    tell: (...entries: readonly OrderEntry[]) => book.record(portfolio, entries, TERMS),
    days: async () =>
      (await dynamoOrderStore(engine.options).since(portfolio, accountDate('2026-01-01'))).map(
        ({ date, orders, valueMicros }) => [date, orders, Number(valueMicros) / 1e6],
      ),
  }
}

describe('single orders', () => {
  test('are counted on their days, in the base currency by the rate of the day', async () => {
    const { tell, days } = open()
    const result = await tell(
      sale('1', '2026-11-03', 100),
      sale('2', '2026-11-03', 50, 'USD'),
      sale('3', '2026-11-04', 50, 'USD'),
    )
    expect(result).toEqual({ changed: 3, unchanged: 0, waiting: 0, overfull: [], days: ['2026-11-03', '2026-11-04'] })
    // 100 + 50 × 0.8, and 50 × 0.9.
    expect(await days()).toEqual([
      ['2026-11-03', 2, 140],
      ['2026-11-04', 1, 45],
    ])
  })

  test('are in these currencies, from a date on: not those that all orders have left, nor those of a day told as a sum', async () => {
    const { tell, book, portfolio } = open()
    const from = (date: string) => book.currencies(portfolio, accountDate(date))
    await dynamoOrderStore(engine.options).put(portfolio, [
      { date: accountDate('2026-11-01'), orders: 3, valueMicros: 1n },
    ])
    await tell(
      sale('1', '2026-11-03', 100),
      sale('2', '2026-11-04', 50, 'USD'),
      sale('3', '2026-11-04', 50, 'CHF'),
      sale('4', '2026-11-05', 50, 'GBP'),
    )
    expect(await from('2026-10-01')).toEqual(['CHF', 'EUR', 'GBP', 'USD'])
    expect(await from('2026-11-04')).toEqual(['CHF', 'GBP', 'USD'])
    await tell(sale('2', '2026-11-04', 50, 'CHF', 1), sale('4', '2026-11-02', 50, 'GBP', 1))
    expect(await from('2026-11-04')).toEqual(['CHF'])
    expect(await from('2026-11-06')).toEqual([])
  })

  test('told again change nothing, and no day is written', async () => {
    const { tell, days } = open()
    await tell(sale('1', '2026-11-03', 100))
    expect(await tell(sale('1', '2026-11-03', 100))).toEqual({
      changed: 0,
      unchanged: 1,
      waiting: 0,
      overfull: [],
      days: [],
    })
    expect(await days()).toEqual([['2026-11-03', 1, 100]])
  })

  test('whose refund came first wait for the order, and count then', async () => {
    const { tell, days, book, portfolio } = open()
    expect(await tell(refund('1', 30))).toMatchObject({ changed: 1, waiting: 1, days: [] })
    expect(await days()).toEqual([])
    await tell(sale('1', '2026-11-03', 100))
    expect(await days()).toEqual([['2026-11-03', 1, 70]])
    expect((await book.order(portfolio, '1'))?.refunds).toHaveLength(1)
  })

  test('given back in full leave a day with no orders, which is known to have none', async () => {
    const { tell, days } = open()
    await tell(sale('1', '2026-11-03', 100), refund('1'))
    expect(await days()).toEqual([['2026-11-03', 0, 0]])
  })

  test('corrected to another day leave theirs, which is as unknown as if they had never been there', async () => {
    const { tell, days } = open()
    await tell(sale('1', '2026-11-03', 100))
    await tell(sale('1', '2026-11-05', 90, 'EUR', 1))
    expect(await days()).toEqual([['2026-11-05', 1, 90]])
    await tell(sale('2', '2026-11-03', 10))
    expect((await days())[0]).toEqual(['2026-11-03', 1, 10])
  })

  test('of one batch or of many, at once or one after the other, come to the same', async () => {
    const entries = Array.from({ length: 75 }, (_, i) => sale(`${i}`, `2026-11-0${1 + (i % 5)}`, i))
    const [whole, apart] = [open(), open()]
    await whole.tell(...entries)
    await Promise.all([0, 1, 2, 3].map((part) => apart.tell(...entries.filter((_, i) => i % 3 !== part))))
    expect(await apart.days()).toEqual(await whole.days())
    // 15 orders a day; on the first 0 + 5 + … + 70.
    expect((await whole.days())[0]).toEqual(['2026-11-01', 15, 525])
  })

  test('of a day that was told as a sum are refused', async () => {
    const { tell, portfolio } = open()
    const date = accountDate('2026-11-03')
    await dynamoOrderStore(engine.options).put(portfolio, [{ date, orders: 3, valueMicros: 1n }])
    await expect(tell(sale('1', '2026-11-03', 100))).rejects.toThrow('2026-11-03 were told as a sum of the day')
  })

  test('one with more refunds than an order may have is named, and all others of the batches around it are taken', async () => {
    const { tell, days, book, portfolio } = open()
    const entries = Array.from({ length: 70 }, (_, i) => sale(`${i}`, '2026-11-03', 1))
    const many = Array.from({ length: 101 }, (_, i) => part('40', `r${i}`))
    expect(await tell(...entries, ...many)).toMatchObject({ changed: 70, overfull: ['40'] })
    expect(await days()).toEqual([['2026-11-03', 70, 70]])
    // Its sale is taken, and of what did not fit nothing: which part would stand, would depend on when it was told.
    expect(await book.order(portfolio, '40')).toMatchObject({ sale: { net: { micros: 1_000_000n } }, refunds: [] })
    expect(await tell(...entries, ...many)).toMatchObject({ changed: 0, unchanged: 70, overfull: ['40'] })
  })

  test('one that has its hundred refunds takes no other, and goes on taking what is said anew of these', async () => {
    const { tell, book, portfolio } = open()
    await tell(sale('1', '2026-11-03', 100), ...Array.from({ length: 100 }, (_, i) => part('1', `r${i}`)))
    const younger = { ...part('1', 'r7').refund!, amount: money(0n, EUR), updatedAt: 1 as Instant }
    const result = await tell({ id: '1', refund: younger }, part('1', 'more'), sale('2', '2026-11-03', 5))
    expect(result).toMatchObject({ changed: 2, overfull: ['1'] })
    const { refunds } = (await book.order(portfolio, '1'))!
    expect(refunds).toHaveLength(100)
    expect(refunds.find(({ key }) => key === 'r7')).toEqual(younger)
  })

  test('one of which nothing is known but too many refunds is named, and leaves nothing behind', async () => {
    const { tell, book, portfolio } = open()
    const many = Array.from({ length: 101 }, (_, i) => part('1', `r${i}`))
    expect(await tell(...many)).toEqual({ changed: 0, unchanged: 1, waiting: 0, overfull: ['1'], days: [] })
    expect(await book.order(portfolio, '1')).toBeUndefined()
  })

  test('are not half recorded where a rate is missing', async () => {
    const { portfolio, book, days } = open()
    const terms: OrderTerms = {
      ...TERMS,
      rate: async (from, date) => {
        if (from !== EUR) throw new Error(`no rate of ${from}`)
        return identityRate(EUR, date)
      },
    }
    const told = book.record(portfolio, [sale('1', '2026-11-03', 100), sale('2', '2026-11-03', 50, 'USD')], terms)
    await expect(told).rejects.toThrow('no rate of USD')
    expect(await days()).toEqual([])
    expect(await book.order(portfolio, '1')).toBeUndefined()
  })
})

test('an order whose answer was lost is counted once', async () => {
  const proxy = await lossyProxy(engine.endpoint)
  const client = clientFor(proxy.endpoint)
  try {
    const { portfolio, days } = open()
    const book = dynamoOrderBook({ client, prefix: PREFIX })
    proxy.lose('TransactWriteItems', 1)
    expect(await book.record(portfolio, [sale('1', '2026-11-03', 100)], TERMS)).toMatchObject({ changed: 1 })
    expect(proxy.seen.get('TransactWriteItems')).toBe(2)
    expect(await days()).toEqual([['2026-11-03', 1, 100]])
  } finally {
    client.destroy()
    await proxy.close()
  }
})

test('what the tables say of orders does not depend on their order, their batches or their repetition', async () => {
  await fc.assert(
    fc.asyncProperty(toldTwice, fc.integer({ min: 1, max: 4 }), async ({ entries, again }, size) => {
      const [one, other] = [open(), open()]
      await one.tell(...entries)
      for (let i = 0; i < again.length; i += size) await other.tell(...again.slice(i, i + size))
      expect(await other.days()).toEqual(await one.days())
    }),
    { numRuns: 25 },
  )
}, 60_000)

test('nothing of what is stored tells who has ordered', async () => {
  const { tell, portfolio } = open()
  await tell({ ...sale('A-1', '2026-11-03', 100) })
  const { Items = [] } = await engine.options.client.send(new ScanCommand({ TableName: `${PREFIX}-facts` }))
  const item = Items.find(({ pk }) => pk?.S === `SHOP#${portfolio}#A-1`)
  expect(Object.keys(item ?? {}).toSorted()).toEqual([
    'asOf',
    'currency',
    'date',
    'expiresAt',
    'netMicros',
    'orderId',
    'pk',
    'portfolio',
    'record',
    'refunds',
    'schemaVersion',
    'sk',
    'version',
  ])
})
