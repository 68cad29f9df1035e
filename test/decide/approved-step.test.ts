import { describe, expect, test } from 'vitest'
import { NO_BELIEFS } from '../../lib/decide/no-beliefs.ts'
import { decide } from '../../lib/decide/plan.ts'
import { portfolioId } from '../../lib/model/account.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { Observation } from '../../lib/model/observation.ts'
import type { Decision } from '../../lib/model/plan.ts'
import type { ScheduledRaise } from '../../lib/model/scheduled-raise.ts'
import { accountDate, DAY_MS, instant, later } from '../../lib/units/calendar.ts'
import { anObservation, NOW } from '../measure/samples.ts'
import { amountAfter, aState, decisionOn, euros, planOf, someCapabilities } from './samples.ts'

/** An approved step of four times, today and tomorrow. */
const FAIR = { name: 'fair', from: '2026-11-21', to: '2026-11-22', budgetFactor: 4 }

interface Ask {
  readonly states?: readonly LeverState[]
  readonly policy?: Readonly<Record<string, unknown>>
  /** Day caps, main units. */
  readonly cap?: number
  readonly portfolioCap?: number
  readonly over?: Partial<Observation>
}

/** Budgets of 50 and 30, at twice in the worst case: 160 as they stand. */
function planned({ states = [], policy = {}, cap = 10_000, portfolioCap = 10_000, over = {} }: Ask = {}) {
  return planOf(
    anObservation({
      accounts: [
        {
          key: 'google-ads:1',
          campaigns: [
            { id: '1', budget: 50 },
            { id: '2', budget: 30 },
          ],
          over: { levers: states },
          terms: { dayCap: `${cap} EUR` },
        },
      ],
      target: 80,
      policy: { events: [FAIR], dayCap: `${portfolioCap} EUR`, ...policy },
      over,
    }),
  )
}
const standing = (ask: Ask): readonly number[] => {
  const plan = planned(ask)
  return ['1', '2'].map((id) => amountAfter(decisionOn(plan, id)))
}
const namesOf = (decision: Decision): readonly string[] =>
  decision.kind === 'change' ? decision.binding.map(({ name }) => name) : []

