import type { Clock } from '../ports/clock.ts'
import type { LimitedRequest } from '../ports/limiter.ts'
import { type Instant, later, SECOND_MS } from '../units/calendar.ts'
import type { Hold } from './limit-book.ts'

/** Why a request may not be sent yet. */
export interface Refusal extends Hold {
  readonly why: string
  /** Whether such a request needs the same room, and so must not take it before the one that was refused. */
  holdsBack(request: LimitedRequest): boolean
}

export interface LinesOptions {
  readonly clock: Clock
  readonly sleep: (ms: number) => Promise<unknown>
  /** Longest that a request stands in line. */
  readonly longestWaitMs: number
  /** Counts the request where there is room for it in hand. */
  drawn(request: LimitedRequest): boolean
  /** Asks for room. `undefined`: it may be sent, and is counted. */
  tried(request: LimitedRequest): Promise<Refusal | undefined>
  /** What those of other lines wait for that go before all of these. */
  ahead(request: LimitedRequest): Refusal | undefined
  /** Of one that would have to wait longer than it may: what it is refused with; `undefined`: it is sent all the same. */
  late(request: LimitedRequest, refusal: Refusal, waitMs: number): Error | undefined
}

export interface Lines {
  /** Resolves when it is the request's turn. @throws what `late` and `tried` say */
  admit(request: LimitedRequest): Promise<void>
  /** What somebody who came before waits for, and this one needs as well. */
  holdsBack(request: LimitedRequest): Refusal | undefined
}

/** At least so long from one look to the next, whatever the clock says. */
const LEAST_WAIT_MS = 20
/** At most so long: others may have given back. */
const LOOK_AGAIN_MS = 2 * SECOND_MS

interface Waiter {
  readonly request: LimitedRequest
  readonly until: Instant
  readonly go: () => void
  readonly fail: (error: unknown) => void
}

/** Requests of one account, use and kind, in the order in which they came. */
interface Line {
  readonly key: string
  readonly waiters: Waiter[]
  /** Of the first, when it was last tried. */
  refusal: Refusal | undefined
}

const keyOf = ({ account, use, kind }: LimitedRequest): string => [account, use, kind].join('/')

/**
 * First in, first out for each account, use and kind; the lines have their turns one after the other, that one first which
 * has waited longest for a turn. Nobody takes room that somebody before him waits for, so that nobody starves: neither behind
 * an account with a thousand requests, nor as the one request that counts as ten.
 */
export function openLines(options: LinesOptions): Lines {
  const { clock, longestWaitMs, drawn, ahead } = options
  const time = openTime(options)
  const lines = openOrder()
  let arrival = Promise.withResolvers<void>()
  let isRunning = false

  /** Tries the first of a line, which leaves it unless it is to wait. @returns how long */
  async function serve(line: Line, { request, until, go, fail }: Waiter): Promise<number | undefined> {
    try {
      const held = ahead(request) ?? lines.holdsBack(request, line)
      const refusal = held ?? (drawn(request) ? undefined : await options.tried(request))
      const waitMs = refusal ? Math.max(LEAST_WAIT_MS, refusal.until - clock.now()) : 0
      if (refusal && later(time.now(), waitMs) <= until) {
        line.refusal = refusal
        return waitMs
      }
      const error = refusal && options.late(request, refusal, waitMs)
      if (error) fail(error)
      else go()
    } catch (error) {
      fail(error)
    }
    lines.served(line)
    return undefined
  }

  /** Serves each line as often as it can be; ends early when one that waits is due. @returns when to look again */
  async function look(): Promise<Instant> {
    let next = later(time.now(), LOOK_AGAIN_MS)
    for (const line of lines.inTurn()) {
      const waitMs = await serve(line, line.waiters[0]!)
      if (waitMs !== undefined) next = Math.min(next, later(time.now(), waitMs)) as Instant
      if (time.now() >= next) break
    }
    return next
  }

  async function run(): Promise<void> {
    for (isRunning = true; isRunning; isRunning = !lines.isEmpty()) {
      arrival = Promise.withResolvers()
      const next = await look()
      if (!lines.isEmpty()) await Promise.race([time.pause(next), arrival.promise])
    }
  }

  return {
    holdsBack: (request) => lines.holdsBack(request),
    admit(request) {
      if (!lines.has(request) && !ahead(request) && !lines.holdsBack(request) && drawn(request))
        return Promise.resolve()
      const { promise, resolve: go, reject: fail } = Promise.withResolvers<void>()
      lines.join({ request, until: later(time.now(), longestWaitMs), go, fail })
      if (isRunning) arrival.resolve()
      else void run()
      return promise
    },
  }
}

/** The present, as far as it is known: what was waited counts, also where the clock stands still. */
function openTime({ clock, sleep }: LinesOptions) {
  let least = 0
  const now = (): Instant => Math.max(clock.now(), least) as Instant
  return {
    now,
    async pause(until: Instant): Promise<void> {
      const from = now()
      const ms = Math.max(LEAST_WAIT_MS, until - from)
      await sleep(ms)
      least = Math.max(least, later(from, ms))
    },
  }
}

/** All lines, that one first which has waited longest for a turn. */
function openOrder() {
  const lines = new Map<string, Line>()
  return {
    isEmpty: () => lines.size === 0,
    has: (request: LimitedRequest) => lines.has(keyOf(request)),
    /** Each that is there, those that are served or come meanwhile at the end once more. */
    inTurn: () => lines.values(),
    join(waiter: Waiter): void {
      const key = keyOf(waiter.request)
      const line = lines.get(key)
      if (line) line.waiters.push(waiter)
      else lines.set(key, { key, waiters: [waiter], refusal: undefined })
    },
    /** Its first has left: it goes behind all the others. */
    served(line: Line): void {
      line.waiters.shift()
      line.refusal = undefined
      lines.delete(line.key)
      if (line.waiters.length > 0) lines.set(line.key, line)
    },
    /** What those before this one wait for, and such a request needs as well. */
    holdsBack(request: LimitedRequest, before?: Line): Refusal | undefined {
      for (const line of lines.values()) {
        if (line === before) return undefined
        if (line.refusal?.holdsBack(request)) return line.refusal
      }
      return undefined
    },
  }
}
