import { expect, test } from 'vitest'
import { recordedOf } from '../../cli/commands/backtest-recorded.ts'
import { leverKey } from '../../lib/model/lever.ts'
import { loggedMoney } from '../../lib/store/logged-money.ts'
import { addDays, DAY_MS, dateAt, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, euros } from '../simulation/rig.ts'
import { auditStage, CHAIN } from './audit-stage.ts'
import { embedded } from './embedded.ts'

const engine = embedded()

test('the log gives back every lever as its writes left it, and what came of every push', async () => {
  const { stage } = await auditStage(engine)
  const logged = (await Array.fromAsync(stage.loop.audit.records(CHAIN))).map(loggedMoney)
  const ofTen = logged.flatMap(({ levers }) => levers).filter(({ lever }) => lever.id === '10')
  // Read, reserved for, settled: 100, then 110.
  expect(ofTen.map(({ known }) => known)).toEqual([100, 100, 110].map((n) => ({ kind: 'money', amount: euros(n) })))
  expect(ofTen[1]!.pending?.to).toEqual({ kind: 'money', amount: euros(110) })
  expect(ofTen.at(-1)).toEqual(await stage.state(A, '10'))
  const intents = logged.flatMap((one) => one.intents)
  expect(intents.map(({ outcome }) => outcome?.kind)).toEqual([undefined, 'applied'])
})

test('what is tried on the past has the levers as they stood before it, and pushes from when their outcome was known', async () => {
  const { stage } = await auditStage(engine)
  stage.wait(MINUTE_MS)
  const { structure, version } = await loaded(stage)
  const today = dateAt(stage.now(), structure.zone)
  const { log } = await recordedOf(version, [version], structure, today, stage.loop)
  const keys = log!.levers.map(({ state }) => leverKey(state.lever))
  expect(new Set(keys).size).toBe(2)
  expect(log!.outcomes).toHaveLength(1)
  expect(log!.outcomes[0]!.outcome).toMatchObject({ change: { to: { amount: euros(110) } } })
  // Two days on, each lever stands as it was left, and its pushes are over.
  stage.wait(2 * DAY_MS)
  const later = await recordedOf(version, [version], structure, addDays(today, 2), stage.loop)
  expect(later.log!.levers.map(({ state }) => state.known)).toEqual(
    expect.arrayContaining([110, 200].map((n) => ({ kind: 'money', amount: euros(n) }))),
  )
  expect(later.log!.levers).toHaveLength(2)
  expect(later.log!.outcomes).toEqual([])
})

async function loaded({ loop }: Awaited<ReturnType<typeof auditStage>>['stage']) {
  const structure = await loop.facts.structure(A)
  const [version] = await loop.policies.all()
  return { structure: structure!, version: version! }
}
