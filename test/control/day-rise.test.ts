import { expect, test } from 'vitest'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { instant } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { A, PORTFOLIO, type Rig, rig } from '../simulation/rig.ts'

const micros = (units: number): bigint => BigInt(units) * 1_000_000n

async function act(stage: Rig): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const message = { stage: 'act', key: accountKey(A), turn: stage.now(), attempt } as const
    await runTurn(message, stage.worker(`act-${attempt}`))
  }
}

test('a second raise on one day is held to what the day began with, whatever the plan reckoned with', async () => {
  const stage = await rig()
  await stage.ready()
  await stage.plan([[A, '10', 120]])
  await act(stage)
  stage.wait(1_000)
  // 20 % of 120, and 44 % of the 100 that the day began with; the policy lets a budget rise by 35 % in a day.
  await stage.plan([[A, '10', 144]])
  await act(stage)
  expect(stage.ads.micros(A, '10')).toBe(micros(120))
  const entries = (await Array.fromAsync(stage.loop.audit.records(accountKey(A)))).flatMap((record) => record.entries)
  expect(entries.at(-1)).toMatchObject({ kind: 'settled', outcome: 'dropped', detail: expect.stringContaining('rise') })
  expect(await broken(stage)).toEqual([])
})

test('whose word let a plan through is in the portfolio’s audit chain', async () => {
  const stage = await rig({ start: instant('2026-06-01T23:30:00Z') })
  await stage.ready()
  await stage.run('plan')
  const header = await stage.loop.plans.latest(PORTFOLIO)
  expect(header?.approval.kind).toBe('approved')
  const entries = (await Array.fromAsync(stage.loop.audit.records(`portfolio/${PORTFOLIO}`))).flatMap((r) => r.entries)
  expect(entries).toContainEqual({
    kind: 'plan',
    plan: header?.id,
    approval: 'approved',
    by: expect.stringContaining('auto'),
  })
})
