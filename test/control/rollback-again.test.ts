import { describe, expect, test } from 'vitest'
import { changesLeft, rejectPlan } from '../../lib/control/approve.ts'
import { draftRollback } from '../../lib/control/rollback.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { PlanHeader } from '../../lib/model/plan.ts'
import { DAY_MS, MINUTE_MS } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { A, euros, type PlanOptions, PORTFOLIO, type Rig, rig, targetOf } from '../simulation/rig.ts'
import { acts, again, applied, rolledBack } from './rollback-stage.ts'

const money = (units: number) => ({ kind: 'money', amount: euros(units) }) as const

async function nextMorning(stage: Rig): Promise<void> {
  stage.wait(DAY_MS)
  await stage.ready()
}

async function typed(stage: Rig, budget: string, units: number): Promise<void> {
  stage.ads.human(A, budget, euros(units).micros, 'bob@agency.example')
  stage.wait(MINUTE_MS)
  await stage.run('pull')
}

describe('a rollback that the day’s rise cuts short', () => {
  test('is finished on later days from where it came to, and is no obstacle to itself', async () => {
    const { stage, header } = await applied([[A, '10', 50]])
    await nextMorning(stage)
    await rolledBack(stage, header)
    expect(stage.ads.micros(A, '10')).toBe(euros(60).micros)
    await nextMorning(stage)
    const { plan, moved } = await draftRollback(header, 'jo', stage.loop)
    expect(moved).toEqual([])
    // At most 20 % up from the 60 of this day's beginning.
    expect(plan.decisions).toMatchObject([{ kind: 'change', change: { from: money(60), to: money(72) } }])
    for (const units of [72, 86.4, 100]) {
      await rolledBack(stage, header)
      expect(stage.ads.micros(A, '10')).toBe(euros(units).micros)
      await nextMorning(stage)
    }
    expect((await draftRollback(header, 'jo', stage.loop)).back).toHaveLength(1)
    expect(await broken(stage)).toEqual([])
  })

  test('and was moved by hand since is left to whoever did it, and never to be rolled forth first', async () => {
    const { stage, header } = await applied([[A, '10', 50]])
    await nextMorning(stage)
    await rolledBack(stage, header)
    stage.ads.human(A, '10', euros(65).micros)
    const { moved } = await draftRollback(header, 'jo', stage.loop)
    expect(moved).toMatchObject([{ now: money(65) }])
    expect(moved[0]).not.toHaveProperty('byPlan')
  })

  test('and was rolled back itself stands where the plan had left it: it can be tried again', async () => {
    const { stage, header } = await applied([[A, '10', 50]])
    await nextMorning(stage)
    const first = await rolledBack(stage, header)
    await rolledBack(stage, await again(stage, first))
    expect(stage.ads.micros(A, '10')).toBe(euros(50).micros)
    const { plan, moved } = await draftRollback(header, 'jo', stage.loop)
    expect(moved).toEqual([])
    expect(plan.decisions).toMatchObject([{ change: { from: money(50), to: money(60) } }])
  })
})

