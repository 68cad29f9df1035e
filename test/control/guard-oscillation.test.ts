import { expect, test } from 'vitest'
import { HOUR_MS, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, type Rig } from '../simulation/rig.ts'
import { alerts, micros, quarter, spending } from './guard-stage.ts'

/** Somebody sets the budget far above its caps, and it is cut back, so many times, an hour apart. */
async function inTurns(stage: Rig, times: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    stage.wait(HOUR_MS)
    stage.ads.human(A, '10', micros(1_000))
    await stage.run('pull')
    stage.wait(MINUTE_MS)
    await stage.plan([[A, '10', 100]])
    await stage.run('act')
  }
}

test('a tool that moves a budget back is noticed on a platform without a change history, too', async () => {
  const off = { outsideCaps: { action: 'off' }, divergence: { action: 'off' } }
  const stage = await spending({ '10': 10 }, { policy: { breakers: { ...off, oscillation: { reversals: 4 } } } })
  Object.assign(stage.ads.platform.reader, { changes: async () => 'unreviewed' })
  await inTurns(stage, 2)
  await quarter(stage)
  expect(await alerts(stage)).toEqual([])
  // Theirs and ours three times over: the hand changed five times.
  await inTurns(stage, 1)
  await quarter(stage)
  const [alert, ...others] = await alerts(stage)
  expect(others).toEqual([])
  expect(alert).toMatchObject({ rule: 'oscillation', subject: { kind: 'campaign', id: '10' } })
  expect(alert!.what).toContain('Sluice and somebody moved the same setting in turns, 5 times in a day')
})
