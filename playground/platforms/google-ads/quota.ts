import { DAY_MS, type Instant } from '../../../lib/units/calendar.ts'
import { fault, quotaDetails } from './failure.ts'

/**
 * Operations per day of a developer token: a search is one, whatever it returns, a mutate request one for each of its
 * operations. The day is counted in UTC here; the platform does not say whose day it is.
 */
export class Quota {
  readonly #limit: number
  readonly #now: () => Instant
  #day = 0
  #used = 0

  constructor(limit: number, now: () => Instant) {
    this.#limit = limit
    this.#now = now
  }

  /** @throws GoogleFault when the day's operations are used up; what was refused does not count */
  charge(operations: number): void {
    const now = this.#now()
    const day = Math.floor(now / DAY_MS)
    if (day !== this.#day) {
      this.#day = day
      this.#used = 0
    }
    if (this.#used + operations > this.#limit) {
      const seconds = Math.ceil(((day + 1) * DAY_MS - now) / 1000)
      throw fault('quotaError', 'RESOURCE_EXHAUSTED', `Too many requests. Retry in ${seconds} seconds.`, {
        details: quotaDetails('DEVELOPER', 'Number of operations for basic access', seconds),
      })
    }
    this.#used += operations
  }
}
