import { describe, expect, test } from 'vitest'
import { accountKey } from '../../lib/model/account.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import { unpackGuardrails } from '../../lib/model/guardrail.ts'
import type { Mode } from '../../lib/model/policy.ts'
import { HOUR_MS, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, type Rig, type RigOptions, rig } from '../simulation/rig.ts'
import { alerts, micros, only, PAUSING, quarter, RUNAWAY, spending } from './guard-stage.ts'

describe('a cap of the day that is broken again on another day', () => {
  const broken = async (stage: Awaited<ReturnType<typeof spending>>): Promise<unknown> => {
    stage.spent = RUNAWAY
    const ran = await quarter(stage)
    await stage.run('act')
    stage.spent = {}
    for (let i = 0; i < 3; i++) await quarter(stage)
    return ran
  }

  test('is told again, and acted on anew', async () => {
    const stage = await spending({})
    const days: unknown[] = []
    for (let day = 0; day < 3; day++) {
      days.push(await broken(stage))
      stage.wait(23 * HOUR_MS)
      await stage.ready()
    }
    for (const ran of days) expect(ran).toMatchObject({ summary: { told: 1, acted: 1 } })
    expect((await alerts(stage)).map(({ state }) => state)).toEqual(['resolved', 'resolved', 'resolved'])
  })

  test('is told again while what was paused for the first is still to be resumed', async () => {
    const stage = await spending(RUNAWAY, PAUSING)
    for (let i = 0; i < 4; i++) {
      await quarter(stage)
      await stage.run('act')
    }
    stage.spent = {}
    stage.wait(23 * HOUR_MS)
    await stage.ready()
    stage.spent = { '11': 2900 }
    expect(await quarter(stage)).toMatchObject({ summary: { told: 1, acted: 1, open: 2 } })
  })
})

describe('of a budget outside the caps that is not cut back, the alert says so and why', () => {
  const remedy = async (before: (stage: Rig) => unknown, options: RigOptions = {}): Promise<string> => {
    const stage = await rig(options)
    await stage.ready()
    await before(stage)
    stage.wait(MINUTE_MS)
    stage.ads.human(A, '10', micros(10_000))
    stage.wait(15 * MINUTE_MS)
    await stage.run('pull')
    return (await only(stage)).remedy
  }

  test('a test of the platform', async () => {
    const test = { id: 't', name: 'Landing page', campaigns: ['10'] } as never
    expect(await remedy(({ ads }) => ads.accounts.get(accountKey(A))!.experiments.push(test))).toBe(
      'It is not cut back to 120.00 EUR: the platform is running the test "Landing page" on it. Set it at the platform.',
    )
  })

  test('a freeze', async () => {
    const scope = freezeScope(`account/${accountKey(A)}`)
    const frozen = ({ loop, now }: Rig) => loop.freezes.freeze({ scope, by: 'anna', reason: 'audit', at: now() })
    expect(await remedy(frozen)).toContain('account/scripted:1 is frozen, until a person says "sluice unfreeze')
  })

  test.each<Mode>(['shadow', 'observe'])('the mode %s', async (mode) => {
    expect(await remedy(() => undefined, { mode })).toBe(
      `It is not cut back to 120.00 EUR: the portfolio is in ${mode}, and nothing is pushed. Set it at the platform.`,
    )
  })

  test('where nothing stands in its way it says that it is', async () => {
    expect(await remedy(() => undefined)).toMatch(/^It is being cut back to 120.00 EUR/)
    expect(await remedy(() => undefined, { mode: 'approve' })).toMatch(/^It is not adopted: approve the plan/)
  })
})

test('a decision of the guard shows what every guardrail that was asked says of it', async () => {
  const stage = await spending(RUNAWAY, { policy: { guardrails: { minDailyBudget: '80 EUR' } } })
  await quarter(stage)
  const header = (await stage.loop.plans.header((await only(stage)).acts[0]!.plan!))!
  const [decision] = await stage.loop.plans.decisions(header)
  const verdicts = unpackGuardrails(decision!.guardrails!)
  expect(verdicts.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['frozen', 'in-experiment', 'not-managed', 'platform-minimum', 'minimum']),
  )
  expect(verdicts.filter(({ verdict }) => verdict !== 'pass')).toMatchObject([{ name: 'minimum', verdict: 'clamp' }])
})
