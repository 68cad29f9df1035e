import type { AccountId } from '../model/account.ts'
import { PlatformError } from '../model/failure.ts'
import {
  EXHAUSTED_MS,
  type LimitBook,
  type PlatformLimits,
  type RequestLimit,
  type UsedShare,
} from '../model/request-limits.ts'
import type { Clock } from '../ports/clock.ts'
import type { Heard, LimitedRequest, LimitStore, RequestLimiter } from '../ports/limiter.ts'
import { DAY_MS, type Instant, later, MINUTE_MS, SECOND_MS } from '../units/calendar.ts'
import { checkLimits } from './check-limits.ts'
import { type Allowance, isCounted, type Lacking, openAllowance } from './limit-allowance.ts'
import { type Hold, holdIn, shareHolds, shareName } from './limit-book.ts'
import { openBook } from './shared-book.ts'
import { type StorePatience, storePatience, type Within, withinTime } from './store-patience.ts'
import { type LinesOptions, openLines, type Refusal } from './waiting-lines.ts'

export interface LimiterOptions {
  /** What shares the limits per application: the platform and the name of its secret. */
  readonly application: string
  readonly limits: PlatformLimits
  readonly store: LimitStore
  readonly clock: Clock
  readonly sleep: (ms: number) => Promise<unknown>
  /**
   * Longest that one request is kept waiting before it is refused, or sent all the same if it is urgent; 15 seconds unless
   * told otherwise.
   */
  readonly longestWaitMs?: number
  /** By what the store is given up that does not answer; the machine's timer unless told otherwise. */
  readonly within?: Within
}

/** A limiter with the leases that it has taken. */
export interface OpenLimiter extends RequestLimiter {
  /**
   * Gives back what was leased and not used, for a worker that ends: nobody waits for it until the leases are over. Does
   * not throw, and waits no longer for the books than a request does.
   */
  close(): Promise<void>
}

const LONGEST_WAIT_MS = 15 * SECOND_MS
/** A limit over so long a window is a quota: there is no waiting for it within a turn. */
const QUOTA_MS = DAY_MS / 2
const TAKEN_TIMES = 5

/**
 * Keeps all workers of one application within the platform's limits. Each worker takes leases out of shared books, so
 * that few requests wait for the store, and a worker that dies wastes what it had leased and nothing else.
 *
 * @throws RangeError for limits that would never let a request through
 */
export function openLimiter(options: LimiterOptions): OpenLimiter {
  const { application, limits, clock, sleep, longestWaitMs = LONGEST_WAIT_MS, within = withinTime } = options
  checkLimits(limits)
  const patience = storePatience(clock, within)
  const allowances = openAllowances(options)
  const terms = { clock, sleep, longestWaitMs, ...admission(allowances, patience, limits.limits, clock) }
  // An emergency does not stand in line with those who read. That it was one too many, the platform may say.
  const urgent = openLines({ ...terms, ahead: () => undefined, late: () => undefined })
  const late = (request: LimitedRequest, refusal: Refusal, waitMs: number) =>
    refused(application, request, refusal, waitMs)
  const others = openLines({ ...terms, ahead: urgent.holdsBack, late })
  return {
    admit: (request) => (request.use === 'urgent' ? urgent : others).admit(request),
    async heard(request, what) {
      const at = clock.now()
      const name = shareName(request.kind, limits.limits)
      const whose = allowances.named(what.whose ?? limits.throttles, request)
      const change = (book: LimitBook) => withHeard(book, what, name, limits.limits, at)
      await patience.ask(request.use, () => whose.tell(change)).catch(() => whose.remember(change))
    },
    async close() {
      await Promise.allSettled(allowances.all().map((one) => patience.ask('read', () => one.close())))
    },
  }
}

interface Allowances {
  /** Whose limits the request counts under: the application's, and those of its account. */
  of(request: LimitedRequest): readonly Allowance[]
  named(whose: 'application' | 'account', request: LimitedRequest): Allowance
  all(): readonly Allowance[]
}

function openAllowances({ application, limits, store, clock }: LimiterOptions): Allowances {
  const open = (scope: string, those: readonly RequestLimit[]): Allowance =>
    openAllowance(those, openBook({ scope, limits: those, store, clock }), clock)
  const shared = open(application, limits.limits.filter(isShared))
  const ofAccount = limits.limits.filter((limit) => !isShared(limit))
  const accounts = new Map<AccountId, Allowance>()
  const allowanceOf = (account: AccountId): Allowance => {
    const known = accounts.get(account) ?? open(scopeOf(application, account), ofAccount)
    accounts.set(account, known)
    return known
  }
  return {
    of: ({ account }) => (account === undefined ? [shared] : [shared, allowanceOf(account)]),
    named: (whose, { account }) => (whose === 'account' && account !== undefined ? allowanceOf(account) : shared),
    all: () => [shared, ...accounts.values()],
  }
}

