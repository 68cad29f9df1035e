import { describe, expect, test } from 'vitest'
import { dailyPlanTurn, dueMessages, mayPushNow } from '../../lib/control/dispatch.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { StageMessage } from '../../lib/model/turn.ts'
import { DAY_MS, HOUR_MS, instant, later, MINUTE_MS, timeZone } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { intercepted, runUntilDeath } from '../simulation/ports.ts'
import { A, B, euros, MORNING, PORTFOLIO, type Rig, rig } from '../simulation/rig.ts'

const message = (stage: StageMessage['stage'], { now }: Rig): StageMessage => ({
  stage,
  key: stage === 'plan' ? PORTFOLIO : accountKey(A),
  turn: now(),
  attempt: 0,
})

const notes = async ({ loop }: Rig): Promise<readonly string[]> =>
  (await Array.fromAsync(loop.audit.records(accountKey(A)))).flatMap(({ entries }) =>
    entries.flatMap((entry) =>
      entry.kind === 'settled' ? [`${entry.lever.split('/').at(-1)} ${entry.outcome}: ${entry.detail}`] : [],
    ),
  )

/** Runs act turns of one account until there is nothing more to do. */
async function actAll(stage: Rig, account = A): Promise<void> {
  for (let i = 0; i < 10; i++) {
    stage.wait(1000)
    await stage.run('act', account)
  }
}

describe('claims', () => {
  test('the same turn a second time is done already', async () => {
    const stage = await rig()
    const turn = message('pull', stage)
    expect(await runTurn(turn, stage.worker('one'))).toMatchObject({ kind: 'ran' })
    expect(await runTurn(turn, stage.worker('two'))).toEqual({ kind: 'skipped', why: 'done' })
  })

  test('a worker that overlaps finds the key elsewhere, and takes it over once the other must be dead', async () => {
    const stage = await rig()
    const turn = message('pull', stage)
    await runUntilDeath(stage.worker('dead'), (loop) => runTurn(turn, loop), { call: 4, moment: 'before' })
    expect(await runTurn(turn, stage.worker('two'))).toEqual({ kind: 'elsewhere' })
    stage.wait(122_000 - 1)
    expect(await runTurn(turn, stage.worker('two'))).toEqual({ kind: 'elsewhere' })
    stage.wait(1)
    expect(await runTurn(turn, stage.worker('two'))).toMatchObject({ kind: 'ran' })
  })

  test('a turn older than its period is dropped: a younger one does better', async () => {
    const stage = await rig()
    const turn = message('pull', stage)
    stage.wait(HOUR_MS + 1)
    expect(await runTurn(turn, stage.worker('late'))).toEqual({ kind: 'skipped', why: 'too-old' })
    const plan = { ...message('plan', stage), turn: later(stage.now(), -6 * HOUR_MS - 1) }
    expect(await runTurn(plan, stage.worker('late'))).toEqual({ kind: 'skipped', why: 'too-old' })
  })

  test('a failure gives the key back and is thrown, so that the next delivery may try at once', async () => {
    const stage = await rig()
    const turn = message('pull', stage)
    stage.ads.trouble = () => ({ kind: 'transient', detail: 'try again' })
    await expect(runTurn(turn, stage.worker('one'))).rejects.toThrow('transient: try again')
    stage.ads.trouble = () => undefined
    expect(await runTurn(turn, stage.worker('two'))).toMatchObject({ kind: 'ran' })
  })

  test('a failure is still what is told when the key cannot be given back either', async () => {
    const stage = await rig()
    stage.ads.trouble = () => ({ kind: 'transient', detail: 'try again' })
    const loop = intercepted(stage.worker('one'), async (name, effect) => {
      if (name === 'claims.release') throw new Error('the table is gone')
      return effect()
    })
    await expect(runTurn(message('pull', stage), loop)).rejects.toThrow('transient: try again')
  })

  test('a correction does not use up the turn of a daily decision that is late', async () => {
    const stage = await rig({ start: later(MORNING, -2 * HOUR_MS) })
    await stage.ready()
    const due = dailyPlanTurn(stage.policy.policy, stage.now())
    expect(due).toBeLessThan(stage.now())
    await runTurn({ ...message('plan', stage) }, stage.worker('correction'))
    const daily = await runTurn({ ...message('plan', stage), turn: due }, stage.worker('daily'))
    expect(daily).toMatchObject({ kind: 'ran', summary: { occasion: 'daily' } })
  })
})

