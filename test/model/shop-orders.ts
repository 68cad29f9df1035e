import fc from 'fast-check'
import type { OrderEntry } from '../../lib/model/shop-order.ts'
import { type Instant, instant } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'

const EUR = currency('EUR')
const USD = currency('USD')
const start = instant('2026-11-01T22:30:00Z')

/** Few ids, few days, few versions: so that everything meets everything. */
const at = fc.integer({ min: 0, max: 3 }).map((day) => (start + day * 86_400_000) as Instant)
const updatedAt = fc.integer({ min: 0, max: 2 }).map((version) => version as Instant)
const amount = fc
  .tuple(fc.integer({ min: 0, max: 4 }), fc.constantFrom(EUR, EUR, USD))
  .map(([units, code]) => money(BigInt(units) * 1_234_567n, code))
const sale = fc.record(
  { at, net: amount, customer: fc.constantFrom('new' as const, 'returning' as const), updatedAt },
  { requiredKeys: ['at', 'net', 'updatedAt'] },
)
const refund = fc.record(
  { key: fc.constantFrom('r1', 'r2'), at, amount, updatedAt },
  { requiredKeys: ['key', 'at', 'updatedAt'] },
)

/** An order, a refund, or both on one line. */
const orderEntry: fc.Arbitrary<OrderEntry> = fc
  .record({ id: fc.constantFrom('1', '2', '3'), sale, refund }, { requiredKeys: ['id'] })
  .filter((entry) => entry.sale !== undefined || entry.refund !== undefined)

/** What was told, and the same told in another order, some of it twice. */
export const toldTwice = fc.array(orderEntry, { minLength: 1, maxLength: 10 }).chain((entries) =>
  fc.record({
    entries: fc.constant(entries),
    again: fc
      .tuple(fc.shuffledSubarray(entries, { minLength: entries.length }), fc.subarray(entries))
      .map(([shuffled, repeated]) => [...repeated, ...shuffled]),
  }),
)