describe('the approved step of an event', () => {
  test('is made at once, and remembers what the budget goes back to', () => {
    const decision = decisionOn(planned(), '1')
    expect(decision).toMatchObject({
      kind: 'change',
      change: { from: { amount: euros(50) }, to: { amount: euros(200) } },
      event: { name: 'fair', stoodAt: euros(50) },
      why: '+300.0 % to 200.00 EUR: 4 times the 50.00 EUR that it stood at, approved for "fair" (2026-11-21 to 2026-11-22); back on 2026-11-23.',
    })
  })

  test('is made without any estimate too, which is as young as can be', () => {
    const observation = anObservation({
      accounts: [{ key: 'google-ads:1', campaigns: [{ id: '1', budget: 50 }] }],
      target: 80,
      policy: { events: [FAIR], dayCap: '10000 EUR' },
    })
    const plan = decide(observation, NO_BELIEFS, () => someCapabilities, 'inputs')
    expect(decisionOn(plan, '1')).toMatchObject({ change: { to: { amount: euros(200) } }, maturity: 0 })
  })

  test('is not made of a budget that is not a daily one', () => {
    const observation = anObservation({
      accounts: [{ key: 'google-ads:1', campaigns: [{ id: '1', budget: 50 }] }],
      target: 80,
      policy: { events: [FAIR], dayCap: '10000 EUR' },
    })
    const [account] = observation.accounts
    const { structure } = account!
    const budgets = structure.budgets.map((one) => ({ ...one, period: 'lifetime' }) as const)
    const plan = planOf({ ...observation, accounts: [{ ...account!, structure: { ...structure, budgets } }] })
    expect(decisionOn(plan, '1')).toMatchObject({ kind: 'hold', reason: 'unsupported-budget' })
  })

  test.each<[why: string, ask: Ask, wanted: readonly number[], cut: string]>([
    // 240 wanted above the 80 that stand. A cap of 400 at twice leaves 120: half of it.
    ['its account’s day cap', { cap: 400 }, [125, 75], 'account-cap'],
    ['the portfolio’s day cap', { portfolioCap: 400 }, [125, 75], 'portfolio-cap'],
    // 75.003 and 45.001, of which the platform takes whole cents.
    ['a cap that does not come out even', { cap: 400.01 }, [125, 75], 'account-cap'],
    ['the tighter of both', { cap: 400, portfolioCap: 280 }, [87.5, 52.5], 'portfolio-cap'],
  ])('shares what is left by %s with the others, and names it', (_why, ask, wanted, cut) => {
    expect(standing(ask)).toEqual(wanted)
    expect(namesOf(decisionOn(planned(ask), '2'))).toEqual(['event', cut])
  })

  test('is a hold where the caps leave nothing', () => {
    expect(decisionOn(planned({ cap: 160 }), '1')).toMatchObject({
      kind: 'hold',
      reason: 'event',
      detail: expect.stringMatching(/asks for 200\.00 EUR, but the account’s day cap leaves no more$/),
    })
  })

  test('shares a cap over currencies by what each asks for in the portfolio’s', () => {
    const plan = planOf(
      anObservation({
        accounts: [
          { key: 'google-ads:1', campaigns: [{ id: '1', budget: 50 }] },
          { key: 'meta:1', currency: 'USD', rate: 0.5, campaigns: [{ id: '2', budget: 100 }] },
        ],
        target: 100,
        policy: { events: [FAIR], dayCap: '500 EUR', guardrails: { rateHaircut: 0 } },
      }),
    )
    // 150 EUR and 300 USD, which are 150 EUR as well; 100 stand, and a cap of 500 at twice leaves half of what is asked for.
    expect([amountAfter(decisionOn(plan, '1')), amountAfter(decisionOn(plan, '2', 'meta:1'))]).toEqual([125, 250])
  })

  test('takes the room before any ordinary raise does', () => {
    // 150 more for the first: of the 200 that the cap leaves, 50 remain for what the second might want.
    const ask = { cap: 560, policy: { events: [{ ...FAIR, match: { id: '1' } }] } }
    const [first, second] = standing(ask)
    expect(first).toBe(200)
    expect((first! + second!) * 2).toBeLessThanOrEqual(560)
  })

  test('is not put on top of what a person set and is left alone', () => {
    const held = aState('1', 50, { hold: { until: later(NOW, DAY_MS), reason: 'anna set it' } })
    const decision = decisionOn(planned({ states: [held] }), '1')
    expect(decision).toMatchObject({
      kind: 'hold',
      reason: 'human-hold',
      detail: 'anna set it; "fair" does not raise it over that',
    })
    expect(amountAfter(decisionOn(planned({ states: [held] }), '2'))).toBe(120)
    // Where the caps leave nothing, that is what is said.
    expect(decisionOn(planned({ states: [held], cap: 160 }), '1')).toMatchObject({ kind: 'hold', reason: 'event' })
  })

  test('is made by a correction too, which leaves the rest alone', () => {
    const events = [{ ...FAIR, match: { id: '1' } }]
    const plan = planned({ policy: { events }, over: { occasion: 'correction' } })
    expect(amountAfter(decisionOn(plan, '1'))).toBe(200)
    expect(decisionOn(plan, '2')).toMatchObject({ kind: 'hold', reason: 'between-decisions' })
  })

  test('is undone when it is over, though the policy has the event no more', () => {
    const states = [aState('1', 50, { event: { name: 'fair', stoodAt: euros(12.5) } })]
    const decision = decisionOn(planned({ states, policy: { events: [] } }), '1')
    expect(decision).toMatchObject({ kind: 'change', change: { to: { amount: euros(12.5) } } })
    expect(decision).not.toHaveProperty('event')
  })

  test('stays remembered when a person’s edit outside the caps is cut back', () => {
    const event = { name: 'fair', stoodAt: euros(5) }
    const states = [aState('1', 50, { event, cutBackTo: { kind: 'money', amount: euros(24) } })]
    expect(decisionOn(planned({ states }), '1')).toMatchObject({ change: { to: { amount: euros(24) } }, event })
  })
})

