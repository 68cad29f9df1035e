import type { AccountId } from '../../lib/model/account.ts'
import { PlatformError, type PlatformFailure } from '../../lib/model/failure.ts'
import type { PlatformLimits, RequestLimit, RequestUse } from '../../lib/model/request-limits.ts'
import type { LimitedRequest, LimitStore, RequestLimiter } from '../../lib/ports/limiter.ts'
import type { Instant } from '../../lib/units/calendar.ts'
import { type OpenLimiter, openLimiter } from '../../lib/wire/limiter.ts'
import { memoryLimits } from '../../lib/wire/memory-limits.ts'
import { noAnswer, type Within } from '../../lib/wire/store-patience.ts'

/** A clock that only moves while everybody waits. */
export interface VirtualTime {
  readonly clock: { now(): Instant }
  sleep(ms: number): Promise<void>
  /** Runs everything that is waiting, in order, until `done` is settled. */
  run<T>(done: Promise<T>): Promise<T>
}

export function virtualTime(start = 1_000_000_000_000): VirtualTime {
  let now = start
  let waiting: { readonly at: number; readonly go: () => void }[] = []
  return {
    clock: { now: () => now as Instant },
    sleep: (ms) =>
      new Promise((go) => {
        waiting.push({ at: now + ms, go })
      }),
    async run(done) {
      let isDone = false
      const settled = () => {
        isDone = true
      }
      done.then(settled, settled)
      for (;;) {
        await new Promise((go) => setImmediate(go))
        if (isDone) return done
        const next = Math.min(...waiting.map(({ at }) => at))
        if (!Number.isFinite(next)) throw new Error('nobody is waiting, and it is not done')
        now = Math.max(now, next)
        const due = waiting.filter(({ at }) => at <= now)
        waiting = waiting.filter(({ at }) => at > now)
        for (const { go } of due) go()
      }
    },
  }
}

export interface Admitted {
  readonly at: number
  readonly use: RequestUse
  readonly account?: AccountId | undefined
}

/** Several workers of one application, each with its own limiter, over one store. */
export interface Team {
  readonly time: VirtualTime
  readonly admitted: Admitted[]
  worker(): OpenLimiter
  /** Sends one request: what became of it. */
  send(worker: RequestLimiter, request: LimitedRequest): Promise<PlatformFailure | 'sent'>
}

export function team(
  limits: readonly RequestLimit[],
  {
    store = memoryLimits(),
    time = virtualTime(),
    throttles = 'application' as PlatformLimits['throttles'],
    longestWaitMs = 15_000,
    within = withinVirtual(time),
  } = {},
): Team {
  const admitted: Admitted[] = []
  return {
    time,
    admitted,
    worker: () =>
      openLimiter({
        application: 'pretend/secret',
        limits: { limits, throttles },
        store,
        clock: time.clock,
        sleep: time.sleep,
        longestWaitMs,
        within,
      }),
    async send(worker, request) {
      try {
        await worker.admit(request)
      } catch (error) {
        if (error instanceof PlatformError) return error.failure
        throw error
      }
      admitted.push({ at: time.clock.now(), use: request.use, account: request.account })
      return 'sent'
    },
  }
}

const withinVirtual =
  (time: VirtualTime): Within =>
  (work, ms) =>
    Promise.race([
      work,
      time.sleep(ms).then(() => {
        throw noAnswer(ms)
      }),
    ])

/** Every store call takes its time, by these delays in turn, so that workers overtake each other. */
export function slowStore(
  time: VirtualTime,
  delays: readonly number[],
  under: LimitStore = memoryLimits(),
): LimitStore {
  let calls = 0
  const wait = () => time.sleep(delays[calls++ % Math.max(1, delays.length)] ?? 1)
  return {
    async read(scope) {
      await wait()
      return under.read(scope)
    },
    async write(scope, next, expected) {
      await wait()
      const isWritten = await under.write(scope, next, expected)
      await wait()
      return isWritten
    },
  }
}

/** Most that was counted in any window of the limit's length, each request with its cost. */
export function busiest(admitted: readonly Admitted[], { windowMs, cost }: RequestLimit): number {
  const sorted = [...admitted].sort((a, b) => a.at - b.at)
  let sum = 0
  let most = 0
  let first = 0
  for (const one of sorted) {
    sum += cost[one.use]
    while (sorted[first]!.at <= one.at - windowMs) sum -= cost[sorted[first++]!.use]
    most = Math.max(most, sum)
  }
  return most
}

export const limit = (over: Partial<RequestLimit> = {}): RequestLimit => ({
  name: 'requests',
  per: 'application',
  windowMs: 1_000,
  most: 10,
  cost: { read: 1, write: 1, urgent: 1 },
  reserved: { writes: 0.2, urgent: 0.2 },
  source: 'a test',
  ...over,
})
