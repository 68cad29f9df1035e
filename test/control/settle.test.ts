import { describe, expect, test } from 'vitest'
import { DEFAULT_TIMING, leaseMs } from '../../lib/control/loop.ts'
import { settle } from '../../lib/control/settle.ts'
import { verifyAccount } from '../../lib/control/verify.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { AlertId } from '../../lib/model/alert.ts'
import type { Outcome } from '../../lib/model/intent.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { EventMark, LeverState } from '../../lib/model/lever-state.ts'
import { addDays, dateAt, timeZone } from '../../lib/units/calendar.ts'
import { money } from '../../lib/units/money.ts'
import { closedDays } from '../simulation/closed-days.ts'
import { intercepted } from '../simulation/ports.ts'
import { A, daily, EUR, type Rig, rig, statusOf, targetOf } from '../simulation/rig.ts'
import { ACTIVE, cpa, entriesOf, PAUSED, pauseOf, stateAt, targetTo, withTarget } from './other-levers.ts'

const LEASE = leaseMs(DEFAULT_TIMING)
const worth = (micros: bigint) => ({ kind: 'money', amount: money(micros, EUR) }) as const
const BUDGET = daily(A, '10')

/** Budget 10 is to go from 100 to 120, the target of campaign 11 from 20 to 22, and campaign 12 to be paused; sent, no answer. */
async function sent(): Promise<Rig> {
  const stage = await withTarget()
  stage.ads.fate = () => 'late'
  await stage.plan([[A, '10', 120]], { settings: [targetTo('11', 20, 22)], occasion: 'correction' })
  await stage.run('act')
  return stage
}
async function pausing(more: Partial<LeverState> = {}): Promise<Rig> {
  const stage = await withTarget()
  stage.ads.fate = () => 'late'
  await stage.plan([], { settings: [pauseOf('12')], occasion: 'correction' })
  await stage.run('act')
  await withRecord(stage, statusOf(A, '12'), more)
  return stage
}

async function withRecord(stage: Rig, lever: typeof BUDGET, more: Partial<LeverState>): Promise<void> {
  const state = (await stateAt(stage, lever))!
  await stage.loop.money.commit({
    ...{ chain: accountKey(A), at: stage.now(), intents: [], token: 'a record' },
    levers: [{ next: { ...state, ...more, version: state.version + 1 }, expected: state.version }],
    entries: [
      {
        ...{ kind: 'observed', lever: leverKey(lever), from: '', to: '', resolution: 'for the test' },
        ...{ date: today(stage), deltaMicros: '0' },
      },
    ],
  })
}
const today = (stage: Rig) => dateAt(stage.now(), timeZone('Europe/Berlin'))

/** The record of a lever after the outcome of its push. */
async function settled(
  stage: Rig,
  outcome: Outcome,
  { lever = BUDGET, mayHaveApplied = false, factor = 2, loop = stage.loop } = {},
): Promise<LeverState> {
  const { pending } = (await stateAt(stage, lever))!
  const { intent } = (await stage.loop.money.intent(A, pending!.intent))!
  const steering = { version: stage.policy, factor, dayCap: undefined }
  const structure = (await stage.loop.facts.structure(A))!
  await settle([{ intent, outcome, ...(mayHaveApplied ? { mayHaveApplied } : {}) }], steering, structure, loop)
  return (await stateAt(stage, lever))!
}
const recordOf = async (stage: Rig, lever = BUDGET) => {
  const { pending } = (await stateAt(stage, lever))!
  return () => stage.loop.money.intent(A, pending!.intent)
}

const verified = (value: Extract<Outcome, { kind: 'already-there' }>['value']): Outcome => ({
  ...{ kind: 'applied', readback: { kind: 'verified', value } },
})
const mismatched = (value: Extract<Outcome, { kind: 'already-there' }>['value']): Outcome => ({
  ...{ kind: 'applied', readback: { kind: 'mismatched', value } },
})
const REFUSED: Outcome = { kind: 'refused', failure: { kind: 'rejected', code: 'NO', detail: 'not this one' } }

describe('what is settled', () => {
  test('is written with when, and what is not known is not', async () => {
    const stage = await sent()
    const record = await recordOf(stage)
    stage.wait(1000)
    await settled(stage, { kind: 'unknown', detail: 'still no answer' })
    expect(await record()).toMatchObject({ outcome: { detail: 'still no answer' } })
    expect(await record()).not.toHaveProperty('settledAt')
    await settled(stage, verified(worth(120_000_000n)))
    expect(await record()).toMatchObject({ settledAt: stage.now() })
  })

  test('says in the audit what was read', async () => {
    const stage = await sent()
    await settled(stage, verified(worth(120_000_000n)))
    expect(await entriesOf(stage)).toContainEqual(
      expect.objectContaining({ kind: 'settled', outcome: 'verified', detail: expect.stringMatching(/^reads 120/) }),
    )
  })

  test('waits for the day to be open where it counts more, and only there', async () => {
    const closed = ({ loop }: Rig) => closedDays(loop, 'accountDay')
    const stage = await sent()
    const drifted = (micros: bigint): Outcome => ({ kind: 'drifted', observed: worth(micros) })
    // A millionth above what is counted already, on a platform that spends no more than its budgets.
    const waits = await settled(stage, drifted(120_000_001n), { mayHaveApplied: true, factor: 1, loop: closed(stage) })
    expect(waits.pending).toBeDefined()
    const same = await settled(stage, drifted(120_000_000n), { mayHaveApplied: true, factor: 1, loop: closed(stage) })
    expect(same.pending).toBeUndefined()
  })
})

