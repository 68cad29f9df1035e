import { describe, expect, test } from 'vitest'
import { dueMessages } from '../../lib/control/dispatch.ts'
import { resumePaused } from '../../lib/control/resume.ts'
import { settledBy } from '../../lib/decide/breakers/fold-alerts.ts'
import { accountKey } from '../../lib/model/account.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import { leverKey } from '../../lib/model/lever.ts'
import { HOUR_MS, instant, isoInstant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, B, EUR, euros, type Rig, rig, statusOf } from '../simulation/rig.ts'
import { alerts, budget, micros, only, PAUSING, quarter, RUNAWAY, spending } from './guard-stage.ts'

describe('spend beyond the account’s cap', () => {
  test('is cut to the floor through the push protocol, told once, with what an hour of waiting costs', async () => {
    const stage = await spending(RUNAWAY)
    const result = await quarter(stage)
    expect(result).toMatchObject({ kind: 'ran', summary: { open: 1, told: 1, acted: 1 } })
    expect(stage.queued.at(-1)).toMatchObject({ stage: 'act', key: accountKey(A) })
    expect(budget(stage, '10')).toBe(micros(100))
    await stage.run('act')
    // Campaign 10 alone is ahead of its days: half of what it stood at this morning.
    expect([budget(stage, '10'), budget(stage, '11'), budget(stage, '12')]).toEqual([
      micros(50),
      micros(200),
      micros(300),
    ])
    const alert = await only(stage)
    expect(alert).toMatchObject({ rule: 'runawaySpend', state: 'open', subject: { kind: 'account' } })
    // 3,000 in the last two full hours, 04:00 to 06:00.
    expect(alert.waiting).toEqual({ kind: 'overspent', perHour: euros(1500) })
    expect(alert.acts.map(({ step }) => step)).toEqual(['floor'])
  })

  test('is not cut a second time, and nobody is told again, for as long as it lasts', async () => {
    const stage = await spending(RUNAWAY)
    for (let i = 0; i < 6; i++) {
      await quarter(stage)
      await stage.run('act')
    }
    expect(stage.ads.sent).toHaveLength(1)
    expect(budget(stage, '10')).toBe(micros(50))
    const alert = await only(stage)
    expect(alert.toldAt).toBe(alert.firstAt)
    expect(alert.acts).toHaveLength(1)
  })

  test('is over half an hour after it no longer trips, and never raises what was cut', async () => {
    const stage = await spending(RUNAWAY)
    await quarter(stage)
    await stage.run('act')
    stage.spent = { '10': 10 }
    for (let i = 0; i < 3; i++) await quarter(stage)
    expect(await only(stage)).toMatchObject({ state: 'resolved', by: 'guard' })
    expect(budget(stage, '10')).toBe(micros(50))
    // The same trouble an hour later is the same alert, and nobody is told twice.
    stage.spent = RUNAWAY
    expect(await quarter(stage)).toMatchObject({ summary: { open: 1, told: 0 } })
    expect(await only(stage)).toMatchObject({ state: 'open' })
  })

  test('is only told in a portfolio in shadow, with what would have been done', async () => {
    const stage = await spending(RUNAWAY, { mode: 'shadow' })
    await quarter(stage)
    await stage.run('act')
    expect(stage.ads.sent).toEqual([])
    expect((await only(stage)).notDone).toBe('the portfolio is in shadow: the policy would floor')
  })

  test('is cut in a portfolio in which people approve: the policy is their approval', async () => {
    const stage = await spending(RUNAWAY, { mode: 'approve' })
    await quarter(stage)
    await stage.run('act')
    expect(budget(stage, '10')).toBe(micros(50))
  })

  test('is not cut where the campaign is frozen', async () => {
    const stage = await spending(RUNAWAY)
    const scope = freezeScope(`campaign/${accountKey(A)}/10`)
    await stage.loop.freezes.freeze({ scope, by: 'anna', reason: 'audit', at: stage.now() })
    await quarter(stage)
    await stage.run('act')
    expect(stage.ads.sent).toEqual([])
    expect((await only(stage)).notDone).toContain('nothing to cut')
  })

  test('is a person’s once a person has taken it up', async () => {
    const stage = await spending(RUNAWAY, { mode: 'shadow' })
    await quarter(stage)
    const before = await only(stage)
    const next = settledBy(before, 'acknowledged', { by: 'anna', at: stage.now() })
    expect(await stage.loop.alerts.put({ next, expected: before.version })).toBe(true)
    await stage.setPolicy({ mode: 'auto' })
    await quarter(stage)
    expect((await only(stage)).acts).toEqual([])
  })

  test('that was put off is told again when the time is up', async () => {
    const stage = await spending(RUNAWAY, { mode: 'shadow' })
    await quarter(stage)
    const before = await only(stage)
    const until = (stage.now() + HOUR_MS) as typeof before.at
    await stage.loop.alerts.put({
      next: settledBy(before, 'snoozed', { by: 'anna', at: stage.now(), until }),
      expected: before.version,
    })
    const told: unknown[] = []
    for (let i = 0; i < 5; i++) told.push(await quarter(stage))
    expect(told.map((one) => (one as { summary: { told: number } }).summary.told)).toEqual([0, 0, 0, 1, 0])
  })
})

