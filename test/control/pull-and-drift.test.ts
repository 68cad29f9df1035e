import { describe, expect, test } from 'vitest'
import { runTurn } from '../../lib/control/turn.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { Drift } from '../../lib/model/lever-state.ts'
import {
  addDays,
  DAY_MS,
  dateAt,
  daysBetween,
  HOUR_MS,
  type Instant,
  later,
  MINUTE_MS,
} from '../../lib/units/calendar.ts'
import { broken } from '../simulation/invariants.ts'
import { intercepted } from '../simulation/ports.ts'
import { A, B, euros, type Rig, rig } from '../simulation/rig.ts'

const micros = (units: number): bigint => euros(units).micros
const ALWAYS = 0 as Instant
const TODAY = '2026-06-02'

async function pullLater(stage: Rig, account = A, ms = MINUTE_MS): Promise<void> {
  stage.wait(ms)
  await stage.run('pull', account)
}

const driftsOf = (stage: Rig): Promise<readonly Drift[]> => stage.loop.facts.drifts(A, ALWAYS)

/** Runs what the stages announced, and what that announces, until nothing is left. */
async function drain(stage: Rig): Promise<void> {
  for (let next = stage.queued.shift(); next; next = stage.queued.shift()) {
    await runTurn(next, stage.worker(`drain-${next.stage}-${next.attempt}`))
    if (next.stage === 'plan') await actBoth(stage)
  }
}

async function actBoth(stage: Rig): Promise<void> {
  for (const account of [A, B]) {
    stage.wait(1000)
    await stage.run('act', account)
  }
}

describe('a pull', () => {
  const days = (stage: Rig) =>
    stage.ads.asked
      .filter(({ account, grain }) => account === accountKey(A) && grain === 'day')
      .map(({ from, to }) => [daysBetween(from, TODAY as never), daysBetween(to, TODAY as never)])

  test('reads 90 days the first time, the same day no more, and from then on what may still be restated', async () => {
    const stage = await rig()
    await stage.run('pull')
    await pullLater(stage)
    expect(days(stage)).toEqual([[90, 1]])
    stage.ads.asked.length = 0
    await pullLater(stage, A, DAY_MS)
    // A click window of 7 days and the day itself: 26 May to 2 June, seen from the 3rd.
    expect(days(stage)).toEqual([[7, 0]])
  })

  test('reads back over every day that it missed', async () => {
    const stage = await rig()
    await stage.run('pull')
    stage.ads.asked.length = 0
    await pullLater(stage, A, 20 * DAY_MS)
    // And as deep as the platform restates, 28 days: 25 May to 21 June.
    expect(days(stage)).toEqual([[8, -19]])
  })

  test('looks back once a week as far as the platform restates, and notes how far back it looked', async () => {
    const stage = await rig()
    await stage.run('pull')
    stage.ads.asked.length = 0
    for (let day = 0; day < 8; day += 1) await pullLater(stage, A, DAY_MS)
    const back = days(stage).map(([from = 0, to = 0]) => from - to + 1)
    expect(back).toEqual([8, 8, 8, 8, 8, 8, 28, 8])
    const status = await stage.loop.facts.pullStatus(A)
    expect(status).toMatchObject({ followedDays: 8, deepReadOn: [TODAY, addDays(TODAY as never, 7)] })
  })

  test('keeps what it knows of its depth when it reads no day again', async () => {
    const stage = await rig()
    await stage.run('pull')
    const before = await stage.loop.facts.pullStatus(A)
    await pullLater(stage)
    const { historyAt, historyTo, followedDays, deepReadOn } = (await stage.loop.facts.pullStatus(A))!
    expect({ historyAt, historyTo, followedDays, deepReadOn }).toEqual({
      historyAt: before!.historyAt,
      historyTo: before!.historyTo,
      followedDays: 8,
      deepReadOn: [TODAY],
    })
  })

  test.each(['structure', 'performance', 'changes'])(
    'whose %s cannot be read stores nothing as if it were whole',
    async (method) => {
      const stage = await rig()
      await stage.ready()
      const before = await stage.loop.facts.pullStatus(A)
      const structure = await stage.loop.facts.structure(A)
      stage.ads.human(A, '10', micros(110))
      stage.wait(DAY_MS)
      stage.ads.trouble = (asked) =>
        asked === method ? { kind: 'unreadable', detail: 'the report ends in the middle' } : undefined
      await expect(stage.run('pull')).rejects.toThrow('unreadable: the report ends in the middle')
      expect(await stage.loop.facts.pullStatus(A)).toEqual(before)
      expect(await stage.loop.facts.structure(A)).toEqual(structure)
      stage.ads.trouble = () => undefined
      await pullLater(stage)
      expect((await stage.loop.facts.pullStatus(A))?.historyTo).toBe(TODAY)
    },
  )

  test('stores spend of the account that no campaign explains, and planning stops on it', async () => {
    const stage = await rig()
    stage.ads.accounts.get(accountKey(A))!.unexplained = micros(100)
    await stage.ready()
    const status = await stage.loop.facts.pullStatus(A)
    expect(status?.unexplainedMicros.get(addDays(TODAY as never, -1))).toBe(micros(100))
    await stage.run('plan')
    expect(await reasons(stage)).toMatchObject({ '10': 'unreconciled-data', '20': expect.not.stringMatching('data') })
  })

  test('that fails for hours leaves the levers where they are: the data is stale', async () => {
    const stage = await rig()
    await stage.ready()
    stage.ads.trouble = (_, account) =>
      account.id === '1' ? { kind: 'transient', detail: 'the platform is down' } : undefined
    stage.wait(DAY_MS - 2 * HOUR_MS)
    await expect(stage.run('pull', A)).rejects.toThrow('the platform is down')
    await stage.run('pull', B)
    await stage.run('plan')
    expect(await reasons(stage)).toMatchObject({ '10': 'stale-data', '20': expect.not.stringMatching('stale') })
  })

  test('an expired token is told as such, and is never taken for an account without spend', async () => {
    const stage = await rig()
    await stage.ready()
    stage.ads.trouble = () => ({ kind: 'unauthorised', detail: 'the token has expired: sign in again' })
    const intraday = await stage.loop.facts.intraday(A, TODAY as never)
    await expect(pullLater(stage)).rejects.toThrow('unauthorised: the token has expired: sign in again')
    expect(await stage.loop.facts.intraday(A, TODAY as never)).toEqual(intraday)
  })
})

