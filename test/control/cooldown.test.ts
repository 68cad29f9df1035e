import { describe, expect, test } from 'vitest'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { HOUR_MS, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { intercepted } from '../simulation/ports.ts'
import { A, type Rig, rig } from '../simulation/rig.ts'

const act = (stage: Rig) => stage.run('act', A)
const refusal = {
  kind: 'refused',
  failure: { kind: 'entity-cooldown', retryAfterMs: HOUR_MS, detail: '613/1487632: too many budget changes' },
} as const

describe('an entity that the platform takes no change of for a while', () => {
  test('is remembered, and nothing is sent to it until that is over; others go on', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([[A, '10', 90]])
    stage.ads.fate = () => 'refused'
    stage.ads.answers = () => [refusal]
    await act(stage)
    const refusedAt = stage.now()
    expect(await stage.state(A, '10')).toMatchObject({
      cooling: { until: later(refusedAt, HOUR_MS), reason: '613/1487632: too many budget changes' },
    })
    stage.ads.fate = () => 'applied'
    stage.ads.answers = (results) => results
    stage.wait(30 * MINUTE_MS)
    await stage.plan([
      [A, '10', 90],
      [A, '11', 190],
    ])
    await act(stage)
    expect(stage.ads.sent.map(({ change }) => change.lever.id)).toEqual(['10', '11'])
    stage.wait(31 * MINUTE_MS)
    await stage.plan([[A, '10', 90]])
    await act(stage)
    expect(stage.ads.sent.map(({ change }) => change.lever.id)).toEqual(['10', '11', '10'])
  })

  test('is not sent more edits in an hour than the platform takes, the last of which is a cut', async () => {
    const stage = await rig({ policy: { guardrails: { maxChangesPerLeverDay: 20, maxStepUp: 0.2 } } })
    const { platform } = stage.ads
    const strict = { ...platform, capabilities: { ...platform.capabilities, budgetEditsPerHour: 3 } }
    const loop = { ...stage.worker('actor'), platforms: () => strict }
    const actStrictly = () => runTurn({ stage: 'act', key: accountKey(A), turn: stage.now(), attempt: 0 }, loop)
    await stage.ready()
    for (const to of [101, 102, 103, 99, 98]) {
      await stage.plan([[A, '10', to]])
      await actStrictly()
      stage.wait(5 * MINUTE_MS)
    }
    const amounts = stage.ads.sent.map(({ change }) => change.to)
    expect(amounts).toMatchObject([101, 102, 99].map((units) => ({ amount: { micros: BigInt(units) * 1_000_000n } })))
    stage.wait(HOUR_MS)
    await stage.plan([[A, '10', 98]])
    await actStrictly()
    expect(stage.ads.sent).toHaveLength(4)
  })
})

describe('levers are read', () => {
  const uses = async (to: number) => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([[A, '10', to]])
    const seen: unknown[] = []
    const loop = intercepted(stage.worker('actor'), async (name, effect, args) => {
      if (name === 'reader.live') seen.push(args[2])
      return effect()
    })
    await runTurn({ stage: 'act', key: accountKey(A), turn: stage.now(), attempt: 0 }, loop)
    return seen
  }

  test('as urgently as what they are read for: a cut is not kept waiting by a throttled account', async () => {
    expect(await uses(80)).toEqual(['urgent', 'urgent', 'urgent'])
    expect(await uses(105)).toEqual(['write', 'write', 'write'])
  })
})