describe('a rollback', () => {
  test('leaves alone what a person moved away and back to the very same value', async () => {
    const { stage, header } = await applied([
      [A, '11', 160],
      [A, '12', 280],
    ])
    await typed(stage, '11', 150)
    await typed(stage, '11', 160)
    const { plan, moved } = await draftRollback(header, 'jo', stage.loop)
    expect(moved).toMatchObject([
      { made: { stored: money(160) }, now: money(160), drift: { actor: 'bob@agency.example' } },
    ])
    expect(plan.decisions.map((one) => one.kind === 'change' && one.change.lever.id)).toEqual(['12'])
  })

  test('tells the day’s exposure of what was put back by hand too', async () => {
    const { stage, header } = await applied([[A, '10', 120]])
    await typed(stage, '10', 100)
    const { back, notUndone } = await draftRollback(header, 'jo', stage.loop)
    expect(back).toHaveLength(1)
    // It stood at 120 today, and may spend twice that: 40 more than at the 100 of before.
    expect(notUndone).toMatchObject([{ exposure: euros(40) }])
  })

  test('and of what it must hold: a frozen budget costs what it costs', async () => {
    const { stage, header } = await applied([
      [A, '10', 120],
      [A, '12', 350],
    ])
    const scope = `campaign/${accountKey(A)}/12` as never
    await stage.loop.freezes.freeze({ scope, reason: 'relaunch', by: 'anna', at: stage.now() })
    const { plan, notUndone } = await draftRollback(header, 'jo', stage.loop)
    expect(plan.decisions.map(({ kind }) => kind).toSorted()).toEqual(['change', 'hold'])
    expect(notUndone).toMatchObject([{ exposure: euros(40 + 100) }])
  })

  test('of a correction takes back its rest too', async () => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan(
      [
        [A, '10', 120],
        [A, '11', 160],
      ],
      { occasion: 'correction' },
    )
    // The cut only: the raise waits in the next chunk.
    await stage.run('act')
    await rolledBack(stage, header)
    expect((await again(stage, header)).approval).toMatchObject({ kind: 'superseded' })
    await acts(stage)
    expect(stage.ads.micros(A, '10')).toBe(euros(100).micros)
    expect(stage.ads.micros(A, '11')).toBe(euros(200).micros)
  })

  test('holds a target whose campaign is in a test of the platform, and names the test', async () => {
    const stage = await rig()
    stage.ads.accounts.get(accountKey(A))!.targets.set('11', { cpa: euros(20).micros })
    await stage.ready()
    const header = await stage.plan([], { settings: [{ lever: targetOf(A, '11'), from: money(20), to: money(15) }] })
    await acts(stage)
    expect(stage.ads.sent).toHaveLength(1)
    stage.ads.accounts
      .get(accountKey(A))!
      .experiments.push({ id: 'x', name: 'Landing page', campaigns: ['11' as never] })
    await stage.run('pull')
    const { plan } = await draftRollback(await again(stage, header), 'jo', stage.loop)
    expect(plan.decisions).toMatchObject([
      { kind: 'hold', reason: 'in-experiment', detail: 'the platform is running the test "Landing page" on it' },
    ])
  })
})

describe('a plan that is rejected', () => {
  const half = async (occasion: PlanOptions['occasion'] = 'daily'): Promise<{ stage: Rig; header: PlanHeader }> => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan(
      [
        [A, '10', 120],
        [A, '11', 160],
      ],
      { occasion },
    )
    return { stage, header }
  }

  test('before it was begun is not pushed', async () => {
    const { stage, header } = await half()
    expect(await rejectPlan(header, 'jo', stage.loop)).toBe(2)
    await acts(stage)
    expect(stage.ads.sent).toEqual([])
    expect((await again(stage, header)).approval).toEqual({ kind: 'rejected', by: 'jo', at: expect.any(Number) })
    const audited = (await Array.fromAsync(stage.loop.audit.records(`portfolio/${PORTFOLIO}`))).flatMap(
      ({ entries }) => entries,
    )
    expect(audited).toContainEqual(expect.objectContaining({ kind: 'plan', approval: 'rejected', by: 'jo' }))
  })

  test.each(['daily', 'correction'] as const)(
    '(%s) in the midst of it goes no further, though outcomes are not known',
    async (occasion) => {
      const { stage, header } = await half(occasion)
      stage.ads.fate = () => 'lost-after'
      await stage.run('act')
      stage.ads.fate = () => 'applied'
      expect(await rejectPlan(header, 'jo', stage.loop)).toBe(1)
      await expect(draftRollback(header, 'jo', stage.loop)).rejects.toThrow('are not settled')
      stage.wait(MINUTE_MS)
      await stage.run('verify')
      await acts(stage)
      expect(stage.ads.micros(A, '10')).toBe(euros(100).micros)
      await rolledBack(stage, await again(stage, header))
      expect(stage.ads.micros(A, '11')).toBe(euros(200).micros)
    },
  )

  test('is only one of which something is left: what is done, out of date or replaced stays as it is', async () => {
    const { stage, header } = await half()
    await acts(stage)
    expect(await rejectPlan(header, 'jo', stage.loop)).toBe(0)
    expect((await again(stage, header)).approval.kind).toBe('approved')
    const next = await stage.plan([[A, '12', 280]], { occasion: 'correction', expiresInMs: MINUTE_MS })
    expect(await changesLeft(next, stage.loop)).toBe(1)
    stage.wait(MINUTE_MS)
    expect(await rejectPlan(next, 'jo', stage.loop)).toBe(0)
    expect((await again(stage, next)).approval.kind).toBe('approved')
  })
})
