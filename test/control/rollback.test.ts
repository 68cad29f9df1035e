import { describe, expect, test } from 'vitest'
import { approvePlan } from '../../lib/control/approve.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { draftRollback, storeRollback } from '../../lib/control/rollback.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { intentId } from '../../lib/model/intent.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { PlanHeader } from '../../lib/model/plan.ts'
import { DAY_MS, HOUR_MS, instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { type Death, intercepted, runUntilDeath } from '../simulation/ports.ts'
import { A, daily, euros, type Rig, rig, statusOf, targetOf } from '../simulation/rig.ts'
import { acts, applied, rolledBack } from './rollback-stage.ts'

const money = (units: number) => ({ kind: 'money', amount: euros(units) }) as const

/** A raise and two cuts, applied and verified. */
const appliedThree = (): ReturnType<typeof applied> =>
  applied([
    [A, '10', 120],
    [A, '11', 160],
    [A, '12', 280],
  ])

const standing = ({ ads }: Rig): readonly (bigint | undefined)[] => ['10', '11', '12'].map((id) => ads.micros(A, id))
const micros = (...units: readonly number[]): readonly bigint[] => units.map((one) => euros(one).micros)

describe('a plan’s changes', () => {
  test('have the values before them on record in the transaction that reserves the push', async () => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan([[A, '11', 160]])
    const commits: unknown[] = []
    const watched = intercepted(stage.worker('watched'), async (name, effect, [commit]) => {
      if (name === 'money.commit') commits.push(commit)
      return effect()
    })
    await runTurn({ stage: 'act', key: accountKey(A), turn: stage.now(), attempt: 0 }, watched)
    expect(commits[0]).toMatchObject({
      levers: [{ next: { pending: { to: money(160) } } }],
      intents: [{ intent: { id: intentId(header.id, leverKey(daily(A, '11'))), change: { from: money(200) } } }],
    })
  })
})

