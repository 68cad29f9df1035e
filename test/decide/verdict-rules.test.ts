import { describe, expect, test } from 'vitest'
import type { BudgetQuestion } from '../../lib/decide/holds.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import { guardrailsOf, withVerdicts } from '../../lib/decide/verdicts.ts'
import type { LeverState } from '../../lib/model/lever-state.ts'
import type { BindingGuardrail, Decision, HoldReason } from '../../lib/model/plan.ts'
import { DAY_MS, later } from '../../lib/units/calendar.ts'
import { NOW } from '../measure/samples.ts'
import { estimatesOf, type KnownMarket, observationOf } from './handmade.ts'
import { aState, budgetLeverOf, euros, someCapabilities } from './samples.ts'

interface Case {
  readonly policy?: Readonly<Record<string, unknown>>
  readonly ask?: Partial<BudgetQuestion>
  readonly state?: Partial<LeverState>
}

/** A decision about a budget of 50 that nothing stands against, as it comes out with its verdicts; steps are of a fifth. */
function told(decision: Partial<Decision>, { policy = {}, ask = {}, state }: Case = {}): Decision {
  const market: KnownMarket = { accounts: [{ id: '1', budget: 50, level: 5 }], target: 50, policy }
  const observation = observationOf(market)
  const [question] = questionsOf(observation, estimatesOf(market), () => someCapabilities)
  const asked = { ...question!, ...(state ? { state: aState('1', 50, state) } : {}), ...ask }
  return withVerdicts(observation, [decision as Decision], [asked], euros(50))[0]!
}

const binding = (...names: readonly string[]): readonly BindingGuardrail[] =>
  names.map((name) => ({ name, detail: `why ${name}` }))

const to = (units: number, ...names: readonly string[]): Partial<Decision> =>
  ({
    ...{ kind: 'change', name: 'One', binding: binding(...names) },
    change: {
      lever: budgetLeverOf('1'),
      from: { kind: 'money', amount: euros(50) },
      to: { kind: 'money', amount: euros(units) },
    },
  }) as Partial<Decision>

const held = (reason: HoldReason, detail = `why ${reason}`): Partial<Decision> => ({
  ...{ kind: 'hold', lever: budgetLeverOf('1'), name: 'One', reason, detail },
  value: { kind: 'money', amount: euros(50) },
})

const namesOf = (decision: Decision): readonly string[] => guardrailsOf(decision).map(({ name }) => name)
const on = (decision: Decision, name: string) => guardrailsOf(decision).find((one) => one.name === name)
const PERSON = { state: { hold: { until: later(NOW, DAY_MS), reason: 'ana set it' } } }

describe('a change', () => {
  test.each([
    ['to the largest that a step allows is made', 60, 'change'],
    ['to a micro more is not', 60.000001, 'hold'],
    ['to the least that a step allows is made', 40, 'change'],
    ['to a micro less is not', 39.999999, 'hold'],
  ])('%s', (_why, units, kind) => {
    const decision = told(to(units))
    expect(decision.kind).toBe(kind)
    expect(on(decision, 'step')).toEqual({
      ...{ name: 'step', verdict: kind === 'change' ? 'pass' : 'block' },
      ...{ atLeast: euros(40), atMost: euros(60) },
      detail: kind === 'change' ? 'largest step of one decision' : expect.stringMatching(/^at most 20 % (up|down)/),
    })
  })

  test('that is held says by what, once', () => {
    const decision = told(to(55), PERSON)
    expect(decision).toMatchObject({ kind: 'hold', value: { amount: euros(50) }, reason: 'guardrail' })
    expect((decision as Extract<Decision, { kind: 'hold' }>).detail).toMatch(/^human-hold: ana set it; left alone/)
  })

  test('is named by the clamps of its own, whose texts are not kept a second time', () => {
    const decision = told(to(60, 'step'))
    expect(on(decision, 'step')).toMatchObject({ verdict: 'clamp', detail: 'why step', atMost: euros(60) })
    expect(decision.guardrails).not.toContain('why step')
    // What was found by a check is: nothing else says it.
    expect(told(held('paused'), PERSON).guardrails).toContain('ana set it')
  })

  test('is looked at for the dead zone when it is pushed', () => {
    expect(on(told(to(55)), 'dead-zone')).toMatchObject({ verdict: 'pass' })
    expect(on(told(held('within-deadband')), 'dead-zone')).toBeUndefined()
  })

  test.each(['caps', 'event'])('that is ordered, for %s, is asked for less, and by no step', (name) => {
    const decision = told(to(20, name), PERSON)
    expect(decision.kind).toBe('change')
    expect(namesOf(decision)).not.toContain('human-hold')
    expect(namesOf(decision)).not.toContain('step')
    expect(told(to(20, 'step'), PERSON).kind).toBe('hold')
  })

  test('is within the intervals that it was decided in: those of a split know what a day may bring', () => {
    const inSplit = ['day-rise', 'implausible']
    const limited = { by: 'target', isBinding: true, recentSpends: [50], busiest: 1 } as const
    const named = (decision: Partial<Decision>, of: Case = {}) =>
      namesOf(told(decision, of)).filter((name) => inSplit.includes(name))
    expect(named(to(55))).toEqual(inSplit)
    expect(named(to(55), { ask: { limited: { ...limited, isBinding: false } } })).toEqual(inSplit)
    expect(named(to(45), { ask: { limited } })).toEqual([])
    expect(named(to(45, 'day-ahead'))).toEqual([])
    expect(namesOf(told(to(45), { ask: { estimate: undefined } }))).toContain('step')
    expect(named(to(45), { ask: { estimate: undefined } })).toEqual([])
  })
})

