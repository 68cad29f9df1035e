import type { Lever } from '../model/lever.ts'
import type { PolicyVersion } from '../model/policy.ts'
import type { BudgetHolder } from '../model/structure.ts'

/** A budget as just seen, beside what was known of it. */
export interface Sighting {
  readonly budget: BudgetHolder
  readonly lever: Lever
  readonly idle: boolean
  /** The portfolio that it belongs to; undefined when none does, or more than one. */
  readonly portfolio: PolicyVersion | undefined
}
