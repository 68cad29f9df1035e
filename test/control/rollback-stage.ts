import { approvePlan } from '../../lib/control/approve.ts'
import { draftRollback, storeRollback } from '../../lib/control/rollback.ts'
import type { PlanHeader } from '../../lib/model/plan.ts'
import { MINUTE_MS } from '../../lib/units/calendar.ts'
import { type Move, type PlanOptions, type Rig, rig } from '../simulation/rig.ts'

/** With a plan that is applied and verified. */
export async function applied(
  moves: readonly Move[],
  made: PlanOptions = {},
): Promise<{ stage: Rig; header: PlanHeader }> {
  const stage = await rig()
  await stage.ready()
  const header = await stage.plan(moves, made)
  await acts(stage)
  return { stage, header: await again(stage, header) }
}

export const again = async (stage: Rig, { id }: PlanHeader): Promise<PlanHeader> => (await stage.loop.plans.header(id))!

export async function acts(stage: Rig, times = 2): Promise<void> {
  for (let i = 0; i < times; i += 1) {
    stage.wait(MINUTE_MS)
    await stage.run('act')
  }
}

/** Drafts, stores, approves and pushes. */
export async function rolledBack(stage: Rig, of: PlanHeader): Promise<PlanHeader> {
  stage.wait(MINUTE_MS)
  const { plan } = await draftRollback(of, 'jo', stage.loop)
  const header = await approvePlan(await storeRollback(plan, stage.loop), 'jo', stage.loop)
  await acts(stage)
  return header
}
