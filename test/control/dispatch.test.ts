import { describe, expect, test } from 'vitest'
import {
  dailyPlanTurn,
  dailyScoreTurn,
  dueMessages,
  mayPushNow,
  occasionOf,
  openPlans,
} from '../../lib/control/dispatch.ts'
import { accountKey } from '../../lib/model/account.ts'
import type { PlanHeader, PlanId } from '../../lib/model/plan.ts'
import { HOUR_MS, type Instant, instant, isoInstant, later, timeZone } from '../../lib/units/calendar.ts'
import { policyWith } from '../decide/breakers/views.ts'
import { A, B, MORNING, PORTFOLIO, type Rig, rig } from '../simulation/rig.ts'

const BERLIN = timeZone('Europe/Berlin')
const policy = (midnightDeadZoneMinutes = 30) => policyWith({ guardrails: { midnightDeadZoneMinutes } })

describe('whether an account may be pushed to', () => {
  type Only = 'anything' | 'stops' | 'pauses'
  /** On 2 June, 22:00 of which in UTC is Berlin’s midnight. */
  const may = (utc: string, only?: Only, deadZone = 30): boolean => {
    const header = { occasion: 'correction' } as PlanHeader
    return mayPushNow(header, policy(deadZone), BERLIN, instant(`2026-06-02T${utc}Z`), false, only)
  }

  test('anything: half an hour from midnight, on either side of it', () => {
    expect(may('21:29:59.999')).toBe(true)
    expect(may('21:30:00')).toBe(false)
    expect(may('22:29:59.999')).toBe(false)
    expect(may('22:30:00')).toBe(true)
  })

  test('stops: ten minutes from it, or what the policy says where that is less', () => {
    expect(may('21:49:59.999', 'stops')).toBe(true)
    expect(may('21:50:00', 'stops')).toBe(false)
    expect(may('22:09:59.999', 'stops')).toBe(false)
    expect(may('22:10:00', 'stops')).toBe(true)
    expect(may('21:54:59.999', 'stops', 5)).toBe(true)
    expect(may('21:55:00', 'stops', 5)).toBe(false)
  })

  test('pauses: at midnight too', () => {
    for (const utc of ['21:59:59.999', '22:00:00', '22:00:00.001']) expect(may(utc, 'pauses')).toBe(true)
  })

  test('a daily plan: in the first half of the day; one that a person asks for, and a correction, at any hour', () => {
    const noon = instant('2026-06-02T10:00:00Z')
    const pushed = (occasion: PlanHeader['occasion'], now: Instant, asked = false) =>
      mayPushNow({ occasion } as PlanHeader, policy(), BERLIN, now, asked)
    expect(pushed('daily', later(noon, -1))).toBe(true)
    expect(pushed('daily', noon)).toBe(false)
    expect(pushed('daily', noon, true)).toBe(true)
    expect(pushed('correction', noon)).toBe(true)
    expect(pushed('daily', instant('2026-06-02T21:45:00Z'), true)).toBe(false)
  })
})

describe('plans that may still be acted on', () => {
  const header = (id: string, more: Partial<PlanHeader> = {}): PlanHeader =>
    ({
      ...{ id: id as PlanId, occasion: 'correction', mode: 'auto', expiresAt: later(MORNING, 1), accounts: [] },
      ...{ approval: { kind: 'approved', by: 'anna', at: MORNING }, ...more },
    }) as PlanHeader
  async function open(...headers: readonly PlanHeader[]): Promise<readonly string[]> {
    const { loop } = await rig()
    const plans = { ...loop.plans, recent: async () => headers }
    return (await openPlans(policy(), MORNING, { ...loop, plans })).map(({ id }) => id)
  }

  test('are the newest daily plan and the corrections since, newest first', async () => {
    const daily = { occasion: 'daily' } as const
    const [late, newest, between, old] = [header('late'), header('new', daily), header('between'), header('old', daily)]
    expect(await open(late, newest, between, old)).toEqual(['late', 'new'])
    expect(await open(newest, between, old)).toEqual(['new'])
    expect(await open(late, between)).toEqual(['late', 'between'])
    expect(await open()).toEqual([])
  })

  test('are approved, not over, and not only observed', async () => {
    const pending = { approval: { kind: 'pending' } } as never
    expect(await open(header('a', pending))).toEqual([])
    expect(await open(header('a', { expiresAt: MORNING }))).toEqual([])
    expect(await open(header('a', { mode: 'observe' }))).toEqual([])
    expect(await open(header('a', { mode: 'shadow' }))).toEqual(['a'])
  })
})

describe('turns', () => {
  const at = (utc: string) => instant(`2026-06-02T${utc}Z`)

  test('of the daily decision and of scoring are an hour and a half, and eight hours, after the portfolio’s midnight', () => {
    expect(isoInstant(dailyPlanTurn(policy(), at('12:00:00')))).toBe('2026-06-01T23:30:00Z')
    expect(isoInstant(dailyScoreTurn(policy(), at('12:00:00')))).toBe('2026-06-02T06:00:00Z')
  })

  test('at any other instant are corrections', () => {
    const turn = dailyPlanTurn(policy(), at('12:00:00'))
    expect([later(turn, -1), turn, later(turn, 1)].map((one) => occasionOf(policy(), one))).toEqual([
      'correction',
      'daily',
      'correction',
    ])
  })

  test('of accounts are of the hour and of the quarter', async () => {
    const { loop } = await rig()
    const due = await dueMessages(at('10:44:59.999'), loop)
    const own = due.filter(({ key }) => key === accountKey(A))
    expect(own.map(({ stage, turn, attempt }) => [stage, isoInstant(turn), attempt])).toEqual([
      ['verify', '2026-06-02T10:30:00Z', 0],
      ['pull', '2026-06-02T10:00:00Z', 0],
      ['guard', '2026-06-02T10:30:00Z', 0],
    ])
  })

  test('of the day are due from their instant on, for six hours', async () => {
    const { loop } = await rig()
    const due = async (stage: string, now: Instant): Promise<number> =>
      (await dueMessages(now, loop)).filter((one) => one.stage === stage && one.key === PORTFOLIO && one.attempt === 0)
        .length
    for (const [stage, turn] of [
      ['plan', dailyPlanTurn(policy(), MORNING)],
      ['score', dailyScoreTurn(policy(), MORNING)],
    ] as const) {
      expect(await due(stage, later(turn, -1))).toBe(0)
      expect(await due(stage, turn)).toBe(1)
      expect(await due(stage, later(turn, 6 * HOUR_MS - 1))).toBe(1)
      expect(await due(stage, later(turn, 6 * HOUR_MS))).toBe(0)
    }
  })
})

describe('accounts to act on', () => {
  const acts = async (stage: Rig): Promise<readonly string[]> =>
    (await dueMessages(stage.now(), stage.loop)).filter((one) => one.stage === 'act').map(({ key }) => key)

  test('are those with chunks of an open plan that nobody has acted on yet', async () => {
    const stage = await rig()
    await stage.ready()
    expect(await acts(stage)).toEqual([])
    await stage.plan([
      [A, '10', 90],
      [B, '20', 90],
    ])
    expect(await acts(stage)).toEqual([accountKey(A), accountKey(B)])
    expect((await dueMessages(stage.now(), stage.loop)).at(-1)).toMatchObject({ stage: 'act', attempt: 0 })
    await stage.run('act', A)
    expect(await acts(stage)).toEqual([accountKey(B)])
    await stage.run('act', B)
    expect(await acts(stage)).toEqual([])
  })
})
