import { describe, expect, test } from 'vitest'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { type Instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, euros, type Rig, type RigOptions, rig } from '../simulation/rig.ts'

/** Typed where the platform keeps no history of changes, or shows it late. */
function slip(stage: Rig, units: number): void {
  stage.ads.accounts.get(accountKey(A))!.budgets.get('10')!.micros = euros(units).micros
}

async function slipped(units: number, options: RigOptions = {}): Promise<Rig> {
  const stage = await rig(options)
  await stage.ready()
  stage.wait(MINUTE_MS)
  slip(stage, units)
  stage.wait(15 * MINUTE_MS)
  await stage.run('pull')
  return stage
}

/** What the pull has asked for: the correction, and its push. */
async function correct(stage: Rig): Promise<void> {
  await runTurn(stage.queued.findLast(({ stage: of }) => of === 'plan')!, stage.worker('planner'))
  await stage.run('act')
}

const drift = async (stage: Rig) => (await stage.loop.facts.drifts(A, 0 as Instant)).at(-1)

describe('a budget that nobody is known to have set', () => {
  // 100 before; a budget is doubted from fifty times that on, and taken for an error from less.
  test.each([1_000, 4_900, 5_000, 10_000, 1_000_000])(
    'and is read as %d, is told of and back at what it was with the next push',
    async (units) => {
      const stage = await slipped(units)
      expect(await drift(stage)).toMatchObject({ resolution: 'cut-back' })
      expect(await stage.loop.alerts.all(A)).toMatchObject([{ rule: 'outsideCaps', state: 'open' }])
      await correct(stage)
      const { doubted, cutBackTo, known } = await stage.state(A, '10')
      expect([doubted, cutBackTo]).toEqual([undefined, undefined])
      // In doubt what it was, otherwise that with the usual room of a day.
      const back = euros(units >= 5_000 ? 100 : 120)
      expect(known).toEqual({ kind: 'money', amount: back })
      expect(stage.ads.micros(A, '10')).toBe(back.micros)
    },
  )

  test('says so in the alert, with what the day costs at worst', async () => {
    const stage = await slipped(10_000, { policy: { guardrails: { maxDailyBudget: '300 EUR' } } })
    const [alert] = await stage.loop.alerts.all(A)
    expect(alert?.what).toBe(
      'The budget of "campaign 10" stands at 10000.00 EUR, and nobody is known to have set it, above the largest budget that the policy allows; at worst today costs 20000.00 EUR on this budget.',
    )
  })

  test('is counted at the larger of the two until it is back, and is left alone when it is read right again', async () => {
    const stage = await slipped(10_000)
    // 200 and 300 stand beside it; a day may cost twice its budgets.
    expect(await stage.exposure(A)).toBe(euros(21_000).micros)
    slip(stage, 100)
    stage.wait(15 * MINUTE_MS)
    await stage.run('pull')
    const { doubted, cutBackTo } = await stage.state(A, '10')
    expect([doubted, cutBackTo]).toEqual([undefined, undefined])
    // What somebody then does inside the caps is theirs.
    stage.ads.human(A, '10', euros(150).micros)
    stage.wait(15 * MINUTE_MS)
    await stage.run('pull')
    expect(await drift(stage)).toMatchObject({ resolution: 'adopt' })
  })

  test('and reads as one part in a hundred is still left alone', async () => {
    const stage = await slipped(1)
    expect(await drift(stage)).toMatchObject({ resolution: 'hold' })
    expect((await stage.state(A, '10')).doubted).toBeDefined()
    expect(await stage.loop.alerts.all(A)).toEqual([])
  })

  test('is left alone where the policy bounds it around what it is read as', async () => {
    const bounds = [{ account: accountKey(A), budget: '10', atLeast: '50 EUR', atMost: '6000 EUR' }]
    const stage = await slipped(5_000, { cap: 20_000, portfolioCap: 20_000, policy: { bounds } })
    expect((await stage.state(A, '10')).doubted).toBeUndefined()
  })
})
