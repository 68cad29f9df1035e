import type { Lever, LeverValue } from '../model/lever.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { ScheduledRaise } from '../model/scheduled-raise.ts'

/** A lever as just seen, beside what was known of it. */
export interface Sighting {
  readonly lever: Lever
  readonly value: LeverValue
  /** A budget that feeds nothing that runs. */
  readonly idle: boolean
  /** Schedules that raise it, as just read; absent where the platform has none, or it is no budget. */
  readonly raises?: readonly ScheduledRaise[]
  /** The portfolio that it belongs to; undefined when none does, or more than one. */
  readonly portfolio: PolicyVersion | undefined
  /** Of a budget: that portfolio manages all that it feeds. What it only counts it does not move. */
  readonly managed?: boolean
}
