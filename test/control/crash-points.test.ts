import { describe, expect, test } from 'vitest'
import { dailyPlanTurn } from '../../lib/control/dispatch.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { Stage } from '../../lib/model/turn.ts'
import { dateAt, HOUR_MS, instant, timeZone } from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { type Death, intercepted, runUntilDeath } from '../simulation/ports.ts'
import { A, B, euros, PORTFOLIO, type Rig, rig } from '../simulation/rig.ts'

const BERLIN = timeZone('Europe/Berlin')
/** 01:35 of the next day in Berlin. */
const NEXT_DECISION = instant('2026-06-02T23:35:00Z')

const turnOf = (stage: Stage, { now }: Rig, attempt = 0) => ({ stage, key: accountKey(A), turn: now(), attempt })

/** A plan with a cut and two raises on one account, ready to be acted on. */
async function threeLevers(): Promise<Rig> {
  const stage = await rig()
  await stage.ready()
  await stage.plan([
    [A, '10', 120],
    [A, '11', 160],
    [A, '12', 310],
  ])
  return stage
}

/** The whole of an act turn: the cut, then the raises. */
const actTwice = (stage: Rig) => async (loop: Loop) => {
  const turn = turnOf('act', stage)
  await runTurn(turn, loop)
  await runTurn({ ...turn, attempt: 1 }, loop)
}

/** What happens anyway after a worker died: the claim runs out, the next ticks verify, pull and act, the next day plans. */
async function lifeGoesOn(stage: Rig): Promise<void> {
  stage.wait(5 * 60_000)
  await stage.run('verify')
  await stage.run('act')
  stage.wait(60_000)
  await stage.run('act')
  stage.wait(HOUR_MS)
  await stage.run('verify')
  for (const account of [A, B]) await stage.run('pull', account)
  stage.wait(NEXT_DECISION - stage.now())
  for (const account of [A, B]) await stage.run('pull', account)
  await stage.run('plan')
  for (let i = 0; i < 3; i++) {
    stage.wait(60_000)
    for (const account of [A, B]) await stage.run('act', account)
  }
  await stage.run('verify')
}

async function unsettled({ loop, ads }: Rig): Promise<readonly string[]> {
  const found: string[] = []
  for (const own of ads.accounts.values())
    for (const { lever, pending, known } of (await loop.money.allLevers(own.account)).values()) {
      if (pending) found.push(`${lever.id} is pending`)
      const stands = ads.micros(own.account, lever.id)
      if (known.kind === 'money' && known.amount.micros !== stands)
        found.push(`${lever.id} is known at ${known.amount.micros} and stands at ${stands}`)
    }
  return found
}

/** Changes that were sent more than once within one day, on which each plan moves a budget at most once. */
const sentTwice = ({ ads }: Rig): readonly string[] => {
  const sent = ads.sent.map(({ at, change }) => `${dateAt(at, BERLIN)} ${change.lever.id}`)
  return sent.filter((one, i) => sent.indexOf(one) !== i)
}

describe('a worker that dies in the middle of an act turn', async () => {
  const whole = await threeLevers()
  const { calls } = await runUntilDeath(whole.worker('whole'), actTwice(whole), undefined)
  const deaths: Death[] = calls.flatMap((_, i) => [
    { call: i + 1, moment: 'before' },
    { call: i + 1, moment: 'after' },
  ])

  test('is watched at every call that it makes', () => {
    expect(calls.filter((call) => call === 'writer.apply')).toHaveLength(2)
    expect(calls.filter((call) => call === 'money.commit')).toHaveLength(4)
    expect(deaths.length).toBeGreaterThan(60)
  })

  test.each(deaths.map((death) => ({ ...death, name: calls[death.call - 1] })))(
    'dies $moment call $call, $name: everything settles, and no invariant breaks',
    async (death) => {
      const stage = await threeLevers()
      const { died } = await runUntilDeath(stage.worker('doomed'), actTwice(stage), death)
      expect(died).toBe(true)
      expect(await broken(stage)).toEqual([])
      await lifeGoesOn(stage)
      expect(await broken(stage)).toEqual([])
      expect(await unsettled(stage)).toEqual([])
      expect(sentTwice(stage)).toEqual([])
    },
  )

  test('and whose successor dies as well, at any two calls: the same holds', async () => {
    const money = calls.flatMap((call, i) => (/commit|apply|live/.test(call) ? [i + 1] : []))
    for (const first of money)
      for (const second of money) {
        const stage = await threeLevers()
        await runUntilDeath(stage.worker('first'), actTwice(stage), { call: first, moment: 'after' })
        stage.wait(5 * 60_000)
        await runUntilDeath(stage.worker('second'), actTwice(stage), { call: second, moment: 'before' })
        await lifeGoesOn(stage)
        expect([first, second, await broken(stage), await unsettled(stage)]).toEqual([first, second, [], []])
      }
  })

  test.each([1, 2, 3, 4])('whose answer to money commit %i is lost, applied: the same holds', async (nth) => {
    const stage = await threeLevers()
    let commits = 0
    const lossy = intercepted(stage.worker('lossy'), async (name, effect) => {
      const value = await effect()
      if (name === 'money.commit') commits += 1
      if (name === 'money.commit' && commits === nth) throw new Error('the connection was reset')
      return value
    })
    await expect(actTwice(stage)(lossy)).rejects.toThrow('reset')
    expect(await broken(stage)).toEqual([])
    await lifeGoesOn(stage)
    expect(await broken(stage)).toEqual([])
    expect(await unsettled(stage)).toEqual([])
    expect(sentTwice(stage)).toEqual([])
  })
})

describe('a worker that dies in the middle of a pull, a plan or a verify', async () => {
  /** An edit to find, a lost answer to settle, a decision to make. */
  async function busy(): Promise<Rig> {
    const stage = await threeLevers()
    stage.ads.fate = ({ lever }) => (lever.id === '11' ? 'lost-after' : 'applied')
    await stage.run('act')
    stage.ads.fate = () => 'applied'
    stage.ads.human(A, '12', euros(330).micros)
    stage.ads.human(B, '20', euros(5000).micros)
    stage.wait(HOUR_MS)
    return stage
  }
  const work = (stage: Rig) => async (loop: Loop) => {
    await runTurn(turnOf('pull', stage), loop)
    await runTurn({ ...turnOf('pull', stage), key: accountKey(B) }, loop)
    await runTurn(turnOf('verify', stage), loop)
    await runTurn({ ...turnOf('plan', stage), key: PORTFOLIO }, loop)
    const turn = dailyPlanTurn(stage.policy.policy, stage.now())
    await runTurn({ stage: 'plan', key: PORTFOLIO, turn, attempt: 0 }, loop)
  }
  const whole = await busy()
  const { calls } = await runUntilDeath(whole.worker('whole'), work(whole), undefined)

  test.each(calls.map((name, i) => ({ call: i + 1, name })))(
    'at call $call, $name: everything settles, and no invariant breaks',
    async ({ call }) => {
      for (const moment of ['before', 'after'] as const) {
        const stage = await busy()
        await runUntilDeath(stage.worker('doomed'), work(stage), { call, moment })
        expect(await broken(stage)).toEqual([])
        await lifeGoesOn(stage)
        expect(await broken(stage)).toEqual([])
        expect(await unsettled(stage)).toEqual([])
      }
    },
  )
})
