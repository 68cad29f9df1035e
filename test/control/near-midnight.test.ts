import { describe, expect, test } from 'vitest'
import { runTurn } from '../../lib/control/turn.ts'
import { HOUR_MS, instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, type Rig, rig } from '../simulation/rig.ts'
import { alerts, budget, micros, PAUSING, quarter, RUNAWAY, spending } from './guard-stage.ts'

/** The account's midnight is 22:00 UTC, and the policy keeps half an hour clear of it. */
const AT_2315 = instant('2026-06-02T21:15:00Z')

async function typedAt2320(guardrails: object = {}): Promise<Rig> {
  const stage = await rig({ start: AT_2315, policy: { guardrails } })
  await stage.ready()
  stage.wait(5 * MINUTE_MS)
  stage.ads.human(A, '10', micros(10_000))
  stage.wait(15 * MINUTE_MS)
  await stage.run('pull')
  await runTurn(stage.queued.findLast(({ stage: of }) => of === 'plan')!, stage.worker('planner'))
  await stage.run('act')
  return stage
}

describe('in the minutes before the account’s midnight', () => {
  test.each([30, 180])(
    'an edit outside the caps is back before the new day begins (dead zone of %d)',
    async (minutes) => {
      const stage = await typedAt2320({ midnightDeadZoneMinutes: minutes })
      expect(budget(stage, '10')).toBe(micros(120))
      // Read back at 23:35: the new day is charged with what stands, twice over: 120, 200 and 300.
      stage.wait(HOUR_MS)
      await stage.run('pull')
      expect(await stage.exposure(A)).toBe(micros(2 * 620))
    },
  )

  test('nothing else is pushed', async () => {
    const stage = await rig({ start: AT_2315 })
    await stage.ready()
    stage.wait(20 * MINUTE_MS)
    await stage.plan([[A, '10', 90]], { occasion: 'correction' })
    await stage.run('act')
    expect(stage.ads.sent).toEqual([])
  })

  test('the guard cuts', async () => {
    const stage = await spending(RUNAWAY, { ...PAUSING, start: AT_2315 })
    stage.wait(5 * MINUTE_MS)
    await quarter(stage)
    await stage.run('act')
    expect(budget(stage, '10')).toBe(micros(50))
  })

  test('in the last ten nothing is cut, and what runs away on the new day is that day’s matter', async () => {
    const stage = await spending(RUNAWAY, { ...PAUSING, start: AT_2315 })
    stage.wait(25 * MINUTE_MS)
    await quarter(stage)
    await stage.run('act')
    expect(stage.ads.sent).toEqual([])
    await quarter(stage)
    await stage.run('pull')
    await stage.run('act')
    expect(budget(stage, '10')).toBe(micros(50))
    expect((await alerts(stage)).map(({ acts }) => acts.map(({ step }) => step))).toEqual([['floor'], ['floor']])
  })
})
