import { describe, expect, test } from 'vitest'
import { beyondDay, dayRiseOf, heldSince, unfit } from '../../lib/control/last-look.ts'
import type { AlertId } from '../../lib/model/alert.ts'
import type { LeverChange, LeverValue } from '../../lib/model/lever.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { ChangeDecision } from '../../lib/model/plan.ts'
import { addDays, HOUR_MS, later } from '../../lib/units/calendar.ts'
import { currency, money } from '../../lib/units/money.ts'
import { aState, budgetLeverOf, euros } from '../decide/samples.ts'
import { anObservation, NOW, TODAY } from '../measure/samples.ts'

const worth = (units: number): LeverValue => ({ kind: 'money', amount: euros(units) })
const decision = (from: number, to: number, over: Partial<ChangeDecision> = {}): ChangeDecision =>
  ({
    kind: 'change',
    change: { lever: budgetLeverOf('1'), from: worth(from), to: worth(to) },
    ...over,
  }) as ChangeDecision
const observation = (policy: Readonly<Record<string, unknown>> = {}) =>
  anObservation({ accounts: [{ key: 'google-ads:1', campaigns: [{ id: '1', budget: 100 }] }], policy })
const momentOf = (policy: Readonly<Record<string, unknown>> = {}, safeStep = 0.2) => {
  const { policy: version, accounts } = observation(policy)
  return { policy: version.policy, structure: accounts[0]!.structure, date: TODAY, safeStep }
}

describe('how far a budget may rise in a day', () => {
  const rising = (from: number, to: number, state: Partial<LeverState> = {}, over: Partial<ChangeDecision> = {}) =>
    beyondDay(decision(from, to, over), aState('1', from, state), momentOf({ guardrails: { maxDayRise: 0.35 } }))
  const TOO_FAR = 'it would rise by more today than the policy lets a budget rise in a day'

  test('as the policy says, and no more than the platform takes lightly', () => {
    const { policy } = momentOf({ guardrails: { maxDayRise: 0.35 } })
    expect(dayRiseOf(policy, 0.2)).toBe(0.2)
    expect(dayRiseOf(policy, 1)).toBe(0.35)
  })

  test('to that to the micro, and no micro more', () => {
    expect(rising(100, 120)).toBeUndefined()
    expect(rising(100, 120.000001)).toBe(TOO_FAR)
  })

  test('reckoned from what it stood at when the day began', () => {
    expect(rising(110, 120, { day: TODAY, dayStart: worth(100) })).toBeUndefined()
    expect(rising(110, 121, { day: TODAY, dayStart: worth(100) })).toBe(TOO_FAR)
    expect(rising(110, 132, { day: addDays(TODAY, -1), dayStart: worth(100) })).toBeUndefined()
  })

  const raises = [
    {
      ...{ from: NOW, to: later(NOW, HOUR_MS), first: TODAY, last: TODAY },
      size: { by: 'amount', amount: euros(1) },
    },
  ] as const

  test('not at all while a schedule of the platform raises it; cuts and what it stands at are another matter', () => {
    expect(rising(100, 100.000001, { raises })).toMatch(/^a schedule of the platform raises it/)
    expect(rising(100, 100, { raises })).toBeUndefined()
    expect(rising(100, 99, { raises })).toBeUndefined()
  })

  test('for an event as far as its approved step from what is on record, not from what the plan says', () => {
    const events = [{ name: 'sale', from: TODAY, to: TODAY, budgetFactor: 1.5 }]
    const on = (from: number, to: number, said: number, record?: number) =>
      beyondDay(
        decision(from, to, { event: { name: 'sale', stoodAt: euros(said) } } as never),
        aState('1', from, record === undefined ? {} : { event: { name: 'sale', stoodAt: euros(record) } }),
        momentOf({ events }),
      )
    expect(on(100, 150, 100)).toBeUndefined()
    expect(on(100, 150.01, 100)).toMatch(/may raise it to 1.5 times/)
    expect(on(100, 120, 90)).toBe('what it stood at before the event is not what is on record')
    expect(on(120, 150, 100, 100)).toBeUndefined()
    expect(on(120, 150, 120, 100)).toBe('what it stood at before the event is not what is on record')
  })
})

describe('what was put on hold since the plan was made', () => {
  const madeAt = later(NOW, -HOUR_MS)
  const held = (over: Partial<LeverState> = {}, change: Partial<LeverChange> = {}, skewMs = 0, alert?: AlertId) =>
    heldSince(
      { change: { ...decision(100, 90).change, ...change }, ...(alert ? { alert } : {}) },
      aState('1', 100, { hold: { until: later(NOW, 1), reason: 'anna set it' }, knownAt: NOW, ...over }),
      { madeAt, now: NOW, skewMs },
    )
  const WHY = 'it was put on hold since the plan was made: anna set it'

  test('is left alone, up and down', () => {
    expect(held()).toBe(WHY)
    expect(held({}, { to: worth(110) })).toBe(WHY)
  })

  test('is free when the hold is over, was there before, or is none', () => {
    expect(held({ hold: { until: NOW, reason: 'over' } })).toBeUndefined()
    expect(held({ knownAt: madeAt })).toBeUndefined()
    expect(held({ knownAt: later(madeAt, 1) })).toBe(WHY)
    const { hold: _, ...free } = aState('1', 100)
    expect(heldSince(decision(100, 90), free, { madeAt, now: NOW, skewMs: 0 })).toBeUndefined()
  })

  test('is left alone by when it was put on hold, and not by when its value was read: the guard holds what stands where it stood', () => {
    const until = later(NOW, 1)
    const reason = 'anna set it'
    expect(held({ hold: { until, reason, since: later(madeAt, 1) }, knownAt: later(madeAt, -1) })).toBe(WHY)
    expect(held({ hold: { until, reason, since: madeAt }, knownAt: NOW })).toBeUndefined()
  })

  test('gives way to a cut that the guard makes for an alert, not to a raise', () => {
    const alert = '2fe0e34a' as AlertId
    expect(held({}, {}, 0, alert)).toBeUndefined()
    expect(held({}, { to: worth(110) }, 0, alert)).toBe(WHY)
  })

  test('counts as newer than the plan by as much as clocks may differ', () => {
    expect(held({ knownAt: later(madeAt, -2_000) }, {}, 2_000)).toBeUndefined()
    expect(held({ knownAt: later(madeAt, -1_999) }, {}, 2_000)).toBe(WHY)
  })

  test('gives way to a pause and to an order to cut back, not to a raise under such an order', () => {
    const status = { ...budgetLeverOf('1'), kind: 'status' } as const
    expect(held({}, { lever: status, to: { kind: 'status', status: 'paused' } })).toBeUndefined()
    const cutBackTo = worth(90)
    expect(held({ cutBackTo })).toBeUndefined()
    expect(held({ cutBackTo }, { to: worth(100) })).toBe(WHY)
    expect(held({ cutBackTo }, { to: worth(99.999999) })).toBeUndefined()
    expect(held({ cutBackTo }, { to: worth(101) })).toBe(WHY)
    expect(held({ cutBackTo }, { to: { kind: 'ratio', value: 0.5 } as never })).toBe(WHY)
  })
})