describe('a hold', () => {
  test('for what the budget is lists checks alone; one of the split its limits too', () => {
    expect(namesOf(told(held('paused')))).not.toContain('step')
    expect(namesOf(told(held('within-deadband')))).toContain('step')
    expect(on(told(held('within-deadband')), 'step')).toMatchObject({ verdict: 'pass', atMost: euros(60) })
  })

  test('says its own reason, where no check has given it', () => {
    expect(on(told(held('paused')), 'paused')).toEqual({ name: 'paused', verdict: 'block', detail: 'why paused' })
    expect(told(held('paused')).guardrails).not.toContain('why paused')
  })

  test('of two reasons of one name says the first', () => {
    const { lever } = told(held('not-managed')) as Extract<Decision, { kind: 'hold' }>
    const both = told(held('paused'), {
      ask: {
        account: {
          ...observationOf({ accounts: [{ id: '1', budget: 50, level: 5 }], target: 50 }).accounts[0]!,
          contested: [{ budget: lever.id, portfolio: 'us' }] as never,
        },
        membership: { class: 'prospecting', managed: false },
      },
    })
    expect(on(both, 'not-managed')?.detail).toMatch(/^it feeds campaigns of portfolio us too/)
  })

  test('between two decisions says nothing but that', () => {
    expect(namesOf(told(held('between-decisions')))).toEqual(['between-decisions'])
  })

  test('says nothing of another guardrail’s text', () => {
    expect(on(told(held('paused', 'why')), 'learning')?.detail).toBe('it is not in a learning phase')
  })
})

describe('what a plan as a whole is under', () => {
  const policy = { dayCap: '900 EUR' }
  const caps = (decision: Partial<Decision>) =>
    guardrailsOf(told(decision, { policy })).filter(({ name }) => name.endsWith('-day-cap'))

  test('is told of each change of a budget, with its account’s cap and the portfolio’s', () => {
    expect(caps(to(55))).toEqual([
      { name: 'account-day-cap', verdict: 'pass', atMost: euros(100_000_000), detail: 'the account’s dayCap' },
      { name: 'portfolio-day-cap', verdict: 'pass', atMost: euros(900), detail: 'the portfolio’s dayCap' },
    ])
    expect(caps(held('paused'))).toEqual([])
  })

  test('stands once where it clamps', () => {
    expect(caps(to(55, 'portfolio-cap'))).toEqual([
      { name: 'portfolio-day-cap', verdict: 'clamp', detail: 'why portfolio-cap' },
      { name: 'account-day-cap', verdict: 'pass', atMost: euros(100_000_000), detail: 'the account’s dayCap' },
    ])
    expect(on(told(to(55, 'search')), 'groups')).toMatchObject({ verdict: 'clamp', detail: 'why search' })
  })

  test('does not hold for what is no budget, of which the decision alone says something', () => {
    const [lever, from] = [{ ...budgetLeverOf('1'), entity: 'campaign' } as never, { kind: 'ratio', value: 3 } as const]
    const target = { ...to(0, 'step'), change: { lever, from, to: { kind: 'ratio', value: 3.1 } } } as Partial<Decision>
    expect(guardrailsOf(told(target)).map(({ name, verdict }) => `${name} ${verdict}`)).toEqual([
      'step clamp',
      'dead-zone pass',
    ])
    expect(guardrailsOf(told({ ...held('not-steered'), lever }))).toEqual([
      { name: 'not-steered', verdict: 'block', detail: 'why not-steered' },
    ])
  })
})
