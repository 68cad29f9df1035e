import { describe, expect, test } from 'vitest'
import { actOnAccount } from '../../lib/control/act.ts'
import { storeGuardPlan } from '../../lib/control/guard-plan.ts'
import type { Loop } from '../../lib/control/loop.ts'
import { type AccountRef, accountKey } from '../../lib/model/account.ts'
import type { AlertId } from '../../lib/model/alert.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import type { LeverChange } from '../../lib/model/lever.ts'
import type { ChangeDecision, PlanId } from '../../lib/model/plan.ts'
import { HOUR_MS, instant } from '../../lib/units/calendar.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { closedDays } from '../simulation/closed-days.ts'
import { A, B, daily, EUR, euros, type Rig, type RigOptions, rig, statusOf } from '../simulation/rig.ts'

async function ready(options: RigOptions = {}): Promise<Rig> {
  const stage = await rig(options)
  await stage.ready()
  stage.queued.length = 0
  return stage
}
const act = (stage: Rig, account: AccountRef = A, loop: Loop = stage.loop, attempt = 3) =>
  actOnAccount(account, { stage: 'act', key: accountKey(account), turn: stage.now(), attempt }, loop)
const sent = ({ ads }: Rig): readonly string[] => ads.sent.map(({ change }) => change.lever.id)
const frozen = ({ loop, now }: Rig, campaign: string) =>
  loop.freezes.freeze({
    ...{ scope: freezeScope(`campaign/${accountKey(A)}/${campaign}`), by: 'anna', reason: 'audit', at: now() },
  })

describe('a turn of an account', () => {
  test('does nothing before its first pull', async () => {
    const stage = await rig()
    expect(await act(stage)).toEqual({ chunks: 0, why: 'not pulled yet' })
  })

  test('acts on a chunk and asks for the next, with one more attempt', async () => {
    const stage = await ready()
    await stage.plan([[A, '10', 90]])
    expect(await act(stage)).toMatchObject({ phase: 'cut', chunk: 0, verified: 1, dropped: 0 })
    expect(stage.queued).toEqual([{ stage: 'act', key: accountKey(A), turn: stage.now(), attempt: 4 }])
    stage.queued.length = 0
    expect(await act(stage)).toMatchObject({ chunks: 0 })
    expect(stage.queued).toEqual([])
  })

  test('says what was dropped, and what was there already', async () => {
    const stage = await ready()
    await stage.plan([
      [A, '10', 90],
      [A, '11', 190],
      [A, '12', 290],
    ])
    stage.ads.human(A, '10', 95_000_000n)
    stage.ads.human(A, '11', 190_000_000n)
    expect(await act(stage)).toMatchObject({ dropped: 1, alreadyThere: 1, verified: 1 })
    const none = await ready()
    await none.plan([[A, '10', 90]])
    expect(await act(none)).not.toHaveProperty('alreadyThere')
  })

  test('is of the one plan that a person asks for', async () => {
    const stage = await ready()
    const first = await stage.plan([[A, '10', 90]], { occasion: 'correction' })
    stage.wait(1000)
    await stage.plan([[A, '11', 190]], { occasion: 'correction' })
    await act(stage, A, { ...stage.loop, asked: { plan: first.id, now: false } })
    expect(sent(stage)).toEqual(['10'])
    await act(stage, A, { ...stage.loop, asked: { plan: 'none' as PlanId, now: false } })
    expect(sent(stage)).toEqual(['10'])
  })

  test('is at any hour where a person asks for that', async () => {
    const stage = await ready({ start: instant('2026-06-02T12:00:00Z') })
    const { id: plan } = await stage.plan([[A, '10', 90]])
    await act(stage, A, { ...stage.loop, asked: { plan, now: false } })
    expect(sent(stage)).toEqual([])
    await act(stage, A, { ...stage.loop, asked: { plan, now: true } })
    expect(sent(stage)).toEqual(['10'])
  })
})

describe('what is frozen', () => {
  test('is passed over as a whole where all of a chunk is, and one by one where some is', async () => {
    const all = await ready()
    await all.plan([
      [A, '10', 90],
      [A, '11', 190],
    ])
    await frozen(all, '10')
    await frozen(all, '11')
    const why = 'campaign/scripted:1/10 is frozen by anna: audit'
    expect(await act(all)).toMatchObject({ notSent: 2, why })
    const one = await ready()
    await one.plan([[A, '10', 90]])
    await frozen(one, '10')
    expect(await act(one)).toMatchObject({ notSent: 1, why })
    const some = await ready()
    await some.plan([
      [A, '10', 90],
      [A, '11', 190],
    ])
    await frozen(some, '10')
    expect(await act(some)).toMatchObject({ dropped: 1, verified: 1 })
    const other = await ready()
    await other.plan([
      [A, '10', 90],
      [A, '11', 190],
    ])
    await frozen(other, '11')
    expect(await act(other)).toMatchObject({ dropped: 1, verified: 1 })
  })
})

describe('what comes from files', () => {
  const imported = ({ loop }: Rig): Loop => {
    const structure: Loop['facts']['structure'] = async (of) => ({
      ...(await loop.facts.structure(of))!,
      source: 'import',
    })
    return { ...loop, facts: { ...loop.facts, structure } }
  }

  test('is never pushed: a plan of it is given up, and recorded in shadow', async () => {
    const why = expect.stringContaining('was imported from files')
    const stage = await ready()
    expect(await act(stage, A, imported(stage))).toEqual({ chunks: 0, why })
    await stage.plan([[A, '10', 90]])
    expect(await act(stage, A, imported(stage))).toMatchObject({ notSent: 1, why })
    const shadow = await ready({ mode: 'shadow' })
    await shadow.plan([[A, '10', 90]])
    const recorded = await act(shadow, A, imported(shadow))
    expect(recorded).toMatchObject({ chunk: 0 })
    expect(recorded).not.toHaveProperty('why')
  })
})

