import { describe, expect, test } from 'vitest'
import { A, type Rig, rig, statusOf } from '../simulation/rig.ts'

const HELD = { policy: { drift: { insideCaps: 'adopt', holdDays: 7 } } }

async function settledOf({ loop }: Rig, budget: string): Promise<readonly string[]> {
  const records = await Array.fromAsync(loop.audit.records('scripted:1'))
  return records.flatMap(({ entries }) =>
    entries.flatMap((one) =>
      one.kind === 'settled' && one.lever.endsWith(`/${budget}`) ? [`${one.outcome}: ${one.detail}`] : [],
    ),
  )
}

/** Somebody has budget 10 elsewhere for an hour, in which a pull sees it, and back. */
async function awayAndBack(stage: Rig): Promise<void> {
  for (const units of [120, 100]) {
    stage.ads.human(A, '10', BigInt(units) * 1_000_000n)
    stage.wait(3_600_000)
    await stage.run('pull')
  }
}

describe('what was put on hold after a plan was made', () => {
  test('is not moved by that plan, though it stands again where the plan started', async () => {
    const stage = await rig(HELD)
    await stage.ready()
    await stage.plan([[A, '10', 110]], { occasion: 'correction' })
    await awayAndBack(stage)
    await stage.run('act')
    expect(stage.ads.sent).toEqual([])
    expect(await settledOf(stage, '10')).toEqual([
      'dropped: it was put on hold since the plan was made: somebody set this budget by hand',
    ])
  })

  test('is not cut by it either', async () => {
    const stage = await rig(HELD)
    await stage.ready()
    await stage.plan([[A, '10', 90]], { occasion: 'correction' })
    await awayAndBack(stage)
    await stage.run('act')
    expect(stage.ads.sent).toEqual([])
  })

  test('is moved by a plan that was made with the hold known', async () => {
    const stage = await rig(HELD)
    await stage.ready()
    await awayAndBack(stage)
    // Longer than clocks may be apart.
    stage.wait(10 * 60_000)
    await stage.plan([[A, '10', 110]], { occasion: 'correction' })
    await stage.run('act')
    expect(stage.ads.micros(A, '10')).toBe(110_000_000n)
  })
})

describe('a cut of a budget that was paused since its plan was made', () => {
  /** Budgets of 100, 200 and 300 count 1,200 at worst; the first is paused on the day before, and counts nothing. */
  async function pausedSince(cap: number): Promise<Rig> {
    const stage = await rig({ cap })
    await stage.ready()
    stage.ads.humanSets(statusOf(A, '10'), { kind: 'status', status: 'paused' })
    stage.wait(3_600_000)
    await stage.run('pull')
    stage.wait(24 * 3_600_000)
    await stage.ready()
    await stage.plan(
      [
        [A, '10', 80],
        [A, '11', 180],
      ],
      { occasion: 'correction' },
    )
    return stage
  }

  test('is dropped where counting it would break the cap, and the other cuts go on', async () => {
    // 200 and 300 at twice: 1,000 of 1,100; what may spend 80 again would count 160.
    const stage = await pausedSince(1100)
    await stage.run('act')
    expect(stage.ads.micros(A, '11')).toBe(180_000_000n)
    expect(await settledOf(stage, '10')).toEqual(['dropped: the account’s day would cost more than its cap at worst'])
  })

  test('is made where there is room for it', async () => {
    const stage = await pausedSince(2000)
    await stage.run('act')
    expect(stage.ads.micros(A, '10')).toBe(80_000_000n)
  })
})
