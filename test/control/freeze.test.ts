import { describe, expect, test } from 'vitest'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import { intentId } from '../../lib/model/intent.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { PlanHeader } from '../../lib/model/plan.ts'
import { broken } from '../simulation/invariants.ts'
import { type Interceptor, intercepted, runUntilDeath } from '../simulation/ports.ts'
import { A, daily, euros, type Rig, rig } from '../simulation/rig.ts'

const CAMPAIGN_10 = `campaign/${accountKey(A)}/10`

const freeze = ({ loop, now }: Rig, scope: string): Promise<void> =>
  loop.freezes.freeze({ scope: freezeScope(scope), reason: 'wrong prices', by: 'anna', at: now() })

const actTurn = ({ now }: Rig, attempt = 0) => ({ stage: 'act', key: accountKey(A), turn: now(), attempt }) as const

const act = (stage: Rig, between: Interceptor): ReturnType<typeof runTurn> =>
  runTurn(actTurn(stage), intercepted(stage.worker('actor'), between))

const outcomeOf = async ({ loop }: Rig, header: PlanHeader, budget: string) =>
  (await loop.money.intent(A, intentId(header.id, leverKey(daily(A, budget)))))?.outcome

const sentIds = ({ ads }: Rig): readonly string[] => ads.sent.map(({ change }) => change.lever.id)

/** Three cuts in one chunk. */
async function threeCuts(): Promise<{ stage: Rig; header: PlanHeader }> {
  const stage = await rig()
  await stage.ready()
  const header = await stage.plan([
    [A, '10', 90],
    [A, '11', 180],
    [A, '12', 270],
  ])
  return { stage, header }
}

describe('a freeze of one campaign', () => {
  test('that stands when the chunk is taken stops its own levers, and the rest of the chunk is pushed', async () => {
    const { stage, header } = await threeCuts()
    const before = await stage.exposure(A)
    await freeze(stage, CAMPAIGN_10)
    await stage.run('act')
    expect(sentIds(stage)).toEqual(['11', '12'])
    expect(stage.ads.micros(A, '10')).toBe(euros(100).micros)
    expect(await outcomeOf(stage, header, '10')).toBeUndefined()
    const entries = (await Array.fromAsync(stage.loop.audit.records(accountKey(A)))).flatMap((one) => one.entries)
    expect(entries).toContainEqual(
      expect.objectContaining({
        lever: leverKey(daily(A, '10')),
        outcome: 'not sent',
        detail: `${CAMPAIGN_10} is frozen by anna: wrong prices`,
      }),
    )
    expect(await stage.exposure(A)).toBe(before)
    expect(await broken(stage)).toEqual([])
  })

  test('that comes between reservation and push stops its own levers, and releases what was reserved for them', async () => {
    const { stage, header } = await threeCuts()
    let reads = 0
    await act(stage, async (name, effect) => {
      if (name === 'reader.live') reads += 1
      if (name === 'reader.live' && reads === 2) await freeze(stage, CAMPAIGN_10)
      return effect()
    })
    expect(sentIds(stage)).toEqual(['11', '12'])
    expect(await outcomeOf(stage, header, '10')).toMatchObject({ kind: 'frozen' })
    expect((await stage.state(A, '10')).pending).toBeUndefined()
    expect(await outcomeOf(stage, header, '11')).toMatchObject({ kind: 'applied' })
    expect(await broken(stage)).toEqual([])
  })

  test('stops a budget that the campaign shares with another', async () => {
    const { stage } = await threeCuts()
    const shared = stage.ads.accounts.get(accountKey(A))!.budgets.get('11')!
    stage.ads.accounts.get(accountKey(A))!.budgets.set('11', { ...shared, campaigns: ['11', '10'] })
    stage.wait(60_000)
    await stage.run('pull')
    await freeze(stage, CAMPAIGN_10)
    await stage.run('act')
    expect(sentIds(stage)).toEqual(['12'])
  })
})