describe('an act turn', () => {
  test('goes on chunk by chunk: 60 levers are three chunks, each announcing the next', async () => {
    const budgets = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [String(100 + i), 100]))
    const stage = await rig({ budgets: { '1': budgets }, cap: 20_000, portfolioCap: 20_000 })
    await stage.ready()
    await stage.plan(Object.keys(budgets).map((id) => [A, id, 80] as const))
    stage.queued.length = 0
    await stage.run('act')
    for (let next = stage.queued.shift(); next; next = stage.queued.shift())
      await runTurn(next, stage.worker(`attempt-${next.attempt}`))
    expect([...Map.groupBy(stage.ads.sent, ({ batch }) => batch).values()].map((one) => one.length)).toEqual([
      25, 25, 10,
    ])
  })

  test('does nothing on a plan that was acted on', async () => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan([[A, '10', 80]])
    await actAll(stage)
    await actAll(stage)
    expect(stage.ads.sent).toHaveLength(1)
    expect(await dueMessages(stage.now(), stage.loop)).not.toContainEqual(expect.objectContaining({ stage: 'act' }))
    expect((await stage.loop.plans.progress(header.id))?.cursors).toEqual({ [accountKey(A)]: 1 })
  })

  test('raises wait for the cuts of the other account, and go when those are verified', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([
      [A, '10', 120],
      [B, '21', 180],
    ])
    await actAll(stage, A)
    expect(stage.ads.sent).toEqual([])
    stage.ads.fate = () => 'lost-after'
    await stage.run('act', B)
    await actAll(stage, A)
    expect(stage.ads.sent).toHaveLength(1)
    stage.ads.fate = () => 'applied'
    stage.wait(1000)
    await stage.run('verify', B)
    await actAll(stage, A)
    expect(stage.ads.micros(A, '10')).toBe(euros(120).micros)
    expect(await broken(stage)).toEqual([])
  })

  test('raises take no more than what verified cuts freed: a refused cut leaves its raises unmade', async () => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan([
      [A, '10', 120],
      [A, '11', 220],
      [B, '20', 80],
      [B, '21', 180],
    ])
    stage.ads.fate = ({ lever }) => (lever.id === '20' ? 'refused' : 'applied')
    await stage.run('act', B)
    await actAll(stage, A)
    // One cut of 20 was made, so one raise of 20 is.
    expect(stage.ads.micros(A, '10')).toBe(euros(120).micros)
    expect(stage.ads.micros(A, '11')).toBe(euros(200).micros)
    expect(await notes(stage)).toContain('11 dropped: the cuts that were to pay for it are not verified')
    expect(await stage.loop.plans.progress(header.id)).toMatchObject({ freed: euros(20), raised: euros(20) })
  })

  test('a raise of unknown outcome keeps its share; when it turns out not to be applied, the share is free again', async () => {
    const stage = await rig()
    await stage.ready()
    const header = await stage.plan([[A, '10', 120]])
    stage.ads.fate = () => 'lost-before'
    await stage.run('act')
    expect(await stage.loop.plans.progress(header.id)).toMatchObject({ raised: euros(20) })
    stage.wait(5 * MINUTE_MS)
    await stage.run('verify')
    expect(await stage.loop.plans.progress(header.id)).toMatchObject({ raised: euros(0), freed: euros(0) })
  })

  test('sends nothing while the account’s day is not open in the ledger', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([[A, '10', 80]], { expiresInMs: 2 * DAY_MS })
    stage.wait(DAY_MS)
    expect(await stage.run('act')).toMatchObject({ summary: { chunks: 0, why: 'the day is not open yet' } })
    expect(stage.ads.sent).toEqual([])
  })

  test('sends nothing while the portfolio’s day is not open in the ledger', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([[A, '10', 80]], { expiresInMs: 2 * DAY_MS })
    stage.wait(DAY_MS)
    await stage.run('pull')
    await actAll(stage)
    expect(stage.ads.sent).toEqual([])
  })

  test('gives a plan up, with the reason, when the policy changed since it was made', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([[A, '10', 80]])
    await stage.setPolicy({ owner: 'somebody else' })
    await actAll(stage)
    expect(stage.ads.sent).toEqual([])
    expect(await notes(stage)).toEqual(['10 not sent: the policy changed since the plan was made'])
  })

  test('leaves an expired plan alone', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([[A, '10', 80]], { expiresInMs: 500 })
    await actAll(stage)
    expect(stage.ads.sent).toEqual([])
  })

  test('leaves a plan alone that a newer daily plan replaced', async () => {
    const stage = await rig()
    await stage.ready()
    const old = await stage.plan([[A, '10', 80]])
    stage.wait(1000)
    const next = await stage.plan([[A, '11', 180]])
    await actAll(stage)
    expect(stage.ads.sent.map(({ change }) => change.lever.id)).toEqual(['11'])
    expect((await stage.loop.plans.header(old.id))?.approval).toEqual({ kind: 'superseded', by: next.id })
  })

  test('leaves it alone also when the worker died before it could take the older plan back', async () => {
    const stage = await rig()
    await stage.ready()
    const old = await stage.plan([[A, '10', 80]])
    stage.wait(1000)
    const next = await stage.plan([[A, '11', 180]])
    await stage.loop.plans.decide(old.id, { kind: 'superseded', by: next.id }, old.approval)
    await actAll(stage)
    expect(stage.ads.sent.map(({ change }) => change.lever.id)).toEqual(['11'])
  })

  test('a correction stands beside the day’s plan, and both are acted on', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([[A, '10', 80]])
    stage.wait(1000)
    await stage.plan([[A, '11', 180]], { occasion: 'correction' })
    await actAll(stage)
    expect(stage.ads.sent.map(({ change }) => change.lever.id).toSorted()).toEqual(['10', '11'])
  })

  test('in shadow records what it would have done, and sends and reserves nothing', async () => {
    const stage = await rig({ mode: 'shadow' })
    await stage.ready()
    const before = await stage.exposure(A)
    const header = await stage.plan([
      [A, '10', 80],
      [A, '11', 220],
    ])
    await actAll(stage)
    expect(stage.ads.sent).toEqual([])
    expect(await stage.exposure(A)).toBe(before)
    expect(await notes(stage)).toEqual(['10 shadowed: would be 80 EUR', '11 shadowed: would be 220 EUR'])
    expect((await stage.loop.money.intents(A, header.id)).map(({ outcome }) => outcome?.kind)).toEqual([
      'shadowed',
      'shadowed',
    ])
  })

  test.each(['observe', 'approve'] as const)('in %s sends nothing that nobody approved', async (mode) => {
    const stage = await rig({ mode })
    await stage.ready()
    await stage.plan([[A, '10', 80]])
    await actAll(stage)
    expect(stage.ads.sent).toEqual([])
  })

  test('in approve sends what a person approved', async () => {
    const stage = await rig({ mode: 'approve' })
    await stage.ready()
    const header = await stage.plan([[A, '10', 80]])
    await stage.loop.plans.decide(header.id, header.approval, { kind: 'approved', by: 'anna', at: stage.now() })
    expect(await dueMessages(stage.now(), stage.loop)).toContainEqual(
      expect.objectContaining({ stage: 'act', key: accountKey(A) }),
    )
    await actAll(stage)
    expect(stage.ads.sent).toHaveLength(1)
  })
})

