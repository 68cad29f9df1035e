import { describe, expect, test } from 'vitest'
import { rollBack } from '../../lib/decide/rollback.ts'
import type { FreezeScope } from '../../lib/model/freeze.ts'
import { type Lever, type LeverValue, leverKey } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { ChangeDecision, Decision, PlanId } from '../../lib/model/plan.ts'
import type { Experiment } from '../../lib/model/structure.ts'
import { addDays, DAY_MS, later } from '../../lib/units/calendar.ts'
import { anObservation, NOW, TODAY } from '../measure/samples.ts'
import { amountAfter, aState, budgetLeverOf, euros, someCapabilities } from './samples.ts'

const worth = (units: number): LeverValue => ({ kind: 'money', amount: euros(units) })
const ratio = (value: number): LeverValue => ({ kind: 'ratio', value })
const ROAS: Lever = { ...budgetLeverOf('1'), kind: 'target-roas', entity: 'campaign', id: '1' }
const STATUS: Lever = { ...ROAS, kind: 'status' }

interface Case {
  readonly lever?: Lever
  readonly from?: LeverValue
  /** Where the plan left it: at 50 unless told. */
  readonly stored?: LeverValue
  /** What is read now: what the plan left, unless told. */
  readonly now?: LeverValue | 'gone'
  readonly isTheirs?: boolean
  readonly policy?: Readonly<Record<string, unknown>>
  readonly state?: Partial<LeverState>
  readonly experiments?: readonly Experiment[]
  readonly freezes?: readonly string[]
  /** The largest that the platform takes without learning anew. */
  readonly step?: number
  /** Spent of today on a platform that takes no new budget below it; absent: there is no such rule. */
  readonly spent?: number
}

/** What takes a plan's one change back, of a budget that stands at 50 or of its campaign. */
function asked({ lever = budgetLeverOf('1'), from = worth(40), stored = worth(50), ...of }: Case) {
  const observation = anObservation({
    accounts: [
      {
        ...{ key: 'google-ads:1', campaigns: [{ id: '1', budget: 50 }] },
        structure: { experiments: of.experiments ?? [] },
        over: {
          levers: of.state ? [aState('1', 50, of.state)] : [],
          spentTodayMicros: new Map([['1', euros(of.spent ?? 0).micros]]),
        },
      },
    ],
    policy: of.policy ?? {},
    over: {
      freezes: (of.freezes ?? []).map((scope) => ({
        ...{ scope: scope as FreezeScope, reason: 'stocktaking', by: 'ana', at: NOW },
      })),
    },
  })
  const decision = {
    ...{ kind: 'change', name: 'One', class: 'brand', change: { lever, from, to: stored }, maturity: 0.5 },
    expected: { unit: 'conversions-per-day', mean: 3, low: 1, high: 7 },
  } as ChangeDecision
  const key = leverKey(lever)
  const ruled = of.spent === undefined ? {} : { cutFloorOfSpend: 1, raiseFloorOfSpend: true }
  const capabilities = { ...someCapabilities, learningSafeStep: of.step ?? 0.2, ...ruled }
  return rollBack({
    ...{ of: 'p1' as PlanId, by: 'jo', observation, capabilitiesOf: () => capabilities },
    made: [{ decision, stored, at: NOW }],
    live: new Map([[key, of.now === 'gone' ? undefined : (of.now ?? stored)]]),
    ...(of.isTheirs ? { theirs: new Set([key]) } : {}),
  })
}
function decided(of: Case): Decision {
  const { decisions, moved, back } = asked(of)
  expect([decisions.length, moved.length, back.length]).toEqual([1, 0, 0])
  return decisions[0]!
}
const why = (of: Case): string => {
  const decision = decided(of)
  return decision.kind === 'hold' ? `${decision.reason}: ${decision.detail}` : decision.why
}

describe('a change that a plan made', () => {
  test('is back already, or was moved since, or goes back', () => {
    expect(asked({ now: worth(40) })).toMatchObject({ decisions: [], moved: [], back: [{}] })
    expect(asked({ now: worth(45) })).toMatchObject({ decisions: [], moved: [{ now: worth(45) }], back: [] })
    expect(asked({ now: 'gone' })).toMatchObject({ decisions: [], moved: [{ now: undefined }], back: [] })
    expect(asked({ isTheirs: true })).toMatchObject({ decisions: [], moved: [{ now: worth(50) }], back: [] })
    expect(amountAfter(decided({}))).toBe(40)
  })

  test('goes back with what it was to bring, and is left alone afterwards', () => {
    expect(decided({ policy: { drift: { holdDays: 2 } } })).toEqual({
      ...{ kind: 'change', name: 'One', class: 'brand', maturity: 0.5, binding: [] },
      change: { lever: budgetLeverOf('1'), from: worth(50), to: worth(40) },
      expected: { unit: 'conversions-per-day', mean: -3, low: -7, high: -1 },
      why: 'Plan p1 set it from 40.00 EUR at 2026-11-21T05:00:00Z; it goes back to 40.00 EUR (−20.0 %).',
      holdAfter: { until: later(NOW, 2 * DAY_MS), reason: 'jo rolled plan p1 back' },
    })
    expect(decided({ policy: { drift: { holdDays: 1 } } })).toMatchObject({ holdAfter: { until: later(NOW, DAY_MS) } })
    expect(decided({ policy: { drift: { holdDays: 0 } } })).not.toHaveProperty('holdAfter')
  })
})