describe('a budget that a schedule of the platform raises', () => {
  /** Over the 50 of the first budget, for both days of the fair. */
  const raise = (over: Partial<ScheduledRaise> = {}): ScheduledRaise => ({
    from: instant('2026-11-20T23:00:00Z'),
    to: instant('2026-11-22T23:00:00Z'),
    first: accountDate('2026-11-21'),
    last: accountDate('2026-11-22'),
    size: { by: 'amount', amount: euros(150) },
    id: 's1',
    ...over,
  })
  const ours = { event: 'fair', portfolio: portfolioId('eu'), factor: 4, over: euros(50) }
  const on = (one: ScheduledRaise, ask: Ask = {}) =>
    decisionOn(planned({ states: [aState('1', 50, { raises: [one] })], ...ask }), '1')

  test.each<[why: string, one: ScheduledRaise, says: string]>([
    ['for the event', raise({ ours }), 'the platform raises it by a schedule until 2026-11-22'],
    ['by somebody else', raise(), 'somebody’s schedule raises it'],
    [
      'no more, because somebody deleted it',
      raise({ ours, gone: accountDate('2026-11-21') }),
      'the platform raises it by a schedule until 2026-11-22',
    ],
    [
      'no more since before it began',
      raise({ ours, gone: accountDate('2026-11-20') }),
      'somebody took its schedule back: it is left as it is',
    ],
  ])('is not stepped as well: raised %s', (_why, one, detail) => {
    expect(on(one)).toMatchObject({ kind: 'hold', reason: 'event', detail })
  })

  test('is stepped where what was taken back was for another event, or is over', () => {
    const gone = accountDate('2026-11-20')
    for (const one of [raise({ ours: { ...ours, event: 'expo' }, gone }), raise({ ours, gone, last: gone })])
      expect(on(one)).toMatchObject({ kind: 'change', change: { to: { amount: euros(200) } } })
    expect(on(raise({ ours, gone, last: accountDate('2026-11-21') }))).toMatchObject({ kind: 'hold', reason: 'event' })
  })

  test('is not asked about schedules where it was stepped already, nor before the event', () => {
    const event = { name: 'fair', stoodAt: euros(12.5) }
    const stepped = decisionOn(planned({ states: [aState('1', 50, { event, raises: [raise()] })] }), '1')
    expect(stepped).not.toMatchObject({ detail: 'somebody’s schedule raises it' })
    const later = { ...FAIR, from: '2026-11-25', to: '2026-11-26' }
    expect(on(raise(), { policy: { events: [later] } })).toMatchObject({ kind: 'hold', reason: 'human-hold' })
  })

  test('is left alone on the eve of a schedule and on its days, be there an event or not', () => {
    const tomorrow = raise({ first: accountDate('2026-11-22') })
    for (const one of [raise(), tomorrow])
      expect(on(one, { policy: { events: [] } })).toMatchObject({ kind: 'hold', reason: 'human-hold' })
    expect(on(raise({ ours }), { policy: { events: [] } })).toMatchObject({ kind: 'hold', reason: 'event' })
  })

  test('takes its share of the day’s money and of the room under the caps', () => {
    // 150 + 50 + 30 at twice are 460: a cap of 520 leaves 30 to the second's step of 90.
    const states = [aState('1', 50, { raises: [raise({ ours })] })]
    expect(amountAfter(decisionOn(planned({ states, cap: 520 }), '2'))).toBe(60)
    // The first spends 200 either way: the second is given the same as beside the step of the budget.
    const events = [{ ...FAIR, match: { id: '1' } }]
    const alone = (raises: readonly ScheduledRaise[]) =>
      amountAfter(decisionOn(planned({ states: [aState('1', 50, { raises })], policy: { events } }), '2'))
    expect(alone([raise({ ours })])).toBe(alone([]))
  })
})