describe('a floor before a pause', () => {
  const paused = async (): ReturnType<typeof spending> => {
    const stage = await spending(RUNAWAY, PAUSING)
    await quarter(stage)
    await stage.run('act')
    expect(stage.ads.settings).toEqual([])
    await quarter(stage)
    expect((await only(stage)).acts.map(({ step }) => step)).toEqual(['floor'])
    await quarter(stage)
    await stage.run('act')
    return stage
  }
  const status = (stage: Rig) => stage.ads.valueOf(statusOf(A, '10'))

  test('pauses what still runs away half an hour after the cut, and stays open until a person resumes it', async () => {
    const stage = await paused()
    expect(status(stage)).toEqual({ kind: 'status', status: 'paused' })
    const alert = await only(stage)
    expect(alert.acts.map(({ step }) => step)).toEqual(['floor', 'pause'])
    const state = (await stage.loop.money.allLevers(A)).get(leverKey(statusOf(A, '10')))
    expect(state?.pausedFor).toBe(alert.id)
    stage.spent = {}
    for (let i = 0; i < 4; i++) await quarter(stage)
    expect((await only(stage)).state).toBe('open')
    expect(status(stage)).toEqual({ kind: 'status', status: 'paused' })
  })

  test('a person’s tap takes back the guard’s own pause', async () => {
    const stage = await paused()
    stage.wait(MINUTE_MS)
    await stage.run('pull')
    expect((await stage.state(A, '10')).idle).toBe(true)
    await resumePaused(await only(stage), 'anna', stage.loop)
    expect((await stage.state(A, '10')).idle).toBe(false)
    stage.wait(MINUTE_MS)
    await stage.run('act')
    expect(status(stage)).toEqual({ kind: 'status', status: 'active' })
    const state = (await stage.loop.money.allLevers(A)).get(leverKey(statusOf(A, '10')))
    expect(state?.pausedFor).toBeUndefined()
  })

  test('what somebody else paused since is not taken back', async () => {
    const stage = await paused()
    stage.ads.humanSets(statusOf(A, '10'), { kind: 'status', status: 'active' })
    stage.wait(MINUTE_MS)
    await stage.run('pull')
    stage.ads.humanSets(statusOf(A, '10'), { kind: 'status', status: 'paused' })
    stage.wait(MINUTE_MS)
    await stage.run('pull')
    await expect(resumePaused(await only(stage), 'anna', stage.loop)).rejects.toThrow('nothing is paused for it')
  })

  test('nothing is resumed for which the day has no room', async () => {
    const stage = await paused()
    stage.wait(MINUTE_MS)
    await stage.run('pull')
    stage.wait(24 * HOUR_MS)
    await stage.ready()
    // The next day: 200 and 300 twice over are 1,000 of a cap that is lowered to 1,050; campaign 10 would take 100 more.
    await stage.setPolicy({
      accounts: stage.policy.policy.accounts.map(({ account, conversions }) => ({
        account: accountKey(account),
        conversions,
        dayCap: '1050 EUR',
      })),
    })
    await expect(resumePaused(await only(stage), 'anna', stage.loop)).rejects.toThrow(
      'it would cost 100.00 EUR more today at worst, and the account’s day cap has no room for that',
    )
  })
})

