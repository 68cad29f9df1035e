import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { questionsOf } from '../../lib/decide/questions.ts'
import { guardrailsOf, withVerdicts } from '../../lib/decide/verdicts.ts'
import { estimate } from '../../lib/measure/estimate.ts'
import { canonicalJson } from '../../lib/model/canonical.ts'
import type { FreezeScope } from '../../lib/model/freeze.ts'
import { GUARDRAIL_NAMES } from '../../lib/model/guardrail.ts'
import type { Observation } from '../../lib/model/observation.ts'
import type { Decision, Plan } from '../../lib/model/plan.ts'
import { anObservation, NOW } from '../measure/samples.ts'
import { changesOf, decisionOn, planOf, someCapabilities, standsAt } from './samples.ts'

/** One budget worth raising, one worth cutting, and what a case changes of the policy and its accounts. */
const observed = (
  guardrails: Readonly<Record<string, unknown>> = {},
  policy: Readonly<Record<string, unknown>> = {},
  over: Partial<Observation> = {},
): Observation =>
  anObservation({
    accounts: [
      {
        key: 'google-ads:1',
        campaigns: [
          { id: '1', budget: 50, rate: 0.5 },
          { id: '2', budget: 50, rate: 0.05 },
        ],
      },
      { key: 'meta:1', campaigns: [{ id: '3', budget: 80, rate: 0.2 }] },
    ],
    target: 190,
    policy: { ...policy, guardrails },
    over,
  })

const verdictOn = (decision: Decision, name: string) => guardrailsOf(decision).find((one) => one.name === name)

describe('a decision says of each guardrail', () => {
  test('that it clamped it, with the bound that it stands at and why', () => {
    const raised = decisionOn(planOf(observed()), '1')
    expect(verdictOn(raised, 'step')).toMatchObject({
      verdict: 'clamp',
      detail: 'at most 20 % up in one decision',
      atLeast: { micros: 40_000_000n },
      atMost: { micros: 60_000_000n },
    })
  })

  test('that it let it pass, with what it asks', () => {
    const raised = decisionOn(planOf(observed()), '1')
    expect(verdictOn(raised, 'frozen')).toEqual({ name: 'frozen', verdict: 'pass', detail: 'nothing is frozen' })
    expect(verdictOn(raised, 'implausible')).toMatchObject({ verdict: 'pass', atMost: { micros: 250_000_000n } })
    expect(verdictOn(raised, 'account-day-cap')).toMatchObject({ verdict: 'pass' })
    expect(verdictOn(raised, 'dead-zone')).toMatchObject({ verdict: 'pass' })
  })

  test('that it blocked it, and all the others that would have', () => {
    const freezes = [{ scope: 'everything' as FreezeScope, reason: 'stocktaking', by: 'ana', at: NOW }]
    const held = decisionOn(planOf(observed({}, { freshness: { minHistoryDays: 60 } }, { freezes })), '1')
    expect(guardrailsOf(held).filter(({ verdict }) => verdict === 'block')).toEqual([
      { name: 'frozen', verdict: 'block', detail: 'everything is frozen by ana: stocktaking' },
      { name: 'too-little-history', verdict: 'block', detail: '28 days of history, 60 are needed' },
    ])
  })

  test.each<[why: string, guardrails: Readonly<Record<string, unknown>>, name: string]>([
    ['a move that is too small', { maxStepUp: 0.02 }, 'within-deadband'],
    ['more moves than a plan may make', { maxChangesPerPlan: 0 }, 'change-limit'],
  ])('of %s, which one it was', (_why, guardrails, name) => {
    expect(verdictOn(decisionOn(planOf(observed(guardrails)), '1'), name)).toMatchObject({ verdict: 'block' })
  })

  test('nothing but that it waits, between two daily decisions', () => {
    const held = decisionOn(planOf(observed({}, {}, { occasion: 'correction' })), '1')
    expect(guardrailsOf(held).map(({ name, verdict }) => `${name} ${verdict}`)).toEqual(['between-decisions block'])
  })

  test('nothing in a plan of before there was such a list', () => {
    const { guardrails: _, ...old } = decisionOn(planOf(observed()), '1')
    expect(guardrailsOf(old)).toEqual([])
  })
})

