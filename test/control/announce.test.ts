import { describe, expect, test } from 'vitest'
import { dueMessages } from '../../lib/control/dispatch.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey, type CampaignId } from '../../lib/model/account.ts'
import type { AuditEntry } from '../../lib/model/audit.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import type { Mode } from '../../lib/model/policy.ts'
import { policyFrom } from '../../lib/model/policy-file.ts'
import { accountDate, instant } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { runUntilDeath } from '../simulation/ports.ts'
import { A, B, euros, type Rig, type RigOptions, rig } from '../simulation/rig.ts'

const MINUTE = 60_000

/** A fair in a week that the platforms are to be told of. One account, so that each is told once. */
async function fair(options: RigOptions = {}): Promise<Rig> {
  const stage = await rig({
    budgets: { '1': { '10': 100, '11': 200 } },
    ...options,
    policy: {
      events: [{ name: 'fair', from: '2026-06-10', to: '2026-06-11', expectedUplift: 1.5, announce: true }],
      ...options.policy,
    },
  })
  await stage.ready()
  return stage
}

async function act(stage: Rig, worker = 'worker'): Promise<void> {
  const due = (await dueMessages(stage.now(), stage.loop)).filter(({ stage: of }) => of === 'act')
  for (const message of due) await runTurn(message, stage.worker(`${worker} ${stage.now()}`))
}

async function told({ loop }: Rig): Promise<readonly Extract<AuditEntry, { kind: 'announcement' }>[]> {
  const records = await Array.fromAsync(loop.audit.records(accountKey(A)))
  return records.flatMap(({ entries }) => entries).filter((entry) => entry.kind === 'announcement')
}
const outcomes = async (stage: Rig): Promise<readonly string[]> => (await told(stage)).map(({ outcome }) => outcome)

