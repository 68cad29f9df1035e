import type { Approval, PlanHeader, PlanId } from '../model/plan.ts'
import { type Loop, OPEN_PLANS_MAX } from './loop.ts'

/** Somebody else decided about the plan in the meantime. */
export class DecidedElsewhere extends Error {
  constructor(plan: PlanId) {
    super(`somebody else decided about plan ${plan} just now: look with "sluice status"`)
    this.name = 'DecidedElsewhere'
  }
}

/**
 * Approves a plan for a person. Older daily plans are taken back first, so that no two are ever open at a time; and the
 * plan that a rollback takes back, so that nothing of it is pushed any more.
 * @throws DecidedElsewhere
 */
export async function approvePlan(header: PlanHeader, by: string, loop: Loop): Promise<PlanHeader> {
  if (header.approval.kind === 'approved') return header
  for (const { id, occasion, approval } of await loop.plans.recent(header.portfolio, OPEN_PLANS_MAX)) {
    const yields = id !== header.id && (occasion === 'daily' || id === header.rollsBack)
    if (yields && (approval.kind === 'approved' || approval.kind === 'pending'))
      await loop.plans.decide(id, approval, { kind: 'superseded', by: header.id })
  }
  const approval: Approval = { kind: 'approved', by, at: loop.clock.now() }
  if (!(await loop.plans.decide(header.id, header.approval, approval))) throw new DecidedElsewhere(header.id)
  return { ...header, approval }
}

/** How many changes of a plan nobody has set out to push yet, and would still be; 0 once nothing more of it is pushed. */
export async function changesLeft({ id, approval, expiresAt, accounts }: PlanHeader, loop: Loop): Promise<number> {
  const isOpen = approval.kind === 'approved' || approval.kind === 'pending'
  if (!isOpen || expiresAt <= loop.clock.now()) return 0
  const progress = await loop.plans.progress(id)
  return accounts
    .flatMap(({ account, chunks }) => chunks.slice(progress?.cursors[account] ?? 0))
    .reduce((sum, { changes }) => sum + changes, 0)
}

/**
 * Rejects a plan for a person, pending or approved: nothing more of it is pushed. What it has pushed stays, and what a
 * worker is pushing at the moment is finished.
 *
 * @returns how many changes are not made for that
 * @throws DecidedElsewhere
 */
export async function rejectPlan(header: PlanHeader, by: string, loop: Loop): Promise<number> {
  const now = await loop.plans.header(header.id)
  const left = now ? await changesLeft(now, loop) : 0
  if (!now || left === 0) return 0
  const approval: Approval = { kind: 'rejected', by, at: loop.clock.now() }
  if (!(await loop.plans.decide(now.id, now.approval, approval))) throw new DecidedElsewhere(now.id)
  return left
}
