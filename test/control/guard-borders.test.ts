import { describe, expect, test } from 'vitest'
import { actOnAlert, type GuardContext, withOutcome } from '../../lib/control/guard-act.ts'
import { holdBudgets } from '../../lib/control/guard-hold.ts'
import { planStands, storeGuardPlan } from '../../lib/control/guard-plan.ts'
import { readSpendToday } from '../../lib/control/guard-read.ts'
import { readAccount, viewOf } from '../../lib/control/guard-view.ts'
import type { Remedy } from '../../lib/decide/breakers/remedies.ts'
import type { Trip } from '../../lib/decide/breakers/view.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { Alert, AlertAct, AlertId } from '../../lib/model/alert.ts'
import { freezeScope } from '../../lib/model/freeze.ts'
import { leverKey } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { ChangeDecision, PlanId } from '../../lib/model/plan.ts'
import { dateAt, HOUR_MS, later, MINUTE_MS, timeZone } from '../../lib/units/calendar.ts'
import { identityRate } from '../../lib/units/rates.ts'
import { A, B, daily, EUR, euros, type Move, PORTFOLIO, type Rig, type RigOptions, rig } from '../simulation/rig.ts'

type Hold = NonNullable<LeverState['hold']>

const TEN = '10' as Remedy['campaigns'][number]
const TRIP: Trip = {
  ...{ rule: 'runawaySpend', subject: { kind: 'account' }, campaigns: [TEN], what: 'it runs away', remedy: 'look' },
  waiting: { kind: 'overspent', perHour: euros(10) },
}

async function ready(action = 'floor', options: RigOptions = {}): Promise<Rig> {
  const stage = await rig({ ...options, policy: { breakers: { runawaySpend: { action } }, ...options.policy } })
  await stage.ready()
  return stage
}

async function contextOf({ loop, policy, now }: Rig): Promise<GuardContext> {
  const structure = (await loop.facts.structure(A))!
  const reading = await readAccount(structure, await readSpendToday(structure, loop), loop)
  return { version: policy, view: await viewOf(policy, [policy], reading, now(), loop) }
}

/** An open alert of account A, of which nothing was done yet. */
async function anAlert(stage: Rig, more: Partial<Alert> = {}): Promise<Alert> {
  const at = stage.now()
  const { campaigns: _, ...trip } = TRIP
  const alert: Alert = {
    ...{ id: 'a1a1a1a1' as AlertId, version: 1, portfolio: PORTFOLIO, account: A, state: 'open', ...trip },
    ...{ firstAt: at, lastAt: at, toldAt: at, by: 'guard', at, acts: [], ...more },
  }
  await stage.loop.alerts.put({ next: alert, expected: 0 })
  return alert
}
const stored = async ({ loop }: Rig): Promise<Alert> => (await loop.alerts.all(A))[0]!
const acted = async (stage: Rig, alert: Alert): Promise<boolean> =>
  actOnAlert(alert, TRIP, await contextOf(stage), stage.loop)
const plansOf = ({ loop }: Rig) => loop.plans.recent(PORTFOLIO, 10)
const anAct = (stage: Rig, more: Partial<AlertAct> = {}): AlertAct => ({
  ...{ step: 'floor', at: stage.now(), detail: 'cut', plan: 'p' as PlanId },
  ...more,
})

