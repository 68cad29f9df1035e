import { DAY_MS, type Instant, MINUTE_MS, SECOND_MS } from '../../../lib/units/calendar.ts'
import { throttled } from './errors.ts'

/** `trial`: an app that Pinterest has not approved yet; `unlimited`: for tests of something else. */
export type CallTier = 'standard' | 'trial' | 'unlimited'

const ANALYTICS_A_MINUTE = 300
const TRIAL_A_DAY = 1_000

interface Window {
  readonly start: number
  count: number
}

/** Counts calls in fixed windows of the world's own time. */
export class CallLimits {
  readonly #tier: CallTier
  readonly #now: () => Instant
  #minute: Window = { start: 0, count: 0 }
  #day: Window = { start: 0, count: 0 }

  constructor(tier: CallTier, now: () => Instant) {
    this.#tier = tier
    this.#now = now
  }

  /** @throws ApiError 429 */
  count(isAnalytics: boolean): void {
    if (this.#tier === 'unlimited') return
    this.#day = this.#next(this.#day, DAY_MS)
    if (this.#tier === 'trial' && this.#day.count > TRIAL_A_DAY) throw throttled()
    if (!isAnalytics) return
    this.#minute = this.#next(this.#minute, MINUTE_MS)
    if (this.#minute.count > ANALYTICS_A_MINUTE) throw throttled()
  }

  #next(window: Window, length: number): Window {
    const start = this.#now() - (this.#now() % length)
    return { start, count: window.start === start ? window.count + 1 : 1 }
  }

  /** What an answer says of the limit that it counts for; Pinterest documents the names and not on which answers. */
  headers(isAnalytics: boolean): Readonly<Record<string, string>> {
    if (this.#tier === 'unlimited' || !isAnalytics) return {}
    const left = Math.max(0, ANALYTICS_A_MINUTE - this.#minute.count)
    return {
      'x-ratelimit-limit': String(ANALYTICS_A_MINUTE),
      'x-ratelimit-remaining': String(left),
      'x-ratelimit-reset': String(this.#secondsLeft(MINUTE_MS)),
    }
  }

  waitHeaders(path: string): Readonly<Record<string, string>> {
    if (this.#tier === 'trial' && this.#day.count > TRIAL_A_DAY)
      return { 'x-ratelimit-reset': String(this.#secondsLeft(DAY_MS)) }
    return /\/analytics$/.test(path) ? { 'x-ratelimit-reset': String(this.#secondsLeft(MINUTE_MS)) } : {}
  }

  #secondsLeft(length: number): number {
    return Math.ceil((length - (this.#now() % length)) / SECOND_MS)
  }
}