describe('a freeze that comes while 500 changes are being pushed', () => {
  const budgets = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [String(1000 + i), 100]))
  const many = async (): Promise<{ stage: Rig; header: PlanHeader }> => {
    const stage = await rig({ budgets: { '1': budgets }, cap: 200_000, portfolioCap: 200_000 })
    await stage.ready()
    return { stage, header: await stage.plan(Object.keys(budgets).map((id) => [A, id, 90] as const)) }
  }
  const actAll = async (stage: Rig, between: Interceptor): Promise<void> => {
    const loop = intercepted(stage.worker('actor'), between)
    for (let attempt = 0; attempt < 21; attempt += 1) await runTurn(actTurn(stage, attempt), loop)
  }

  test('lets the request that is under way arrive, and stops the next one', async () => {
    const { stage } = await many()
    let pushes = 0
    await actAll(stage, async (name, effect) => {
      if (name === 'writer.apply') pushes += 1
      if (name === 'writer.apply' && pushes === 7) await freeze(stage, 'everything')
      return effect()
    })
    expect(pushes).toBe(7)
    expect(stage.ads.sent).toHaveLength(7 * 25)
    expect(await broken(stage)).toEqual([])
  })

  test('stops in the middle of a chunk where the platform takes its changes one by one', async () => {
    const { stage, header } = await many()
    stage.ads.oneByOne = true
    stage.ads.fate = (_, nth) => {
      if (nth === 60) void freeze(stage, `account/${accountKey(A)}`)
      return 'applied'
    }
    await actAll(stage, (_, effect) => effect())
    expect(stage.ads.sent).toHaveLength(60)
    const [stopped] = Object.keys(budgets).slice(60)
    expect(await outcomeOf(stage, header, stopped!)).toEqual({
      kind: 'frozen',
      freeze: `account/${accountKey(A)} is frozen by anna: wrong prices`,
    })
    expect((await stage.state(A, stopped!)).pending).toBeUndefined()
    expect(await broken(stage)).toEqual([])
  })

  test('and nothing more is sent by a worker that slept past its end while it looked', async () => {
    const { stage, header } = await threeCuts()
    stage.ads.oneByOne = true
    const asleep: Interceptor = async (name, effect) => {
      const answer = await effect()
      if (name === 'freezes.active' && stage.ads.sent.length === 1) stage.wait(20 * 60_000)
      return answer
    }
    await act(stage, asleep).catch(() => undefined)
    expect(sentIds(stage)).toEqual(['10'])
    expect(await outcomeOf(stage, header, '11')).toMatchObject({ kind: 'refused' })
    expect(await broken(stage)).toEqual([])
  })

  test('and freezes that cannot be read any more stop it as well', async () => {
    const { stage, header } = await many()
    stage.ads.oneByOne = true
    let isDown = false
    stage.ads.fate = (_, nth) => {
      isDown ||= nth === 60
      return 'applied'
    }
    const down: Interceptor = async (name, effect) => {
      if (isDown && name.startsWith('freezes.')) throw new Error('connect ECONNREFUSED')
      return effect()
    }
    await expect(actAll(stage, down)).rejects.toThrow('ECONNREFUSED')
    expect(stage.ads.sent).toHaveLength(60)
    const [stopped] = Object.keys(budgets).slice(60)
    expect(await outcomeOf(stage, header, stopped!)).toMatchObject({
      kind: 'frozen',
      freeze: 'whether it is frozen cannot be read: connect ECONNREFUSED',
    })
  })
})

describe('a worker that dies while a campaign of its chunk is frozen', async () => {
  const frozenChunk = async (): Promise<Rig> => {
    const { stage } = await threeCuts()
    await freeze(stage, CAMPAIGN_10)
    return stage
  }
  const work = (stage: Rig) => async (loop: Parameters<typeof runTurn>[1]) => void (await runTurn(actTurn(stage), loop))
  const whole = await frozenChunk()
  const { calls } = await runUntilDeath(whole.worker('whole'), work(whole), undefined)

  test.each(calls.map((name, i) => ({ call: i + 1, name })))(
    'at call $call, $name: the rest settles, and what is frozen is never sent',
    async ({ call }) => {
      for (const moment of ['before', 'after'] as const) {
        const stage = await frozenChunk()
        await runUntilDeath(stage.worker('doomed'), work(stage), { call, moment })
        expect(await broken(stage)).toEqual([])
        for (const step of ['verify', 'act', 'act', 'verify'] as const) {
          stage.wait(5 * 60_000)
          await stage.run(step)
        }
        expect(sentIds(stage)).not.toContain('10')
        expect(await broken(stage)).toEqual([])
        for (const state of (await stage.loop.money.allLevers(A)).values()) expect(state.pending).toBeUndefined()
      }
    },
  )
})
