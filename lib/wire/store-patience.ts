import type { RequestUse } from '../model/request-limits.ts'
import type { Clock } from '../ports/clock.ts'
import { type Instant, later, SECOND_MS } from '../units/calendar.ts'

/** Settles as the work does, or rejects after so many milliseconds; the work itself goes on. */
export type Within = <T>(work: Promise<T>, ms: number) => Promise<T>

/** By the machine's timer, which keeps no program from ending once the work is done. */
export const withinTime: Within = async (work, ms) => {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(noAnswer(ms)), ms)
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

export const noAnswer = (ms: number): Error => new Error(`no answer within ${ms} ms`)

/** Asks the shared books, as long as they are worth waiting for. */
export interface StorePatience {
  /** @throws Error when they fail, do not answer in time, or did not a short while ago: then they are not asked */
  ask<T>(use: RequestUse, step: () => Promise<T>): Promise<T>
}

interface Terms {
  readonly waitMs: number
  /** Left alone for so long after they did not answer, or everybody in line would wait for them again. */
  readonly lostMs: number
}

/** An emergency waits fifty times as long as the books usually take, and no longer. */
const URGENT: Terms = { waitMs: SECOND_MS / 2, lostMs: 10 * SECOND_MS }
/** Long enough for one try of the client to end without an answer, and for the next to have one. */
const USUAL: Terms = { waitMs: 8 * SECOND_MS, lostMs: 2 * SECOND_MS }

export function storePatience(clock: Clock, within: Within): StorePatience {
  const lost = new Map<Terms, { readonly until: Instant; readonly error: unknown }>()
  return {
    async ask(use, step) {
      const terms = use === 'urgent' ? URGENT : USUAL
      const known = lost.get(terms)
      if (known && clock.now() < known.until) throw known.error
      try {
        return await within(step(), terms.waitMs)
      } catch (error) {
        lost.set(terms, { until: later(clock.now(), terms.lostMs), error })
        throw error
      }
    },
  }
}
