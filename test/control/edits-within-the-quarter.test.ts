import { describe, expect, test } from 'vitest'
import { dueMessages } from '../../lib/control/dispatch.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import { isUnresolved } from '../../lib/model/alert.ts'
import type { Drift } from '../../lib/model/lever-state.ts'
import { type Instant, instant, MINUTE_MS } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { A, euros, type Rig, rig } from '../simulation/rig.ts'

const QUARTER = 15 * MINUTE_MS

/** A cap of 3,000 on any budget; budget 10 stands at 2,800, and the day has room. */
const capped = async (more: object = {}): Promise<Rig> => {
  const stage = await rig({
    budgets: { '1': { '10': 2800, '11': 200 } },
    cap: 100_000,
    // The day's decision is long made: what happens here is corrections only.
    start: instant('2026-06-02T10:00:00Z'),
    portfolioCap: 100_000,
    policy: { guardrails: { maxDailyBudget: '3000 EUR' }, ...more },
  })
  await stage.ready()
  return stage
}

/**
 * What the schedule and the queue do at a tick: everything that is due, and all that it brings about.
 *
 * @returns how many alerts its turns say that they told
 */
async function tick(stage: Rig): Promise<number> {
  const due = await dueMessages(stage.now(), stage.loop)
  stage.queued.push(...due.filter((one) => one.stage !== 'score'))
  let n = 0
  let told = 0
  for (let next = stage.queued.shift(); next; next = stage.queued.shift()) {
    n += 1
    // Messages of one tick follow each other within seconds.
    stage.wait(1000)
    const result = await runTurn(next, stage.worker(`tick-${stage.now()}-${n}`))
    if (result.kind === 'ran') told += Number(result.summary.told ?? 0)
  }
  return told
}

/** Ticks as the schedule gives them, from now on. */
async function ticksFor(stage: Rig, minutes: number): Promise<number> {
  let told = 0
  const end = stage.now() + minutes * MINUTE_MS
  while (stage.now() < end) {
    const next = Math.min(end, (Math.floor(stage.now() / QUARTER) + 1) * QUARTER)
    stage.wait(next - stage.now())
    told += await tick(stage)
  }
  return told
}

const driftsOf = (stage: Rig): Promise<readonly Drift[]> => stage.loop.facts.drifts(A, 0 as Instant)
const alertsOf = async (stage: Rig) => (await stage.loop.alerts.all(A)).filter(({ rule }) => rule === 'outsideCaps')

describe('with a cap of 3,000, within a quarter of an hour', () => {
  test('10,000 that somebody types at the platform are back at the cap, and a person is told of the worst case', async () => {
    const stage = await capped()
    await ticksFor(stage, 20)
    stage.ads.human(A, '10', euros(10_000).micros, 'bob@agency.example')
    // The summary of a turn is what the alarm counts: a person is told by it, and once.
    expect(await ticksFor(stage, 15)).toBe(1)
    expect(stage.ads.micros(A, '10')).toBe(euros(3000).micros)
    expect(await driftsOf(stage)).toMatchObject([{ resolution: 'cut-back', actor: 'bob@agency.example' }])
    const [alert] = await alertsOf(stage)
    // The rig's platform may spend twice a budget in a day.
    expect(alert).toMatchObject({
      state: 'open',
      what: 'The budget of "campaign 10" stands at 10000.00 EUR, set by bob@agency.example, above the largest budget that the policy allows; at worst today costs 20000.00 EUR on this budget.',
      remedy: expect.stringContaining('It is being cut back to 3000.00 EUR'),
    })
    expect(await broken(stage)).toEqual([])
  })

  test('2,500 are adopted and kept', async () => {
    const stage = await capped()
    await ticksFor(stage, 20)
    stage.ads.human(A, '10', euros(2500).micros)
    await ticksFor(stage, 15)
    expect(await driftsOf(stage)).toMatchObject([{ resolution: 'adopt' }])
    await ticksFor(stage, 120)
    expect(stage.ads.micros(A, '10')).toBe(euros(2500).micros)
    expect(await alertsOf(stage)).toEqual([])
  })

  test('in approve mode nothing is pushed without a person, who is told to approve the cut', async () => {
    const stage = await capped({ mode: 'approve' })
    await ticksFor(stage, 20)
    stage.ads.human(A, '10', euros(10_000).micros)
    await ticksFor(stage, 15)
    expect(stage.ads.micros(A, '10')).toBe(euros(10_000).micros)
    const [alert] = await alertsOf(stage)
    expect(alert?.remedy).toContain('approve the plan that cuts it back to 3000.00 EUR')
    const [plan] = await stage.loop.plans.recent(stage.policy.policy.portfolio, 1)
    expect(plan).toMatchObject({ occasion: 'correction', approval: { kind: 'pending' }, counts: { cuts: 1 } })
  })

  test('the alert is told once, and over when the budget has been back for a while', async () => {
    const stage = await capped()
    await ticksFor(stage, 20)
    stage.ads.human(A, '10', euros(10_000).micros)
    await ticksFor(stage, 120)
    const alerts = await alertsOf(stage)
    expect(alerts).toHaveLength(1)
    expect(alerts.filter(isUnresolved)).toEqual([])
  })
})

describe('the look of verify', () => {
  const requests = (stage: Rig) => stage.queued.filter(({ stage: name }) => name === 'pull')

  test('asks for a pull where a budget stands elsewhere than it is known to, and only there', async () => {
    const stage = await capped()
    stage.wait(QUARTER)
    await stage.run('verify')
    expect(requests(stage)).toEqual([])
    stage.ads.human(A, '11', euros(210).micros)
    stage.wait(QUARTER)
    await stage.run('verify')
    expect(requests(stage)).toEqual([{ stage: 'pull', key: accountKey(A), turn: stage.now(), attempt: 0 }])
  })

  test('does not ask again what a pull has read just now, and does not fail with the platform', async () => {
    const stage = await capped()
    stage.ads.human(A, '11', euros(210).micros)
    await stage.run('verify')
    expect(requests(stage)).toEqual([])
    stage.ads.trouble = () => ({ kind: 'transient', detail: 'down' })
    stage.wait(QUARTER)
    expect(await stage.run('verify')).toMatchObject({ kind: 'ran', summary: { why: 'transient: down' } })
  })
})