describe('a value that was read', () => {
  test('keeps its lever closed until the lease of a request that may still arrive is over', async () => {
    const settledAfter = async (ms: number) => {
      const stage = await sent()
      stage.wait(ms)
      return settled(stage, verified(worth(120_000_000n)), { mayHaveApplied: true })
    }
    expect(await settledAfter(LEASE - 1)).toHaveProperty('mayArriveUntil')
    expect(await settledAfter(LEASE)).not.toHaveProperty('mayArriveUntil')
    expect(await settled(await sent(), verified(worth(120_000_000n)))).not.toHaveProperty('mayArriveUntil')
  })

  test('and is not what was asked keeps it closed as long: a person may have set it, and the platform be yet to apply ours', async () => {
    const settledAfter = async (ms: number) => {
      const stage = await sent()
      stage.wait(ms)
      return settled(stage, mismatched(worth(130_000_000n)))
    }
    expect(await settledAfter(LEASE - 1)).toHaveProperty('mayArriveUntil')
    expect(await settledAfter(LEASE)).not.toHaveProperty('mayArriveUntil')
  })

  test('ends the mark of an event that its plan does not carry on; another value than was told says nothing of it', async () => {
    const event = { name: 'sale' } as EventMark
    const marked = async (outcome: Outcome) => {
      const stage = await sent()
      await withRecord(stage, BUDGET, { event })
      return settled(stage, outcome)
    }
    expect(await marked(verified(worth(120_000_000n)))).not.toHaveProperty('event')
    expect(await marked(mismatched(worth(130_000_000n)))).toMatchObject({ event })
  })
})

describe('a pause', () => {
  const STATUS = statusOf(A, '12')
  const other = 'b2b2b2b2' as AlertId

  test('is for the alert that it was made for, once it is there', async () => {
    const stage = await pausing()
    const { pending } = (await stateAt(stage, STATUS))!
    await withRecord(stage, STATUS, { pending: { ...pending!, pausesFor: other } })
    expect(await settled(stage, verified(PAUSED), { lever: STATUS })).toMatchObject({ pausedFor: other })
  })

  test('that was for an alert is nobody’s any more once something else was set, and stays its own where that is not there', async () => {
    const again = () => pausing({ pausedFor: other })
    expect(await settled(await again(), verified(PAUSED), { lever: STATUS })).not.toHaveProperty('pausedFor')
    expect(await settled(await again(), mismatched(ACTIVE), { lever: STATUS })).toMatchObject({ pausedFor: other })
  })

  test('is not asked about where something else was set', async () => {
    const stage = await sent()
    await withRecord(stage, BUDGET, { pausedFor: other })
    expect(await settled(stage, verified(worth(120_000_000n)))).toMatchObject({ pausedFor: other })
  })
})

describe('what was never applied', () => {
  test('is taken back from the day that it was reserved on', async () => {
    expect(await settled(await sent(), REFUSED)).toMatchObject({ dayHigh: cpa(100), known: cpa(100) })
  })

  test('leaves another day as it is', async () => {
    const stage = await sent()
    await withRecord(stage, BUDGET, { day: addDays(today(stage), -1) })
    expect(await settled(stage, REFUSED)).toMatchObject({ dayHigh: cpa(120) })
  })

  test('has no day’s highest where it is no budget', async () => {
    expect(await settled(await sent(), REFUSED, { lever: targetOf(A, '11') })).not.toHaveProperty('dayHigh')
  })
})

describe('verify', () => {
  test('settles as many as there are, in as many transactions as that takes', async () => {
    const ids = Array.from({ length: 26 }, (_, i) => String(100 + i))
    const stage = await rig({
      budgets: { '1': Object.fromEntries(ids.map((id) => [id, 10])) },
      ...{ cap: 20_000, portfolioCap: 20_000 },
    })
    await stage.ready()
    await stage.plan(ids.map((id) => [A, id, 9] as const))
    stage.ads.fate = () => 'late'
    for (let i = 0; i < 2; i++) {
      await stage.run('act')
      stage.wait(1000)
    }
    stage.ads.land()
    const calls: string[] = []
    const worker = intercepted(stage.worker('verifier'), async (name, effect) => {
      calls.push(name)
      return effect()
    })
    expect(await verifyAccount(A, worker)).toEqual({ pending: 26, settled: 26 })
    expect(calls.filter((call) => call === 'money.commit')).toHaveLength(2)
    for (const id of ids) expect(await stage.state(A, id)).toMatchObject({ known: cpa(9) })
    expect(await verifyAccount(A, stage.loop)).toEqual({ pending: 0 })
  })

  test('settles nothing of an account whose structure is not known', async () => {
    const stage = await sent()
    const { facts } = stage.loop
    const loop = { ...stage.loop, facts: { ...facts, structure: async () => undefined } }
    expect(await verifyAccount(A, loop)).toEqual({ pending: 0 })
    expect((await stateAt(stage, BUDGET))?.pending).toBeDefined()
  })
})
