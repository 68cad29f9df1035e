import { describe, expect, test } from 'vitest'
import type { Pretend } from '../../cli/demo/pretend.ts'
import { orderFeed, shopOrders } from '../../cli/demo/shop-orders.ts'
import { addDays, type Instant, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import type { Market } from '../../playground/market/market.ts'
import type { Scenario } from '../../playground/market/schema.ts'
import { afterDays, calmMarket, campaign, day, finished, google } from '../playground/market/small-market.ts'
import { memoryStores } from '../simulation/memory-stores.ts'

/** The flight is of 5 October 2026 on, the history of ten days before it. */
const FIRST = day('2026-10-05')
const ENDLESS = Number.MAX_SAFE_INTEGER as Instant

describe('orders of the pretend shop', () => {
  test('are every order that was not returned, on the date that it was ordered', () => {
    const market = finished({ shop: { refunds: { share: 0.3, meanDays: 4 } } })
    const days = shopOrders(market, FIRST, day('2026-10-20'))
    expect(days.map(({ date }) => date)).toEqual(Array.from({ length: 16 }, (_, i) => addDays(FIRST, i)))
    const known = market.truth.orders(market.start, afterDays(market, 16))
    const kept = known.filter(({ refundedAt }) => refundedAt === undefined)
    expect(kept.length).toBeLessThan(0.85 * known.length)
    expect(days.reduce((sum, { orders }) => sum + orders, 0)).toBe(kept.length)
    expect(days.reduce((sum, { valueMicros }) => sum + valueMicros, 0n)).toBe(
      kept.reduce((sum, { netMicros }) => sum + netMicros, 0n),
    )
  })

  test('are in the base currency', () => {
    const rates = [{ from: 'EUR', rate: '1.25', since: '2026-01-01', until: '2026-12-31' }]
    const inDollars = finished({ portfolio: { name: 'Calm', baseCurrency: 'USD', zone: 'Europe/Berlin', rates } })
    const [own] = shopOrders(inDollars, FIRST, FIRST)
    const euros = inDollars.truth
      .orders(inDollars.start, afterDays(inDollars, 1))
      .reduce((sum, { netMicros }) => sum + netMicros, 0n)
    expect(own!.valueMicros).toBe((euros * 5n) / 4n)
  })

  test('of a date without any are none, and of a date to come are not known yet', () => {
    const market = calmMarket({ accounts: [google({ campaigns: [campaign({ status: 'paused' })] })] })
    market.advanceTo(afterDays(market, 2))
    expect(shopOrders(market, FIRST, FIRST)).toEqual([{ date: FIRST, orders: 0, valueMicros: 0n }])
    expect(market.truth.orders(market.now(), ENDLESS)).toEqual([])
  })
})

describe('the morning’s telling', () => {
  function told(market: Market, orders: boolean) {
    const { orders: store } = memoryStores()
    const puts: number[] = []
    const put: typeof store.put = async (portfolio, days) => {
      puts.push(days.length)
      await store.put(portfolio, days)
    }
    const policy = { policy: { portfolio: 'calm' } }
    const pretend = { market, policy, loopFor: () => ({ orders: { ...store, put } }) } as unknown as Pretend
    const feed = orderFeed(pretend, { history: { days: 10, orders } } as Scenario)
    return { feed, puts, known: () => store.since('calm' as never, day('2026-01-01')) }
  }

  test('has every complete date of the run, once a day', async () => {
    const market = calmMarket()
    const { feed, puts, known } = told(market, false)
    await feed()
    expect(puts).toEqual([])
    market.advanceTo(afterDays(market, 2))
    await feed()
    market.advanceTo(later(market.now(), MINUTE_MS))
    await feed()
    expect(puts).toEqual([2])
    expect((await known()).map(({ date }) => date)).toEqual([FIRST, addDays(FIRST, 1)])
  })

  test('reaches into the history where the shop keeps its orders', async () => {
    const { feed, known } = told(calmMarket({ history: { days: 10, orders: true } }), true)
    await feed()
    const days = await known()
    expect(days.map(({ date }) => date)).toEqual(Array.from({ length: 10 }, (_, i) => addDays(FIRST, i - 10)))
    expect(days.filter(({ orders }) => orders > 0).length).toBeGreaterThan(8)
  })
})
