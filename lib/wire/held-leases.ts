import type { LeasedUnits, RequestLimit, RequestUse } from '../model/request-limits.ts'
import type { LimitedRequest } from '../ports/limiter.ts'
import type { Instant } from '../units/calendar.ts'

/** A lease that this worker has taken, with what it has used of it. */
export interface Held extends LeasedUnits {
  readonly limit: RequestLimit
  readonly use: RequestUse
  /** When how much of it was used, within one window. */
  readonly uses: { readonly at: Instant; units: number }[]
}

/** The leases of one worker. */
export interface HeldLeases {
  /** One that has room for the request now. */
  withRoom(limit: RequestLimit, request: LimitedRequest, now: Instant): Held | undefined
  /** Uses up what the request costs where one has room for it. */
  draw(limit: RequestLimit, request: LimitedRequest, now: Instant): void
  /** When one of them has room again for the request; infinite where none ever has. */
  roomAt(limit: RequestLimit, request: LimitedRequest): number
  add(taken: readonly Held[]): void
  /** Those that are over by now, which are not held any more. */
  takeEnded(now: Instant): readonly Held[]
  /** All of them, none of which is held any more. */
  takeAll(): readonly Held[]
}

/** From whose leases a request may draw: what cannot wait takes what is there. */
const FROM: Readonly<Record<RequestUse, readonly RequestUse[]>> = {
  read: ['read'],
  write: ['write', 'read'],
  urgent: ['urgent', 'write', 'read'],
}

export const costOf = (limit: RequestLimit, { use, cost = 1 }: LimitedRequest): number => limit.cost[use] * cost

export function heldLeases(): HeldLeases {
  let held: readonly Held[] = []
  const usable = (limit: RequestLimit, { use }: LimitedRequest): readonly Held[] =>
    FROM[use].flatMap((from) => held.filter((one) => one.limit === limit && one.use === from))
  const withRoom: HeldLeases['withRoom'] = (limit, request, now) =>
    usable(limit, request).find((one) => one.until > now && freeIn(one, now) >= costOf(limit, request))
  return {
    withRoom,
    draw(limit, request, now) {
      const from = withRoom(limit, request, now)
      if (from) useUp(from, costOf(limit, request), now)
    },
    roomAt: (limit, request) =>
      Math.min(Number.POSITIVE_INFINITY, ...usable(limit, request).map((one) => freeFrom(one, costOf(limit, request)))),
    add(taken) {
      held = [...held, ...taken]
    },
    takeEnded(now) {
      const ended = held.filter((one) => one.until <= now)
      held = held.filter((one) => one.until > now)
      return ended
    },
    takeAll() {
      const all = held
      held = []
      return all
    },
  }
}

/** Units of a lease that were not used within the last window. */
export function freeIn({ limit, units, uses }: Held, now: Instant): number {
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

function useUp({ uses }: Held, units: number, now: Instant): void {
  const last = uses.at(-1)
  if (last?.at === now) last.units += units
  else uses.push({ at: now, units })
}
