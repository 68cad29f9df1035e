import { expect, test } from 'vitest'
import type { Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { dynamoStores } from '../../lib/store/stores.ts'
import { HOUR_MS, later } from '../../lib/units/calendar.ts'
import { createTables } from '../../playground/dynamodb/create-tables.ts'
import { embedded } from '../store/embedded.ts'
import { broken } from './invariants.ts'
import { runUntilDeath } from './ports.ts'
import { A, MORNING, type Rig, rig } from './rig.ts'

const engine = embedded()
let lives = 0

/** The rig of the crash tests over the real stores and the real engine, in tables of its own. */
async function onEngine(): Promise<Rig> {
  lives += 1
  const prefix = `life-${lives}`
  const { client } = engine.options
  await createTables(client, prefix)
  // The engine keeps request tokens across tables, and equal commits have equal ones: no two lives are quite equal.
  const stage = await rig({
    stores: dynamoStores({ client, prefix }),
    policy: { owner: prefix },
    start: later(MORNING, lives),
  })
  await stage.ready()
  await stage.plan([
    [A, '10', 120],
    [A, '11', 160],
    [A, '12', 310],
  ])
  return stage
}

const actTwice = (stage: Rig) => async (loop: Loop) => {
  const turn = { stage: 'act', key: accountKey(A), turn: stage.now(), attempt: 0 } as const
  await runTurn(turn, loop)
  await runTurn({ ...turn, attempt: 1 }, loop)
}

test('a worker that dies around any commit or push is made good by the next ones, on the real tables too', async () => {
  const whole = await onEngine()
  const { calls } = await runUntilDeath(whole.worker('whole'), actTwice(whole), undefined)
  expect(whole.ads.sent).toHaveLength(3)
  expect(await broken(whole)).toEqual([])
  const deadly = calls.flatMap((name, i) => (/money.commit|writer.apply/.test(name) ? [i + 1] : []))
  expect(deadly).toHaveLength(6)
  for (const call of deadly)
    for (const moment of ['before', 'after'] as const) {
      const stage = await onEngine()
      const { died } = await runUntilDeath(stage.worker('doomed'), actTwice(stage), { call, moment })
      expect(died).toBe(true)
      stage.wait(5 * 60_000)
      await stage.run('verify')
      for (let i = 0; i < 3; i++) {
        stage.wait(1000)
        await stage.run('act')
      }
      stage.wait(HOUR_MS)
      await stage.run('pull')
      const states = [...(await stage.loop.money.allLevers(A)).values()]
      const astray = states.filter(
        ({ lever, pending, known }) =>
          pending || known.kind !== 'money' || known.amount.micros !== stage.ads.micros(A, lever.id),
      )
      expect([call, moment, await broken(stage), astray]).toEqual([call, moment, [], []])
    }
})