describe('a rollback', () => {
  test('sets every lever back to what it stood at before the plan, as a plan with its own audit', async () => {
    const { stage, header } = await appliedThree()
    expect(standing(stage)).toEqual(micros(120, 160, 280))
    const back = await rolledBack(stage, header)
    expect(standing(stage)).toEqual(micros(100, 200, 300))
    expect(back).toMatchObject({ occasion: 'rollback', rollsBack: header.id, netGrowth: euros(40) })
    const reserved = (await Array.fromAsync(stage.loop.audit.records(accountKey(A))))
      .flatMap(({ entries }) => entries)
      .flatMap((one) => (one.kind === 'reserved' && one.intent.startsWith(back.id) ? [[one.from, one.to]] : []))
    expect(reserved).toEqual([
      ['120 EUR', '100 EUR'],
      ['160 EUR', '200 EUR'],
      ['280 EUR', '300 EUR'],
    ])
    expect(await broken(stage)).toEqual([])
  })

  test('can be rolled back itself', async () => {
    const { stage, header } = await appliedThree()
    const back = await rolledBack(stage, header)
    await rolledBack(stage, (await stage.loop.plans.header(back.id))!)
    expect(standing(stage)).toEqual(micros(120, 160, 280))
    expect(await broken(stage)).toEqual([])
  })

  test('leaves its levers alone afterwards, as after somebody’s edit: the next decision would do it again', async () => {
    const { stage, header } = await appliedThree()
    await rolledBack(stage, header)
    const { hold } = await stage.state(A, '11')
    expect(hold?.reason).toBe(`jo rolled plan ${header.id} back`)
    expect(hold!.until - stage.now()).toBeGreaterThan(6.9 * DAY_MS)
  })

  test('says what the day may still cost: its exposure is counted by the highest budget and is not given back', async () => {
    const { stage, header } = await appliedThree()
    const { notUndone } = await draftRollback(header, 'jo', stage.loop)
    // Budget 10 stood at 120 and goes back to 100: twice 20. Budgets 11 and 12 were never higher than they go back to.
    expect(notUndone).toEqual([
      {
        account: accountKey(A),
        exposure: euros(40),
        until: instant('2026-06-02T22:00:00Z'),
        spentToday: expect.anything(),
      },
    ])
    const before = await stage.exposure(A)
    await rolledBack(stage, header)
    expect(await stage.exposure(A)).toBe(before)
  })

  test('on a later day goes no further up than a budget may rise in a day, and says so', async () => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan([[A, '10', 50]])
    await stage.run('act')
    stage.wait(DAY_MS)
    await stage.ready()
    const { plan } = await draftRollback((await stage.loop.plans.header(header.id))!, 'jo', stage.loop)
    // At most 20 % up from the 50 that the day began with, and not the 100 of before.
    expect(plan.decisions).toMatchObject([
      { kind: 'change', change: { from: money(50), to: money(60) }, binding: [{ name: 'day-rise' }] },
    ])
    expect(plan.decisions[0]).toMatchObject({
      why: expect.stringContaining('on its way to 100.00 EUR: at most 20 % up'),
    })
  })

  test('names each lever that somebody has moved since, with its value then and now and who it was', async () => {
    const { stage, header } = await appliedThree()
    stage.wait(MINUTE_MS)
    stage.ads.human(A, '11', euros(150).micros, 'bob@agency.example')
    stage.wait(MINUTE_MS)
    await stage.run('pull')
    const { moved, plan } = await draftRollback(header, 'jo', stage.loop)
    expect(moved).toMatchObject([
      {
        made: { decision: { change: { lever: { id: '11' } } }, stored: money(160) },
        now: money(150),
        drift: { actor: 'bob@agency.example' },
      },
    ])
    expect(plan.decisions.map((one) => one.kind === 'change' && one.change.lever.id).toSorted()).toEqual(['10', '12'])
  })

  test('sees an edit that no pull has seen yet', async () => {
    const { stage, header } = await appliedThree()
    stage.ads.human(A, '11', euros(150).micros)
    const { moved } = await draftRollback(header, 'jo', stage.loop)
    expect(moved).toMatchObject([{ now: money(150) }])
  })

  test('names the later plan that has moved a lever since', async () => {
    const { stage, header } = await appliedThree()
    stage.wait(HOUR_MS)
    const later = await stage.plan([[A, '11', 150]], { occasion: 'correction' })
    await stage.run('act')
    const { moved } = await draftRollback(header, 'jo', stage.loop)
    expect(moved).toMatchObject([{ made: { decision: { change: { lever: { id: '11' } } } }, byPlan: later.id }])
  })

  test('passes over what stands at its old value again already', async () => {
    const { stage, header } = await appliedThree()
    stage.ads.human(A, '11', euros(200).micros)
    const { moved, back, plan } = await draftRollback(header, 'jo', stage.loop)
    expect(moved).toEqual([])
    expect(back.map(({ decision }) => decision.change.lever.id)).toEqual(['11'])
    expect(plan.decisions).toHaveLength(2)
  })

  test('touches only what the plan has changed: what it dropped is not its own', async () => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan([
      [A, '11', 160],
      [A, '12', 280],
    ])
    stage.ads.human(A, '12', euros(250).micros)
    await stage.run('act')
    const { plan, moved } = await draftRollback((await stage.loop.plans.header(header.id))!, 'jo', stage.loop)
    expect(plan.decisions.map((one) => one.kind === 'change' && one.change.lever.id)).toEqual(['11'])
    expect(moved).toEqual([])
  })

  test('of a pause is a person’s to do, and says so; a target goes back', async () => {
    const stage = await rig({ policy: { members: [{ name: 'campaign', class: 'prospecting', to: '2026-06-01' }] } })
    stage.ads.accounts.get(accountKey(A))!.targets.set('11', { cpa: euros(20).micros })
    await stage.ready()
    const header = await stage.plan([], {
      settings: [
        {
          lever: statusOf(A, '10'),
          from: { kind: 'status', status: 'active' },
          to: { kind: 'status', status: 'paused' },
        },
        { lever: targetOf(A, '11'), from: money(20), to: money(15) },
      ],
    })
    await acts(stage)
    expect(stage.ads.sent).toHaveLength(2)
    const { plan } = await draftRollback((await stage.loop.plans.header(header.id))!, 'jo', stage.loop)
    expect(plan.decisions).toMatchObject([
      { kind: 'hold', reason: 'paused', detail: expect.stringContaining('started by a person only') },
      { kind: 'change', change: { lever: { id: '11' }, from: money(15), to: money(20) } },
    ])
  })

  test('holds what is frozen', async () => {
    const { stage, header } = await appliedThree()
    await stage.loop.freezes.freeze({
      scope: `campaign/${accountKey(A)}/11` as never,
      reason: 'relaunch',
      by: 'anna',
      at: stage.now(),
    })
    const { plan } = await draftRollback(header, 'jo', stage.loop)
    const what = plan.decisions.map((one) => (one.kind === 'hold' ? one.reason : one.change.lever.id))
    expect(what.toSorted()).toEqual(['10', '12', 'frozen'])
  })

  test('stops what is left of the plan: approving it takes the plan back', async () => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan([
      [A, '10', 120],
      [A, '11', 160],
    ])
    // The cut only: the raise waits in the next chunk.
    await stage.run('act')
    await rolledBack(stage, header)
    expect((await stage.loop.plans.header(header.id))?.approval.kind).toBe('superseded')
    expect(stage.ads.micros(A, '10')).toBe(euros(100).micros)
    expect(stage.ads.micros(A, '11')).toBe(euros(200).micros)
  })

  test('waits for what is not settled', async () => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan([[A, '11', 160]])
    stage.ads.fate = () => 'lost-after'
    await stage.run('act')
    await expect(draftRollback(header, 'jo', stage.loop)).rejects.toThrow(
      `1 pushes of plan ${header.id} are not settled`,
    )
    stage.wait(MINUTE_MS)
    await stage.run('verify')
    const { plan } = await draftRollback(header, 'jo', stage.loop)
    expect(plan.decisions).toMatchObject([{ change: { from: money(160), to: money(200) } }])
  })

  test('of a plan that was not pushed says that there is nothing to take back', async () => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan([[A, '11', 160]])
    await expect(draftRollback(header, 'jo', stage.loop)).rejects.toThrow('nothing to roll back')
  })

  test('does not carry an account past its cap: what no longer fits is dropped with its reason', async () => {
    const stage = await rig({ cap: 1200 })
    await stage.ready()
    const header = await stage.plan([
      [A, '11', 160],
      [A, '12', 280],
    ])
    await stage.run('act')
    stage.wait(DAY_MS)
    // The next day opens at 2 × (100 + 160 + 280); a person takes 50 more, which leaves 20 of the 1,200.
    stage.ads.human(A, '10', euros(150).micros)
    await stage.ready()
    await rolledBack(stage, header)
    expect(stage.ads.micros(A, '12')).toBe(euros(280).micros)
    expect(await stage.exposure(A)).toBeLessThanOrEqual(euros(1200).micros)
    expect(await broken(stage)).toEqual([])
  })
})

