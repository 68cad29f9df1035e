import type { PortfolioId } from '../model/account.ts'
import { canonicalJson, parseCanonical } from '../model/canonical.ts'
import type { OrderDay } from '../model/orders.ts'
import type { OrderStore } from '../ports/store.ts'
import type { AccountDate } from '../units/calendar.ts'
import { type Attributes, type Item, textIn, toItem } from './attributes.ts'
import { type Backing, type Database, database } from './database.ts'
import { expiresAfterDate, KEPT_DAYS } from './expiry.ts'
import { LAST, ORDERS_PREFIX, orderDayKey, portfolioPk } from './keys.ts'

const ORDERS_SCHEMA = 1

/** One item per date, so that a day is corrected without a look at the others. */
export function dynamoOrderStore(backing: Backing): OrderStore {
  const db = database(backing)
  return {
    async put(portfolio, days) {
      // One request may not write a key twice; the last one counts.
      const byDate = new Map(days.map((day) => [day.date, orderItem(portfolio, day)]))
      await db.putAll('facts', [...byDate.values()])
    },
    async since(portfolio, from) {
      const items = await orderItems(db, portfolio, from)
      return items.filter((item) => item.book?.S !== EMPTY_BOOK).map(readOrders)
    },
  }
}

/** The days from `from` on, oldest first. */
export const orderItems = (db: Database, portfolio: PortfolioId, from: AccountDate): Promise<readonly Item[]> =>
  db.query('facts', {
    pk: portfolioPk(portfolio),
    between: [orderDayKey(portfolio, from).sk, `${ORDERS_PREFIX}${LAST}`],
  })

/** Days that all orders have left again, by a correction of their time, are not known: nothing is deleted here. */
export const EMPTY_BOOK = canonicalJson({})

/** @param more attributes beside the sums: what they are made of */
export function orderItem(portfolio: PortfolioId, day: OrderDay, more: Attributes = {}): Item {
  const { date, orders, valueMicros } = day
  return toItem({
    ...orderDayKey(portfolio, date),
    date,
    orders,
    valueMicros,
    record: canonicalJson(day),
    asOf: date,
    expiresAt: expiresAfterDate(date, KEPT_DAYS.record),
    schemaVersion: ORDERS_SCHEMA,
    ...more,
  })
}

const readOrders = (item: Item): OrderDay => parseCanonical<OrderDay>(textIn(item, 'record'))