describe('stops', () => {
  const STOP = { kind: 'status', status: 'paused' } as const
  const alerted = (change: LeverChange): ChangeDecision => ({
    ...{ kind: 'change', change, name: 'it', class: 'prospecting', binding: [], why: 'for the test', maturity: 1 },
    ...{ expected: { unit: 'conversions-per-day', mean: 0, low: 0, high: 0 }, alert: 'a1a1a1a1' as AlertId },
  })
  const PAUSE = alerted({ lever: statusOf(A, '12'), from: { kind: 'status', status: 'active' }, to: STOP })
  const CUT = alerted({
    lever: daily(A, '10'),
    from: { kind: 'money', amount: euros(100) },
    to: { kind: 'money', amount: euros(50) },
  })
  /** What is sent of a plan of the guard, at such a time in Berlin; the account’s midnight is 22:00 UTC. */
  async function at(utc: string, decision: ChangeDecision, isOpen = true): Promise<readonly string[]> {
    const stage = await ready({ start: instant(`2026-06-02T${utc}Z`) })
    await storeGuardPlan([decision], stage.policy, [identityRate(EUR, '2026-06-02' as never)], 'policy', stage.loop)
    const closed = closedDays(stage.loop, 'accountDay')
    await act(stage, A, isOpen ? stage.loop : closed)
    return sent(stage)
  }

  test('are pushed nearer to midnight than anything else, pauses at midnight too', async () => {
    expect(await at('21:40:00', CUT)).toEqual(['10'])
    expect(await at('21:55:00', CUT)).toEqual([])
    expect(await at('21:55:00', PAUSE)).toEqual(['12'])
    const stage = await ready({ start: instant('2026-06-02T21:40:00Z') })
    await stage.plan([[A, '10', 90]], { occasion: 'correction' })
    await act(stage)
    expect(sent(stage)).toEqual([])
  })

  test('wait for the day to be open, but for pauses', async () => {
    expect(await at('10:00:00', CUT, false)).toEqual([])
    expect(await at('10:00:00', PAUSE, false)).toEqual(['12'])
  })

  test('of a daily plan wait for the next morning, pauses too', async () => {
    const stage = await ready({ start: instant('2026-06-02T12:00:00Z') })
    await stage.plan([], { settings: [PAUSE.change] })
    expect(await act(stage)).toMatchObject({ chunks: 0 })
  })
})

describe('raises', () => {
  const RAISE = [
    [A, '10', 110],
    [B, '20', 90],
  ] as const

  test('wait for the cuts of all accounts, at most for half the time that their plan has', async () => {
    const stage = await ready()
    await stage.plan(RAISE, { expiresInMs: 4 * HOUR_MS, occasion: 'correction' })
    expect(await act(stage)).toMatchObject({ chunks: 0 })
    stage.wait(2 * HOUR_MS)
    expect(await act(stage)).toMatchObject({ chunks: 0 })
    stage.wait(1)
    expect(await act(stage)).toMatchObject({ phase: 'raise' })
  })

  test('wait for cuts that were sent and are not verified', async () => {
    const stage = await ready()
    await stage.plan(RAISE, { occasion: 'correction' })
    stage.ads.fate = () => 'late'
    await act(stage, B)
    expect(await act(stage)).toMatchObject({ chunks: 0 })
    stage.ads.land()
    await stage.run('verify', B)
    stage.ads.fate = () => 'applied'
    expect(await act(stage)).toMatchObject({ phase: 'raise', verified: 1 })
  })

  test('wait while one chunk of cuts is done and another is to come', async () => {
    const cuts = Object.fromEntries(Array.from({ length: 26 }, (_, i) => [String(200 + i), 10]))
    const stage = await ready({ budgets: { '1': { '10': 100 }, '2': cuts }, cap: 20_000, portfolioCap: 20_000 })
    await stage.plan([[A, '10', 105], ...Object.keys(cuts).map((id) => [B, id, 9] as const)], {
      occasion: 'correction',
    })
    await act(stage, B)
    expect(await act(stage)).toMatchObject({ chunks: 0 })
    await act(stage, B)
    expect(await act(stage)).toMatchObject({ phase: 'raise' })
  })
})

describe('while a day is not open', () => {
  test('of the portfolio, a daily plan waits; a correction’s cuts go, its raises do not', async () => {
    const stage = await ready()
    const closed = closedDays(stage.loop, 'portfolioDay')
    await stage.plan([[A, '10', 90]])
    expect(await act(stage, A, closed)).toMatchObject({ chunks: 0 })
    stage.wait(1000)
    await stage.plan([[A, '11', 210]], { occasion: 'correction' })
    expect(await act(stage, A, closed)).toMatchObject({ chunks: 0 })
    stage.wait(1000)
    await stage.plan([[A, '12', 290]], { occasion: 'correction' })
    await act(stage, A, closed)
    expect(sent(stage)).toEqual(['12'])
  })

  test('of the account, nothing that costs money goes, and it says so', async () => {
    const stage = await ready()
    await stage.plan([[A, '10', 90]], { occasion: 'correction' })
    stage.wait(24 * HOUR_MS)
    await stage.plan([[A, '10', 90]], { occasion: 'correction' })
    expect(await act(stage)).toEqual({ chunks: 0, why: 'the day is not open yet' })
    expect(sent(stage)).toEqual([])
  })
})

test('a plan of another policy is given up', async () => {
  const stage = await ready()
  await stage.plan([[A, '10', 90]], { policyVersion: 'older' })
  expect(await act(stage)).toMatchObject({ notSent: 1, why: 'the policy changed since the plan was made' })
})
