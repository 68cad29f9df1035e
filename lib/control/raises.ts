import { canonicalJson } from '../model/canonical.ts'
import { type LeverKey, leverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import { isForgotten, type ScheduledRaise } from '../model/scheduled-raise.ts'
import type { AccountStructure } from '../model/structure.ts'
import type { Announcement, BudgetSchedule } from '../ports/platform.ts'
import { type AccountDate, dateAt, type Instant, isoInstant, later, type TimeZone } from '../units/calendar.ts'
import { subtract, toDecimal } from '../units/money.ts'
import type { Loop } from './loop.ts'

/** Schedules as just read, by budget. A budget without any is not in it. */
export type SeenRaises = ReadonlyMap<LeverKey, readonly ScheduledRaise[]>

/** The budget schedules that the platform has; undefined where there is no such thing. @throws PlatformError */
export async function readRaises(
  { account, zone }: Pick<AccountStructure, 'account' | 'zone'>,
  loop: Loop,
): Promise<SeenRaises | undefined> {
  const { reader, capabilities } = loop.platforms(account.platform)
  if (!capabilities.announces?.has('budget-schedule')) return undefined
  const seen = new Map<LeverKey, ScheduledRaise[]>()
  for (const one of (await reader.announcements(account)).filter(isSchedule)) {
    const key = leverKey(one.budget)
    seen.set(key, [...(seen.get(key) ?? []), raiseOf(one, zone)])
  }
  return seen
}

const isSchedule = (one: Announcement): one is BudgetSchedule => one.kind === 'budget-schedule'

const raiseOf = (one: BudgetSchedule, zone: TimeZone): ScheduledRaise => ({
  ...spanOf(one, zone),
  size:
    one.share === undefined
      ? { by: 'amount', amount: subtract(one.amount, one.over) }
      : { by: 'share', share: one.share },
  id: one.name,
})

/** The days that a stretch of time reaches into. */
export const spanOf = (
  { from, to }: { readonly from: Instant; readonly to: Instant },
  zone: TimeZone,
): Pick<ScheduledRaise, 'from' | 'to' | 'first' | 'last'> => ({
  from,
  to,
  first: dateAt(from, zone),
  last: dateAt(later(to, -1), zone),
})

interface Look {
  /** The account's date. */
  readonly date: AccountDate
  /** When the reading began. */
  readonly lookedAt: Instant
}

/**
 * What is known of a budget's schedules after a reading. What was read stays, whoever made it; what was not read is gone,
 * unless a write of it may still arrive. What is gone goes on counting for the rest of the day, if it may have been in
 * force on it.
 *
 * @returns `strange`: those that nobody here has made
 */
export function mergedRaises(
  known: readonly ScheduledRaise[],
  seen: readonly ScheduledRaise[],
  { date, lookedAt }: Look,
): { readonly raises: readonly ScheduledRaise[]; readonly strange: readonly ScheduledRaise[] } {
  const left = new Set(seen)
  const kept = known.flatMap((one): readonly ScheduledRaise[] => {
    if (isForgotten(one, date)) return []
    const found = [...left].find((other) => isSame(one, other))
    if (found) {
      left.delete(found)
      return [asRead(one, found)]
    }
    if (one.gone !== undefined || one.last < date) return [one]
    return one.unsureUntil !== undefined && lookedAt <= one.unsureUntil ? [one] : gone(one, date)
  })
  // What is over already has nothing to say any more.
  const strange = [...left].filter(({ last }) => last >= date)
  return { raises: [...kept, ...strange], strange }
}

const sameSpan = (a: ScheduledRaise, b: ScheduledRaise): boolean =>
  a.from === b.from && a.to === b.to && canonicalJson(a.size) === canonicalJson(b.size)

/** One that was edited under its name is another one: whoever did it has taken the old one away. */
const isSame = (known: ScheduledRaise, seen: ScheduledRaise): boolean =>
  (known.id === undefined || known.id === seen.id) && sameSpan(known, seen)

function asRead({ gone: _, unsureUntil: _u, ...known }: ScheduledRaise, { id }: ScheduledRaise): ScheduledRaise {
  return id === undefined ? known : { ...known, id }
}

/** A schedule of ours that somebody took away stays on record as theirs to decide; what was never there does not. */
export function gone(raise: ScheduledRaise, date: AccountDate): readonly ScheduledRaise[] {
  const { ours, unsureUntil: _, leaving: _l, ...rest } = raise
  const isTheirs = ours !== undefined && raise.id !== undefined && !raise.leaving
  if (raise.first > date && !isTheirs) return []
  return [{ ...rest, ...(isTheirs ? { ours } : {}), gone: date }]
}

/** The record with these in place of any that it had. */
export function withRaises(state: LeverState, raises: readonly ScheduledRaise[]): LeverState {
  const { raises: _, ...rest } = state
  return raises.length > 0 ? { ...rest, raises } : rest
}

export const sameRaises = (a: readonly ScheduledRaise[] = [], b: readonly ScheduledRaise[] = []): boolean =>
  canonicalJson(a) === canonicalJson(b)

export const raiseText = ({ size, from, to }: ScheduledRaise): string =>
  `+${size.by === 'amount' ? toDecimal(size.amount) : `${Math.round(size.share * 100)} %`} from ${isoInstant(from)} to ${isoInstant(to)}`
