import { HOUR_MS, type Instant } from '../../../lib/units/calendar.ts'
import { fault } from './failure.ts'
import type { Json } from './render.ts'
import { PAGE_ROWS, type SearchResult } from './search.ts'

interface Held {
  readonly result: SearchResult
  readonly customerId: string
  readonly query: string
  readonly settings: { readonly total: boolean; readonly summary: boolean }
  readonly until: number
}

const HELD_RESULTS = 8
const LIFETIME_MS = 2 * HOUR_MS

/** Results of `search` that go on over several pages. A page can be asked for again with the same token. */
export class Pages {
  readonly #now: () => Instant
  readonly #pageRows: number
  readonly #held = new Map<string, Held>()
  #number = 0

  constructor(now: () => Instant, pageRows = PAGE_ROWS) {
    this.#now = now
    this.#pageRows = pageRows
  }

  first(result: SearchResult, customerId: string, query: string, settings: Held['settings']): Json {
    const key = `pretend-page-${++this.#number}`
    const held = { result, customerId, query, settings, until: this.#now() + LIFETIME_MS }
    if (result.rows.length > this.#pageRows) this.#hold(key, held)
    return page(held, key, 0, this.#pageRows)
  }

  /** @throws GoogleFault for a token of another query, another account, or too old */
  next(token: string, customerId: string, query: string): Json {
    const [, key = '', offset] = /^(pretend-page-\d+)\.(\d+)$/.exec(token) ?? []
    const held = this.#held.get(key)
    if (offset === undefined || (held && (held.customerId !== customerId || held.query !== query)))
      throw fault('requestError', 'INVALID_PAGE_TOKEN', 'The page token does not belong to this query.')
    if (!held || held.until <= this.#now())
      throw fault('requestError', 'EXPIRED_PAGE_TOKEN', 'The page token has expired: begin the search again.')
    return page(held, key, Number(offset), this.#pageRows)
  }

  #hold(key: string, held: Held): void {
    this.#held.set(key, held)
    const [oldest] = this.#held.keys()
    if (this.#held.size > HELD_RESULTS && oldest !== undefined) this.#held.delete(oldest)
  }
}

function page({ result, settings }: Held, key: string, offset: number, pageRows: number): Json {
  const { rows, render, fieldMask, total } = result
  const end = offset + pageRows
  const results = rows.slice(offset, end).map(render)
  const isLast = end >= rows.length
  return {
    ...(results.length > 0 ? { results } : {}),
    ...(isLast ? {} : { nextPageToken: `${key}.${end}` }),
    ...(settings.total ? { totalResultsCount: String(total) } : {}),
    fieldMask,
    ...(settings.summary && isLast ? { summaryRow: result.summary() } : {}),
    queryResourceConsumption: String(100 + rows.length),
  }
}
