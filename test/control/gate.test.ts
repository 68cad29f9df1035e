import { describe, expect, test } from 'vitest'
import { stopped } from '../../lib/control/gate.ts'
import type { AlertId } from '../../lib/model/alert.ts'
import { packGuardrails } from '../../lib/model/guardrail.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { ChangeDecision } from '../../lib/model/plan.ts'
import { addDays, later, MINUTE_MS } from '../../lib/units/calendar.ts'
import { toMultiple } from '../../lib/units/money.ts'
import { aState, budgetLeverOf, euros, someCapabilities } from '../decide/samples.ts'
import { anObservation, NOW, TODAY } from '../measure/samples.ts'

const worth = (units: number) => ({ kind: 'money', amount: euros(units) }) as const
const decision = (from: number, to: number, over: Partial<ChangeDecision> = {}): ChangeDecision =>
  ({
    kind: 'change',
    change: { lever: budgetLeverOf('1'), from: worth(from), to: worth(to) },
    ...over,
  }) as ChangeDecision
const policyWith = (over: Readonly<Record<string, unknown>> = {}) =>
  anObservation({ accounts: [{ key: 'google-ads:1', campaigns: [] }], policy: over }).policy.policy

const asked = (
  change: ChangeDecision,
  state: Partial<LeverState> = {},
  policy: Readonly<Record<string, unknown>> = {},
  capabilities = someCapabilities,
) => stopped(change, aState('1', 100, state), { policy: policyWith(policy), date: TODAY, now: NOW, capabilities })

