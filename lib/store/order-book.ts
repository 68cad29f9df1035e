import { setTimeout as sleep } from 'node:timers/promises'
import type { PortfolioId } from '../model/account.ts'
import { canonicalJson, parseCanonical } from '../model/canonical.ts'
import { DiscreetError } from '../model/discreet-error.ts'
import {
  type DayBook,
  type OrderEntry,
  type ShopOrder,
  standingOf,
  sumsOf,
  withEntries,
  withStanding,
} from '../model/shop-order.ts'
import type { OrderBook, OrderTerms, RecordedOrders } from '../ports/store.ts'
import { type AccountDate, dateAt } from '../units/calendar.ts'
import { convert } from '../units/rates.ts'
import { type Attributes, attributesIn, type Item, integerIn, optionalTextIn, textIn } from './attributes.ts'
import { type Database, database } from './database.ts'
import { expiresAfterDate, KEPT_DAYS } from './expiry.ts'
import { atVersion } from './expressions.ts'
import { orderDayKey, shopOrderKey } from './keys.ts'
import type { StoreOptions } from './link.ts'
import { EMPTY_BOOK, orderItem, orderItems } from './order-store.ts'
import { type Action, requestToken } from './transaction.ts'

const SHOP_ORDER_SCHEMA = 1
/** Each order may leave one day for another: with their days they fit one transaction of 100 writes. */
const BATCH = 30
/** Others that write the same days make a batch begin again; so often, with growing pauses. */
const TRIES = 12
const FIRST_WAIT_MS = 20

export function dynamoOrderBook(options: StoreOptions): OrderBook {
  const db = database(options)
  const wait = options.wait ?? sleep
  return {
    async order(portfolio, id) {
      const item = await db.get('facts', shopOrderKey(portfolio, id))
      return item && parseCanonical<ShopOrder>(textIn(item, 'record'))
    },
    async currencies(portfolio, from) {
      const books = (await orderItems(db, portfolio, from)).map((item) => optionalTextIn(item, 'book') ?? EMPTY_BOOK)
      const found = new Set(
        books.flatMap((book) => sumsOf(parseCanonical<DayBook>(book)).map(({ net }) => net.currency)),
      )
      return [...found].toSorted()
    },
    async record(portfolio, entries, terms) {
      const byOrder = [...Map.groupBy(entries, ({ id }) => id)]
      const done: RecordedOrders[] = []
      for (let i = 0; i < byOrder.length; i += BATCH)
        done.push(await recordBatch(db, portfolio, new Map(byOrder.slice(i, i + BATCH)), terms, wait))
      return {
        changed: done.reduce((sum, { changed }) => sum + changed, 0),
        unchanged: done.reduce((sum, { unchanged }) => sum + unchanged, 0),
        waiting: done.reduce((sum, { waiting }) => sum + waiting, 0),
        overfull: done.flatMap(({ overfull }) => overfull),
        days: [...new Set(done.flatMap(({ days }) => days))].toSorted(),
      }
    },
  }
}

type Told = ReadonlyMap<string, readonly OrderEntry[]>

/** Reads, folds, writes on condition that nobody was faster, and begins again where somebody was. */
async function recordBatch(
  db: Database,
  portfolio: PortfolioId,
  told: Told,
  terms: OrderTerms,
  wait: (ms: number) => Promise<unknown>,
): Promise<RecordedOrders> {
  for (let attempt = 1; ; attempt += 1) {
    const orders = await foldOrders(db, portfolio, told)
    const changed = orders.filter(isChanged)
    const days = await foldDays(db, portfolio, changed, terms)
    const result = {
      changed: changed.length,
      unchanged: orders.length - changed.length,
      waiting: orders.filter(({ after }) => after && after.sale === undefined).length,
      overfull: orders.flatMap(({ id, isOverfull }) => (isOverfull ? [id] : [])),
      days: days.map(({ date }) => date),
    }
    if (changed.length === 0) return result
    const actions = [
      ...changed.map((one) => orderAction(portfolio, one, terms)),
      ...(await Promise.all(days.map((day) => dayAction(portfolio, day, terms)))),
    ]
    // Versions are in it: the same batch from the same state has the same token, and is applied once.
    const token = requestToken('orders', portfolio, ...actions.map((action) => canonicalJson(plainAction(action))))
    const outcome = await db.transact(actions, token)
    if (outcome.kind === 'done') return result
    if (attempt === TRIES)
      throw new DiscreetError(
        `orders of ${portfolio} could not be recorded: too many others are writing ${outcome.on.slice(0, 3).join(', ')}; tell them again, it is safe`,
        `orders of ${portfolio} could not be recorded: too many others are writing; tell them again, it is safe`,
      )
    await wait(FIRST_WAIT_MS * 2 ** Math.min(attempt - 1, 6))
  }
}

const plainAction = (action: Action) => (action.kind === 'put' ? { ...action.key, ...action.attributes } : action.key)