async function reasons(stage: Rig): Promise<Record<string, string>> {
  const [header] = await stage.loop.plans.recent(stage.policy.policy.portfolio, 1)
  const decisions = await stage.loop.plans.decisions(header!)
  return Object.fromEntries(
    decisions.map((one) => (one.kind === 'hold' ? [one.lever.id, one.reason] : [one.change.lever.id, 'change'])),
  )
}

describe('drift', () => {
  test('our own changes are none', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([[A, '10', 120]])
    await stage.run('act')
    await pullLater(stage)
    expect(await driftsOf(stage)).toEqual([])
    expect(await stage.state(A, '10')).toMatchObject({ ours: true, known: { amount: euros(120) } })
  })

  test('our own changes are none also when a pull looked before the push and writes after it', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([[A, '10', 120]])
    stage.wait(MINUTE_MS)
    const slow = intercepted(stage.worker('slow pull'), async (name, effect) => {
      const value = await effect()
      if (name === 'reader.structure') {
        stage.wait(1000)
        await stage.run('act')
        stage.wait(1000)
      }
      return value
    })
    await runTurn({ stage: 'pull', key: accountKey(A), turn: stage.now(), attempt: 0 }, slow)
    expect(stage.ads.micros(A, '10')).toBe(micros(120))
    expect(await driftsOf(stage)).toEqual([])
    expect(await stage.state(A, '10')).toMatchObject({ known: { amount: euros(120) } })
    expect((await stage.state(A, '10')).hold).toBeUndefined()
    await pullLater(stage)
    expect(await driftsOf(stage)).toEqual([])
  })

  test('inside the caps it is adopted, held, and told with who did it and when', async () => {
    const stage = await rig()
    await stage.ready()
    stage.wait(MINUTE_MS)
    const at = stage.now()
    stage.ads.human(A, '10', micros(110), 'bob@agency.example')
    await pullLater(stage)
    expect(await driftsOf(stage)).toEqual([
      {
        lever: expect.objectContaining({ id: '10' }),
        lastKnown: { kind: 'money', amount: euros(100) },
        observed: { kind: 'money', amount: euros(110) },
        seenAt: stage.now(),
        actor: 'bob@agency.example',
        changedAt: at,
        resolution: 'adopt',
        detail: 'inside the caps: left alone for 7 days',
      },
    ])
    expect((await stage.state(A, '10')).hold).toEqual({
      until: stage.now() + 7 * DAY_MS,
      reason: 'somebody set this budget by hand',
    })
    const entries = (await Array.fromAsync(stage.loop.audit.records(accountKey(A)))).flatMap((one) => one.entries)
    expect(entries).toContainEqual(expect.objectContaining({ kind: 'observed', actor: 'bob@agency.example' }))
  })

  test('is told once, however often it is pulled', async () => {
    const stage = await rig()
    await stage.ready()
    stage.ads.human(A, '10', micros(110))
    for (let i = 0; i < 3; i++) await pullLater(stage)
    expect(await driftsOf(stage)).toHaveLength(1)
  })

  test('outside the caps it is cut back by a correction within the hour', async () => {
    const stage = await rig()
    await stage.ready()
    stage.wait(MINUTE_MS)
    stage.ads.human(A, '10', micros(10_000))
    await pullLater(stage, A, HOUR_MS)
    expect(await driftsOf(stage)).toMatchObject([{ resolution: 'cut-back', actor: 'anna@shop.example' }])
    await drain(stage)
    // Ten thousand is an error and says nothing of what was meant: back to what was there with a day's usual room.
    expect(stage.ads.micros(A, '10')).toBe(micros(120))
    expect((await stage.state(A, '10')).cutBackTo).toBeUndefined()
    expect(await stage.exposure(A)).toBe(micros(20_000 + 1000))
    expect(await broken(stage)).toEqual([])
  })

  test('the order to cut back stands when the same hand moves it again without going back inside', async () => {
    const stage = await rig()
    await stage.ready()
    stage.ads.human(A, '10', micros(10_000))
    await pullLater(stage)
    stage.ads.human(A, '10', micros(9_000))
    await pullLater(stage)
    expect((await stage.state(A, '10')).cutBackTo).toEqual({ kind: 'money', amount: euros(120) })
    await drain(stage)
    expect(stage.ads.micros(A, '10')).toBe(micros(120))
  })

  test('and falls when the hand itself goes back inside', async () => {
    const stage = await rig()
    await stage.ready()
    stage.ads.human(A, '10', micros(10_000))
    await pullLater(stage)
    stage.queued.length = 0
    stage.ads.human(A, '10', micros(105))
    await pullLater(stage)
    expect((await stage.state(A, '10')).cutBackTo).toBeUndefined()
    expect(stage.queued).toEqual([])
  })

  test('a cut back that is refused is asked for again at every pull until it is met', async () => {
    const stage = await rig()
    await stage.ready()
    stage.ads.human(A, '10', micros(10_000))
    stage.ads.fate = () => 'refused'
    await pullLater(stage)
    await drain(stage)
    expect(stage.ads.micros(A, '10')).toBe(micros(10_000))
    stage.ads.fate = () => 'applied'
    await pullLater(stage, A, HOUR_MS)
    await drain(stage)
    expect(stage.ads.micros(A, '10')).toBe(micros(120))
    expect(await broken(stage)).toEqual([])
  })

  test('where the policy says reassert, the budget is not held', async () => {
    const stage = await rig({ policy: { drift: { insideCaps: 'reassert' } } })
    await stage.ready()
    stage.ads.human(A, '10', micros(110))
    await pullLater(stage)
    expect(await driftsOf(stage)).toMatchObject([{ resolution: 'reassert' }])
    expect((await stage.state(A, '10')).hold).toBeUndefined()
  })

  test('a plan that is applied after the account moved leaves what moved alone', async () => {
    const stage = await rig()
    await stage.ready()
    await stage.plan([
      [A, '10', 80],
      [A, '11', 180],
    ])
    stage.ads.human(A, '10', micros(110))
    await pullLater(stage)
    await stage.run('act')
    expect(stage.ads.sent.map(({ change }) => change.lever.id)).toEqual(['11'])
    expect(stage.ads.micros(A, '10')).toBe(micros(110))
    expect(await broken(stage)).toEqual([])
  })
})

