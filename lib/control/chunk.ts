import type { PlanChunk, PlanHeader, PlanProgress } from '../model/plan.ts'
import type { Instant } from '../units/calendar.ts'

/** The next piece of a plan to be acted on. */
export interface NextChunk {
  readonly header: PlanHeader
  readonly chunk: PlanChunk
  readonly progress: PlanProgress | undefined
  /** When the turn began: what lets it through, plan, policy and hour of the day, was looked at since. */
  readonly since: Instant
}
