import { type AccountDate, dateAt, type Instant, type TimeZone } from '../units/calendar.ts'
import { type CurrencyCode, type Money, money } from '../units/money.ts'
import { canonicalJson } from './canonical.ts'

/**
 * An order as the shop told it, and what was given back of it. What is told may come in any order, twice, or corrected
 * later: what stands depends on what was told, never on when. Who has ordered is not among it.
 */
export interface ShopOrder {
  readonly id: string
  /** Absent while only refunds of it have come. */
  readonly sale?: Sale
  /** By key. */
  readonly refunds: readonly Refund[]
}

export interface Sale {
  readonly at: Instant
  /** Without taxes and shipping, as the shop counts it; ≥ 0. */
  readonly net: Money
  readonly customer?: 'new' | 'returning'
  /** When the shop last changed it: of two versions the younger counts. */
  readonly updatedAt: Instant
}

export interface Refund {
  /** The shop's id of it, or its time where it has none. */
  readonly key: string
  readonly at: Instant
  /** Absent: all of the order. */
  readonly amount?: Money
  readonly updatedAt: Instant
}

/** What one line tells: an order, a refund, or both. */
export interface OrderEntry {
  readonly id: string
  readonly sale?: Sale
  readonly refund?: Refund
  /** Where it was told, for errors; it is not kept. */
  readonly source?: { readonly file: string; readonly line: number }
}

/** An order of more parts was never seen, and an item has its limits. */
export const REFUNDS_MAX = 100

/**
 * The order with what an entry tells of it. Taking entries in any order, any of them more than once, leads to the same:
 * the younger version of each part stands; of two versions of one time that differ the one whose text sorts last.
 */
export function withEntry(known: ShopOrder | undefined, { id, sale, refund }: OrderEntry): ShopOrder {
  const before = known ?? { id, refunds: [] }
  const newest = younger(before.sale, sale)
  const refunds = refund ? withRefund(before.refunds, refund) : before.refunds
  return { id, ...(newest ? { sale: newest } : {}), refunds }
}

/** What entries of one order come to; undefined: nothing is known of it. */
export interface ToldOrder {
  readonly order: ShopOrder | undefined
  /** There were more refunds than an order may have: none that was not known before is in it. */
  readonly isOverfull: boolean
}

/** The order with what entries told at one time say of it. */
export function withEntries(known: ShopOrder | undefined, id: string, entries: readonly OrderEntry[]): ToldOrder {
  const order = entries.reduce<ShopOrder | undefined>(withEntry, known)
  if (!order || order.refunds.length <= REFUNDS_MAX) return { order, isOverfull: false }
  const keys = new Set(known?.refunds.map(({ key }) => key))
  const fitting = entries.flatMap(({ sale, refund }): readonly OrderEntry[] => {
    const isKnown = refund !== undefined && keys.has(refund.key)
    return sale || isKnown ? [{ id, ...(sale ? { sale } : {}), ...(isKnown ? { refund } : {}) }] : []
  })
  return { order: fitting.reduce<ShopOrder | undefined>(withEntry, known), isOverfull: true }
}

function withRefund(known: readonly Refund[], refund: Refund): readonly Refund[] {
  const byKey = new Map(known.map((one) => [one.key, one]))
  byKey.set(refund.key, younger(byKey.get(refund.key), refund) ?? refund)
  return [...byKey.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

function younger<T extends { readonly updatedAt: Instant }>(a: T | undefined, b: T | undefined): T | undefined {
  if (!a || !b) return a ?? b
  if (a.updatedAt !== b.updatedAt) return a.updatedAt > b.updatedAt ? a : b
  return canonicalJson(a) >= canonicalJson(b) ? a : b
}

/** What an order comes to: nothing while only refunds of it are known. */
export interface OrderStanding {
  /** The day on which it was ordered, whenever something of it came back. */
  readonly date: AccountDate
  readonly currency: CurrencyCode
  /** 0 once all of it was given back. */
  readonly orders: 0 | 1
  /** Less what was given back; ≥ 0. */
  readonly netMicros: bigint
  readonly isNewCustomer: boolean
}

/**
 * A refund without an amount, or in another currency than the order's, gives back all of it: what was sold is rather
 * counted too low than too high.
 */
export function standingOf({ sale, refunds }: ShopOrder, zone: TimeZone): OrderStanding | undefined {
  if (!sale) return undefined
  const { net, at, customer } = sale
  const isAll = refunds.some(({ amount }) => amount === undefined || amount.currency !== net.currency)
  const back = refunds.reduce((sum, { amount }) => sum + (amount?.micros ?? 0n), 0n)
  const left = isAll || back >= net.micros ? 0n : net.micros - back
  const isGone = refunds.length > 0 && left === 0n
  return {
    date: dateAt(at, zone),
    currency: net.currency,
    orders: isGone ? 0 : 1,
    netMicros: left,
    isNewCustomer: customer === 'new',
  }
}

/** What the orders of one day come to in one currency, at what they were sold for. */
export interface DaySum {
  /** Orders that were told of, those given back too: a day without any is not known. */
  readonly told: number
  readonly orders: number
  readonly netMicros: bigint
  /** Of these, those of new customers. */
  readonly newCustomers: number
}

/** By currency code, none with nothing in it. */
export type DayBook = Readonly<{ [currency: string]: DaySum }>

/** @param sign 1 to count an order, -1 to take it off again */
export function withStanding(
  book: DayBook,
  { currency, orders, netMicros, isNewCustomer }: OrderStanding,
  sign: 1 | -1,
): DayBook {
  const { [currency]: before = { told: 0, orders: 0, netMicros: 0n, newCustomers: 0 }, ...others } = book
  const next = {
    told: before.told + sign,
    orders: before.orders + sign * orders,
    netMicros: before.netMicros + BigInt(sign) * netMicros,
    newCustomers: before.newCustomers + (isNewCustomer ? sign * orders : 0),
  }
  return next.told === 0 ? others : { ...others, [currency]: next }
}

export const sumsOf = (book: DayBook): readonly { readonly net: Money; readonly sum: DaySum }[] =>
  Object.entries(book).map(([code, sum]) => ({ net: money(sum.netMicros, code as CurrencyCode), sum }))
