/** Claims of one account, packed: a year of a large account is millions of them. */
export interface ClaimEvent {
  /** Index of the ad group within its account. */
  readonly line: number
  /** Index of the account day of the touch, and of the conversion. */
  readonly touchDay: number
  readonly conversionDay: number
  /** Minutes since the market's origin. */
  readonly touchMinute: number
  readonly conversionMinute: number
  /** From when the platform reports it; not before the conversion. */
  readonly visibleMinute: number
  /** Counting units of the account's currency; negative where a claim is taken back. */
  readonly value: number
  /** Hundredths of a conversion; negative where a claim is taken back. */
  readonly weight: number
  readonly isView: boolean
}

const PAGE_BITS = 14
const PAGE = 1 << PAGE_BITS
const NONE = -1

interface Page {
  readonly touch: Int32Array
  readonly conversion: Int32Array
  readonly visible: Int32Array
  readonly value: Int32Array
  readonly weight: Int16Array
  readonly view: Uint8Array
  readonly nextOfTouchDay: Int32Array
  readonly nextOfConversionDay: Int32Array
}

const newPage = (): Page => ({
  touch: new Int32Array(PAGE),
  conversion: new Int32Array(PAGE),
  visible: new Int32Array(PAGE),
  value: new Int32Array(PAGE),
  weight: new Int16Array(PAGE),
  view: new Uint8Array(PAGE),
  nextOfTouchDay: new Int32Array(PAGE),
  nextOfConversionDay: new Int32Array(PAGE),
})

export type DayBasis = 'click' | 'conversion'

/** Append-only, with a chain per ad group and day for either date basis, so that a query visits only what it returns. */
export class EventStore {
  readonly #lines: number
  readonly #pages: Page[] = []
  readonly #heads: Record<DayBasis, Int32Array[]> = { click: [], conversion: [] }
  #count = 0

  constructor(lines: number) {
    this.#lines = lines
  }

  get size(): number {
    return this.#count
  }

  add(event: ClaimEvent): void {
    const id = this.#count++
    const slot = id & (PAGE - 1)
    if (slot === 0) this.#pages.push(newPage())
    const page = this.#pages[id >> PAGE_BITS]!
    page.touch[slot] = event.touchMinute
    page.conversion[slot] = event.conversionMinute
    page.visible[slot] = event.visibleMinute
    page.value[slot] = event.value
    page.weight[slot] = event.weight
    page.view[slot] = event.isView ? 1 : 0
    page.nextOfTouchDay[slot] = this.#push('click', event.touchDay, event.line, id)
    page.nextOfConversionDay[slot] = this.#push('conversion', event.conversionDay, event.line, id)
  }

  /** Makes `id` the head of its chain; returns the head before. */
  #push(basis: DayBasis, day: number, line: number, id: number): number {
    const days = this.#heads[basis]
    while (days.length <= day) days.push(new Int32Array(0))
    if (days[day]!.length === 0) days[day] = new Int32Array(this.#lines).fill(NONE)
    const heads = days[day]!
    const before = heads[line]!
    heads[line] = id
    return before
  }

  /** Visits what one ad group claims for one day of the basis, so far as it is visible at `nowMinute`. */
  visit(basis: DayBasis, day: number, line: number, nowMinute: number, see: EventVisitor): void {
    let id = this.#heads[basis][day]?.[line] ?? NONE
    while (id !== NONE) {
      const page = this.#pages[id >> PAGE_BITS]!
      const slot = id & (PAGE - 1)
      if (page.visible[slot]! <= nowMinute)
        see(
          page.touch[slot]!,
          page.conversion[slot]!,
          page.value[slot]!,
          page.weight[slot]!,
          page.view[slot] === 1,
          page.visible[slot]!,
        )
      id = (basis === 'click' ? page.nextOfTouchDay : page.nextOfConversionDay)[slot]!
    }
  }
}

/** Numbers, not an object: it is called for every claim of a ninety-day pull. */
export type EventVisitor = (
  touchMinute: number,
  conversionMinute: number,
  value: number,
  weight: number,
  isView: boolean,
  visibleMinute: number,
) => void
