import { describe, expect, test } from 'vitest'
import { leftOfFreed } from '../../lib/control/already-there.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { intentId } from '../../lib/model/intent.ts'
import { leverKey } from '../../lib/model/lever.ts'
import { MINUTE_MS } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { intercepted } from '../simulation/ports.ts'
import { A, B, daily, euros, type Move, type Rig, rig } from '../simulation/rig.ts'

async function act(stage: Rig, account = A, loop: Loop = stage.loop): Promise<void> {
  stage.wait(MINUTE_MS)
  await runTurn({ stage: 'act', key: accountKey(account), turn: stage.now(), attempt: 0 }, loop)
}

const sent = ({ ads }: Rig): readonly string[] =>
  ads.sent.map(
    ({ change: { lever, to } }) => `${lever.id} ${to.kind === 'money' ? Number(to.amount.micros) / 1e6 : ''}`,
  )

const outcomes = async ({ loop }: Rig): Promise<readonly string[]> =>
  (await Array.fromAsync(loop.audit.records(accountKey(A)))).flatMap(({ entries }) =>
    entries.flatMap((entry) => (entry.kind === 'settled' ? [`${entry.lever.split('/').at(-1)} ${entry.outcome}`] : [])),
  )

/** A daily plan and a correction beside it, made when all stood at 100, 200, 300; the correction is acted on first. */
async function bothOpen(day: readonly Move[], correction: readonly Move[]): Promise<Rig> {
  const stage = await rig()
  await stage.ready()
  await stage.plan(day)
  stage.wait(MINUTE_MS)
  await stage.plan(correction, { occasion: 'correction' })
  return stage
}

describe('two plans that ask for the same cut', () => {
  test('the second finds it done, sends nothing for it, and its raises go as far as it frees', async () => {
    const stage = await bothOpen(
      [
        [A, '12', 260],
        [A, '10', 115],
        [A, '11', 225],
      ],
      [[A, '12', 260]],
    )
    for (let i = 0; i < 4; i++) await act(stage)
    expect(sent(stage)).toEqual(['12 260', '10 115', '11 225'])
    expect((await outcomes(stage)).toSorted()).toEqual([
      '10 verified',
      '11 verified',
      '12 already-there',
      '12 verified',
    ])
    expect(await broken(stage)).toEqual([])
  })

  test('it pays for raises once: what the other plan has raised by it is not raised again', async () => {
    // Both cut 12 by 40; the correction gives 30 to account 2, so that the daily plan has 10 left of it.
    const stage = await bothOpen(
      [
        [A, '12', 260],
        [A, '11', 210],
        [A, '10', 120],
      ],
      [
        [A, '12', 260],
        [B, '20', 120],
      ],
    )
    await act(stage)
    await act(stage, B)
    for (let i = 0; i < 3; i++) await act(stage)
    expect(sent(stage)).toEqual(['12 260', '20 120', '11 210'])
    expect(await outcomes(stage)).toContain('10 dropped')
    expect(await broken(stage)).toEqual([])
  })
})

test('a plan that is taken back while a cut of it is found done reserves nothing any more', async () => {
  const stage = await bothOpen(
    [
      [A, '12', 260],
      [A, '11', 230],
    ],
    [[A, '12', 260]],
  )
  await act(stage)
  const [, daily] = await stage.loop.plans.recent(stage.policy.policy.portfolio, 2)
  const meddled = intercepted(stage.loop, async (call, proceed) => {
    if (call === 'money.levers')
      await stage.loop.plans.decide(daily!.id, daily!.approval, { kind: 'superseded', by: daily!.id })
    return proceed()
  })
  await expect(act(stage, A, meddled)).rejects.toThrow(`plan ${daily!.id} is not open any more`)
  expect(sent(stage)).toEqual(['12 260'])
})

describe('a raise that is there already', () => {
  test('by our own other plan: nothing is sent and nothing charged a second time', async () => {
    const stage = await bothOpen([[A, '10', 120]], [[A, '10', 120]])
    await act(stage)
    const before = await stage.exposure(A)
    await act(stage)
    expect(sent(stage)).toEqual(['10 120'])
    expect((await outcomes(stage)).toSorted()).toEqual(['10 already-there', '10 verified'])
    expect(await stage.exposure(A)).toBe(before)
  })

  test('by a person: the day is charged with it at once, it takes its part of the plan’s growth, and the next pull names its author', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([
      [A, '11', 180],
      [A, '10', 120],
    ])
    stage.ads.human(A, '10', euros(120).micros)
    await act(stage)
    await act(stage)
    expect(sent(stage)).toEqual(['11 180'])
    expect(await outcomes(stage)).toEqual(['11 verified', '10 already-there'])
    // 600 × 2 before; 20 × 2 of the raise. The cut saves nothing today: the budget stood at 200.
    expect(await stage.exposure(A)).toBe(euros(1240).micros)
    stage.wait(60 * MINUTE_MS)
    await stage.run('pull')
    expect(await stage.loop.facts.drifts(A, 0 as never)).toMatchObject([{ actor: 'anna@shop.example' }])
    expect(await broken(stage)).toEqual([])
  })

  test('by a person between reservation and push: not sent, settled as there, its charge kept', async () => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan([[A, '10', 120]])
    let looks = 0
    const meddled = intercepted(stage.worker('actor'), async (name, effect) => {
      if (name === 'reader.live' && ++looks === 2) stage.ads.human(A, '10', euros(120).micros)
      return effect()
    })
    await act(stage, A, meddled)
    const record = await stage.loop.money.intent(A, intentId(header.id, leverKey(daily(A, '10'))))
    expect([sent(stage), record?.outcome?.kind]).toEqual([[], 'already-there'])
    expect((await stage.state(A, '10')).pending).toBeUndefined()
    expect(await stage.exposure(A)).toBe(euros(1240).micros)
    expect((await stage.loop.plans.progress(header.id))?.raised).toEqual(euros(20))
    expect(await broken(stage)).toEqual([])
  })
})

test('a budget that is neither where it was nor where it is to be is drifted, as before', async () => {
  const stage = await bothOpen(
    [
      [A, '12', 260],
      [A, '10', 140],
    ],
    [[A, '12', 250]],
  )
  for (let i = 0; i < 3; i++) await act(stage)
  expect(sent(stage)).toEqual(['12 250'])
  expect(await outcomes(stage)).toEqual(['12 verified', '12 drifted', '10 dropped'])
})

test('what the platform would round to what stands there is not sent: no reading could tell whether it was applied, or is still to come', async () => {
  const stage = await rig()
  await stage.ready()
  await stage.plan([
    [A, '12', 300.009],
    [A, '10', 100.001],
  ])
  for (let i = 0; i < 3; i++) await act(stage)
  expect(sent(stage)).toEqual([])
  expect((await outcomes(stage)).toSorted()).toEqual(['10 already-there', '12 already-there'])
  expect(await broken(stage)).toEqual([])
})

test('a cut that frees a micro frees a micro, where no other plan is open', async () => {
  const stage = await rig()
  await stage.ready()
  const header = await stage.plan([[A, '10', 90]])
  const policy = (await stage.loop.policies.current(header.portfolio))!.policy
  const freed = (micros: bigint) =>
    leftOfFreed({ ...euros(0), micros }, header, policy, stage.now(), stage.loop).then((left) => left.micros)
  expect(await freed(1n)).toBe(1n)
  expect(await freed(0n)).toBe(0n)
})
