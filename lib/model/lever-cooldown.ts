import { HOUR_MS, type Instant, later } from '../units/calendar.ts'
import type { PlatformCapabilities } from './capability.ts'
import { isBudget } from './lever.ts'
import type { LeverHold, LeverState } from './lever-state.ts'

type Edited = Pick<LeverState, 'lever' | 'cooling' | 'edits'>

/** What is still within the platform's hour of edits. */
const recent = ({ edits = [] }: Edited, now: Instant): readonly Instant[] => edits.filter((at) => at + HOUR_MS > now)

/**
 * Until when the platform takes no change of a lever: by its own word, or because its edits of an hour are used up. The
 * last one is kept for a cut.
 */
export function cooldownOf(
  state: Edited,
  { budgetEditsPerHour }: Pick<PlatformCapabilities, 'budgetEditsPerHour'>,
  what: 'cut' | 'raise',
  now: Instant,
): LeverHold | undefined {
  if (state.cooling && now < state.cooling.until) return state.cooling
  if (!isBudget(state.lever) || !Number.isFinite(budgetEditsPerHour)) return undefined
  const most = Math.max(1, budgetEditsPerHour - (what === 'raise' ? 1 : 0))
  const oldest = recent(state, now).at(-most)
  const kept = what === 'raise' && budgetEditsPerHour > 1 ? ', and the last one is kept for a cut' : ''
  return oldest === undefined
    ? undefined
    : {
        until: later(oldest, HOUR_MS),
        reason: `the platform takes ${budgetEditsPerHour} changes of a budget in an hour${kept}`,
      }
}

/** The record's edits with one more; none where the platform does not count them. */
export const withEdit = (
  state: Edited,
  { budgetEditsPerHour }: Pick<PlatformCapabilities, 'budgetEditsPerHour'>,
  now: Instant,
): Pick<LeverState, 'edits'> =>
  isBudget(state.lever) && Number.isFinite(budgetEditsPerHour) ? { edits: [...recent(state, now), now] } : {}