describe('a budget on its way back', () => {
  test('up rises by no more than a day may: a fifth of what it stands at, or of what it began the day with', () => {
    const RISE = 'at most 20 % up within one day, all decisions together'
    expect(why({ from: worth(80) })).toBe(
      `Plan p1 set it from 80.00 EUR at 2026-11-21T05:00:00Z; it goes back to 60.00 EUR (+20.0 %), on its way to 80.00 EUR: ${RISE}.`,
    )
    const began = (units: number, day = TODAY) => ({ day, dayStart: worth(units), dayHigh: worth(units) })
    expect(amountAfter(decided({ from: worth(80), state: began(45) }))).toBe(54)
    expect(amountAfter(decided({ from: worth(80), state: began(45, addDays(TODAY, -1)) }))).toBe(60)
    expect(amountAfter(decided({ from: worth(80), state: { day: TODAY } }))).toBe(60)
    // It stands above that already: no further up, and not forced down.
    expect(why({ from: worth(80), state: began(30) })).toBe(`guardrail: ${RISE}`)
  })

  test('down goes no further than a fifth of what it is', () => {
    expect(decided({ from: worth(5) })).toMatchObject({
      change: { to: worth(10) },
      binding: [{ name: 'implausible', detail: 'more than 5 times the present budget is taken for an error' }],
    })
  })

  test('up goes no further than what is taken for an error, where a day may bring more', () => {
    const policy = { guardrails: { maxDayRise: 1, implausibleFactor: 1.5 } }
    expect(amountAfter(decided({ from: worth(80), policy, step: 1 }))).toBe(75)
  })

  test('is sent nothing below a bound by what the platform rounds off', () => {
    const policy = { bounds: [{ account: 'google-ads:1', budget: '91', atLeast: '42.005 EUR' }] }
    expect(amountAfter(decided({ policy }))).toBe(42.01)
  })

  test('is not sent where the platform would refuse it beside what is spent today', () => {
    // A twentieth more than 52 is 54.60, than 53 it is 55.65.
    expect(amountAfter(decided({ from: worth(55), spent: 52 }))).toBe(55)
    expect(why({ from: worth(55), spent: 53 })).toMatch(/^spent-today: 53\.00 EUR are spent today already/)
  })

  test('stays between bounds that contradict each other, and is told of both', () => {
    const policy = {
      bounds: [{ account: 'google-ads:1', budget: '91', atLeast: '55 EUR' }],
      guardrails: { maxDailyBudget: '52 EUR' },
    }
    expect(why({ policy })).toMatch(/^guardrail: .*bounds.*; .*maximum|^guardrail: maximum.*; bounds/)
  })

  test('waits for what stands against it, and is an amount', () => {
    expect(why({ freezes: ['everything'] })).toBe('frozen: everything is frozen by ana: stocktaking')
    expect(why({ from: ratio(2) })).toBe('unsupported-budget: a budget is an amount')
    expect(why({ lever: budgetLeverOf('7') })).toBe('not-managed: its budget is in this portfolio no more')
  })
})

describe('another setting on its way back', () => {
  test('goes all the way', () => {
    const target = { lever: ROAS, from: ratio(3), stored: ratio(4) }
    expect(decided(target)).toMatchObject({ kind: 'change', change: { from: ratio(4), to: ratio(3) }, binding: [] })
    expect(why(target)).toBe('Plan p1 set it from 300 % at 2026-11-21T05:00:00Z; it goes back to 300 %.')
    expect(why({ ...target, lever: { ...ROAS, account: budgetLeverOf('1', 'meta:1').account } })).toBe(
      'not-managed: its account is in the policy no more',
    )
  })

  test('says the value where the one is an amount and the other is not', () => {
    expect(why({ lever: ROAS, from: worth(3), stored: ratio(4) })).toMatch(/it goes back to 3\.00 EUR\.$/)
    expect(why({ lever: ROAS, from: ratio(3), stored: worth(4) })).toMatch(/it goes back to 300 %\.$/)
  })

  test('starts nothing that is paused: a person does', () => {
    const [active, paused] = [
      { kind: 'status', status: 'active' },
      { kind: 'status', status: 'paused' },
    ] as const
    expect(why({ lever: STATUS, from: active, stored: paused })).toMatch(
      /^paused: what is paused is started by a person/,
    )
    expect(decided({ lever: STATUS, from: paused, stored: active }).kind).toBe('change')
  })

  test('waits for a freeze of its campaign, and for a test on it to be over', () => {
    const target = { lever: ROAS, from: ratio(3), stored: ratio(4) }
    const running = (to?: string, campaigns = ['1', '2']) => ({
      ...target,
      experiments: [{ id: 't', name: 'Split', campaigns, ...(to ? { to } : {}) }] as never,
    })
    expect(why({ ...target, freezes: ['campaign/google-ads:1/1'] })).toMatch(/^frozen/)
    expect(why(running())).toBe('in-experiment: the platform is running the test "Split" on it')
    expect(why(running(TODAY))).toMatch(/^in-experiment/)
    expect(decided(running(addDays(TODAY, -1))).kind).toBe('change')
    expect(decided(running(TODAY, ['2'])).kind).toBe('change')
  })
})