describe('when a daily plan may be pushed', () => {
  const when = async (at: string, zone: string, occasion: 'daily' | 'correction' = 'daily'): Promise<boolean> => {
    const stage = await rig({ start: instant('2026-03-01T06:00:00Z'), policy: FLIGHT })
    await stage.ready()
    const header = await stage.plan([[A, '10', 80]], { occasion })
    return mayPushNow(header, stage.policy.policy, timeZone(zone), instant(at))
  }
  const FLIGHT = { flight: { from: '2026-03-01', to: '2026-03-31', total: '30000 EUR' } }

  test('from half an hour after the account’s midnight', async () => {
    expect(await when('2026-03-02T23:29:00Z', 'Europe/Berlin')).toBe(false)
    expect(await when('2026-03-02T23:30:00Z', 'Europe/Berlin')).toBe(true)
  })
  test('until the middle of the account’s day', async () => {
    expect(await when('2026-03-02T10:59:00Z', 'Europe/Berlin')).toBe(true)
    expect(await when('2026-03-02T11:00:00Z', 'Europe/Berlin')).toBe(false)
  })
  test('the middle of a day of 23 hours comes half an hour earlier', async () => {
    // 29 March 2026 begins at 23:00Z and lasts 23 hours: its middle is at 10:30Z.
    expect(await when('2026-03-29T10:29:00Z', 'Europe/Berlin')).toBe(true)
    expect(await when('2026-03-29T10:30:00Z', 'Europe/Berlin')).toBe(false)
  })
  test('around a midnight that the clocks jump over', async () => {
    // Cairo goes from 23:59:59 on 23 April 2026 to 01:00 on the 24th, at 22:00Z.
    expect(await when('2026-04-23T21:31:00Z', 'Africa/Cairo', 'correction')).toBe(false)
    expect(await when('2026-04-23T22:29:00Z', 'Africa/Cairo', 'correction')).toBe(false)
    expect(await when('2026-04-23T22:30:00Z', 'Africa/Cairo', 'correction')).toBe(true)
  })
  test('a correction goes at any hour but around midnight', async () => {
    expect(await when('2026-03-02T20:00:00Z', 'Europe/Berlin', 'correction')).toBe(true)
    expect(await when('2026-03-02T22:45:00Z', 'Europe/Berlin', 'correction')).toBe(false)
  })
})

describe('what is due at a tick', () => {
  test('names the same turns all through a period, so that late and repeated ticks do no harm', async () => {
    const stage = await rig()
    const first = await dueMessages(MORNING, stage.loop)
    expect(await dueMessages(later(MORNING, 14 * MINUTE_MS), stage.loop)).toEqual(first)
    expect(first.filter(({ stage: name }) => name === 'pull')).toHaveLength(2)
  })
  test('asks for the daily decision from 01:30 for six hours, and not after', async () => {
    const stage = await rig()
    const plans = async (at: string) =>
      (await dueMessages(instant(at), stage.loop)).filter(({ stage: name }) => name === 'plan').map(({ turn }) => turn)
    expect(await plans('2026-06-01T23:29:00Z')).toEqual([])
    expect(await plans('2026-06-01T23:30:00Z')).toEqual([instant('2026-06-01T23:30:00Z')])
    expect(await plans('2026-06-02T05:29:00Z')).toEqual([instant('2026-06-01T23:30:00Z')])
    expect(await plans('2026-06-02T05:30:00Z')).toEqual([])
  })
})
