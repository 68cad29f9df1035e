import type { LeasedUnits, LimitBook, RequestLimit, RequestUse, UsedShare } from '../model/request-limits.ts'
import type { LimitedRequest } from '../ports/limiter.ts'
import { type Instant, later, MINUTE_MS, SECOND_MS } from '../units/calendar.ts'

/**
 * The arithmetic of shared limits. A lease lets its holder use so many units in any window of the limit's length, until
 * it ends; it counts from when it was given until a window after its end. As all leases that count together never exceed
 * `most`, whatever was used in any window never does: of the leases used in it, the one that was given last was given
 * while all others counted.
 */

/** Ends of leases are rounded up, so that a book has few entries however many leases there are. */
const ENTRIES = 24

/** How long a lease lasts: seconds, so that few requests need one; of long windows a small part. */
export const leaseMsOf = ({ windowMs }: RequestLimit): number =>
  Math.min(10 * MINUTE_MS, Math.max(5 * SECOND_MS, windowMs / 8))

/** Units that requests of this use may take, all uses that were there before them counted in. */
export function ceilingOf({ most, reserved }: RequestLimit, use: RequestUse): number {
  if (use === 'urgent') return most
  return most * (1 - reserved.urgent - (use === 'read' ? reserved.writes : 0))
}

/** Most that one lease takes: an eighth of the limit, and of a long window what it gives in twice the lease's time. */
export const largestLease = (limit: RequestLimit): number =>
  Math.max(1, Math.ceil(Math.min(limit.most / 8, (2 * limit.most * leaseMsOf(limit)) / limit.windowMs)))

/** Whether what was leased until then still counts. */
export const counts = ({ until }: LeasedUnits, limit: RequestLimit, now: Instant): boolean =>
  until + limit.windowMs > now

const leasesOf = (book: LimitBook, { name }: RequestLimit): readonly LeasedUnits[] => book.leases[name] ?? []

const unitsIn = (leases: readonly LeasedUnits[]): number => leases.reduce((sum, { units }) => sum + units, 0)

/** Units that are handed out and count at `now`. */
export const handedOut = (book: LimitBook, limit: RequestLimit, now: Instant): number =>
  unitsIn(leasesOf(book, limit).filter((one) => counts(one, limit, now)))

export interface Wanted {
  readonly limit: RequestLimit
  readonly use: RequestUse
  /** The lease is of so many units at least, or it is not given. */
  readonly least: number
  readonly most: number
}

export type Lease =
  | { readonly kind: 'given'; readonly book: LimitBook; readonly units: number; readonly until: Instant }
  /** Nothing before then, if nobody else takes it. */
  | { readonly kind: 'full'; readonly until: Instant }

/** Takes a lease out of the book, as large as is wanted and left. */
export function lease(book: LimitBook, { limit, use, least, most }: Wanted, now: Instant): Lease {
  const counted = leasesOf(book, limit).filter((one) => counts(one, limit, now))
  const room = ceilingOf(limit, use) - unitsIn(counted)
  if (room < least) return { kind: 'full', until: roomFrom(counted, limit, least - room, now) }
  const units = Math.max(least, Math.min(most, Math.floor(room)))
  const until = later(now, leaseMsOf(limit))
  return { kind: 'given', book: withLeases(book, limit, added(counted, limit, until, units)), units, until }
}

/** When so many units of those that count will count no more. */
function roomFrom(counted: readonly LeasedUnits[], limit: RequestLimit, units: number, now: Instant): Instant {
  let freed = 0
  for (const one of counted) {
    freed += one.units
    if (freed >= units) return later(one.until, limit.windowMs)
  }
  return later(now, limit.windowMs)
}

/** The book after units of a lease were given back that were not used within a window before `now`. */
export function givenBack(
  book: LimitBook,
  limit: RequestLimit,
  { until, units }: LeasedUnits,
  now: Instant,
): LimitBook {
  const counted = leasesOf(book, limit).filter((one) => counts(one, limit, now))
  const end = roundedUp(limit, until)
  const left = counted.map((one) => (one.until === end ? { until: end, units: one.units - units } : one))
  return withLeases(
    book,
    limit,
    left.filter((one) => one.units > 0),
  )
}

/** The book after a lease was ended early: what was used of it within a window counts for one window more, and no longer. */
export const endedEarly = (
  book: LimitBook,
  limit: RequestLimit,
  { until, units }: LeasedUnits,
  used: number,
  now: Instant,
): LimitBook => {
  const without = givenBack(book, limit, { until, units }, now)
  const end = Math.min(until, now) as Instant
  return used === 0 ? without : withLeases(without, limit, added(leasesOf(without, limit), limit, end, used))
}

function added(
  counted: readonly LeasedUnits[],
  limit: RequestLimit,
  until: Instant,
  units: number,
): readonly LeasedUnits[] {
  const end = roundedUp(limit, until)
  const same = counted.find((one) => one.until === end)
  const others = counted.filter((one) => one.until !== end)
  return [...others, { until: end, units: units + (same?.units ?? 0) }].sort((a, b) => a.until - b.until)
}

function roundedUp(limit: RequestLimit, until: Instant): Instant {
  const step = Math.ceil((limit.windowMs + leaseMsOf(limit)) / ENTRIES)
  return (Math.ceil(until / step) * step) as Instant
}

const withLeases = (book: LimitBook, { name }: RequestLimit, leases: readonly LeasedUnits[]): LimitBook => ({
  ...book,
  leases: { ...book.leases, [name]: leases },
})

/** When the last entry stops counting. */
export function countsUntil(book: LimitBook, limits: readonly RequestLimit[], now: Instant): Instant {
  const ends = limits.flatMap((limit) => leasesOf(book, limit).map(({ until }) => later(until, limit.windowMs)))
  const shares = Object.values(book.used ?? {}).map(({ at, clearAfterMs }) => later(at, clearAfterMs))
  const told = [book.throttledUntil, book.exhaustedUntil, ...shares]
  return Math.max(now, ...ends, ...told.filter((one) => one !== undefined)) as Instant
}

export interface Hold {
  readonly kind: 'throttled' | 'exhausted'
  readonly until: Instant
}

/** Under which name the used share of such a request is kept. */
export const shareName = (kind: string | undefined, limits: readonly RequestLimit[]): string =>
  kind !== undefined && limits.some((limit) => limit.kind === kind) ? kind : ''

/**
 * Why such a request waits for what the platform itself said. Urgent requests never do: whether a pause is served, only
 * the platform can say.
 */
export function holdIn(
  book: LimitBook,
  { use, kind }: Pick<LimitedRequest, 'use' | 'kind'>,
  limits: readonly RequestLimit[],
  now: Instant,
): Hold | undefined {
  if (use === 'urgent') return undefined
  const { throttledUntil, exhaustedUntil } = book
  if (exhaustedUntil !== undefined && exhaustedUntil > now) return { kind: 'exhausted', until: exhaustedUntil }
  if (throttledUntil !== undefined && throttledUntil > now) return { kind: 'throttled', until: throttledUntil }
  const until = shareHolds(book.used?.[shareName(kind, limits)], use, limits)
  return until > now ? { kind: 'throttled', until } : undefined
}

/** Until when a used share holds requests of this use back: until it has fallen to what they may use. */
export function shareHolds(used: UsedShare | undefined, use: RequestUse, limits: readonly RequestLimit[]): Instant {
  const share = Math.min(...limits.map((limit) => ceilingOf(limit, use) / limit.most))
  if (!used || used.share < share) return 0 as Instant
  return later(used.at, Math.ceil(used.clearAfterMs * (1 - share / Math.max(used.share, share))))
}