describe('an event that is to be announced', () => {
  test('is told once, written down before and after', async () => {
    const stage = await fair()
    await stage.plan([])
    await act(stage)
    expect(stage.ads.announced).toEqual([
      {
        kind: 'seasonality',
        name: 'sluice eu fair 2026-06-10',
        from: instant('2026-06-09T22:00:00Z'),
        to: instant('2026-06-11T22:00:00Z'),
        conversionRateFactor: 1.5,
        campaigns: ['10', '11'],
      },
    ])
    expect(await told(stage)).toMatchObject([
      { portfolio: 'eu', name: 'sluice eu fair 2026-06-10', outcome: 'sending' },
      { outcome: 'applied', window: '2026-06-09T22:00:00Z to 2026-06-11T22:00:00Z, 1.5 times the conversion rate' },
    ])
    stage.wait(15 * MINUTE)
    await act(stage)
    expect(stage.ads.announced).toHaveLength(1)
    expect(await broken(stage)).toEqual([])
  })

  test('is not told again under the next day’s plan: the platform has it', async () => {
    const stage = await fair()
    await stage.plan([])
    await act(stage)
    stage.wait(24 * 60 * MINUTE)
    await stage.ready()
    await stage.plan([])
    await act(stage)
    expect(stage.ads.announced).toHaveLength(1)
    expect(await outcomes(stage)).toEqual(['sending', 'applied', 'nothing to tell'])
  })

  test.each<[mode: Mode, times: number]>([
    ['observe', 0],
    ['shadow', 0],
    ['approve', 0],
    ['auto', 1],
  ])('in mode %s is told by itself %i times', async (mode, times) => {
    const stage = await fair({ mode })
    await stage.plan([])
    await act(stage)
    expect(stage.ads.announced).toHaveLength(times)
  })

  test('in mode approve is told once a person has approved the plan of the day', async () => {
    const stage = await fair({ mode: 'approve' })
    const header = await stage.plan([])
    const approval = { kind: 'approved', by: 'anna', at: stage.now() } as const
    await stage.loop.plans.decide(header.id, header.approval, approval)
    await act(stage)
    expect(stage.ads.announced).toHaveLength(1)
  })

  test.each(['everything', 'platform/scripted', 'campaign/scripted:1/11'])(
    'is not told while %s is frozen',
    async (of) => {
      const stage = await fair()
      await stage.plan([])
      const scope = freezeScope(of)
      await stage.loop.freezes.freeze({ scope, reason: 'no', by: 'anna', at: stage.now() })
      await act(stage)
      expect(stage.ads.announced).toEqual([])
      expect(await outcomes(stage)).toEqual(['sending', 'refused'])
      await stage.loop.freezes.unfreeze(scope, 'anna', 'yes', stage.now())
      stage.wait(15 * MINUTE)
      await act(stage)
      expect(stage.ads.announced).toHaveLength(1)
    },
  )

  test.each<[why: string, policy: object]>([
    ['more than two weeks ahead', { from: '2026-06-25', to: '2026-06-26' }],
    ['of nobody in the account', { match: { name: 'elsewhere' } }],
  ])('is nothing to tell %s', async (_why, over) => {
    const event = { name: 'fair', from: '2026-06-10', to: '2026-06-11', expectedUplift: 1.5, announce: true, ...over }
    const stage = await fair({ policy: { events: [event] } })
    await stage.plan([])
    await act(stage)
    expect(stage.ads.announced).toEqual([])
  })

  test.each<[whose: string, options: RigOptions]>([
    ['the portfolio', { portfolioCap: undefined }],
    ['its accounts', { cap: undefined }],
  ])('is not told while there is no cap of %s: without caps nothing is written', async (_whose, options) => {
    const stage = await fair(options)
    await stage.plan([])
    expect((await dueMessages(stage.now(), stage.loop)).filter(({ stage: of }) => of === 'act')).toEqual([])
    await stage.run('act')
    expect(stage.ads.announced).toEqual([])
  })

  test('is not told while another portfolio gives the account no cap: then it has none', async () => {
    const stage = await fair()
    const { accounts } = stage.policy.policy
    const without = accounts.map(({ account }) => ({
      account: accountKey(account),
      conversions: { action: 'purchase', clickWindowDays: 7, viewWindowDays: 0, basis: 'click' },
    }))
    const members = [{ name: 'elsewhere', class: 'prospecting' }]
    const other = policyFrom({ ...stage.written, portfolio: 'us', accounts: without, members, events: [] }, 'other')
    await stage.loop.policies.put(other, 'anna', stage.now())
    await stage.plan([])
    await act(stage)
    expect(stage.ads.announced).toEqual([])
  })

  test.each<[name: string, to: string | undefined, campaigns: readonly string[]]>([
    ['is running without an end', undefined, ['11']],
    ['runs today for the last time', '2026-06-02', ['11']],
    ['is over', '2026-06-01', ['10', '11']],
  ])('is not told of a campaign that is in a test which %s', async (_name, to, campaigns) => {
    const stage = await fair()
    const test = { id: 't', name: 'arms', campaigns: ['10' as CampaignId], ...(to ? { to: accountDate(to) } : {}) }
    stage.ads.accounts.get(accountKey(A))!.experiments.push(test)
    stage.wait(MINUTE)
    await stage.run('pull')
    await stage.plan([])
    await act(stage)
    expect(stage.ads.announced).toMatchObject([{ campaigns }])
  })

  test('is not told of a campaign whose budget somebody has set and that is left alone', async () => {
    const stage = await fair()
    stage.ads.human(A, '11', euros(150).micros)
    stage.wait(MINUTE)
    await stage.run('pull')
    await stage.plan([])
    await act(stage)
    expect(stage.ads.announced).toMatchObject([{ campaigns: ['10'] }])
  })

  test('comes after the pushes, and keeps none of them from being made', async () => {
    const stage = await fair()
    stage.ads.trouble = (method) => (method === 'announcements' ? { kind: 'transient', detail: 'down' } : undefined)
    await stage.plan([[A, '10', 90]])
    await act(stage)
    for (const next of stage.queued.splice(0)) await runTurn(next, stage.worker('next'))
    expect(stage.ads.sent).toHaveLength(1)
    expect(stage.ads.announced).toEqual([])
    stage.ads.trouble = () => undefined
    stage.wait(15 * MINUTE)
    await act(stage)
    expect(stage.ads.announced).toHaveLength(1)
  })
})