describe('exchange rates', () => {
  test('a missing one stops the plan with what to do about it; nothing is planned, nothing is sent', async () => {
    const stage = await rig({ currencies: { '2': 'USD' } })
    for (const account of [A, B]) await stage.run('pull', account)
    await expect(stage.run('plan')).rejects.toThrow(
      `exchange rate USD→EUR for ${TODAY}: there is none; fetch the bank's with "sluice rates fetch", or add one to the rates file`,
    )
    expect(await stage.loop.plans.recent(stage.policy.policy.portfolio, 1)).toEqual([])
    await actBoth(stage)
    expect(stage.ads.sent).toEqual([])
  })

  test('one that is too old stops the plan as well', async () => {
    const stage = await rig({
      currencies: { '2': 'USD' },
      rates: (from, to) => ({ from, to, date: '2026-05-27', microsPerUnit: 900_000n }) as never,
    })
    for (const account of [A, B]) await stage.run('pull', account)
    await expect(stage.run('plan')).rejects.toThrow(
      'the newest is of 2026-05-27, 6 days old where maxRateAgeDays allows 5',
    )
  })

  test('an account of the policy that was never pulled stops the plan', async () => {
    const stage = await rig()
    await stage.run('pull', A)
    await expect(stage.run('plan')).rejects.toThrow('account scripted:2 has not been pulled yet: run a pull first')
  })
})

