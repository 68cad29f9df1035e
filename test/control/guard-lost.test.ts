import { describe, expect, test } from 'vitest'
import { MINUTE_MS } from '../../lib/units/calendar.ts'
import { A, type Rig, statusOf } from '../simulation/rig.ts'
import { budget, only, PAUSING, quarter, RUNAWAY, spending } from './guard-stage.ts'

const steps = async (stage: Rig) => (await only(stage)).acts.map(({ step, became }) => [step, became])

describe('what the guard did, and what came of it', () => {
  test('is told when it is known: before that it is only to be done', async () => {
    const stage = await spending(RUNAWAY)
    await quarter(stage)
    expect((await only(stage)).acts).toMatchObject([{ detail: '"budget 10": to be cut from 100.00 EUR to 50.00 EUR' }])
    await stage.run('act')
    await quarter(stage)
    expect((await only(stage)).acts).toMatchObject([
      { became: 'done', detail: '"budget 10": to be cut from 100.00 EUR to 50.00 EUR: done (1 of 1)' },
    ])
  })

  test('a cut that the platform refuses is told so, and the pause comes next without another cut', async () => {
    const stage = await spending(RUNAWAY, PAUSING)
    stage.ads.fate = ({ lever }) => (lever.kind === 'status' ? 'applied' : 'refused')
    for (let i = 0; i < 2; i++) {
      await quarter(stage)
      await stage.run('act')
    }
    expect(await steps(stage)).toEqual([
      ['floor', 'lost'],
      ['pause', undefined],
    ])
    expect((await only(stage)).acts[0]?.detail).toMatch(/not done: the platform refused it/)
    expect(stage.ads.valueOf(statusOf(A, '10'))).toEqual({ kind: 'status', status: 'paused' })
  })

  test('a cut that is dropped before it is sent is not tried for ever', async () => {
    const stage = await spending(RUNAWAY, PAUSING)
    await quarter(stage)
    // Somebody moves it between the guard's turn and the push.
    stage.ads.human(A, '10', 90_000_000n)
    await stage.run('act')
    await quarter(stage)
    expect(await steps(stage)).toEqual([
      ['floor', 'lost'],
      ['pause', undefined],
    ])
  })

  test('a cut whose outcome nobody knows after half an hour does not keep the pause waiting', async () => {
    const stage = await spending(RUNAWAY, PAUSING)
    stage.ads.fate = ({ lever }) => (lever.kind === 'status' ? 'applied' : 'late')
    await quarter(stage)
    await stage.run('act')
    for (let i = 0; i < 2; i++) await quarter(stage)
    expect((await steps(stage)).map(([step]) => step)).toEqual(['floor', 'pause'])
  })

  test('a pause that was refused is no pause: the alert is over by itself, and nothing is there to be resumed', async () => {
    const stage = await spending(RUNAWAY, PAUSING)
    stage.ads.fate = () => 'refused'
    for (let i = 0; i < 2; i++) {
      await quarter(stage)
      await stage.run('act')
    }
    stage.spent = {}
    for (let i = 0; i < 4; i++) await quarter(stage)
    expect(await only(stage)).toMatchObject({ state: 'resolved', by: 'guard' })
  })
})

describe('a budget that is read a hundred times what it was', () => {
  test('is cut by the guard all the same, and to a share of what it was', async () => {
    const stage = await spending(RUNAWAY)
    stage.ads.accounts.get('scripted:1')!.budgets.get('10')!.micros = 10_000_000_000n
    stage.wait(MINUTE_MS)
    await stage.run('pull')
    expect((await stage.state(A, '10')).doubted).toBeDefined()
    stage.wait(24 * 60 * MINUTE_MS)
    await stage.ready()
    await quarter(stage)
    await stage.run('act')
    expect(budget(stage, '10')).toBe(50_000_000n)
    expect((await stage.state(A, '10')).doubted).toBeUndefined()
  })
})