describe('an announcement whose answer is lost', () => {
  test('that was made is found, and not made twice', async () => {
    const stage = await fair()
    stage.ads.announceFate = () => 'lost-after'
    await stage.plan([])
    await act(stage)
    stage.wait(15 * MINUTE)
    await act(stage)
    expect(stage.ads.announced).toHaveLength(1)
    expect(await outcomes(stage)).toEqual(['sending', 'unknown', 'nothing to tell'])
  })

  test('is not sent again while it may still arrive', async () => {
    const stage = await fair()
    stage.ads.announceFate = () => 'late'
    await stage.plan([])
    await act(stage)
    stage.wait(MINUTE)
    await act(stage)
    expect(stage.ads.announced).toHaveLength(1)
    stage.ads.land()
    stage.wait(15 * MINUTE)
    await act(stage)
    expect(stage.ads.accounts.get(accountKey(A))!.announcements).toHaveLength(1)
  })

  test('that was not made is made', async () => {
    const stage = await fair()
    stage.ads.announceFate = () => 'lost-before'
    await stage.plan([])
    await act(stage)
    stage.ads.announceFate = () => 'applied'
    stage.wait(15 * MINUTE)
    await act(stage)
    expect(stage.ads.accounts.get(accountKey(A))!.announcements).toHaveLength(1)
  })

  test('that was refused is tried again under the next plan only', async () => {
    const stage = await fair()
    stage.ads.announceFate = () => 'refused'
    await stage.plan([])
    for (let i = 0; i < 3; i++) {
      await act(stage)
      stage.wait(15 * MINUTE)
    }
    expect(stage.ads.announced).toHaveLength(1)
  })
})

describe('a worker that dies while it announces', async () => {
  const ready = async (): Promise<Rig> => {
    const stage = await fair()
    await stage.plan([])
    return stage
  }
  const work = (stage: Rig) => (loop: Loop) =>
    runTurn({ stage: 'act', key: accountKey(A), turn: stage.now(), attempt: 0 }, loop)
  const whole = await ready()
  const { calls } = await runUntilDeath(whole.worker('whole'), work(whole), undefined)

  test.each(calls.map((name, i) => ({ call: i + 1, name })))(
    'at call $call, $name: it is told once',
    async ({ call }) => {
      for (const moment of ['before', 'after'] as const) {
        const stage = await ready()
        await runUntilDeath(stage.worker('doomed'), work(stage), { call, moment })
        for (let i = 0; i < 2; i++) {
          stage.wait(15 * MINUTE)
          await act(stage)
        }
        expect(stage.ads.accounts.get(accountKey(A))!.announcements).toHaveLength(1)
        expect(stage.ads.announced).toHaveLength(1)
        expect(await broken(stage)).toEqual([])
      }
    },
  )

  test('reads what the platform has before it writes down what it sends', () => {
    expect(calls.indexOf('reader.announcements')).toBeLessThan(calls.indexOf('money.commit'))
    expect(calls.indexOf('money.commit')).toBeLessThan(calls.indexOf('writer.announce'))
  })
})

test('every account is told of its own campaigns', async () => {
  const stage = await fair({ budgets: { '1': { '10': 100 }, '2': { '20': 100 } } })
  await stage.plan([])
  await act(stage)
  const names = [A, B].map((account) => stage.ads.accounts.get(accountKey(account))!.announcements)
  expect(names).toMatchObject([[{ campaigns: ['10'] }], [{ campaigns: ['20'] }]])
})