describe('other actions', () => {
  test('a freeze is written once, and is a person’s to lift', async () => {
    const stage = await spending(RUNAWAY, { policy: { breakers: { runawaySpend: { action: 'freeze' } } } })
    await quarter(stage)
    const [freeze] = await stage.loop.freezes.all()
    expect(freeze).toMatchObject({ scope: `account/${accountKey(A)}`, by: expect.stringContaining('guard') })
    await stage.loop.freezes.unfreeze(freeze!.scope, 'anna', 'seen', stage.now())
    await quarter(stage)
    expect(await stage.loop.freezes.all()).toEqual([])
  })

  test('a hold leaves the budgets alone, and cuts nothing', async () => {
    const stage = await spending(RUNAWAY, { policy: { breakers: { runawaySpend: { action: 'hold' } } } })
    await quarter(stage)
    expect((await stage.state(A, '10')).hold).toMatchObject({ reason: expect.stringContaining('held by the guard') })
    expect((await stage.state(A, '11')).hold).toBeUndefined()
    expect(stage.queued.filter((one) => one.stage === 'act')).toEqual([])
  })

  test('a hold stops what was planned while the run lasted that put it on', async () => {
    const stage = await spending(RUNAWAY, { policy: { breakers: { runawaySpend: { action: 'hold' } } } })
    await quarter(stage)
    stage.wait(MINUTE_MS)
    await stage.plan([[A, '10', 110]])
    expect(await stage.run('act')).toMatchObject({ summary: { dropped: 1 } })
    expect(budget(stage, '10')).toBe(micros(100))
  })

  test('a hold stops what was planned before it, and not pushed yet', async () => {
    const stage = await spending(RUNAWAY, { policy: { breakers: { runawaySpend: { action: 'hold' } } } })
    // So long after the budgets were read that the plan is no older than that by any clock.
    stage.wait(MINUTE_MS)
    await stage.plan([[A, '10', 110]])
    await quarter(stage)
    expect(await stage.run('act')).toMatchObject({ summary: { dropped: 1 } })
    expect(budget(stage, '10')).toBe(micros(100))
  })

  test('what is switched off says nothing', async () => {
    const stage = await spending(RUNAWAY, { policy: { breakers: { runawaySpend: { action: 'off' } } } })
    expect(await quarter(stage)).toMatchObject({ summary: { open: 0, told: 0, acted: 0 } })
  })
})

test('dispatch asks for a guard turn of every account at every quarter of an hour, and for a pull every hour', async () => {
  const stage = await rig()
  const at = instant('2026-06-02T10:20:00Z')
  const due = await dueMessages(at, stage.loop)
  const turns = (name: string) =>
    due.filter((one) => one.stage === name).map(({ key, turn }) => [key, isoInstant(turn)])
  expect(turns('guard')).toEqual([
    [accountKey(A), '2026-06-02T10:15:00Z'],
    [accountKey(B), '2026-06-02T10:15:00Z'],
  ])
  expect(turns('pull').map(([, turn]) => turn)).toEqual(['2026-06-02T10:00:00Z', '2026-06-02T10:00:00Z'])
})

test('a quarter of an hour asks the platform for one report of one day', async () => {
  const stage = await spending({ '10': 10 })
  stage.wait(15 * MINUTE_MS)
  stage.ads.asked.length = 0
  await stage.run('guard')
  expect(stage.ads.asked.map(({ grain, from, to }) => [grain, from, to])).toEqual([
    ['hour', '2026-06-02', '2026-06-02'],
  ])
  const stored = await stage.loop.facts.intraday(A, '2026-06-02' as never)
  expect(stored).toMatchObject({ readAt: stage.now(), currency: EUR })
})

test('clicks and claims of two days are read with the first quarter of an hour only', async () => {
  const stage = await spending({ '10': 10 })
  stage.wait(HOUR_MS)
  stage.ads.asked.length = 0
  await stage.run('guard')
  expect(stage.ads.asked.map(({ grain, from, to }) => [grain, from, to])).toEqual([
    ['hour', '2026-06-02', '2026-06-02'],
    ['day', '2026-06-01', '2026-06-02'],
  ])
})

test('a report that fails fails the turn, and says nothing of what is spent', async () => {
  const stage = await spending(RUNAWAY)
  stage.ads.trouble = (method) => (method === 'performance' ? { kind: 'unauthorised', detail: 'expired' } : undefined)
  stage.wait(15 * MINUTE_MS)
  await expect(stage.run('guard')).rejects.toThrow('expired')
  expect(await alerts(stage)).toEqual([])
})
