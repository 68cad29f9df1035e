import { hashOf } from '../model/canonical.ts'
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
 * Approves a plan for a person. Older daily plans are taken back first, so that no two are ever open at a time.
 * @throws DecidedElsewhere
 */
export async function approvePlan(header: PlanHeader, by: string, loop: Loop): Promise<PlanHeader> {
  if (header.approval.kind === 'approved') return header
  for (const { id, occasion, approval } of await loop.plans.recent(header.portfolio, OPEN_PLANS_MAX))
    if (id !== header.id && occasion === 'daily' && (approval.kind === 'approved' || approval.kind === 'pending'))
      await loop.plans.decide(id, approval, { kind: 'superseded', by: header.id })
  const approval: Approval = { kind: 'approved', by, at: loop.clock.now() }
  if (!(await loop.plans.decide(header.id, header.approval, approval))) throw new DecidedElsewhere(header.id)
  await auditApproval(header, approval, loop)
  return { ...header, approval }
}

/** Who let a plan through goes into the portfolio's audit chain. */
export async function auditApproval(
  { id, portfolio }: Pick<PlanHeader, 'id' | 'portfolio'>,
  approval: Extract<Approval, { kind: 'approved' }>,
  loop: Loop,
): Promise<void> {
  const commit = {
    chain: `portfolio/${portfolio}`,
    at: approval.at,
    levers: [],
    intents: [],
    entries: [{ kind: 'plan', plan: id, approval: approval.kind, by: approval.by }],
  } as const
  // A conflict here means that a turn which was delivered twice has recorded it already.
  await loop.money.commit({ ...commit, token: hashOf(commit).slice(0, 36) })
}
