import { describe, expect, test } from 'vitest'
import { dailyPlanTurn, dailyScoreTurn, dueMessages } from '../../lib/control/dispatch.ts'
import { scoreOutlook, scorePortfolio } from '../../lib/control/score.ts'
import { runTurn } from '../../lib/control/turn.ts'
import { type AccountRef, accountKey } from '../../lib/model/account.ts'
import { hashOf } from '../../lib/model/canonical.ts'
import type { Decision, Plan, PlanId, Prediction } from '../../lib/model/plan.ts'
import type { Score } from '../../lib/model/score.ts'
import { type AccountDate, accountDate, DAY_MS, HOUR_MS, instant, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { type Death, runUntilDeath } from '../simulation/ports.ts'
import { A, B, daily, euros, MORNING, PORTFOLIO, type Rig, rig } from '../simulation/rig.ts'

/** Budget 10 spends its 100 and brings 100 ÷ 7, rounded, every day: 14. */
const A_DAY = 14

/** Three days from 2 June for 300, and the 42 conversions that they are going to bring. */
const RIGHT: Prediction = {
  from: accountDate('2026-06-02'),
  days: 3,
  spend: 300,
  conversions: { mean: 3 * A_DAY, low: 30, high: 54 },
}
const WRONG: Prediction = { ...RIGHT, conversions: { mean: 80, low: 70, high: 90 } }

const hold = (budget: string, prediction?: Prediction, account: AccountRef = A): Decision => ({
  kind: 'hold',
  lever: daily(account, budget),
  name: `budget ${budget}`,
  value: { kind: 'money', amount: euros(100) },
  reason: 'within-deadband',
  detail: '',
  ...(prediction ? { prediction } : {}),
})

/** Stores a plan as of now. */
async function predict(stage: Rig, decisions: readonly Decision[], occasion: Plan['occasion'] = 'daily') {
  const terms = {
    portfolio: PORTFOLIO,
    mode: 'auto',
    madeAt: stage.now(),
    expiresAt: later(stage.now(), DAY_MS),
    policyVersion: stage.policy.version,
    inputsHash: 'none',
    rates: [],
    dayTarget: euros(1000),
    marginalReturn: 0,
    netGrowth: euros(0),
    occasion,
    proposedCaps: [],
    decisions,
  } as const
  const plan: Plan = { ...terms, id: hashOf(terms).slice(0, 24) as PlanId }
  await stage.loop.plans.put(plan, { kind: 'pending' })
  return plan
}

/** The portfolio at six in the morning of the date, with everything read. */
async function at(stage: Rig, date: string): Promise<void> {
  stage.wait(instant(`${date}T04:00:00Z`) - stage.now())
  for (const account of [A, B]) await stage.run('pull', account)
}

/** A plan of 2 June that predicts, and 12 June; on the 9th the last of its days is five days old: 95.9 % visible. */
async function mature(decisions: readonly Decision[] = [hold('10', RIGHT)]): Promise<{ stage: Rig; plan: Plan }> {
  const stage = await rig()
  await stage.ready()
  const plan = await predict(stage, decisions)
  await at(stage, '2026-06-12')
  return { stage, plan }
}

const scores = ({ loop }: Rig): Promise<readonly Score[]> => loop.scores.recent(PORTFOLIO, 100)

describe('scoring', () => {
  test('compares what a plan predicted with what came, once it is mature', async () => {
    const ofB: Prediction = { ...RIGHT, conversions: { mean: 30, low: 22, high: 38 } }
    const { stage, plan } = await mature([hold('10', RIGHT), hold('11', WRONG), hold('12'), hold('20', ofB, B)])
    expect(await stage.run('score')).toEqual({ kind: 'ran', summary: { scored: 1, checked: 2, covered: 2 } })
    // By the prior all has come by day 8, and of the 3 % that are taken back 1.2, 1.3 and 1.5 % by days 8, 9 and 10: what
    // is visible is 1.020, 1.018 and 1.016 of what will stay. Budget 20 brings 100 ÷ 10 a day.
    const taken = (age: number): number => 0.03 * (1 - (1 + age / 6) * Math.exp(-age / 6))
    const stays = (age: number): number => 1 - 0.45 * 0.75 ** 8 - taken(age)
    const completed = (count: number): number =>
      [10, 9, 8].reduce((sum, age) => sum + (count * stays(60)) / stays(age), 0)
    expect(completed(A_DAY)).toBeCloseTo(14 / 1.0199 + 14 / 1.018 + 14 / 1.0161, 2)
    expect(await scores(stage)).toEqual([
      {
        portfolio: PORTFOLIO,
        plan: plan.id,
        madeAt: MORNING,
        scoredAt: stage.now(),
        from: '2026-06-02',
        to: '2026-06-04',
        checked: 2,
        covered: 2,
        expected: 72,
        realised: expect.closeTo(completed(A_DAY) + completed(10), 6),
        spread: expect.any(Number),
        // Budget 11 spends 200 a day.
        unchecked: { 'spent-otherwise': 1, 'no-prediction': 1 },
      },
    ])
  })

  test('says of a prediction that was wrong that it was', async () => {
    const { stage } = await mature([hold('10', WRONG)])
    expect(await stage.run('score')).toMatchObject({ summary: { checked: 1, covered: 0 } })
  })

  test('waits until the last day is mature, and says until when', async () => {
    const stage = await rig()
    await stage.ready()
    await predict(stage, [hold('10', RIGHT)])
    await at(stage, '2026-06-08')
    const summary = { scored: 0, checked: 0, covered: 0, nextOn: '2026-06-09' }
    expect(await stage.run('score')).toEqual({ kind: 'ran', summary })
    expect(await scores(stage)).toEqual([])
  })

  test('does not know when the first will be while nothing is predicted', async () => {
    const { stage } = await mature([hold('10')])
    expect(await scoreOutlook(stage.policy, stage.loop)).toMatchObject({ due: [], nextOn: undefined })
  })

  test('goes by the last reading and not by the clock: counts do not grow while nobody looks', async () => {
    const stage = await rig()
    await stage.ready()
    await predict(stage, [hold('10', RIGHT)])
    await at(stage, '2026-06-05')
    stage.wait(20 * DAY_MS)
    expect(await stage.run('score')).toMatchObject({ summary: { scored: 0, nextOn: '2026-06-09' } })
  })

  test('passes over plans that predict nothing, corrections, and all but the last of a day', async () => {
    const stage = await rig()
    await stage.ready()
    await predict(stage, [hold('10')])
    await predict(stage, [hold('10', WRONG)])
    stage.wait(HOUR_MS)
    const last = await predict(stage, [hold('10', RIGHT)])
    stage.wait(HOUR_MS)
    await predict(stage, [hold('11', RIGHT)], 'correction')
    stage.wait(DAY_MS)
    await predict(stage, [hold('10')])
    await at(stage, '2026-06-13')
    expect(await stage.run('score')).toMatchObject({ summary: { scored: 1, covered: 1 } })
    expect((await scores(stage)).map(({ plan }) => plan)).toEqual([last.id])
  })

  test('goes on from the oldest to the newest as they mature', async () => {
    const stage = await rig()
    await stage.ready()
    for (const day of [2, 3, 4]) {
      await at(stage, `2026-06-0${day}`)
      await predict(stage, [hold('10', { ...RIGHT, from: `2026-06-0${day}` as AccountDate })])
    }
    await at(stage, '2026-06-10')
    expect(await stage.run('score')).toMatchObject({ summary: { scored: 2, nextOn: '2026-06-11' } })
    await at(stage, '2026-06-11')
    expect(await stage.run('score')).toEqual({ kind: 'ran', summary: { scored: 1, checked: 1, covered: 1 } })
    expect((await scores(stage)).map(({ from }) => from)).toEqual(['2026-06-04', '2026-06-03', '2026-06-02'])
  })

  test('does not compare counts of another rule than the one that was planned by', async () => {
    const { stage } = await mature([
      hold('10', RIGHT),
      hold('20', { ...RIGHT, conversions: { mean: 30, low: 20, high: 40 } }, B),
    ])
    const changed = { action: 'lead', clickWindowDays: 7, viewWindowDays: 0, basis: 'click' }
    await stage.setPolicy({
      accounts: stage.policy.policy.accounts.map(({ account, conversions }) => ({
        account: accountKey(account),
        conversions: account.id === A.id ? changed : conversions,
        dayCap: '2000 EUR',
      })),
    })
    await stage.run('score')
    expect((await scores(stage))[0]).toMatchObject({ checked: 1, covered: 1, unchecked: { 'data-break': 1 } })
  })

  test('does not compare days on which an account’s conversions were not counted, and learns no lag from them', async () => {
    const ofB: Prediction = { ...RIGHT, conversions: { mean: 30, low: 22, high: 38 } }
    const { stage } = await mature([hold('10', RIGHT), hold('20', ofB, B)])
    const { loop } = stage
    const isOut = (date: string): boolean => date >= '2026-06-01' && date <= '2026-06-03'
    const histories: typeof loop.facts.histories = async (account) =>
      (await loop.facts.histories(account)).map((one) => ({
        ...one,
        days: one.days.map((day) => (account.id === A.id && isOut(day.date) ? { ...day, conversions: {} } : day)),
      }))
    await scorePortfolio(PORTFOLIO, { ...loop, facts: { ...loop.facts, histories } })
    expect((await scores(stage))[0]).toMatchObject({ checked: 1, covered: 1, unchecked: { 'data-break': 1 } })
  })

  test('leaves plans alone whose days are about to leave the histories', async () => {
    const { stage } = await mature()
    stage.wait(66 * DAY_MS)
    expect(await stage.run('score')).toMatchObject({ summary: { scored: 0 } })
  })

  test('of a portfolio without a policy says what to do', async () => {
    const stage = await rig()
    await expect(scorePortfolio('nobody' as typeof PORTFOLIO, stage.loop)).rejects.toThrow(
      'portfolio nobody has no policy: store one first',
    )
  })
})

describe('each plan is scored once', () => {
  test('a second run changes nothing, whatever was restated since', async () => {
    const { stage } = await mature()
    await stage.run('score')
    const first = await scores(stage)
    await at(stage, '2026-06-20')
    expect(await stage.run('score')).toEqual({ kind: 'ran', summary: { scored: 0, checked: 0, covered: 0 } })
    expect(await scores(stage)).toEqual(first)
  })

  test('what is scored is not read again', async () => {
    const { stage } = await mature()
    await stage.run('score')
    const { calls } = await runUntilDeath(stage.loop, (loop) => scorePortfolio(PORTFOLIO, loop), undefined)
    expect(calls).toContain('scores.recent')
    expect(calls.filter((call) => /^(plans\.decisions|facts\.)/.test(call))).toEqual([])
  })

  test('the same turn delivered twice runs once', async () => {
    const { stage } = await mature()
    const turn = { stage: 'score', key: PORTFOLIO, turn: stage.now(), attempt: 0 } as const
    expect(await runTurn(turn, stage.worker('one'))).toMatchObject({ kind: 'ran' })
    expect(await runTurn(turn, stage.worker('two'))).toEqual({ kind: 'skipped', why: 'done' })
  })

  test('whatever call its first worker is killed at', async () => {
    const { stage: whole } = await mature()
    const turn = { stage: 'score', key: PORTFOLIO, turn: whole.now(), attempt: 0 } as const
    const { calls } = await runUntilDeath(whole.worker('one'), (loop) => runTurn(turn, loop), undefined)
    const [expected] = await scores(whole)
    expect(calls).toContain('scores.put')
    const deaths = calls.flatMap((_, i) =>
      (['before', 'after'] as const).map((moment): Death => ({ call: i + 1, moment })),
    )
    for (const death of deaths) {
      const { stage } = await mature()
      await runUntilDeath(stage.worker('one'), (loop) => runTurn(turn, loop), death)
      stage.wait(5 * MINUTE_MS)
      await runTurn(turn, stage.worker('two'))
      const found = await scores(stage)
      expect(found, JSON.stringify(death)).toHaveLength(1)
      expect({ ...found[0], scoredAt: 0 }).toEqual({ ...expected, scoredAt: 0 })
    }
  })
})

describe('the turn', () => {
  const due = async (stage: Rig, when: string) =>
    (await dueMessages(instant(when), stage.loop)).filter((message) => message.stage === 'score')

  test('is due once a day per portfolio, from eight in the morning for six hours', async () => {
    const stage = await rig()
    const turn = instant('2026-06-02T06:00:00Z')
    expect(await due(stage, '2026-06-02T05:59:59Z')).toEqual([])
    for (const when of ['2026-06-02T06:00:00Z', '2026-06-02T09:15:00Z', '2026-06-02T11:59:59Z'])
      expect(await due(stage, when)).toEqual([{ stage: 'score', key: PORTFOLIO, turn, attempt: 0 }])
    expect(await due(stage, '2026-06-02T12:00:00Z')).toEqual([])
  })

  test('comes when the day’s decision has been taken or given up, clock changes included', async () => {
    const { policy } = (await rig()).policy
    for (const day of ['2026-03-29', '2026-06-02', '2026-10-25']) {
      const noon = instant(`${day}T12:00:00Z`)
      expect(dailyScoreTurn(policy, noon) - dailyPlanTurn(policy, noon)).toBe(6.5 * HOUR_MS)
    }
  })
})
