import { describe, expect, test } from 'vitest'
import { accountKey } from '../../lib/model/account.ts'
import { isUnresolved } from '../../lib/model/alert.ts'
import { type Instant, instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { A, euros, type Rig, type RigOptions, rig } from '../simulation/rig.ts'

const LIFETIME = '13'

/** Budgets of 100, 200 and 300 a day, which may spend twice as much, with a cap of 2,000; after the day's decision. */
async function opened(policy: object = {}, lifetime?: number): Promise<Rig> {
  const options: RigOptions = { cap: 2000, start: instant('2026-06-02T10:00:00Z'), policy }
  const stage = await rig(options)
  const own = stage.ads.accounts.get(accountKey(A))!
  if (lifetime !== undefined) {
    const budget = { id: LIFETIME, micros: euros(lifetime).micros, period: 'lifetime', status: 'active' } as const
    own.budgets.set(LIFETIME, { ...budget, campaigns: [LIFETIME] })
    own.campaigns.set(LIFETIME, 'active')
  }
  await stage.ready()
  stage.queued.length = 0
  return stage
}

/** @returns how many alerts the pull told for the first time */
async function pulled(stage: Rig): Promise<number> {
  stage.wait(MINUTE_MS)
  const result = await stage.run('pull')
  return result.kind === 'ran' ? Number(result.summary.told) : 0
}

async function typed(stage: Rig, budget: string, units: number): Promise<number> {
  stage.ads.human(A, budget, euros(units).micros, 'jo@shop.example')
  return pulled(stage)
}

const lastDrift = async (stage: Rig) => (await stage.loop.facts.drifts(A, 0 as Instant)).at(-1)
const openAlerts = async (stage: Rig) =>
  (await stage.loop.alerts.all(A)).filter((one) => one.rule === 'outsideCaps' && isUnresolved(one))
const money = (units: number) => ({ kind: 'money', amount: euros(units) })
/** Stops the guard's clock being short: an alert is over when it was quiet for half an hour. */
async function guarded(stage: Rig): Promise<void> {
  for (let i = 0; i < 4; i += 1) {
    stage.wait(15 * MINUTE_MS)
    await stage.run('pull')
    await stage.run('guard')
  }
}

const nobodys = { members: [{ name: 'campaign 10', class: 'prospecting' }] }
const unmanaged = {
  members: [
    { name: 'campaign 12', class: 'prospecting', managed: false },
    { name: 'campaign', class: 'prospecting' },
  ],
}

describe('an edit past the account’s cap, of a budget that is not Sluice’s to move', () => {
  test('(lifetime) is told with its worst case, which is itself and no double, and is not said to be inside', async () => {
    const stage = await opened({}, 500)
    expect(await typed(stage, LIFETIME, 9000)).toBe(1)
    const why = 'above what the account’s day cap leaves; at worst today costs 9000.00 EUR on this budget'
    expect(await lastDrift(stage)).toMatchObject({
      resolution: 'hold',
      actor: 'jo@shop.example',
      detail: `${why}; it is not cut back: lifetime budgets are counted and not moved`,
    })
    expect(await openAlerts(stage)).toMatchObject([
      {
        what: `The budget of "campaign 13" stands at 9000.00 EUR, set by jo@shop.example, ${why}.`,
        remedy: expect.stringContaining('Sluice counts this budget and does not move it: lower it at the platform'),
        // Of the cap of 2,000 the day had taken 1,200 and 500, so that 800 may stand: 8,200 more, by the hour.
        waiting: { perHour: { micros: 341_666_667n } },
      },
    ])
    // Nothing is planned for what cannot be moved, and the same is not told again.
    expect(stage.queued.filter((one) => one.stage === 'plan')).toEqual([])
    expect(await pulled(stage)).toBe(0)
    expect(await broken(stage)).toEqual([])
  })

  test.each([
    ['of no portfolio', nobodys],
    ['that is only counted', unmanaged],
  ])('(one %s) is told with its worst case, twice the budget', async (_, policy) => {
    const stage = await opened(policy)
    expect(await typed(stage, '12', 10_000)).toBe(1)
    expect(await lastDrift(stage)).toMatchObject({
      resolution: 'hold',
      detail: expect.stringMatching(/at worst today costs 20000\.00 EUR .* it is not cut back: no portfolio manages/),
    })
    expect(await openAlerts(stage)).toMatchObject([{ what: expect.stringContaining('"campaign 12" stands at 10000') }])
    expect(stage.queued.filter((one) => one.stage === 'plan')).toEqual([])
    expect(stage.ads.micros(A, '12')).toBe(euros(10_000).micros)
  })

  test('stays told of while it is moved outside, and is over once it is back', async () => {
    const stage = await opened({}, 500)
    await typed(stage, LIFETIME, 9000)
    await typed(stage, LIFETIME, 8000)
    expect(await lastDrift(stage)).toMatchObject({ resolution: 'hold', lastKnown: money(9000) })
    expect(await openAlerts(stage)).toHaveLength(1)
    await typed(stage, LIFETIME, 600)
    await guarded(stage)
    expect(await openAlerts(stage)).toEqual([])
  })

  test('is over once the policy’s cap has room for it', async () => {
    const stage = await opened({}, 500)
    await typed(stage, LIFETIME, 9000)
    await guarded(stage)
    expect(await openAlerts(stage)).toHaveLength(1)
    const { accounts } = stage.written as { accounts: readonly object[] }
    await stage.setPolicy({ dayCap: '20000 EUR', accounts: accounts.map((one) => ({ ...one, dayCap: '20000 EUR' })) })
    await guarded(stage)
    expect(await openAlerts(stage)).toEqual([])
  })

  test('is found out when what it feeds starts to run', async () => {
    const stage = await opened(nobodys)
    const { campaigns } = stage.ads.accounts.get(accountKey(A))!
    campaigns.set('12', 'paused')
    await pulled(stage)
    expect(await typed(stage, '12', 5000)).toBe(0)
    campaigns.set('12', 'active')
    expect(await pulled(stage)).toBe(1)
  })
})

test('an edit of such a budget that the cap has room for is told as what it is, and alarms nobody', async () => {
  const stage = await opened({}, 500)
  expect(await typed(stage, LIFETIME, 700)).toBe(0)
  expect(await lastDrift(stage)).toMatchObject({
    resolution: 'adopt',
    detail: 'lifetime budgets are counted and not moved',
  })
})
