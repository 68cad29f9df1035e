import { type Instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import type { CurrencyCode } from '../../lib/units/money.ts'
import { countingUnitMicros } from './units.ts'

/** One order of the advertiser's shop. */
export interface ShopOrder {
  readonly id: string
  readonly at: Instant
  readonly netMicros: bigint
  readonly currency: CurrencyCode
  readonly customer: 'new' | 'returning'
  readonly refundedAt?: Instant
  /** Key of the campaign that caused it; absent for an order that would have come anyway. The shop itself cannot know. */
  readonly causedBy?: string
}

const PAGE_BITS = 14
const PAGE = 1 << PAGE_BITS
const NOBODY = -1

interface Page {
  readonly minute: Int32Array
  readonly value: Int32Array
  /** Minutes from the order to its refund; 0 is none. */
  readonly refund: Int32Array
  readonly isNew: Uint8Array
  readonly cause: Int32Array
}

export interface OrderDraft {
  readonly minute: number
  readonly value: number
  readonly refundAfter: number
  readonly isNew: boolean
  /** Number of the campaign in the market; −1 for none. */
  readonly cause: number
}

/** All orders of the shop, packed, in the order in which their touch happened. */
export class OrderStore {
  readonly #origin: Instant
  readonly #currency: CurrencyCode
  readonly #causes: readonly string[]
  readonly #pages: Page[] = []
  #count = 0

  constructor(origin: Instant, currency: CurrencyCode, causes: readonly string[]) {
    this.#origin = origin
    this.#currency = currency
    this.#causes = causes
  }

  get size(): number {
    return this.#count
  }

  add(order: OrderDraft): void {
    const slot = this.#count & (PAGE - 1)
    if (slot === 0)
      this.#pages.push({
        minute: new Int32Array(PAGE),
        value: new Int32Array(PAGE),
        refund: new Int32Array(PAGE),
        isNew: new Uint8Array(PAGE),
        cause: new Int32Array(PAGE),
      })
    const page = this.#pages[this.#count >> PAGE_BITS]!
    page.minute[slot] = order.minute
    page.value[slot] = order.value
    page.refund[slot] = order.refundAfter
    page.isNew[slot] = order.isNew ? 1 : 0
    page.cause[slot] = order.cause
    this.#count++
  }

  /**
   * Orders of [from, to) as the shop knows them at `now`, oldest first: none from the future, and no refund that is yet
   * to come.
   */
  between(from: Instant, to: Instant, now: Instant): readonly ShopOrder[] {
    const first = (from - this.#origin) / MINUTE_MS
    const last = Math.min(to - 1, now) - this.#origin
    const found: { order: ShopOrder; id: number }[] = []
    for (let id = 0; id < this.#count; id++) {
      const minute = this.#pages[id >> PAGE_BITS]!.minute[id & (PAGE - 1)]!
      if (minute >= first && minute * MINUTE_MS <= last) found.push({ order: this.#order(id, now), id })
    }
    return found.toSorted((a, b) => a.order.at - b.order.at || a.id - b.id).map(({ order }) => order)
  }

  #order(id: number, now: Instant): ShopOrder {
    const page = this.#pages[id >> PAGE_BITS]!
    const slot = id & (PAGE - 1)
    const at = (this.#origin + page.minute[slot]! * MINUTE_MS) as Instant
    const refundedAt = (at + page.refund[slot]! * MINUTE_MS) as Instant
    const cause = page.cause[slot]!
    return {
      id: `order-${id + 1}`,
      at,
      netMicros: BigInt(page.value[slot]!) * countingUnitMicros(this.#currency),
      currency: this.#currency,
      customer: page.isNew[slot] === 1 ? 'new' : 'returning',
      ...(page.refund[slot]! > 0 && refundedAt <= now ? { refundedAt } : {}),
      ...(cause === NOBODY ? {} : { causedBy: this.#causes[cause]! }),
    }
  }
}
