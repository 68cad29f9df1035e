import { describe, expect, test } from 'vitest'
import { DEFAULT_TIMING, leaseMs } from '../../lib/control/loop.ts'
import { DayNotOpen, reserve } from '../../lib/control/reserve.ts'
import { steeringOf } from '../../lib/control/steering.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { AlertId } from '../../lib/model/alert.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { ChangeDecision, PlanHeader } from '../../lib/model/plan.ts'
import { dateAt, later, MINUTE_MS, timeZone } from '../../lib/units/calendar.ts'
import { closedDays } from '../simulation/closed-days.ts'
import { A, daily, type Move, type PlanOptions, type Rig, rig, statusOf } from '../simulation/rig.ts'
import { pauseOf, stateAt, targetTo, withTarget } from './other-levers.ts'

const { runLimitMs, clockSkewMs } = DEFAULT_TIMING

/** A plan's changes in one chunk, whatever their phases. */
interface Asked {
  readonly header: PlanHeader
  readonly changes: readonly ChangeDecision[]
}

async function askedOf(stage: Rig, moves: readonly Move[], options: PlanOptions = {}): Promise<Asked> {
  const header = await stage.plan(moves, { occasion: 'correction', ...options })
  const { account, chunks } = header.accounts[0]!
  const changes = await Promise.all(chunks.map((_, i) => stage.loop.plans.chunk(header, account, i)))
  return { header, changes: changes.flatMap((chunk) => chunk.changes) }
}

/** Reserves for the first chunk of a plan, `agoMs` after its run began. */
async function reserved(stage: Rig, { header, changes }: Asked, agoMs = 0, loop = stage.loop) {
  const structure = (await stage.loop.facts.structure(A))!
  const steering = steeringOf(stage.policy, [stage.policy], A, loop)
  const chunk = { ...(await loop.plans.chunk(header, accountKey(A), 0)), changes }
  const next = { header, chunk, progress: undefined, since: later(stage.now(), -agoMs) }
  return reserve(next, steering, structure, loop)
}

async function withRecord(stage: Rig, budget: string, more: Partial<LeverState>): Promise<void> {
  const state = await stage.state(A, budget)
  const next = { ...state, ...more, version: state.version + 1 }
  await stage.loop.money.commit({
    ...{ chain: accountKey(A), at: stage.now(), intents: [], token: `record of ${budget}` },
    levers: [{ next, expected: state.version }],
    entries: [
      {
        ...{ kind: 'observed', lever: leverKey(state.lever), from: '', to: '', resolution: 'for the test' },
        ...{ date: dateAt(stage.now(), timeZone('Europe/Berlin')), deltaMicros: '0' },
      },
    ],
  })
}

const ready = async (): Promise<Rig> => {
  const stage = await rig()
  await stage.ready()
  return stage
}
const forAlert = ({ header, changes }: Asked): Asked => ({
  header,
  changes: changes.map((one) => ({ ...one, alert: 'a1' as AlertId })),
})

describe('a chunk', () => {
  test('is reserved by the first worker who comes, and by the second nothing at all', async () => {
    const stage = await ready()
    const asked = await askedOf(stage, [[A, '10', 80]])
    expect((await reserved(stage, asked)).reserved).toHaveLength(1)
    expect(await reserved(stage, asked)).toEqual({ reserved: [], there: 0 })
  })

  test('is reserved as long as a run may last, and not a millisecond longer', async () => {
    const stage = await ready()
    const asked = await askedOf(stage, [[A, '10', 80]])
    await expect(reserved(stage, asked, runLimitMs + 1)).rejects.toThrow('nothing reserved: the run has lasted')
    expect((await reserved(stage, asked, runLimitMs)).reserved).toHaveLength(1)
  })
})

test('nothing is reserved where the platform shows another value than the plan started from, or none', async () => {
  const stage = await ready()
  const asked = await askedOf(stage, [
    [A, '10', 80],
    [A, '11', 180],
    [A, '12', 280],
  ])
  stage.ads.human(A, '10', 120_000_000n)
  stage.ads.accounts.get(accountKey(A))!.budgets.get('11')!.status = 'removed'
  expect((await reserved(stage, asked)).reserved.map(({ change }) => change.lever.id)).toEqual(['12'])
})

