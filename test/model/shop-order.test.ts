import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type OrderEntry,
  type Refund,
  type Sale,
  type ShopOrder,
  standingOf,
  withEntries,
  withEntry,
} from '../../lib/model/shop-order.ts'
import { type Instant, instant, timeZone } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { toldTwice } from './shop-orders.ts'

const BERLIN = timeZone('Europe/Berlin')
const eur = (units: number) => money(BigInt(units) * 1_000_000n, currency('EUR'))
const at = instant('2026-11-03T23:30:00Z')
const sale = (more: Partial<Sale> = {}): Sale => ({ at, net: eur(100), updatedAt: 0 as Instant, ...more })
const refund = (more: Partial<Refund> = {}): Refund => ({ key: 'r1', at, updatedAt: 0 as Instant, ...more })
const told = (...entries: readonly Omit<OrderEntry, 'id'>[]): ShopOrder =>
  entries.reduce<ShopOrder | undefined>((order, entry) => withEntry(order, { id: '1', ...entry }), undefined)!
const standing = (...entries: readonly Omit<OrderEntry, 'id'>[]) => standingOf(told(...entries), BERLIN)

describe('an order stands', () => {
  test('on the day on which it was ordered where the portfolio is', () => {
    // Half past eleven at night in UTC is the 4th in Berlin.
    expect(standing({ sale: sale() })).toEqual({
      date: '2026-11-04',
      currency: 'EUR',
      orders: 1,
      netMicros: 100_000_000n,
      isNewCustomer: false,
    })
  })

  test.each([
    ['a part that was given back is taken off', [refund({ amount: eur(30) })], 1, 70],
    ['two parts are, too', [refund({ amount: eur(30) }), refund({ key: 'r2', amount: eur(20) })], 1, 50],
    ['one refund told twice counts once', [refund({ amount: eur(30) }), refund({ amount: eur(30) })], 1, 70],
    ['given back in full it is no order', [refund()], 0, 0],
    [
      'given back in parts that come to all of it, too',
      [refund({ amount: eur(60) }), refund({ key: 'r2', amount: eur(40) })],
      0,
      0,
    ],
    ['more cannot come back than was paid', [refund({ amount: eur(130) })], 0, 0],
    ['in another currency it comes back in full', [refund({ amount: money(1n, currency('USD')) })], 0, 0],
  ])('%s', (_, refunds, orders, left) => {
    const entries = [{ sale: sale() }, ...refunds.map((one) => ({ refund: one }))]
    expect(standing(...entries)).toMatchObject({ orders, netMicros: BigInt(left) * 1_000_000n })
    expect(standing(...entries.toReversed())).toEqual(standing(...entries))
  })

  test('for nothing while only refunds of it are known', () => {
    expect(standing({ refund: refund() })).toBeUndefined()
  })

  test('as the shop corrected it last, whichever version comes first', () => {
    const first = { sale: sale() }
    const corrected = { sale: sale({ net: eur(80), customer: 'new', updatedAt: 1 as Instant }) }
    for (const entries of [
      [first, corrected],
      [corrected, first],
      [corrected, first, corrected, first],
    ])
      expect(standing(...entries)).toMatchObject({ netMicros: 80_000_000n, isNewCustomer: true })
  })
})

test('what stands does not depend on the order of what is told, nor on how often it is told', () => {
  const fold = (entries: readonly OrderEntry[]) => {
    const orders = new Map<string, ShopOrder>()
    for (const entry of entries) orders.set(entry.id, withEntry(orders.get(entry.id), entry))
    return new Map([...orders].toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
  fc.assert(
    fc.property(toldTwice, ({ entries, again }) => {
      expect(fold(again)).toEqual(fold(entries))
    }),
    { numRuns: 500 },
  )
})

describe('an order takes a hundred refunds and not one more', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: '1', refund: refund({ key: `r${i}` }) }))
  const full = withEntries(undefined, '1', many(100))

  test('one more leaves it as it was, and is told', () => {
    expect([full.order?.refunds.length, full.isOverfull]).toEqual([100, false])
    const more = withEntries(full.order, '1', [{ id: '1', refund: refund({ key: 'more' }) }])
    expect(more).toEqual({ order: full.order, isOverfull: true })
  })

  test('of too many at once none is taken, whatever their order, and the sale beside them is', () => {
    const entries = [...many(101), { id: '1', sale: sale() }]
    const { order, isOverfull } = withEntries(undefined, '1', entries)
    expect([order?.refunds, order?.sale, isOverfull]).toEqual([[], sale(), true])
    expect(withEntries(undefined, '1', entries.toReversed())).toEqual({ order, isOverfull })
    expect(withEntries(undefined, '1', many(101))).toEqual({ order: undefined, isOverfull: true })
  })

  test('what is said anew of those that it has is taken beside one too many', () => {
    const younger = refund({ key: 'r7', updatedAt: 1 as Instant })
    const { order } = withEntries(full.order, '1', [
      { id: '1', refund: refund({ key: 'more' }) },
      { id: '1', refund: younger },
    ])
    expect(order?.refunds).toHaveLength(100)
    expect(order?.refunds).toContainEqual(younger)
  })
})