describe('an alert is acted on', () => {
  test('by a plan at once, which is written into it', async () => {
    const stage = await ready()
    expect(await acted(stage, await anAlert(stage))).toBe(true)
    const [plan] = await plansOf(stage)
    expect(await stored(stage)).toMatchObject({
      ...{ version: 2, by: 'guard', at: stage.now() },
      acts: [{ step: 'floor', at: stage.now(), plan: plan!.id }],
    })
  })

  test('as long as no person has taken it up, and the policy asks for more than to be told', async () => {
    for (const [action, more] of [
      ['floor', { state: 'acknowledged' }],
      ['alert', {}],
      ['off', {}],
    ] as const) {
      const stage = await ready(action)
      const alert = await anAlert(stage, more)
      expect(await acted(stage, alert)).toBe(false)
      expect(await stored(stage)).toEqual(alert)
      expect(await plansOf(stage)).toEqual([])
    }
  })

  test('in portfolios that push; in others it is written once what would be done', async () => {
    const stage = await ready('floor', { mode: 'shadow' })
    expect(await acted(stage, await anAlert(stage))).toBe(false)
    const told = await stored(stage)
    expect(told).toMatchObject({ version: 2, notDone: 'the portfolio is in shadow: the policy would floor' })
    await acted(stage, told)
    expect(await stored(stage)).toEqual(told)
  })

  test('twelve times at most', async () => {
    const times = async (count: number): Promise<boolean> => {
      const stage = await ready()
      const acts = Array.from({ length: count }, () => anAct(stage, { became: 'lost' }))
      return acted(stage, await anAlert(stage, { acts }))
    }
    expect(await times(11)).toBe(true)
    expect(await times(12)).toBe(false)
  })

  test('where there is something to do; where not, the alert says why', async () => {
    const stage = await ready()
    const scope = freezeScope(`campaign/${accountKey(A)}/10`)
    await stage.loop.freezes.freeze({ scope, by: 'anna', reason: 'audit', at: stage.now() })
    expect(await acted(stage, await anAlert(stage))).toBe(false)
    expect((await stored(stage)).notDone).toContain('there is nothing to cut')
  })

  test('by a pause at once where a budget cannot be cut, and the policy asks for one', async () => {
    const budgets = { '1': { '10': 1 } }
    const stage = await ready('pause', { budgets })
    expect(await acted(stage, await anAlert(stage))).toBe(true)
    expect((await stored(stage)).acts).toMatchObject([{ step: 'pause', detail: '"campaign 10": to be paused' }])
    const cutting = await ready('floor', { budgets })
    expect(await acted(cutting, await anAlert(cutting))).toBe(false)
  })
})

describe('what was done for an alert before', () => {
  const held = async (stage: Rig): Promise<Hold | undefined> => (await stage.state(A, '10')).hold

  test('is not done again where it is done; its budgets go on being left alone', async () => {
    const stage = await ready()
    expect(await acted(stage, await anAlert(stage, { acts: [anAct(stage, { became: 'done' })] }))).toBe(false)
    expect(await held(stage)).toMatchObject({ until: later(stage.now(), 3 * HOUR_MS) })
    expect(await plansOf(stage)).toEqual([])
  })

  test('is waited for while its plan is under way', async () => {
    const stage = await ready()
    expect(await acted(stage, await anAlert(stage, { acts: [anAct(stage)] }))).toBe(false)
    expect(await held(stage)).toBeUndefined()
    expect(await plansOf(stage)).toEqual([])
  })

  test('is done again where nothing came of it', async () => {
    const stage = await ready()
    expect(await acted(stage, await anAlert(stage, { acts: [anAct(stage, { became: 'lost' })] }))).toBe(true)
    expect((await stored(stage)).acts.map(({ step }) => step)).toEqual(['floor', 'floor'])
  })

  test('a hold is renewed, and comes before a cut where the policy asks for that by now', async () => {
    const hold = (stage: Rig) => ({ acts: [{ step: 'hold', at: stage.now(), detail: 'left alone' }] }) as const
    const stage = await ready('hold')
    expect(await acted(stage, await anAlert(stage, hold(stage)))).toBe(false)
    expect(await held(stage)).toBeDefined()
    expect((await stored(stage)).acts).toHaveLength(1)
    const cutting = await ready('floor')
    expect(await acted(cutting, await anAlert(cutting, hold(cutting)))).toBe(true)
  })

  test('a cut has half an hour to work before the pause', async () => {
    const actedAfter = async (ms: number): Promise<boolean> => {
      const stage = await ready('pause')
      const act = anAct(stage, { became: 'done' })
      stage.wait(ms)
      return acted(stage, await anAlert(stage, { acts: [act] }))
    }
    expect(await actedAfter(30 * MINUTE_MS - 1)).toBe(false)
    expect(await actedAfter(30 * MINUTE_MS)).toBe(true)
  })

  test('is written into the alert when it is known what came of it', async () => {
    const stage = await ready()
    await acted(stage, await anAlert(stage))
    const open = await stored(stage)
    expect(await withOutcome(open, stage.loop)).toBe(open)
    stage.wait(HOUR_MS)
    const lost = await withOutcome(open, stage.loop)
    expect(lost).toMatchObject({ version: 3, acts: [{ became: 'lost' }] })
    expect(await stored(stage)).toEqual(lost)
    expect(await withOutcome(lost!, stage.loop)).toBe(lost)
    // Somebody else was faster.
    expect(await withOutcome(open, stage.loop)).toBeUndefined()
  })
})