describe('a worker that dies while a plan is rolled back', async () => {
  const work = (stage: Rig, of: PlanHeader) => async (loop: Loop) => {
    const { plan } = await draftRollback(of, 'jo', loop)
    const header = await approvePlan(await storeRollback(plan, loop), 'jo', loop)
    for (const attempt of [0, 1]) await runTurn({ stage: 'act', key: accountKey(A), turn: stage.now(), attempt }, loop)
    return header
  }
  const ready = async () => {
    const made = await appliedThree()
    made.stage.wait(MINUTE_MS)
    return made
  }
  const whole = await ready()
  const { calls } = await runUntilDeath(whole.stage.worker('whole'), work(whole.stage, whole.header), undefined)
  const deaths: Death[] = calls.flatMap((_, i) => [
    { call: i + 1, moment: 'before' },
    { call: i + 1, moment: 'after' },
  ])

  test('is watched at every call that it makes', () => {
    expect(calls.filter((call) => call === 'writer.apply')).toHaveLength(2)
    expect(standing(whole.stage)).toEqual(micros(100, 200, 300))
  })

  test.each(deaths.map((death) => ({ ...death, name: calls[death.call - 1] })))(
    'dies $moment call $call, $name: a second attempt ends at the values before, and no invariant breaks',
    async (death) => {
      const { stage, header } = await ready()
      const { died } = await runUntilDeath(stage.worker('doomed'), work(stage, header), death)
      expect(died).toBe(true)
      expect(await broken(stage)).toEqual([])
      for (const step of ['verify', 'act', 'act', 'verify'] as const) {
        stage.wait(5 * MINUTE_MS)
        await stage.run(step)
      }
      if (standing(stage).some((one, i) => one !== micros(100, 200, 300)[i])) await rolledBack(stage, header)
      expect(standing(stage)).toEqual(micros(100, 200, 300))
      expect(await broken(stage)).toEqual([])
    },
  )
})