describe('at the moment of the push', () => {
  test('a usual raise and a usual cut go through', () => {
    expect(asked(decision(100, 120))).toBeUndefined()
    expect(asked(decision(100, 80))).toBeUndefined()
  })

  test('what a guardrail of the plan blocked is not sent', () => {
    const guardrails = packGuardrails([{ name: 'learning', verdict: 'block' }])
    expect(asked(decision(100, 120, { guardrails }))).toBe('a guardrail stands against it in the plan itself')
  })

  test('what is doubted is not moved, up or down, unless the policy bounds it around what it is read as', () => {
    const doubted = { doubted: { was: worth(2), since: NOW } }
    expect(asked(decision(100, 120), doubted)).toMatch(/read as 100\.00 EUR, 50\.0 times the 2\.00 EUR/)
    expect(asked(decision(100, 80), doubted)).toMatch(/mistake of units/)
    const bounds = [{ account: 'google-ads:1', budget: '91', atLeast: '10 EUR', atMost: '200 EUR' }]
    expect(asked(decision(100, 120), doubted, { bounds })).toBeUndefined()
    expect(asked(decision(100, 120), { doubted: { was: worth(2.01), since: NOW } })).toBeUndefined()
  })

  test('what is doubted goes back to its cap, and to the guard’s floor, and no other way', () => {
    const doubted = { doubted: { was: worth(2), since: NOW } }
    const ordered = { ...doubted, cutBackTo: worth(2) }
    expect(asked(decision(100, 2), ordered)).toBeUndefined()
    expect(asked(decision(100, 120), ordered)).toMatch(/mistake of units/)
    const alert = '1f2e3d4c' as AlertId
    expect(asked(decision(100, 1, { alert }), doubted)).toBeUndefined()
    expect(asked(decision(100, 120, { alert }), doubted)).toMatch(/mistake of units/)
  })

  test('the fifth raise of a day is not sent, the fifth cut is', () => {
    expect(asked(decision(100, 120), { day: TODAY, writes: 3 })).toBeUndefined()
    expect(asked(decision(100, 120), { day: TODAY, writes: 4 })).toMatch(/^it was moved 4 times today/)
    expect(asked(decision(100, 80), { day: TODAY, writes: 4 })).toBeUndefined()
    expect(asked(decision(100, 120), { day: addDays(TODAY, -1), writes: 4 })).toBeUndefined()
  })

  test('a lever that the platform takes no change of is left alone until it is over, up and down', () => {
    const cooling = (ms: number) => ({ cooling: { until: later(NOW, ms), reason: 'four changes an hour' } })
    const wait = 'not before 2026-11-21T05:30:00Z: four changes an hour'
    expect(asked(decision(100, 120), cooling(30 * MINUTE_MS))).toBe(wait)
    expect(asked(decision(100, 80), cooling(30 * MINUTE_MS))).toBe(wait)
    expect(asked(decision(100, 80), cooling(0))).toBeUndefined()
  })

  test('of the edits that a platform takes in an hour the last one is kept for a cut', () => {
    const four = { ...someCapabilities, budgetEditsPerHour: 4 }
    const edits = (...minutes: readonly number[]) => ({ edits: minutes.map((ago) => later(NOW, -ago * MINUTE_MS)) })
    const of = (to: number, state: Partial<LeverState>) => asked(decision(100, to), state, {}, four)
    expect(of(120, edits(50, 40))).toBeUndefined()
    expect(of(120, edits(50, 40, 5))).toMatch(
      /^not before 2026-11-21T05:10:00Z: .* 4 changes of a budget in an hour, and/,
    )
    expect(of(80, edits(50, 40, 5))).toBeUndefined()
    expect(of(80, edits(50, 40, 5, 1))).toBe(
      'not before 2026-11-21T05:10:00Z: the platform takes 4 changes of a budget in an hour',
    )
    expect(of(120, edits(61, 60, 5, 1))).toBeUndefined()
    expect(asked(decision(100, 120), edits(9, 8, 7, 6, 5))).toBeUndefined()
  })

  test('what the platform does not take is not sent', () => {
    const capabilities = {
      ...someCapabilities,
      maximumDailyBudget: () => euros(110),
      ratios: { 'target-roas': [0.01, 10] },
    } as const
    const roas = (to: number): ChangeDecision =>
      ({
        kind: 'change',
        change: {
          lever: { ...budgetLeverOf('1'), kind: 'target-roas', entity: 'campaign' },
          from: { kind: 'ratio', value: 9 },
          to: { kind: 'ratio', value: to },
        },
      }) as ChangeDecision
    expect(asked(decision(100, 111), {}, {}, capabilities)).toBe(
      '111.00 EUR is more than the 110.00 EUR a day that the platform takes',
    )
    expect(asked(decision(100, 110), {}, {}, capabilities)).toBeUndefined()
    expect(asked(decision(2, 0.99), {}, {}, capabilities)).toBe(
      '0.99 EUR is less than the 1.00 EUR a day that the platform takes',
    )
    expect(asked(decision(2, 1), {}, {}, capabilities)).toBeUndefined()
    expect(asked(roas(11), {}, {}, capabilities)).toMatch(/^the platform takes 0.01 to 10, and not /)
    expect(asked(roas(10), {}, {}, capabilities)).toBeUndefined()
  })

  test('a raise above the policy’s bound of the budget is not sent, a cut on its way to it is', () => {
    const bounds = [{ account: 'google-ads:1', budget: '91', atMost: '90 EUR' }]
    expect(asked(decision(80, 91), {}, { bounds })).toMatch(/^91\.00 EUR is more than the 90\.00 EUR/)
    expect(asked(decision(80, 90), {}, { bounds })).toBeUndefined()
    expect(asked(decision(120, 100), {}, { bounds })).toBeUndefined()
  })

  test('the most that a platform takes a day is no bound of a budget for a lifetime', () => {
    const most = { ...someCapabilities, maximumDailyBudget: () => euros(110) }
    const { change } = decision(100, 120)
    expect(asked(decision(100, 120), {}, {}, most)).toMatch(/that the platform takes$/)
    expect(asked(decision(100, 110), {}, {}, most)).toBeUndefined()
    const lifetime = { ...change, lever: { ...change.lever, kind: 'lifetime-budget' } as const }
    expect(asked(decision(100, 120, { change: lifetime }), {}, {}, most)).toBeUndefined()
  })

  test('a bound of a budget is none of a target that has the same name', () => {
    const bounds = [{ account: 'google-ads:1', budget: '91', atMost: '110 EUR' }]
    const { change } = decision(100, 120)
    expect(asked(decision(100, 120), {}, { bounds })).toMatch(/the policy bounds it by$/)
    const target = { ...change, lever: { ...change.lever, kind: 'target-cpa', entity: 'campaign' } as const }
    expect(asked(decision(100, 120, { change: target }), {}, { bounds })).toBeUndefined()
  })

  test('a value fifty times what it stands at, or a fiftieth, is not sent', () => {
    expect(asked(decision(100, 5_000))).toMatch(/^5000\.00 EUR is 50\.0 times apart from the 100\.00 EUR/)
    expect(asked(decision(100, 4_999))).toBeUndefined()
    expect(asked(decision(100, 2))).toMatch(/taken for a mistake of units/)
    expect(asked(decision(100, 2.01))).toBeUndefined()
  })

  test('nor is one fifty times what it stood at this morning, or within a week', () => {
    expect(asked(decision(100, 120), { day: TODAY, dayStart: worth(2) })).toMatch(/60\.0 times apart/)
    const past = (days: number) => ({ past: [{ date: addDays(TODAY, -days), value: worth(2) }] })
    expect(asked(decision(100, 120), past(7))).toMatch(/60\.0 times apart/)
    expect(asked(decision(100, 120), past(8))).toBeUndefined()
  })

  test('an order back to the caps is sent, however large the error that it undoes; so is the guard’s cut', () => {
    expect(asked(decision(10_000, 120), { cutBackTo: worth(120) })).toBeUndefined()
    expect(asked(decision(10_000, 120, { alert: 'a' as never }))).toBeUndefined()
    // A raise is no order back.
    expect(asked(decision(100, 5_000), { cutBackTo: worth(120) })).toMatch(/50\.0 times apart/)
  })

  test('a value of which the platform would keep half is not sent', () => {
    const coarse = {
      ...someCapabilities,
      normalise: (_: unknown, value: ChangeDecision['change']['to']) =>
        value.kind === 'money'
          ? { kind: 'money' as const, amount: toMultiple(value.amount, 60_000_000n, 'down') }
          : value,
    }
    expect(asked(decision(100, 119), {}, {}, coarse)).toBeUndefined()
    expect(asked(decision(150, 120.5), {}, {}, coarse)).toBeUndefined()
    const halving = { ...coarse, normalise: () => worth(60) }
    expect(asked(decision(100, 120), {}, {}, halving)).toBe('the platform would keep 60.00 EUR of 120.00 EUR')
  })
})
