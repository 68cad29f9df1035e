import { describe, expect, test } from 'vitest'
import type { Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { AuditEntry } from '../../lib/model/audit.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import type { BudgetSchedule } from '../../lib/ports/platform.ts'
import {
  accountDate,
  addDays,
  endOfDay,
  type Instant,
  isoInstant,
  later,
  startOfDay,
  timeZone,
} from '../../lib/units/calendar.ts'
import { liveUntil } from '../simulation/days.ts'
import { broken } from '../simulation/invariants.ts'
import { runUntilDeath } from '../simulation/ports.ts'
import { A, B, daily, euros, type Rig, type RigOptions, rig } from '../simulation/rig.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const BERLIN = timeZone('Europe/Berlin')

interface Fair extends RigOptions {
  readonly from?: string
  readonly to?: string
}

/** Account A with budgets of 100, 200 and 300, an announced step of four times on two days, and nothing else that moves. */
async function fair({ from = '2026-06-05', to = '2026-06-06', ...options }: Fair = {}): Promise<Rig> {
  const first = addDays(accountDate(from), -1)
  const stage = await rig({
    budgets: { '1': { '10': 100, '11': 200, '12': 300 } },
    cap: 8000,
    portfolioCap: 16_000,
    start: later(startOfDay(first, BERLIN), HOUR),
    ...options,
    policy: {
      flight: { from: addDays(first, -5), to: addDays(first, 20), total: '30000 EUR' },
      guardrails: { maxStepUp: 0.01, maxStepDown: 0.01, deadband: 0.05 },
      events: [{ name: 'fair', from, to, budgetFactor: 4, announce: true }],
      ...options.policy,
    },
  })
  stage.ads.offersSchedules = true
  await stage.ready()
  return stage
}

const at = (date: string, hours: number, zone = BERLIN): Instant =>
  later(startOfDay(accountDate(date), zone), hours * HOUR)
const schedules = ({ ads }: Rig): readonly BudgetSchedule[] =>
  ads.announced.flatMap((one) => (one.kind === 'budget-schedule' ? [one] : []))
const standing = ({ ads }: Rig, account = A) => ads.accounts.get(accountKey(account))!.announcements
const drifts = ({ loop }: Rig) => loop.facts.drifts(A, 0 as Instant)

async function told({ loop }: Rig, account = A): Promise<readonly string[]> {
  const records = await Array.fromAsync(loop.audit.records(accountKey(account)))
  return records
    .flatMap(({ entries }) => entries)
    .filter((entry): entry is Extract<AuditEntry, { kind: 'announcement' }> => entry.kind === 'announcement')
    .filter(({ name }) => name.includes('fair'))
    .map(({ outcome }) => outcome)
}

/** A person's schedule of twice the budget more, for a day. */
const byHand = (stage: Rig, date: string, zone = BERLIN): void =>
  void standing(stage).push({
    kind: 'budget-schedule',
    name: 'hand',
    from: startOfDay(accountDate(date), zone),
    to: endOfDay(accountDate(date), zone),
    budget: daily(A, '10'),
    amount: euros(300),
    over: euros(100),
  })

describe('a step that is announced, on a platform with budget schedules', () => {
  test('is written in the last hours of the eve, and the budgets themselves are left alone', async () => {
    const stage = await fair()
    await liveUntil(stage, at('2026-06-04', 12))
    expect(schedules(stage)).toEqual([])
    await liveUntil(stage, at('2026-06-08', 3))
    expect(
      schedules(stage).map(({ budget: { id }, from, to, amount, over }) => [
        id,
        isoInstant(from),
        isoInstant(to),
        amount,
        over,
      ]),
    ).toEqual([
      ['10', '2026-06-04T22:00:00Z', '2026-06-06T22:00:00Z', euros(400), euros(100)],
      ['11', '2026-06-04T22:00:00Z', '2026-06-06T22:00:00Z', euros(800), euros(200)],
      ['12', '2026-06-04T22:00:00Z', '2026-06-06T22:00:00Z', euros(1200), euros(300)],
    ])
    expect(stage.ads.writes).toEqual([])
    expect(await told(stage)).toEqual(['sending', 'applied', 'sending', 'applied', 'sending', 'applied'])
    expect(await drifts(stage)).toEqual([])
    expect(await broken(stage)).toEqual([])
  })

  test('is counted from before it is sent to its last day, at the over-delivery factor, and not after', async () => {
    const stage = await fair()
    const exposure = async (until: Instant): Promise<bigint> => {
      await liveUntil(stage, until)
      return stage.exposure(A)
    }
    // 600 twice; with the schedules 2,400 twice, on the eve of the event as on its days.
    expect(await exposure(at('2026-06-04', 12))).toBe(euros(1200).micros)
    expect(await exposure(at('2026-06-04', 20))).toBe(euros(4800).micros)
    expect(await stage.portfolioExposure()).toBe(euros(4800).micros)
    expect(await exposure(at('2026-06-05', 20))).toBe(euros(4800).micros)
    expect(await stage.portfolioExposure()).toBe(euros(4800).micros)
    expect(await exposure(at('2026-06-06', 23.5))).toBe(euros(4800).micros)
    expect(await exposure(at('2026-06-07', 3))).toBe(euros(1200).micros)
    expect(await stage.portfolioExposure()).toBe(euros(1200).micros)
    expect(await broken(stage)).toEqual([])
  })

  test.each<[why: string, day: string, hours: number, zone: string]>([
    ['a day of 25 hours', '2026-10-25', 25, 'Europe/Berlin'],
    ['a day of 23 hours', '2026-03-29', 23, 'Europe/Berlin'],
    ['an account of another zone', '2026-06-05', 24, 'America/Los_Angeles'],
    ['an account half an hour aside', '2026-06-05', 24, 'Asia/Kolkata'],
  ])('covers the whole of %s, and is counted on all of it', async (_why, day, hours, name) => {
    const stage = await fair({ from: day, to: day, zones: { 1: name } })
    const zone = timeZone(name)
    await liveUntil(stage, at(day, 0, zone))
    const [first] = schedules(stage)
    expect(first!.from).toBe(at(day, 0, zone))
    expect(first!.to - first!.from).toBe(hours * HOUR)
    await liveUntil(stage, later(endOfDay(accountDate(day), zone), -15 * MINUTE))
    expect(await stage.exposure(A)).toBe(euros(4800).micros)
    await liveUntil(stage, later(endOfDay(accountDate(day), zone), 2 * HOUR))
    expect(await stage.exposure(A)).toBe(euros(1200).micros)
    expect(stage.ads.writes).toEqual([])
    expect(await broken(stage)).toEqual([])
  })

  test('is refused where the account’s day cap leaves no room for it, and so is the step of the budget', async () => {
    // 1,200 stand; 600 and 1,200 more for the first two fit into 3,000, and 1,800 more for the third do not.
    const stage = await fair({ cap: 3000 })
    await liveUntil(stage, at('2026-06-05', 12))
    expect(schedules(stage).map(({ budget }) => budget.id)).toEqual(['10', '11'])
    expect(stage.ads.writes).toEqual([])
    expect(await stage.exposure(A)).toBe(euros(3000).micros)
    expect(await broken(stage)).toEqual([])
  })

  test('is refused where the portfolio’s day cap leaves no room for it', async () => {
    const stage = await fair({ portfolioCap: 1800 })
    await liveUntil(stage, at('2026-06-05', 12))
    expect(schedules(stage).map(({ budget }) => budget.id)).toEqual(['10'])
    expect(await stage.portfolioExposure()).toBe(euros(1800).micros)
    expect(await broken(stage)).toEqual([])
  })

  test('is stepped by the budgets where no schedule came through, and never by both', async () => {
    const stage = await fair()
    stage.ads.announceFate = (one) => (one.kind === 'budget-schedule' && one.budget.id === '12' ? 'applied' : 'refused')
    await liveUntil(stage, at('2026-06-05', 3))
    expect(stage.ads.micros(A, '10')).toBe(euros(400).micros)
    expect(stage.ads.micros(A, '11')).toBe(euros(800).micros)
    expect(stage.ads.micros(A, '12')).toBe(euros(300).micros)
    expect(await stage.exposure(A)).toBe(euros(4800).micros)
    await liveUntil(stage, at('2026-06-07', 3))
    expect(stage.ads.micros(A, '10')).toBe(euros(100).micros)
    expect(await broken(stage)).toEqual([])
  })

  test('is not written in shadow', async () => {
    const stage = await fair({ mode: 'shadow' })
    await liveUntil(stage, at('2026-06-05', 3))
    expect(stage.ads.announced).toEqual([])
  })
})

describe('a schedule whose answer is lost', () => {
  test('is counted until a reading shows that it is not there, and then tried again', async () => {
    const stage = await fair()
    stage.ads.announceFate = () => 'lost-before'
    await liveUntil(stage, at('2026-06-04', 12.5))
    expect(schedules(stage)).toHaveLength(3)
    expect(await stage.exposure(A)).toBe(euros(4800).micros)
    stage.ads.announceFate = () => 'refused'
    await liveUntil(stage, at('2026-06-04', 13.5))
    expect(await stage.exposure(A)).toBe(euros(1200).micros)
    stage.ads.announceFate = () => 'applied'
    await liveUntil(stage, at('2026-06-04', 15))
    expect(standing(stage)).toHaveLength(3)
    expect(await broken(stage)).toEqual([])
  })

  test('is recognised when it is read, and not sent again', async () => {
    const stage = await fair()
    stage.ads.announceFate = () => 'lost-after'
    await liveUntil(stage, at('2026-06-05', 12))
    expect(schedules(stage)).toHaveLength(3)
    expect((await stage.state(A, '10')).raises).toMatchObject([{ id: 's1', ours: { event: 'fair', portfolio: 'eu' } }])
    expect(await drifts(stage)).toEqual([])
    expect(await stage.exposure(A)).toBe(euros(4800).micros)
    expect(await broken(stage)).toEqual([])
  })

  test('is counted as somebody’s where it arrives after it was given up', async () => {
    const stage = await fair({ policy: { members: [{ name: 'campaign 10', class: 'prospecting' }] } })
    stage.ads.announceFate = () => 'late'
    await liveUntil(stage, at('2026-06-04', 12.5))
    stage.ads.announceFate = () => 'refused'
    await liveUntil(stage, at('2026-06-04', 14))
    expect(await stage.exposure(A)).toBe(euros(1200).micros)
    stage.ads.land()
    await liveUntil(stage, at('2026-06-05', 12))
    expect(await stage.exposure(A)).toBe(euros(1800).micros)
    expect(stage.ads.writes).toEqual([])
    expect(await drifts(stage)).toHaveLength(1)
    expect(await broken(stage)).toEqual([])
  })
})

describe('a schedule of ours', () => {
  test('is taken back when the event leaves the policy, and no longer counted', async () => {
    const stage = await fair()
    await liveUntil(stage, at('2026-06-04', 13))
    expect(standing(stage)).toHaveLength(3)
    await stage.setPolicy({ events: [] })
    await liveUntil(stage, at('2026-06-04', 15))
    expect(standing(stage)).toEqual([])
    expect(stage.ads.withdrawn).toEqual(['s1', 's2', 's3'])
    expect(await stage.exposure(A)).toBe(euros(1200).micros)
    await liveUntil(stage, at('2026-06-05', 12))
    expect(stage.ads.writes).toEqual([])
    expect(await broken(stage)).toEqual([])
  })

  test('is taken back when the account is frozen, and the day that it was in force on stays counted', async () => {
    const stage = await fair()
    await liveUntil(stage, at('2026-06-05', 12))
    await stage.loop.freezes.freeze({ scope: freezeScope('everything'), reason: 'test', by: 'anna', at: stage.now() })
    await liveUntil(stage, at('2026-06-05', 14))
    expect(standing(stage)).toEqual([])
    expect(await stage.exposure(A)).toBe(euros(4800).micros)
    await liveUntil(stage, at('2026-06-06', 2))
    expect(await stage.exposure(A)).toBe(euros(1200).micros)
    expect(stage.ads.writes).toEqual([])
    expect(await broken(stage)).toEqual([])
  })

  test('is counted for as long as it is not known to be gone', async () => {
    const stage = await fair()
    await liveUntil(stage, at('2026-06-04', 13))
    stage.ads.withdrawFate = () => 'lost-before'
    await stage.setPolicy({ events: [] })
    await liveUntil(stage, at('2026-06-04', 15.5))
    expect(await stage.exposure(A)).toBe(euros(4800).micros)
    stage.ads.withdrawFate = () => 'lost-after'
    await liveUntil(stage, at('2026-06-04', 18))
    expect(standing(stage)).toEqual([])
    expect(await stage.exposure(A)).toBe(euros(1200).micros)
    expect(await broken(stage)).toEqual([])
  })

  test('that somebody deletes is neither written again nor made good by the budget', async () => {
    const stage = await fair()
    await liveUntil(stage, at('2026-06-04', 15))
    standing(stage).splice(0, 1)
    await liveUntil(stage, at('2026-06-07', 3))
    expect(schedules(stage)).toHaveLength(3)
    expect(stage.ads.writes).toEqual([])
    expect(await broken(stage)).toEqual([])
  })

  test('is taken back when somebody moves the budget beneath it', async () => {
    const stage = await fair()
    await liveUntil(stage, at('2026-06-04', 15))
    stage.ads.human(A, '10', euros(50).micros)
    await liveUntil(stage, at('2026-06-05', 12))
    expect(stage.ads.withdrawn).toEqual(['s1'])
    expect(stage.ads.micros(A, '10')).toBe(euros(50).micros)
    expect(await broken(stage)).toEqual([])
  })
})

describe('a schedule that somebody else made', () => {
  test('is reported, counted on its days, and nothing of ours is put on top of it', async () => {
    const stage = await fair()
    byHand(stage, '2026-06-05')
    await liveUntil(stage, at('2026-06-04', 3))
    expect(await drifts(stage)).toMatchObject([
      {
        lever: { id: '10' },
        observed: { amount: euros(300) },
        resolution: 'hold',
        detail: expect.stringContaining('somebody'),
      },
    ])
    await liveUntil(stage, at('2026-06-05', 12))
    expect(schedules(stage).map(({ budget }) => budget.id)).toEqual(['11', '12'])
    // 300, 800 and 1,200 at twice.
    expect(await stage.exposure(A)).toBe(euros(4600).micros)
    expect(stage.ads.writes).toEqual([])
    expect(standing(stage)).toHaveLength(3)
    expect(await drifts(stage)).toHaveLength(1)
    expect(await broken(stage)).toEqual([])
  })

  test('takes the room under the cap that a raise would have had', async () => {
    const stage = await fair({ cap: 1600, policy: { events: [] } })
    byHand(stage, '2026-06-04')
    stage.wait(HOUR)
    await stage.run('pull')
    expect(await stage.exposure(A)).toBe(euros(1600).micros)
    await stage.plan([[A, '11', 210]])
    await stage.run('act')
    expect(stage.ads.writes).toEqual([])
    expect(await broken(stage)).toEqual([])
  })

  test('keeps the budget beneath it from being raised, whatever a plan says', async () => {
    const stage = await fair({ policy: { events: [] } })
    byHand(stage, '2026-06-04')
    stage.wait(HOUR)
    await stage.run('pull')
    await stage.plan([[A, '10', 110]])
    await stage.run('act')
    expect(stage.ads.writes).toEqual([])
  })
})

describe('a worker that dies while it writes a schedule, or takes one back', async () => {
  const ready = async (): Promise<Rig> => {
    const stage = await fair({ budgets: { '1': { '10': 100 } }, start: at('2026-06-04', 12.25) })
    await stage.plan([])
    return stage
  }
  const work = (stage: Rig) => (loop: Loop) =>
    runTurn({ stage: 'act', key: accountKey(A), turn: stage.now(), attempt: 0 }, loop)
  const goOn = async (stage: Rig): Promise<void> => {
    for (let i = 0; i < 3; i++) {
      stage.wait(HOUR)
      await stage.run('pull')
      await stage.run('act')
    }
  }
  const whole = await ready()
  const { calls } = await runUntilDeath(whole.worker('whole'), work(whole), undefined)

  test('counts it in the ledger before it is sent', () => {
    expect(calls.indexOf('money.commit')).toBeGreaterThan(-1)
    expect(calls.indexOf('money.commit')).toBeLessThan(calls.indexOf('writer.announce'))
  })

  test.each(calls.map((name, i) => ({ call: i + 1, name })))(
    'at call $call, $name: it is written once, and counted once',
    async ({ call }) => {
      for (const moment of ['before', 'after'] as const) {
        const stage = await ready()
        await runUntilDeath(stage.worker('doomed'), work(stage), { call, moment })
        if (standing(stage).length > 0) expect(await stage.exposure(A)).toBe(euros(800).micros)
        await goOn(stage)
        expect(standing(stage)).toHaveLength(1)
        expect(stage.ads.announced).toHaveLength(1)
        expect(await stage.exposure(A)).toBe(euros(800).micros)
        expect(await drifts(stage)).toEqual([])
        expect(await broken(stage)).toEqual([])
      }
    },
  )

  const written = async (): Promise<Rig> => {
    const stage = await ready()
    await stage.run('act')
    stage.wait(HOUR)
    await stage.run('pull')
    await stage.setPolicy({ events: [] })
    return stage
  }
  const leaving = await written()
  const back = await runUntilDeath(leaving.worker('whole'), work(leaving), undefined)

  test.each(back.calls.map((name, i) => ({ call: i + 1, name })))(
    'at call $call of taking it back, $name: it is gone, and no longer counted',
    async ({ call }) => {
      for (const moment of ['before', 'after'] as const) {
        const stage = await written()
        await runUntilDeath(stage.worker('doomed'), work(stage), { call, moment })
        if (standing(stage).length > 0) expect(await stage.exposure(A)).toBe(euros(800).micros)
        await goOn(stage)
        expect(standing(stage)).toEqual([])
        expect(await stage.exposure(A)).toBe(euros(200).micros)
        expect(await broken(stage)).toEqual([])
      }
    },
  )
})

test('two accounts of one portfolio have their own midnights', async () => {
  const stage = await fair({
    budgets: { '1': { '10': 100 }, '2': { '20': 100 } },
    zones: { 2: 'America/Los_Angeles' },
    from: '2026-06-05',
    to: '2026-06-05',
  })
  await liveUntil(stage, at('2026-06-06', 12))
  expect(schedules(stage).map(({ from }) => isoInstant(from))).toEqual(['2026-06-04T22:00:00Z', '2026-06-05T07:00:00Z'])
  expect(standing(stage, B)).toHaveLength(1)
  expect(await broken(stage)).toEqual([])
})
