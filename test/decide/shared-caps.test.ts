import { describe, expect, test } from 'vitest'
import { NO_BELIEFS } from '../../lib/decide/no-beliefs.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import { withinSharedCaps } from '../../lib/decide/shared-caps.ts'
import { guardrailsOf } from '../../lib/decide/verdicts.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { ChangeDecision, Decision } from '../../lib/model/plan.ts'
import { addDays } from '../../lib/units/calendar.ts'
import { type AccountSpec, anObservation, TODAY } from '../measure/samples.ts'
import { aState, decisionOn, euros, planOf, someCapabilities, standsAt } from './samples.ts'

/** Two Google budgets in euros, one of Meta in dollars; every one worth raising by its step of a fifth. */
const planWith = (caps: readonly object[], guardrails: Readonly<Record<string, unknown>> = {}) =>
  planOf(
    anObservation({
      accounts: [
        {
          key: 'google-ads:1',
          campaigns: [
            { id: '1', budget: 50, rate: 0.5 },
            { id: '2', budget: 50, rate: 0.3 },
          ],
        },
        { key: 'meta:1', currency: 'USD', rate: 0.9, campaigns: [{ id: '3', budget: 100, rate: 0.4 }] },
      ],
      target: 400,
      policy: { caps, guardrails, exploration: { maxCost: 0 } },
    }),
  )
const standings = (plan: ReturnType<typeof planWith>) => [
  standsAt(plan, '1'),
  standsAt(plan, '2'),
  standsAt(plan, '3', 'meta:1'),
]

describe('a cap that budgets share', () => {
  test('changes nothing where it leaves room', () => {
    expect(standings(planWith([]))).toEqual([60, 60, 120])
    // Twice 120 euros, over-delivery included.
    expect(standings(planWith([{ name: 'google', match: { platform: 'google-ads' }, dayCap: '240 EUR' }]))).toEqual([
      60, 60, 120,
    ])
  })

  test('holds the raise that brings least where there is room for one only', () => {
    const plan = planWith([{ name: 'google', match: { platform: 'google-ads' }, dayCap: '239 EUR' }])
    expect(standings(plan)).toEqual([60, 50, 120])
    expect(decisionOn(plan, '2')).toMatchObject({
      kind: 'hold',
      reason: 'guardrail',
      detail: 'cap "google" of 239.00 EUR: what it counts may cost 220.00 EUR today already at worst',
    })
    expect(guardrailsOf(decisionOn(plan, '2'))).toContainEqual(
      expect.objectContaining({ name: 'guardrail', verdict: 'block' }),
    )
  })

  test('counts other currencies with the haircut', () => {
    // 2 × 120 dollars at 0.9 are 216 euros, and 220.32 with 2 % on top.
    const cap = (dayCap: string) => [{ name: 'meta', match: { platform: 'meta' }, dayCap }]
    expect(standings(planWith(cap('220.32 EUR')))).toEqual([60, 60, 120])
    expect(standings(planWith(cap('220.31 EUR')))).toEqual([60, 60, 100])
    expect(standings(planWith(cap('216 EUR'), { rateHaircut: 0 }))).toEqual([60, 60, 120])
  })

  test('reaches across platforms and currencies', () => {
    // 100 + 100 + 183.6 as they stand.
    const all = [{ name: 'everything', match: {}, dayCap: '383.6 EUR' }]
    expect(standings(planWith(all))).toEqual([50, 50, 100])
  })
})

