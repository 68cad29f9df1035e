import { expect, test } from 'vitest'
import type { Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { Approval, PlanHeader } from '../../lib/model/plan.ts'
import { A, type Rig, rig } from '../simulation/rig.ts'

/** A worker in whose way somebody decides about the plan in the very moment before its reservation is written. */
function withDecision(stage: Rig, header: PlanHeader, next: Approval): Loop {
  let decided = false
  const { money, plans } = stage.loop
  return {
    ...stage.worker('meanwhile'),
    money: {
      ...money,
      async commit(commit) {
        if (!decided && commit.intents.length > 0) {
          decided = true
          expect(await plans.decide(header.id, header.approval, next)).toBe(true)
        }
        return money.commit(commit)
      },
    },
  }
}

test.each([
  { how: 'rejected by a person', next: { kind: 'rejected', by: 'anna', at: 0 as never } },
  { how: 'replaced by another plan', next: { kind: 'superseded', by: 'other' as never } },
] as const)(
  'a plan that is $how between the last look and the reservation reserves nothing and sends nothing',
  async ({ next }) => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan([
      [A, '10', 90],
      [A, '11', 210],
    ])
    const turn = { stage: 'act', key: accountKey(A), turn: stage.now(), attempt: 0 } as const
    const before = await stage.exposure(A)
    expect(await runTurn(turn, withDecision(stage, header, next))).toMatchObject({ kind: 'ran' })
    expect(stage.ads.sent).toEqual([])
    expect(await stage.loop.money.intents(A, header.id)).toEqual([])
    expect(await stage.exposure(A)).toBe(before)
    expect((await stage.state(A, '10')).pending).toBeUndefined()
  },
)