describe('a hold by the guard', () => {
  async function withHold(stage: Rig, more: Partial<LeverState>): Promise<void> {
    const state = await stage.state(A, '10')
    await stage.loop.money.commit({
      ...{ chain: accountKey(A), at: stage.now(), intents: [], token: 'a hold' },
      levers: [{ next: { ...state, ...more, version: state.version + 1 }, expected: state.version }],
      entries: [
        {
          ...{ kind: 'observed', lever: leverKey(state.lever), from: '', to: '', resolution: 'for the test' },
          ...{ date: dateAt(stage.now(), timeZone('Europe/Berlin')), deltaMicros: '0' },
        },
      ],
    })
  }
  const remedyOf = async (stage: Rig, campaigns: readonly string[] = [TEN]): Promise<Remedy> => ({
    ...{ alert: 'a1a1a1a1' as AlertId, campaigns: campaigns as Remedy['campaigns'], frozen: new Set() },
    ...{ view: (await contextOf(stage)).view, capabilities: stage.ads.platform.capabilities },
  })
  /** The hold of budget 10 after the guard wants one, with such a one before. */
  async function heldAfter(stage: Rig, before?: Partial<Hold>): Promise<Hold | undefined> {
    if (before) await withHold(stage, { hold: { until: stage.now(), reason: 'by hand', ...before } })
    await holdBudgets(await remedyOf(stage), stage.loop)
    return (await stage.state(A, '10')).hold
  }
  const own = (stage: Rig, since = stage.now()) => ({
    ...{ until: later(stage.now(), 3 * HOUR_MS), since, reason: 'held by the guard, alert a1a1a1a1' },
  })

  test('lasts three hours, and is new where nothing was held', async () => {
    const stage = await ready()
    stage.wait(MINUTE_MS)
    const { version } = await stage.state(A, '10')
    expect(await heldAfter(stage)).toEqual(own(stage))
    expect((await stage.state(A, '10')).version).toBe(version + 1)
    expect((await stage.state(A, '11')).hold).toBeUndefined()
  })

  test('stands for another hour at least before it is renewed, and is as old as it was then', async () => {
    const stage = await ready()
    const since = stage.now()
    stage.wait(MINUTE_MS)
    expect(await heldAfter(stage, { until: later(stage.now(), HOUR_MS), since })).toMatchObject({ reason: 'by hand' })
    expect(await heldAfter(stage, { until: later(stage.now(), HOUR_MS - 1), since })).toEqual(own(stage, since))
  })

  test('is as old as the reading of the value where the one before does not say', async () => {
    const stage = await ready()
    const { knownAt } = await stage.state(A, '10')
    stage.wait(MINUTE_MS)
    expect(await heldAfter(stage, { until: later(stage.now(), 1) })).toEqual(own(stage, knownAt))
  })

  test('is new where the one before is over', async () => {
    const stage = await ready()
    const since = stage.now()
    stage.wait(MINUTE_MS)
    expect(await heldAfter(stage, { until: stage.now(), since })).toEqual(own(stage))
  })

  test('is put on as many budgets as there are, in as many transactions as that takes', async () => {
    const ids = Array.from({ length: 26 }, (_, i) => String(100 + i))
    const budgets = { '1': Object.fromEntries(ids.map((id) => [id, 10])) }
    const stage = await ready('hold', { budgets })
    await holdBudgets(await remedyOf(stage, ids), stage.loop)
    for (const id of ids) expect((await stage.state(A, id)).hold).toEqual(own(stage))
  })

  test('leaves alone what somebody has put on hold meanwhile, and what nothing is known of', async () => {
    const stage = await ready()
    const remedy = await remedyOf(stage)
    await withHold(stage, { hold: { until: later(stage.now(), 24 * HOUR_MS), reason: 'by hand' } })
    await holdBudgets(remedy, stage.loop)
    expect((await stage.state(A, '10')).hold?.reason).toBe('by hand')
    const unknown = await ready()
    const { view, ...rest } = await remedyOf(unknown)
    await holdBudgets({ ...rest, view: { ...view, levers: [] } }, unknown.loop)
    expect((await unknown.state(A, '10')).hold).toBeUndefined()
  })
})

