import { describe, expect, test } from 'vitest'
import type { Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { HOUR_MS, instant } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { type Death, runUntilDeath } from '../simulation/ports.ts'
import { A, B, type Rig, statusOf } from '../simulation/rig.ts'
import { astray, cpa, PAUSED, pauseOf, sentTwice, targetTo, withTarget } from './other-levers.ts'

/** 01:35 of the next day in Berlin. */
const NEXT_DECISION = instant('2026-06-02T23:35:00Z')

/** A pause and a looser target on one account, ready to be acted on. */
async function twoLevers(): Promise<Rig> {
  const stage = await withTarget({ policy: { targets: 'steer' } })
  await stage.plan([], { settings: [pauseOf('12'), targetTo('11', 20, 22)] })
  return stage
}

/** The whole of an act turn: the pause, then the target. */
const actTwice = (stage: Rig) => async (loop: Loop) => {
  const turn = { stage: 'act', key: accountKey(A), turn: stage.now(), attempt: 0 } as const
  await runTurn(turn, loop)
  await runTurn({ ...turn, attempt: 1 }, loop)
}

/** What happens anyway after a worker died: the claim runs out, the next ticks verify, pull and act, the next day plans. */
async function lifeGoesOn(stage: Rig): Promise<void> {
  stage.wait(5 * 60_000)
  await stage.run('verify')
  await stage.run('act')
  stage.wait(60_000)
  await stage.run('act')
  stage.wait(HOUR_MS)
  await stage.run('verify')
  for (const account of [A, B]) await stage.run('pull', account)
  stage.wait(NEXT_DECISION - stage.now())
  for (const account of [A, B]) await stage.run('pull', account)
  await stage.run('plan')
  for (let i = 0; i < 3; i++) {
    stage.wait(60_000)
    for (const account of [A, B]) await stage.run('act', account)
  }
  await stage.run('verify')
}

describe('a worker that dies while it pauses a campaign and moves a target', async () => {
  const whole = await twoLevers()
  const { calls } = await runUntilDeath(whole.worker('whole'), actTwice(whole), undefined)
  const deaths: Death[] = calls.flatMap((_, i) => [
    { call: i + 1, moment: 'before' },
    { call: i + 1, moment: 'after' },
  ])

  test('is watched at every call that it makes', () => {
    expect(calls.filter((call) => call === 'writer.apply')).toHaveLength(2)
    expect(calls.filter((call) => call === 'money.commit')).toHaveLength(4)
    expect(deaths.length).toBeGreaterThan(60)
  })

  test.each(deaths.map((death) => ({ ...death, name: calls[death.call - 1] })))(
    'dies $moment call $call, $name: the campaign is paused all the same, once, and no invariant breaks',
    async (death) => {
      const stage = await twoLevers()
      const { died } = await runUntilDeath(stage.worker('doomed'), actTwice(stage), death)
      expect(died).toBe(true)
      expect(await broken(stage)).toEqual([])
      await lifeGoesOn(stage)
      expect(await broken(stage)).toEqual([])
      expect(await astray(stage)).toEqual([])
      expect(sentTwice(stage)).toEqual([])
      expect(stage.ads.valueOf(statusOf(A, '12'))).toEqual(PAUSED)
      expect([cpa(20), cpa(22)]).toContainEqual(stage.ads.valueOf({ ...statusOf(A, '11'), kind: 'target-cpa' }))
    },
  )

  test('and whose successor dies as well, at any two calls: the same holds', async () => {
    const money = calls.flatMap((call, i) => (/commit|apply|live/.test(call) ? [i + 1] : []))
    for (const first of money)
      for (const second of money) {
        const stage = await twoLevers()
        await runUntilDeath(stage.worker('first'), actTwice(stage), { call: first, moment: 'after' })
        stage.wait(5 * 60_000)
        await runUntilDeath(stage.worker('second'), actTwice(stage), { call: second, moment: 'before' })
        await lifeGoesOn(stage)
        const paused = stage.ads.valueOf(statusOf(A, '12'))
        expect([first, second, await broken(stage), await astray(stage), paused]).toEqual([
          first,
          second,
          [],
          [],
          PAUSED,
        ])
      }
  })
})