describe('a change that a guardrail stands against', () => {
  /** What the deciding code would send if it forgot about a guardrail. */
  const forgetful = (after: Observation): readonly Decision[] => {
    const { decisions, dayTarget } = planOf(observed())
    const questions = questionsOf(after, estimate(after), () => someCapabilities)
    return withVerdicts(after, decisions, questions, dayTarget)
  }

  test('by a check becomes a hold that names it', () => {
    const freezes = [{ scope: 'everything' as FreezeScope, reason: 'stocktaking', by: 'ana', at: NOW }]
    const decisions = forgetful(observed({}, {}, { freezes }))
    expect(decisions.filter(({ kind }) => kind === 'change')).toEqual([])
    expect(decisions).toContainEqual(
      expect.objectContaining({
        kind: 'hold',
        reason: 'guardrail',
        detail: 'frozen: everything is frozen by ana: stocktaking',
      }),
    )
  })

  test('by an interval becomes a hold that names it', () => {
    const decisions = forgetful(observed({ maxDailyBudget: '55 EUR' }))
    expect(decisions.find((one) => one.kind === 'hold' && one.name.endsWith('1'))).toMatchObject({
      detail: 'maximum: the policy sets this largest budget (guardrails.maxDailyBudget 55.00 EUR)',
    })
  })
})

/** Guardrails that may be added to a policy, each narrower than what it has; no budget stands outside one, from where it would go back in steps. */
const ADDED = {
  maxStepUp: fc.constantFrom(0.05, 0.1, 0.15),
  maxStepDown: fc.constantFrom(0.05, 0.1, 0.15),
  maxDayRise: fc.constantFrom(0.05, 0.1, 0.15),
  maxDailyBudget: fc.constantFrom('81 EUR', '85 EUR', '90 EUR'),
  minDailyBudget: fc.constantFrom('20 EUR', '45 EUR', '49 EUR'),
}
const someGuardrails = fc.record(ADDED, { requiredKeys: [] })

const isInside = (decision: Decision): boolean =>
  decision.kind === 'hold' ||
  guardrailsOf(decision).every(({ name, verdict, atLeast, atMost }) => {
    const { to } = decision.change
    if (to.kind !== 'money' || name.endsWith('-cap')) return verdict !== 'block'
    return (
      verdict !== 'block' &&
      (!atLeast || atLeast.micros <= to.amount.micros) &&
      (!atMost || to.amount.micros <= atMost.micros)
    )
  })

describe('whatever the guardrails', () => {
  test('a decision lies inside the interval of each, and none that blocks is a change', () => {
    fc.assert(
      fc.property(someGuardrails, (guardrails) => {
        const plan = planOf(observed(guardrails))
        expect(plan.decisions.filter((one) => !isInside(one))).toEqual([])
      }),
      { numRuns: 12 },
    )
  })

  test('their order in the policy does not matter', () => {
    fc.assert(
      fc.property(someGuardrails, (guardrails) => {
        const turned = Object.fromEntries(Object.entries(guardrails).toReversed())
        expect(amounts(planOf(observed(turned)))).toEqual(amounts(planOf(observed(guardrails))))
      }),
      { numRuns: 6 },
    )
  })

  test('one more can only narrow what each budget may be', () => {
    fc.assert(
      fc.property(someGuardrails, someGuardrails, (some, more) => {
        const [wide, narrow] = [planOf(observed(some)), planOf(observed({ ...more, ...narrower(some, more) }))]
        for (const [i, decision] of wide.decisions.entries()) {
          const other = narrow.decisions[i]!
          if (decision.kind === 'hold' || other.kind === 'hold') continue
          const [outer, inner] = [intervalOf(decision), intervalOf(other)]
          expect(inner.least >= outer.least && inner.most <= outer.most).toBe(true)
        }
      }),
      { numRuns: 10 },
    )
  })
})

/** Both of what two policies ask: the tighter of each. */
function narrower(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>) {
  const both = Object.keys(a).map((name) => {
    const [x, y] = [a[name], b[name] ?? a[name]]
    const isLower = Number.parseFloat(String(x)) < Number.parseFloat(String(y))
    return [name, (name === 'minDailyBudget' ? !isLower : isLower) ? x : y] as const
  })
  return Object.fromEntries(both)
}

const intervalOf = (decision: Decision): { readonly least: bigint; readonly most: bigint } => {
  const bounds = guardrailsOf(decision).filter(({ name }) => !name.endsWith('-cap'))
  return {
    least: bounds.reduce((least, { atLeast }) => (atLeast && atLeast.micros > least ? atLeast.micros : least), 0n),
    most: bounds.reduce((most, { atMost }) => (atMost && atMost.micros < most ? atMost.micros : most), 10n ** 15n),
  }
}

const amounts = (plan: Plan) => [standsAt(plan, '1'), standsAt(plan, '2'), standsAt(plan, '3', 'meta:1')]

test('all of them take less than 500 bytes of a decision', () => {
  const changes = changesOf(planOf(observed()))
  expect(changes.length).toBeGreaterThan(0)
  for (const { guardrails } of changes) expect(canonicalJson(guardrails).length).toBeLessThan(500)
})

test('names are words that documents and dashboards may use', () => {
  expect(GUARDRAIL_NAMES.filter((name) => !/^[a-z]+(-[a-z]+)*$/.test(name))).toEqual([])
})