describe('whether a target, a bid or a multiplier fits', () => {
  const asked = (from: LeverValue, to: LeverValue) =>
    unfit(
      { change: { lever: { ...budgetLeverOf('1'), kind: 'target-cpa' }, from, to } },
      {},
      momentOf({ guardrails: { implausibleFactor: 5 } }),
    )
  const ratio = (value: number): LeverValue => ({ kind: 'ratio', value })
  const ERROR = 'more than 5 times what it was, or less than its part, is taken for an error'
  const micros = (of: bigint): LeverValue => ({ kind: 'money', amount: money(of, currency('EUR')) })

  test('up to five times and down to a fifth, both included', () => {
    expect(asked(worth(10), worth(50))).toBeUndefined()
    expect(asked(worth(10), worth(50.01))).toBe(ERROR)
    expect(asked(worth(10), worth(2))).toBeUndefined()
    expect(asked(worth(10), worth(1.99))).toBe(ERROR)
  })

  test('ratios likewise, those below one too', () => {
    expect(asked(ratio(0.25), ratio(1.25))).toBeUndefined()
    expect(asked(ratio(0.25), ratio(1.26))).toBe(ERROR)
    expect(asked(ratio(1.25), ratio(0.25))).toBeUndefined()
    expect(asked(ratio(1.25), ratio(0.24))).toBe(ERROR)
  })

  test('a micro is an amount', () => {
    expect(asked(micros(1n), micros(5n))).toBeUndefined()
    expect(asked(micros(5n), micros(1n))).toBeUndefined()
  })

  test.each<[what: string, from: LeverValue, to: LeverValue]>([
    ['from nothing', worth(0), worth(10)],
    ['to nothing', worth(10), worth(0)],
    ['from no ratio', ratio(0), ratio(1)],
    ['to no ratio', ratio(1), ratio(0)],
    ['an amount to a ratio', worth(1), ratio(1)],
    ['a ratio to an amount', ratio(1), worth(1)],
    ['into another currency', worth(10), { kind: 'money', amount: money(10_000_000n, currency('USD')) }],
  ])('what cannot be compared does not: %s', (_, from, to) => {
    expect(asked(from, to)).toBe(`a target-cpa cannot go from a ${from.kind} to a ${to.kind}`)
  })
})

describe('whether something may be paused or started', () => {
  const status = (
    to: 'active' | 'paused',
    over: Partial<ChangeDecision> = {},
    lever: Partial<LeverChange['lever']> = {},
  ) => ({
    change: {
      lever: { ...budgetLeverOf('1'), kind: 'status', entity: 'campaign', id: '1', ...lever } as LeverChange['lever'],
      from: { kind: 'status', status: to === 'active' ? 'paused' : 'active' } as const,
      to: { kind: 'status', status: to } as const,
    },
    ...over,
  })
  const alert = { alert: 'a1' as never }

  test('a plan starts nothing that is paused', () => {
    expect(unfit(status('active'), {}, momentOf())).toBe('what is paused is started by a person only')
  })

  test('a plan pauses no campaign whose time in the portfolio is not over', () => {
    expect(unfit(status('paused'), {}, momentOf())).toMatch(/its time is not over$/)
    expect(unfit(status('paused', {}, { id: '2' }), {}, momentOf())).toBeUndefined()
    expect(unfit(status('paused', {}, { entity: 'ad-group' }), {}, momentOf())).toBeUndefined()
    const over = momentOf({ members: [{ name: 'Campaign 1', class: 'prospecting', to: addDays(TODAY, -1) }] })
    expect(unfit(status('paused'), {}, over)).toBeUndefined()
  })

  test('the guard pauses what it must, and takes back no pause but its own, of the same alert', () => {
    expect(unfit(status('paused', alert), {}, momentOf())).toBeUndefined()
    expect(unfit(status('active', alert), { pausedFor: 'a1' as never }, momentOf())).toBeUndefined()
    const THEIRS = 'it is not paused for alert a1: what somebody else paused is theirs to start'
    expect(unfit(status('active', alert), { pausedFor: 'a2' as never }, momentOf())).toBe(THEIRS)
    expect(unfit(status('active', alert), {}, momentOf())).toBe(THEIRS)
  })
})
