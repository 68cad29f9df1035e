import { DAY_MS, type Instant, MINUTE_MS, SECOND_MS } from '../../../lib/units/calendar.ts'
import { tooManyQueries } from './errors.ts'

export interface QueriesAllowed {
  readonly perSecond: number
  readonly perMinute: number
  readonly perDay: number
}

/**
 * The basic tier of an application.
 *
 * Seconds are not counted: on a pretend clock a whole pull happens in one instant, which no real one does.
 *
 * @see https://business-api.tiktok.com/portal/docs?id=1740029171730433
 */
export const BASIC_TIER: QueriesAllowed = { perSecond: Number.POSITIVE_INFINITY, perMinute: 600, perDay: 864_000 }

/** Queries of an application per second, minute and UTC day; no header tells of them. */
export class QueryLimits {
  private readonly allowed: QueriesAllowed
  private readonly spans = { second: { of: -1, count: 0 }, minute: { of: -1, count: 0 }, day: { of: -1, count: 0 } }
  constructor(allowed: QueriesAllowed) {
    this.allowed = allowed
  }

  /** @throws TikTokError 40100, with the span in its message */
  charge(now: Instant): void {
    const { perSecond, perMinute, perDay } = this.allowed
    if (this.count('day', Math.floor(now / DAY_MS)) > perDay) throw tooManyQueries('QPD')
    if (this.count('minute', Math.floor(now / MINUTE_MS)) > perMinute) throw tooManyQueries('QPM')
    if (this.count('second', Math.floor(now / SECOND_MS)) > perSecond) throw tooManyQueries('QPS')
  }

  private count(span: 'second' | 'minute' | 'day', of: number): number {
    const state = this.spans[span]
    if (state.of !== of) Object.assign(state, { of, count: 0 })
    state.count += 1
    return state.count
  }
}
