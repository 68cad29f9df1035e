import { describe, expect, test } from 'vitest'
import { tellOutsideCaps } from '../../lib/control/tell-outside.ts'
import type { LeverValue } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import { dateAt } from '../../lib/units/calendar.ts'
import { A, euros, type Rig, rig } from '../simulation/rig.ts'

const worth = (units: number): LeverValue => ({ kind: 'money', amount: euros(units) })

async function ready(action = 'alert'): Promise<Rig> {
  const stage = await rig({ policy: { breakers: { outsideCaps: { action } } } })
  await stage.ready()
  return stage
}
/** How many are told of a budget that stands at 400, with such a record. */
async function told(stage: Rig, more: Partial<LeverState>, loop = stage.loop): Promise<number> {
  const structure = (await loop.facts.structure(A))!
  const state = { ...(await stage.state(A, '10')), known: worth(400), ...more }
  return tellOutsideCaps(structure, [state], [stage.policy], dateAt(stage.now(), structure.zone), loop)
}
const alerts = ({ loop }: Rig) => loop.alerts.all(A)
const OVER = { cutBackTo: worth(160), cutBackWhy: 'set by anna' }

describe('a budget outside the caps', () => {
  test('is told of once, as soon as a pull has seen it', async () => {
    const stage = await ready()
    expect(await told(stage, OVER)).toBe(1)
    expect(await alerts(stage)).toMatchObject([{ version: 1, rule: 'outsideCaps', toldAt: stage.now() }])
    expect(await told(stage, OVER)).toBe(0)
    expect(await alerts(stage)).toMatchObject([{ version: 1 }])
    stage.wait(3_600_000)
    expect(await told(stage, OVER)).toBe(0)
    expect(await alerts(stage)).toMatchObject([{ version: 2, lastAt: stage.now() }])
  })

  test('is told of also where it is not to be cut back', async () => {
    const stage = await ready()
    expect(await told(stage, { beyondCap: { most: worth(160), why: 'set by anna' } })).toBe(1)
  })

  test('is not where nothing is outside, where the rule is off, and where somebody else was faster', async () => {
    const within = await ready()
    expect(await told(within, {})).toBe(0)
    expect(await told(within, { ...OVER, known: worth(160) })).toBe(0)
    expect(await alerts(within)).toEqual([])
    const off = await ready('off')
    expect(await told(off, OVER)).toBe(0)
    expect(await alerts(off)).toEqual([])
    const slow = await ready()
    expect(await told(slow, OVER, { ...slow.loop, alerts: { ...slow.loop.alerts, put: async () => false } })).toBe(0)
  })

  test('leaves the alerts of other rules as they are', async () => {
    const stage = await ready()
    await told(stage, OVER)
    const [alert] = await alerts(stage)
    const next = { ...alert!, id: 'b2b2b2b2' as never, rule: 'runawaySpend', subject: { kind: 'account' } } as const
    await stage.loop.alerts.put({ next, expected: 0 })
    stage.wait(3_600_000)
    await told(stage, OVER)
    expect((await alerts(stage)).find(({ rule }) => rule === 'runawaySpend')).toEqual(next)
  })
})
