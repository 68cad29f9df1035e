import { type Instant, SECOND_MS } from '../../../lib/units/calendar.ts'
import { throttled } from './errors.ts'

/**
 * Averages, over ten seconds of the world's clock: 20 requests a second of an application and 10 of a token.
 *
 * @see https://developers.snap.com/api/marketing-api/Ads-API/rate-limits
 */
const PER_SECOND = { application: 20, token: 10 } as const
const WINDOW_MS = 10 * SECOND_MS

export class Rates {
  private readonly isEnforced: boolean
  private readonly recent: { readonly at: Instant; readonly token: string }[] = []
  constructor(isEnforced: boolean) {
    this.isEnforced = isEnforced
  }

  /** @throws GatewayError 429; a request that was throttled does not count */
  admit(token: string, now: Instant): void {
    if (!this.isEnforced) return
    while (this.recent[0] && now - this.recent[0].at >= WINDOW_MS) this.recent.shift()
    const seconds = WINDOW_MS / SECOND_MS
    const ofToken = this.recent.filter((one) => one.token === token).length
    if (this.recent.length >= PER_SECOND.application * seconds || ofToken >= PER_SECOND.token * seconds)
      throw throttled()
    this.recent.push({ at: now, token })
  }
}
