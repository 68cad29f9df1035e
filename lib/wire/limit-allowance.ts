import type { LimitBook, RequestLimit, RequestUse } from '../model/request-limits.ts'
import type { Clock } from '../ports/clock.ts'
import type { LimitedRequest } from '../ports/limiter.ts'
import { type Instant, later, SECOND_MS } from '../units/calendar.ts'
import { costOf, freeIn, type Held, type HeldLeases, heldLeases } from './held-leases.ts'
import { counts, endedEarly, givenBack, largestLease, lease, type Wanted } from './limit-book.ts'
import type { Changed, SharedBook } from './shared-book.ts'

/** What one worker has leased of the limits that share one book. */
export interface Allowance {
  /**
   * Sees to it that this worker has leased what the request costs, and has seen what answers to others said.
   *
   * @returns the limit that has no room for it, and until when
   * @throws Error when the store cannot be reached
   */
  prepare(request: LimitedRequest): Promise<Lacking | undefined>
  /** Whether there is room for the request among the leases in hand, and the book was seen. */
  has(request: LimitedRequest): boolean
  /** Uses up what `has` said is there. */
  draw(request: LimitedRequest): void
  /** The shared book as it was last seen here. */
  book(): LimitBook
  /** Changes what the shared book says beside leases. Does not throw: where the store is lost, this worker remembers. */
  tell(change: (book: LimitBook) => LimitBook): Promise<void>
  /** The same for this worker only, without asking the store. */
  remember(change: (book: LimitBook) => LimitBook): void
  /** Ends every lease in hand. @throws Error when the store cannot be reached: then they end by themselves */
  close(): Promise<void>
}

export interface Lacking {
  readonly limit: RequestLimit
  readonly until: Instant
}

/** A book that was full is looked at again after this time at the latest: others may have given back. */
const LOOK_AGAIN_MS = 2 * SECOND_MS
/** Leases grow from one to the next, so that a worker with few requests takes little. */
const FIRST_SHARE = 8

export function openAllowance(limits: readonly RequestLimit[], shared: SharedBook, clock: Clock): Allowance {
  const held = heldLeases()
  const sizes = leaseSizes()
  const full = fullLimits()

  const counting = (request: LimitedRequest) => limits.filter((limit) => isCounted(limit, request))
  const lackingNow = (request: LimitedRequest): readonly RequestLimit[] => {
    const now = clock.now()
    return counting(request).filter((limit) => !held.withRoom(limit, request, now))
  }

  const lackingOf = (limit: RequestLimit, request: LimitedRequest, until: Instant): Lacking => ({
    limit,
    until: Math.min(until, held.roomAt(limit, request)) as Instant,
  })

  /** Leases whatever the request lacks: all of it, or nothing and says which limit has no room. */
  async function leased(request: LimitedRequest, lacking: readonly RequestLimit[]): Promise<Lacking | undefined> {
    const now = clock.now()
    const wanted = sizes.wanted(lacking, request)
    let ended = held.takeEnded(now)
    const outcome = await shared.change((book) => {
      // Given back once at most, whatever becomes of that write: twice would give away what others hold.
      const rest = ended.reduce((left, one) => withoutFree(left, one, now), book)
      ended = []
      return leaseAll(rest, wanted, now)
    })
    if ('taken' in outcome) {
      held.add(outcome.taken)
      sizes.remember(outcome.taken)
      return undefined
    }
    const { limit, until } = outcome.lacking
    full.remember(limit, request, until, now)
    return lackingOf(limit, request, until)
  }

  return {
    async prepare(request) {
      await shared.seen()
      const lacking = lackingNow(request)
      for (const limit of lacking) {
        const until = full.until(limit, request, clock.now())
        if (until !== undefined) return lackingOf(limit, request, until)
      }
      return lacking.length === 0 ? undefined : leased(request, lacking)
    },
    has: (request) => shared.isSeen() && lackingNow(request).length === 0,
    draw: (request) => {
      for (const limit of counting(request)) held.draw(limit, request, clock.now())
    },
    book: shared.book,
    tell: shared.tell,
    remember: shared.remember,
    close: () => endAll(held, shared, clock),
  }
}

async function endAll(held: HeldLeases, shared: SharedBook, clock: Clock): Promise<void> {
  let ended = held.takeAll().filter((one) => counts(one, one.limit, clock.now()))
  if (ended.length === 0) return
  // What was last seen here is rarely the newest, and a write that somebody was faster than gives nothing back.
  shared.remember((book) => book)
  await shared.change((book) => {
    const now = clock.now()
    const left = ended.reduce((rest, one) => withoutLease(rest, one, now), book)
    ended = []
    return { book: left, result: undefined }
  })
}

/** Whether a limit counts such a request. */
export const isCounted = (limit: RequestLimit, request: LimitedRequest): boolean =>
  costOf(limit, request) > 0 && (limit.kind === undefined || limit.kind === request.kind)

const keyOf = ({ name }: RequestLimit, use: RequestUse): string => `${name} ${use}`

/** How large the next lease is to be. */
function leaseSizes() {
  const next = new Map<string, number>()
  return {
    wanted(lacking: readonly RequestLimit[], request: LimitedRequest): readonly Wanted[] {
      return lacking.map((limit) => {
        const largest = largestLease(limit)
        const usual = next.get(keyOf(limit, request.use)) ?? Math.ceil(largest / FIRST_SHARE)
        return { limit, use: request.use, least: costOf(limit, request), most: Math.min(largest, usual) }
      })
    },
    remember(taken: readonly Held[]): void {
      for (const { limit, use, units } of taken) next.set(keyOf(limit, use), 2 * units)
    },
  }
}

/** What was found without room, so that not every request that waits asks the store. */
function fullLimits() {
  const found = new Map<string, { readonly cost: number; readonly until: Instant; readonly lookAt: Instant }>()
  return {
    remember(limit: RequestLimit, request: LimitedRequest, until: Instant, now: Instant): void {
      const lookAt = later(now, LOOK_AGAIN_MS)
      found.set(keyOf(limit, request.use), { cost: costOf(limit, request), until, lookAt })
    },
    until(limit: RequestLimit, request: LimitedRequest, now: Instant): Instant | undefined {
      const known = found.get(keyOf(limit, request.use))
      const isKnown = known && costOf(limit, request) >= known.cost && now < known.until && now < known.lookAt
      return isKnown ? known.until : undefined
    },
  }
}

type Taken = { readonly taken: readonly Held[] } | { readonly lacking: Lacking }

function leaseAll(before: LimitBook, wanted: readonly Wanted[], now: Instant): Changed<Taken> {
  const taken: Held[] = []
  let book = before
  for (const one of wanted) {
    const answer = lease(book, one, now)
    if (answer.kind === 'full') return { book: before, result: { lacking: { limit: one.limit, until: answer.until } } }
    book = answer.book
    taken.push({ limit: one.limit, use: one.use, until: answer.until, units: answer.units, uses: [] })
  }
  return { book, result: { taken } }
}

const withoutLease = (book: LimitBook, one: Held, now: Instant): LimitBook =>
  endedEarly(book, one.limit, one, one.units - freeIn(one, now), now)

const withoutFree = (book: LimitBook, one: Held, now: Instant): LimitBook => {
  const units = freeIn(one, now)
  return units === 0 ? book : givenBack(book, one.limit, { until: one.until, units }, now)
}
