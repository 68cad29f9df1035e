import { endedMemberships } from '../decide/calendar/membership-end.ts'
import { CAPS } from '../decide/cut-back.ts'
import { isCut, type LeverKey, leverKey } from '../model/lever.ts'
import type { LeverState } from '../model/lever-state.ts'
import { isPause } from '../model/pause.ts'
import type { ChangeDecision, PlanChunk } from '../model/plan.ts'
import type { Policy } from '../model/policy.ts'
import type { StageMessage } from '../model/turn.ts'
import { addDays, dateAt, HOUR_MS, type Instant, later, startOfDay } from '../units/calendar.ts'
import type { Loop } from './loop.ts'

/** In the first hours of an account's day its calendar is asked for; after that the daily decision sees to it. */
export const CALENDAR_MS = 2 * HOUR_MS

/**
 * Asks for the pauses of campaigns whose last day in the portfolio has just passed, at every tick of the first hours after
 * it until they are made. A dated end needs no reading: it does not wait for a pull, nor for one that succeeds.
 *
 * @param quarter the tick; the plan's turn lies just before it, so that what a pull asks for at the same tick is still due
 */
export async function dueEnds(
  policy: Policy,
  now: Instant,
  quarter: Instant,
  loop: Loop,
): Promise<readonly StageMessage[]> {
  if (!mayHaveEnded(policy, now)) return []
  for (const { account } of policy.accounts) {
    const structure = await loop.facts.structure(account)
    if (!structure) continue
    const date = dateAt(now, structure.zone)
    if (now - startOfDay(date, structure.zone) >= CALENDAR_MS) continue
    const ended = endedMemberships(policy, structure, date).map(({ change }) => leverKey(change.lever))
    if (ended.length === 0) continue
    const states = await loop.money.levers(account, ended)
    if (ended.some((key) => !isPaused(states, key)))
      return [{ stage: 'plan', key: policy.portfolio, turn: later(quarter, -1), attempt: 0 }]
  }
  return []
}

/** Looked at without reading anything: most days nothing has ended. An account's date may be one off the portfolio's. */
function mayHaveEnded({ mode, members, zone }: Policy, now: Instant): boolean {
  const today = dateAt(now, zone)
  const [from, to] = [addDays(today, -2), today]
  return mode !== 'observe' && members.some((one) => one.to !== undefined && from <= one.to && one.to <= to)
}

const isPaused = (states: ReadonlyMap<LeverKey, LeverState>, key: LeverKey): boolean => {
  const known = states.get(key)?.known
  return known?.kind === 'status' && known.status === 'paused'
}

/**
 * Whether a chunk only pauses. A pause costs nothing, whatever the platform makes of the day: it needs no room under a cap,
 * and need not keep away from midnight.
 */
export const onlyPauses = ({ changes }: PlanChunk): boolean => changes.every(({ change }) => isPause(change))

/** Whether a chunk only stops what should not be spent: pauses, orders back to the caps, and the guard's cuts. */
export const onlyStops = ({ changes }: PlanChunk): boolean => changes.every(isStop)

const isStop = ({ change, alert, binding }: ChangeDecision): boolean =>
  isPause(change) || (isCut(change) && (alert !== undefined || binding.some(({ name }) => name === CAPS)))
