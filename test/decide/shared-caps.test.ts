import { describe, expect, test } from 'vitest'
import { guardrailsOf } from '../../lib/decide/verdicts.ts'
import { anObservation } from '../measure/samples.ts'
import { decisionOn, planOf, standsAt } from './samples.ts'

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
