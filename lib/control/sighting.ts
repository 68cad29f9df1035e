import type { Lever, LeverValue } from '../model/lever.ts'
import type { PolicyVersion } from '../model/policy.ts'

/** A lever as just seen, beside what was known of it. */
export interface Sighting {
  readonly lever: Lever
  readonly value: LeverValue
  /** A budget that feeds nothing that runs. */
  readonly idle: boolean
  /** The portfolio that it belongs to; undefined when none does, or more than one. */
  readonly portfolio: PolicyVersion | undefined
}