interface FoldedOrder {
  readonly id: string
  readonly before: ShopOrder | undefined
  /** The day where it stands so far: by the zone of the policy of then, should it be another now. */
  readonly beforeDate?: AccountDate
  /** Undefined: there is still nothing that could be recorded of it. */
  readonly after: ShopOrder | undefined
  readonly isOverfull: boolean
  readonly version: number
}
type ChangedOrder = FoldedOrder & { readonly after: ShopOrder }

const isChanged = (one: FoldedOrder): one is ChangedOrder =>
  one.after !== undefined && canonicalJson(one.before ?? {}) !== canonicalJson(one.after)

async function foldOrders(db: Database, portfolio: PortfolioId, told: Told): Promise<readonly FoldedOrder[]> {
  const items = await db.getAll(
    'facts',
    [...told.keys()].map((id) => shopOrderKey(portfolio, id)),
  )
  const known = new Map(
    items.map((item) => {
      const order = parseCanonical<ShopOrder>(textIn(item, 'record'))
      return [order.id, { order, version: integerIn(item, 'version'), date: textIn(item, 'date') as AccountDate }]
    }),
  )
  return [...told].map(([id, entries]) => {
    const found = known.get(id)
    const { order: after, isOverfull } = withEntries(found?.order, id, entries)
    return {
      id,
      before: found?.order,
      ...(found ? { beforeDate: found.date } : {}),
      after,
      isOverfull,
      version: found?.version ?? 0,
    }
  })
}

interface FoldedDay {
  readonly date: AccountDate
  readonly book: DayBook
  readonly version: number
}

/** Takes each changed order off the day where it stood, and puts it on the day where it stands. */
async function foldDays(
  db: Database,
  portfolio: PortfolioId,
  changed: readonly ChangedOrder[],
  { zone }: OrderTerms,
): Promise<readonly FoldedDay[]> {
  const moves = changed.flatMap(({ before, beforeDate, after }) => {
    const [from, to] = [before && standingOf(before, zone), standingOf(after, zone)]
    return [
      ...(from ? [{ standing: { ...from, date: beforeDate ?? from.date }, sign: -1 as const }] : []),
      ...(to ? [{ standing: to, sign: 1 as const }] : []),
    ]
  })
  const byDate = Map.groupBy(moves, ({ standing }) => standing.date)
  const items = await db.getAll(
    'facts',
    [...byDate.keys()].map((date) => orderDayKey(portfolio, date)),
  )
  const known = new Map(items.map((item) => [textIn(item, 'date'), item]))
  return [...byDate].map(([date, own]) => {
    const item = known.get(date)
    const book = own.reduce<DayBook>(
      (sum, { standing, sign }) => withStanding(sum, standing, sign),
      item ? bookIn(item, portfolio) : {},
    )
    return { date, book, version: item ? integerIn(item, 'version') : 0 }
  })
}

/** @throws DiscreetError for a day of which somebody has told the sum: its orders would be counted twice, or lost */
function bookIn(item: Item, portfolio: PortfolioId): DayBook {
  const text = optionalTextIn(item, 'book')
  if (text === undefined)
    throw new DiscreetError(
      `orders of ${portfolio} on ${textIn(item, 'date')} were told as a sum of the day: a portfolio takes either sums or single orders`,
    )
  return parseCanonical<DayBook>(text)
}

function orderAction(portfolio: PortfolioId, { after, version }: ChangedOrder, { zone }: OrderTerms): Action {
  const { sale, refunds } = after
  const date = sale ? dateAt(sale.at, zone) : dateAt(refunds[0]!.at, zone)
  const attributes: Attributes = {
    portfolio,
    orderId: after.id,
    date,
    netMicros: sale?.net.micros,
    currency: sale?.net.currency,
    refunds: refunds.length,
    version: version + 1,
    record: canonicalJson(after),
    asOf: date,
    expiresAt: expiresAfterDate(date, KEPT_DAYS.record),
    schemaVersion: SHOP_ORDER_SCHEMA,
  }
  const key = shopOrderKey(portfolio, after.id)
  return { kind: 'put', name: `order ${after.id}`, table: 'facts', key, attributes, when: atVersion(version) }
}

/** Sums are kept by currency and converted anew whenever a day changes, so that nothing is rounded twice. */
async function dayAction(
  portfolio: PortfolioId,
  { date, book, version }: FoldedDay,
  terms: OrderTerms,
): Promise<Action> {
  let valueMicros = 0n
  let orders = 0
  let newCustomers = 0
  for (const { net, sum } of sumsOf(book)) {
    const rate = await terms.rate(net.currency, date)
    valueMicros += convert(net, rate, 'half-even').micros
    orders += sum.orders
    newCustomers += sum.newCustomers
  }
  const more = { version: version + 1, book: canonicalJson(book), newCustomers, currency: terms.baseCurrency }
  const attributes = attributesIn(orderItem(portfolio, { date, orders, valueMicros }, more))
  const key = orderDayKey(portfolio, date)
  return { kind: 'put', name: `orders of ${date}`, table: 'facts', key, attributes, when: atVersion(version) }
}