function admission(
  allowances: Allowances,
  patience: StorePatience,
  limits: readonly RequestLimit[],
  clock: Clock,
): Pick<LinesOptions, 'drawn' | 'tried'> {
  const holdOf = (one: Allowance, request: LimitedRequest): Hold | undefined =>
    holdIn(one.book(), request, limits, clock.now())

  /** Counts the request where there is room for it and nothing holds it back. */
  function drawnFrom(from: readonly Allowance[], request: LimitedRequest): boolean {
    if (from.some((one) => !one.has(request) || holdOf(one, request))) return false
    for (const one of from) one.draw(request)
    return true
  }

  /** Of those who need the same room, the urgent go before all others, and the others before those of their own use. */
  function fullOf(one: Allowance, { limit, until }: Lacking, { use }: LimitedRequest): Refusal {
    const holdsBack = (other: LimitedRequest) =>
      (use === 'urgent' || other.use === use) && isCounted(limit, other) && allowances.of(other).includes(one)
    return { kind: kindOf(limit), until, why: limit.name, holdsBack }
  }

  /** Leases what is lacking. Why it may not be sent yet; `undefined`: it may, and is counted. */
  async function tried(request: LimitedRequest): Promise<Refusal | undefined> {
    for (let times = 0; times < TAKEN_TIMES; times += 1) {
      const counting: Allowance[] = []
      for (const one of allowances.of(request)) {
        const lacking = one.has(request) ? undefined : await prepared(one, request, patience)
        if (lacking === 'uncounted') continue
        counting.push(one)
        const hold = holdOf(one, request)
        if (hold) return { ...hold, why: 'as its answers said', holdsBack: () => false }
        if (lacking) return fullOf(one, lacking, request)
      }
      if (drawnFrom(counting, request)) return undefined
      // Another request of this worker has drawn on the one while the other was prepared.
    }
    return { kind: 'throttled', until: clock.now(), why: 'too many at once', holdsBack: () => false }
  }
  return { drawn: (request) => drawnFrom(allowances.of(request), request), tried }
}

/** An emergency does not wait for the store to come back: better one request too many than a pause too few. */
async function prepared(
  one: Allowance,
  request: LimitedRequest,
  patience: StorePatience,
): Promise<Lacking | 'uncounted' | undefined> {
  try {
    return await patience.ask(request.use, () => one.prepare(request))
  } catch (error) {
    if (request.use === 'urgent') return 'uncounted'
    const why = error instanceof Error ? error.message : 'unknown'
    throw new PlatformError({
      kind: 'transient',
      detail: `not sent: the books of its limits cannot be reached: ${why}`,
    })
  }
}

/** The name of a book: an application's, or that of one account of it. */
export const scopeOf = (application: string, account?: AccountId): string =>
  account === undefined ? application : `${application}#${account}`

const isShared = ({ per }: RequestLimit): boolean => per !== 'account'

const kindOf = ({ windowMs }: RequestLimit): Hold['kind'] => (windowMs >= QUOTA_MS ? 'exhausted' : 'throttled')

function refused(application: string, { use, account }: LimitedRequest, { kind, why }: Refusal, waitMs: number) {
  const who = account === undefined ? application : `${application}, account ${account}`
  const what = `not sent: a request to ${use === 'read' ? 'read' : 'write'} must wait ${Math.ceil(waitMs / SECOND_MS)} s for the limits of ${who} (${why})`
  return new PlatformError(
    kind === 'exhausted'
      ? { kind: 'quota-exhausted', detail: what }
      : { kind: 'rate-limited', retryAfterMs: waitMs, detail: what },
  )
}

/** Nobody is held back longer by one answer: a header may be wrong by any number of digits. */
const LONGEST_HOLD_MS = DAY_MS

/** The book with what an answer said; the same where that changes nothing that anybody waits for. */
function withHeard(
  book: LimitBook,
  what: Heard,
  name: string,
  limits: readonly RequestLimit[],
  at: Instant,
): LimitBook {
  const until = (ms: number, known: Instant | undefined): Instant =>
    Math.max(known ?? 0, later(at, Math.min(LONGEST_HOLD_MS, Math.max(0, ms)))) as Instant
  if (what.kind === 'throttled') return { ...book, throttledUntil: until(what.retryAfterMs, book.throttledUntil) }
  if (what.kind === 'exhausted')
    return { ...book, exhaustedUntil: until(what.retryAfterMs ?? EXHAUSTED_MS, book.exhaustedUntil) }
  const share = { share: what.usedShare, at, clearAfterMs: Math.min(LONGEST_HOLD_MS, Math.max(0, what.clearAfterMs)) }
  const { [name]: known, ...others } = book.used ?? {}
  if (shareHolds(share, 'read', limits) > at)
    return isNews(known, share) ? { ...book, used: { ...others, [name]: share } } : book
  // It fell: whoever waits need not wait on.
  return known ? { ...book, used: others } : book
}

/** Whether another answer says more than the last one did: a hundred of the same kind are not written down. */
const isNews = (known: UsedShare | undefined, { share, at }: UsedShare): boolean =>
  !known || Math.abs(known.share - share) >= 0.01 || at - known.at > MINUTE_MS / 4
