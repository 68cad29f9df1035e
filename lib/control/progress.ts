import type { AccountKey } from '../model/account.ts'
import type { PlanHeader, PlanProgress } from '../model/plan.ts'
import type { Instant } from '../units/calendar.ts'
import type { Money } from '../units/money.ts'
import { add, zero } from '../units/money.ts'

/** Where a plan stands that nobody has acted on. */
export const noProgress = (header: PlanHeader): PlanProgress => ({
  plan: header.id,
  version: 0,
  cursors: {},
  openCuts: {},
  freed: zero(header.dayTarget.currency),
  raised: zero(header.dayTarget.currency),
})

export interface ProgressStep {
  readonly account: AccountKey
  /** Chunks finished by this step. */
  readonly chunks?: number
  readonly cutsOpened?: number
  readonly cutsClosed?: number
  readonly freed?: Money
  readonly raised?: Money
  readonly announcedUntil?: Instant
}

/** The next version of the record after a step. */
export function advanced(progress: PlanProgress, step: ProgressStep): PlanProgress {
  const { account, chunks = 0, cutsOpened = 0, cutsClosed = 0, freed, raised, announcedUntil } = step
  const announced = announcedUntil ? { ...progress.announcedUntil, [account]: announcedUntil } : progress.announcedUntil
  return {
    plan: progress.plan,
    version: progress.version + 1,
    cursors: { ...progress.cursors, [account]: (progress.cursors[account] ?? 0) + chunks },
    openCuts: { ...progress.openCuts, [account]: (progress.openCuts[account] ?? 0) + cutsOpened - cutsClosed },
    freed: freed ? add(progress.freed, freed) : progress.freed,
    raised: raised ? add(progress.raised, raised) : progress.raised,
    ...(announced ? { announcedUntil: announced } : {}),
  }
}
