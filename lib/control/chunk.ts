import type { PlanChunk, PlanHeader, PlanProgress } from '../model/plan.ts'

/** The next piece of a plan to be acted on. */
export interface NextChunk {
  readonly header: PlanHeader
  readonly chunk: PlanChunk
  readonly progress: PlanProgress | undefined
}
