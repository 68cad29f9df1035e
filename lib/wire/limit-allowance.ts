import type { LeasedUnits, LimitBook, RequestLimit, RequestUse } from '../model/request-limits.ts'
import type { Clock } from '../ports/clock.ts'
import type { LimitedRequest } from '../ports/limiter.ts'
import { type Instant, later, SECOND_MS } from '../units/calendar.ts'
import { givenBack, largestLease, lease, type Wanted } from './limit-book.ts'
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
}

export interface Lacking {
  readonly limit: RequestLimit
  readonly until: Instant
}

interface Held extends LeasedUnits {
  readonly limit: RequestLimit
  readonly use: RequestUse
  /** When how much of it was used, within one window. */
  readonly uses: { readonly at: Instant; units: number }[]
}

/** A book that was full is looked at again after this time at the latest: others may have given back. */
const LOOK_AGAIN_MS = 2 * SECOND_MS
/** Leases grow from one to the next, so that a worker with few requests takes little. */
const FIRST_SHARE = 8
/** From whose leases a request may draw: what cannot wait takes what is there. */
const FROM: Readonly<Record<RequestUse, readonly RequestUse[]>> = {
  read: ['read'],
  write: ['write', 'read'],
  urgent: ['urgent', 'write', 'read'],
}

const costOf = (limit: RequestLimit, { use, cost = 1 }: LimitedRequest): number => limit.cost[use] * cost

export function openAllowance(limits: readonly RequestLimit[], shared: SharedBook, clock: Clock): Allowance {
  let held: readonly Held[] = []
  const sizes = new Map<string, number>()
  const full = new Map<string, { readonly least: number; readonly until: Instant; readonly lookAt: Instant }>()

  const counting = (request: LimitedRequest): readonly RequestLimit[] =>
    limits.filter((limit) => costOf(limit, request) > 0 && (limit.kind === undefined || limit.kind === request.kind))

  function leaseWithRoom(limit: RequestLimit, request: LimitedRequest, now: Instant): Held | undefined {
    const cost = costOf(limit, request)
    for (const use of FROM[request.use])
      for (const one of held)
        if (one.limit === limit && one.use === use && one.until > now && freeIn(one, now) >= cost) return one
    return undefined
  }

  const lackingNow = (request: LimitedRequest): readonly RequestLimit[] => {
    const now = clock.now()
    return counting(request).filter((limit) => !leaseWithRoom(limit, request, now))
  }

  function wantedOf(limit: RequestLimit, request: LimitedRequest): Wanted {
    const largest = largestLease(limit)
    const usual = sizes.get(sizeKey(limit, request.use)) ?? Math.ceil(largest / FIRST_SHARE)
    return { limit, use: request.use, least: costOf(limit, request), most: Math.min(largest, usual) }
  }

  /** When a lease in hand has room again for what the request costs. */
  function roomInHand(limit: RequestLimit, request: LimitedRequest): number {
    const cost = costOf(limit, request)
    const own = held.filter((one) => one.limit === limit && FROM[request.use].includes(one.use))
    return Math.min(Number.POSITIVE_INFINITY, ...own.map((one) => freeFrom(one, cost)))
  }

  const lackingOf = (limit: RequestLimit, request: LimitedRequest, until: Instant): Lacking => ({
    limit,
    until: Math.min(until, roomInHand(limit, request)) as Instant,
  })

  /** Leases whatever the request lacks: all of it, or nothing and says which limit has no room. */
  async function leased(request: LimitedRequest, lacking: readonly RequestLimit[]): Promise<Lacking | undefined> {
    const now = clock.now()
    const wanted = lacking.map((limit) => wantedOf(limit, request))
    let ended = held.filter((one) => one.until <= now)
    held = held.filter((one) => one.until > now)
    const outcome = await shared.change((book) => {
      // Given back once at most, whatever becomes of that write: twice would give away what others hold.
      const rest = ended.reduce((left, one) => withoutFree(left, one, now), book)
      ended = []
      return leaseAll(rest, wanted, now)
    })
    if ('lacking' in outcome) {
      const { limit, until } = outcome.lacking
      const least = costOf(limit, request)
      full.set(sizeKey(limit, request.use), { least, until, lookAt: later(now, LOOK_AGAIN_MS) })
      return lackingOf(limit, request, until)
    }
    held = [...held, ...outcome.taken]
    for (const { limit, use, units } of outcome.taken) sizes.set(sizeKey(limit, use), 2 * units)
    return undefined
  }

  return {
    async prepare(request) {
      await shared.seen()
      const lacking = lackingNow(request)
      if (lacking.length === 0) return undefined
      const now = clock.now()
      for (const limit of lacking) {
        const known = full.get(sizeKey(limit, request.use))
        if (known && costOf(limit, request) >= known.least && now < known.until && now < known.lookAt)
          return lackingOf(limit, request, known.until)
      }
      return leased(request, lacking)
    },
    has: (request) => shared.isSeen() && lackingNow(request).length === 0,
    draw(request) {
      const now = clock.now()
      for (const limit of counting(request)) {
        const from = leaseWithRoom(limit, request, now)
        if (from) use(from, costOf(limit, request), now)
      }
    },
    book: shared.book,
    tell: shared.tell,
  }
}

const sizeKey = ({ name }: RequestLimit, use: RequestUse): string => `${name} ${use}`

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

const withoutFree = (book: LimitBook, one: Held, now: Instant): LimitBook => {
  const units = freeIn(one, now)
  return units === 0 ? book : givenBack(book, one.limit, { until: one.until, units }, now)
}

/** Units of a lease that were not used within the last window. */
function freeIn({ limit, units, uses }: Held, now: Instant): number {
  while (uses[0] && uses[0].at + limit.windowMs <= now) uses.shift()
  return units - uses.reduce((sum, one) => sum + one.units, 0)
}

/** When so many units of a lease are free; never, where it is over by then. */
function freeFrom({ limit, units, until, uses }: Held, cost: number): number {
  let free = units - uses.reduce((sum, one) => sum + one.units, 0)
  for (const one of uses) {
    free += one.units
    const at = one.at + limit.windowMs
    if (free >= cost) return at < until ? at : Number.POSITIVE_INFINITY
  }
  return Number.POSITIVE_INFINITY
}

function use({ uses }: Held, units: number, now: Instant): void {
  const last = uses.at(-1)
  if (last?.at === now) last.units += units
  else uses.push({ at: now, units })
}