describe('what a shared cap counts as standing', () => {
  const worth = (units: number) => ({ kind: 'money', amount: euros(units) }) as const
  interface Case {
    readonly state?: Partial<LeverState>
    readonly campaign?: Partial<AccountSpec['campaigns'][number]>
    readonly settled?: number
    readonly from?: number
  }
  /** A raise of 50 to 60, beside a budget of 50; a platform may spend twice a budget. Held or not under the cap. */
  function held(dayCap: string, { state, campaign, settled, from = 50 }: Case = {}): boolean {
    const observation = anObservation({
      accounts: [
        {
          key: 'google-ads:1',
          campaigns: [
            { id: '1', budget: 50 },
            { id: '2', budget: 50, ...campaign },
          ],
          over: { levers: state ? [aState('2', 50, state)] : [] },
        },
      ],
      policy: { caps: [{ name: 'all', match: {}, dayCap }] },
    })
    const [one, other] = questionsOf(observation, NO_BELIEFS, () => someCapabilities)
    const to = (question: typeof one, units: number, start: number): ChangeDecision =>
      ({
        kind: 'change',
        change: { lever: question!.lever, from: worth(start), to: worth(units) },
        name: question!.budget.name,
        expected: { unit: 'conversions-per-day', mean: 1, low: 0, high: 2 },
      }) as ChangeDecision
    const before: readonly Decision[] = settled === undefined ? [] : [to(other, settled, 50)]
    return withinSharedCaps([one!, other!], before, [to(one, 60, from)])[0]!.kind === 'hold'
  }

  test('twice what stands and twice the raise, to the micro', () => {
    // 2 × 50 + 2 × 60.
    expect(held('220 EUR')).toBe(false)
    expect(held('219.999999 EUR')).toBe(true)
  })

  test('the highest that it stood at today, not what it stood at yesterday', () => {
    expect(held('239.99 EUR', { state: { day: TODAY, dayHigh: worth(60) } })).toBe(true)
    expect(held('240 EUR', { state: { day: TODAY, dayHigh: worth(60) } })).toBe(false)
    expect(held('220 EUR', { state: { day: addDays(TODAY, -1), dayHigh: worth(60) } })).toBe(false)
    expect(held('220 EUR', { state: { day: TODAY, dayHigh: worth(40) } })).toBe(false)
    expect(held('220 EUR', { state: { day: TODAY } })).toBe(false)
  })

  test('a lifetime budget once', () => {
    expect(held('170 EUR', { campaign: { holder: { period: 'lifetime' } } })).toBe(false)
    expect(held('169.99 EUR', { campaign: { holder: { period: 'lifetime' } } })).toBe(true)
  })

  test('nothing of what does not run', () => {
    expect(held('120 EUR', { campaign: { campaign: { status: 'paused' } } })).toBe(false)
    expect(held('119.99 EUR', { campaign: { campaign: { status: 'paused' } } })).toBe(true)
  })

  test('raises that are settled already; a settled cut makes no room', () => {
    expect(held('240 EUR', { settled: 60 })).toBe(false)
    expect(held('239.99 EUR', { settled: 60 })).toBe(true)
    expect(held('219.99 EUR', { settled: 40 })).toBe(true)
    expect(held('220 EUR', { settled: 40 })).toBe(false)
  })

  test('a raise of a micro, where nothing is spent beyond the budget', () => {
    const observation = anObservation({
      accounts: [{ key: 'google-ads:1', campaigns: [{ id: '1', budget: 50 }] }],
      policy: { caps: [{ name: 'all', match: {}, dayCap: '50 EUR' }] },
    })
    const questions = questionsOf(observation, NO_BELIEFS, () => ({ ...someCapabilities, overDeliveryFactor: 1 }))
    const change = { lever: questions[0]!.lever, from: worth(50), to: worth(50.000001) }
    const raise = { kind: 'change', name: '1', change, expected: { mean: 1 } } as ChangeDecision
    expect(withinSharedCaps(questions, [], [raise])).toMatchObject([{ kind: 'hold', reason: 'guardrail' }])
  })

  test('of several raises those that bring most first, in whatever order they come; of others’ budgets nothing', () => {
    const [one, two, three] = ['1', '2', '3'].map((id) => ({ id, budget: 50 }))
    const observation = anObservation({
      accounts: [
        { key: 'google-ads:1', campaigns: [one!, two!, three!] },
        { key: 'meta:1', campaigns: [one!] },
      ],
      // Thrice 2 × 50, and 2 × 10 for one raise.
      policy: { caps: [{ name: 'google', match: { platform: 'google-ads' }, dayCap: '320 EUR' }] },
    })
    const questions = questionsOf(observation, NO_BELIEFS, () => someCapabilities)
    const raise = (i: number, mean: number): Decision =>
      ({
        ...{ kind: 'change', name: `${i}`, expected: { mean } },
        change: { lever: questions[i]!.lever, from: worth(50), to: worth(60) },
      }) as ChangeDecision
    const raised = (decisions: readonly Decision[], settled: readonly Decision[] = []) =>
      withinSharedCaps(questions, settled, decisions).flatMap(({ kind }, i) => (kind === 'change' ? [i] : []))
    expect(raised([raise(0, 1), raise(1, 3), raise(2, 2)])).toEqual([1])
    expect(raised([raise(0, 2), raise(1, 1), raise(2, 3)])).toEqual([2])
    expect(raised([raise(0, 3), raise(1, 2), raise(2, 1), raise(3, 0)])).toEqual([0, 3])
    expect(raised([raise(0, 1)], [raise(3, 1)])).toEqual([0])
    expect(raised([raise(0, 1)], [raise(1, 1)])).toEqual([])
  })

  test('and stops no cut, however far beyond it the day is', () => {
    expect(held('1 EUR', { from: 70, campaign: {} })).toBe(true)
    const observation = anObservation({
      accounts: [{ key: 'google-ads:1', campaigns: [{ id: '1', budget: 50 }] }],
      policy: { caps: [{ name: 'all', match: {}, dayCap: '1 EUR' }] },
    })
    const questions = questionsOf(observation, NO_BELIEFS, () => someCapabilities)
    const cut = {
      ...{ kind: 'change', name: 'cut', expected: { unit: 'conversions-per-day', mean: -1, low: -2, high: 0 } },
      change: { lever: questions[0]!.lever, from: worth(50), to: worth(40) },
    } as ChangeDecision
    expect(withinSharedCaps(questions, [], [cut])).toEqual([cut])
  })
})