describe('a plan of the guard', () => {
  const decisionOf = ([account, id, to]: Move, from: number): ChangeDecision => ({
    ...{ kind: 'change', name: id, class: 'prospecting', binding: [], why: 'for the test', maturity: 1 },
    change: {
      lever: daily(account, id),
      from: { kind: 'money', amount: euros(from) },
      to: { kind: 'money', amount: euros(to) },
    },
    expected: { unit: 'conversions-per-day', mean: 0, low: 0, high: 0 },
  })
  const CUT = decisionOf([A, '10', 80], 100)
  const RAISE = decisionOf([A, '11', 210], 200)
  const OTHER = decisionOf([B, '20', 90], 100)
  const put = (stage: Rig, decisions: readonly ChangeDecision[]): Promise<PlanId> =>
    storeGuardPlan(decisions, stage.policy, [identityRate(EUR, '2026-06-02' as never)], 'policy (guard)', stage.loop)

  test('asks for no more money, and for being acted on at once', async () => {
    const stage = await ready()
    const id = await put(stage, [CUT, OTHER])
    expect(id).toMatch(/^[0-9a-f]{24}$/)
    expect(await stage.loop.plans.header(id)).toMatchObject({
      ...{ madeAt: stage.now(), expiresAt: later(stage.now(), HOUR_MS), occasion: 'guard' },
      ...{ marginalReturn: 0, dayTarget: euros(0), netGrowth: euros(0) },
    })
    expect(stage.queued).toEqual(
      [A, B].map((account) => ({
        ...{ stage: 'act', key: accountKey(account), turn: later(stage.now(), 1), attempt: 0 },
      })),
    )
  })

  test('is open until its time runs out, and lost when nothing of it was sent', async () => {
    const stage = await ready()
    const id = await put(stage, [CUT])
    stage.wait(HOUR_MS - 1)
    expect(await planStands(id, A, stage.loop)).toEqual({ kind: 'open' })
    stage.wait(1)
    expect(await planStands(id, A, stage.loop)).toMatchObject({ kind: 'lost' })
    expect(await planStands('none' as PlanId, A, stage.loop)).toMatchObject({ kind: 'lost' })
  })

  test('is lost at once where another has replaced it', async () => {
    const stage = await ready()
    const id = await put(stage, [CUT])
    const { plans } = stage.loop
    const header: typeof plans.header = async (of) =>
      ({ ...(await plans.header(of))!, approval: { kind: 'pending' } }) as never
    expect(await planStands(id, A, { ...stage.loop, plans: { ...plans, header } })).toMatchObject({ kind: 'lost' })
  })

  test('is done with what stands of it', async () => {
    const stage = await ready()
    const id = await put(stage, [CUT, RAISE])
    await stage.run('act')
    expect(await planStands(id, A, stage.loop)).toEqual({ kind: 'open' })
    stage.wait(1000)
    await stage.run('act')
    expect(await planStands(id, A, stage.loop)).toEqual({ kind: 'done', of: '2 of 2' })
  })

  test('is done once every account is through', async () => {
    const stage = await ready()
    const id = await put(stage, [CUT, OTHER])
    await stage.run('act')
    expect(await planStands(id, A, stage.loop)).toEqual({ kind: 'open' })
    await stage.run('act', B)
    expect(await planStands(id, A, stage.loop)).toMatchObject({ kind: 'done' })
  })

  test('is open past its time while nobody knows whether it was applied', async () => {
    const stage = await ready()
    const id = await put(stage, [CUT])
    stage.ads.fate = () => 'lost-before'
    await stage.run('act')
    stage.wait(HOUR_MS)
    expect(await planStands(id, A, stage.loop)).toEqual({ kind: 'open' })
    await stage.run('verify')
    expect(await planStands(id, A, stage.loop)).toMatchObject({
      ...{ kind: 'lost', why: expect.stringContaining('the platform refused it') },
    })
  })
})