describe('work per turn', () => {
  test('a pull of an account that did not change writes no money record', async () => {
    const stage = await rig()
    await stage.ready()
    stage.wait(MINUTE_MS)
    const calls: string[] = []
    const loop = intercepted(stage.worker('pull'), (name, effect) => {
      calls.push(name)
      return effect()
    })
    await runTurn({ stage: 'pull', key: accountKey(A), turn: stage.now(), attempt: 0 }, loop)
    expect(calls).not.toContain('money.commit')
    expect(dateAt(stage.now(), stage.policy.policy.zone)).toBe(TODAY)
  })

  test('a pull of 3,000 new budgets writes them 25 at a time', async () => {
    const budgets = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [String(10_000 + i), 10]))
    const stage = await rig({ budgets: { '1': budgets } })
    let commits = 0
    const loop = intercepted(stage.worker('pull'), (name, effect) => {
      if (name === 'money.commit') commits += 1
      return name === 'reader.performance' ? Promise.resolve(EMPTY(stage)) : effect()
    })
    await runTurn({ stage: 'pull', key: accountKey(A), turn: stage.now(), attempt: 0 }, loop)
    expect(commits).toBe(1 + 3000 / 25)
    expect(await stage.exposure(A)).toBe(micros(60_000))
  })
})

const EMPTY = (stage: Rig) => ({ account: A, query: {}, rows: [], accountSpend: new Map(), readAt: stage.now() })

test('what a worker whose clock is behind pushed while a pull read is not taken for older than the reading', async () => {
  const stage = await rig()
  await stage.ready()
  stage.wait(HOUR_MS)
  await stage.plan([[A, '10', 120]])
  const behind = { ...stage.worker('behind'), clock: { ...stage.loop.clock, now: () => later(stage.now(), -1_900) } }
  let pushed: unknown
  const pulling = intercepted(stage.worker('pulling'), async (call, proceed) => {
    if (call === 'reader.changes')
      pushed = await runTurn({ stage: 'act', key: accountKey(A), turn: stage.now(), attempt: 0 }, behind)
    return proceed()
  })
  await runTurn({ stage: 'pull', key: accountKey(A), turn: stage.now(), attempt: 0 }, pulling)
  expect(pushed).toMatchObject({ summary: { verified: 1 } })
  expect((await stage.state(A, '10')).known).toEqual({ kind: 'money', amount: euros(120) })
})