describe('a hold since a plan was made', () => {
  /** What is reserved for a plan made so long after budget 10 was put on hold. */
  async function madeAfter(ms: number, occasion: 'correction' | 'rollback'): Promise<number> {
    const stage = await ready()
    await withRecord(stage, '10', {
      hold: { until: later(stage.now(), 60 * MINUTE_MS), since: stage.now(), reason: 'by hand' },
    })
    stage.wait(ms)
    const { header, changes } = await askedOf(stage, [[A, '10', 80]])
    return (await reserved(stage, { header: { ...header, occasion }, changes })).reserved.length
  }

  test('counts as one for as long as a run may last and clocks may differ: a pull puts it on late', async () => {
    expect(await madeAfter(runLimitMs + clockSkewMs - 1, 'correction')).toBe(0)
    expect(await madeAfter(runLimitMs + clockSkewMs, 'correction')).toBe(1)
  })

  test('a person may roll back what was held just so: then for as long as clocks may differ', async () => {
    expect(await madeAfter(clockSkewMs - 1, 'rollback')).toBe(0)
    expect(await madeAfter(clockSkewMs, 'rollback')).toBe(1)
  })
})

describe('on a day that is not open in the ledger', () => {
  test('of the account, a chunk of pauses goes, and no other', async () => {
    const stage = await withTarget()
    const asked = forAlert(await askedOf(stage, [[A, '10', 80]], { settings: [pauseOf('12')] }))
    const closed = closedDays(stage.loop, 'accountDay')
    const only = (kind: string): Asked => ({
      ...asked,
      changes: asked.changes.filter(({ change }) => change.lever.kind === kind),
    })
    await expect(reserved(stage, asked, 0, closed)).rejects.toThrow(DayNotOpen)
    await expect(reserved(stage, only('daily-budget'), 0, closed)).rejects.toThrow(DayNotOpen)
    expect((await reserved(stage, only('status'), 0, closed)).reserved.map(({ change }) => change.lever)).toEqual([
      statusOf(A, '12'),
    ])
  })

  test('of the portfolio, a chunk of cuts goes, and no other', async () => {
    const stage = await ready()
    const asked = await askedOf(stage, [
      [A, '10', 80],
      [A, '11', 210],
    ])
    const closed = closedDays(stage.loop, 'portfolioDay')
    const only = (id: string): Asked => ({
      ...asked,
      changes: asked.changes.filter(({ change }) => change.lever.id === id),
    })
    await expect(reserved(stage, asked, 0, closed)).rejects.toThrow(DayNotOpen)
    await expect(reserved(stage, only('11'), 0, closed)).rejects.toThrow(DayNotOpen)
    expect((await reserved(stage, only('10'), 0, closed)).reserved).toHaveLength(1)
  })
})

describe('what is reserved', () => {
  test('waits until what had no answer can arrive no more', async () => {
    for (const [until, count] of [
      [1, 0],
      [0, 1],
    ] as const) {
      const stage = await ready()
      await withRecord(stage, '10', { mayArriveUntil: later(stage.now(), until) })
      expect((await reserved(stage, await askedOf(stage, [[A, '10', 80]]))).reserved).toHaveLength(count)
    }
  })

  test('is counted among the day’s writes', async () => {
    const stage = await ready()
    await reserved(stage, await askedOf(stage, [[A, '10', 80]]))
    expect((await stage.state(A, '10')).writes).toBe(1)
    const day = dateAt(stage.now(), timeZone('Europe/Berlin'))
    await withRecord(stage, '11', { day, writes: 2 })
    await reserved(stage, await askedOf(stage, [[A, '11', 180]]))
    expect((await stage.state(A, '11')).writes).toBe(3)
  })

  test('is known as the guard’s where it is a pause, and only there', async () => {
    const stage = await withTarget()
    await reserved(stage, forAlert(await askedOf(stage, [[A, '10', 80]], { settings: [pauseOf('12')] })))
    expect((await stateAt(stage, statusOf(A, '12')))?.pending?.pausesFor).toBe('a1')
    expect((await stateAt(stage, daily(A, '10')))?.pending).not.toHaveProperty('pausesFor')
  })

  test('begins the record of a setting, as it stood and as nobody’s of ours', async () => {
    const stage = await withTarget()
    const asked = await askedOf(stage, [], { settings: [targetTo('11', 20, 22)] })
    const [intent] = (await reserved(stage, asked)).reserved
    const { lever, from, to } = asked.changes[0]!.change
    expect((await stage.loop.money.levers(A, [leverKey(lever)])).get(leverKey(lever))).toMatchObject({
      ...{ version: 1, known: from, knownAt: stage.now(), ours: false, idle: false },
      pending: { intent: intent!.id, to, leaseUntil: later(stage.now(), leaseMs(DEFAULT_TIMING)) },
    })
  })
})
