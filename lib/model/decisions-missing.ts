import type { PlanId } from './plan.ts'

/** A plan is known, and what it decided is not: decisions are no part of the log, so tables that were restored lack them. */
export class DecisionsMissing extends Error {
  constructor(plan: PlanId, found: number, promised: number) {
    super(
      `plan ${plan} has ${found} of its ${promised} decisions: the log has no decisions, so a restore does not bring them back, and the plan cannot be shown, pushed, scored, replayed or rolled back. What it changed, with the values before, stands in "sluice audit export" (kind "reserved", intent ${plan}/…): put them back on the platform by hand`,
    )
    this.name = 'DecisionsMissing'
  }
}
