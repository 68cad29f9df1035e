import { describe, expect, test } from 'vitest'
import { hasCeiling, isMarginal, isOnAverage, withoutCeilings } from '../../lib/decide/flight-ceilings.ts'
import type { Policy } from '../../lib/model/policy.ts'
import { policyWith } from './breakers/views.ts'

const asking = (goal: object): Policy => policyWith({ goal })
const ofGroups = (...groups: readonly object[]): Policy =>
  policyWith({
    goal: { kind: 'value' },
    groups: groups.map((group, i) => ({ name: `group ${i}`, match: { class: ['brand', 'prospecting'][i] }, ...group })),
  })
const NONE = asking({ kind: 'conversions' })

describe('what a policy asks of what money brings', () => {
  test.each<[asks: string, policy: Policy, average: boolean, marginal: boolean]>([
    ['nothing', NONE, false, false],
    ['a cost on average', asking({ kind: 'conversions', targetCpa: '10 EUR' }), true, false],
    ['a return on average', asking({ kind: 'value', targetRoas: 4 }), true, false],
    ['a cost of the next conversion', asking({ kind: 'conversions', marginalCpa: '10 EUR' }), false, true],
    ['a return of the next unit', asking({ kind: 'value', marginalRoas: 2 }), false, true],
    ['profit', asking({ kind: 'profit', margin: 0.4 }), false, true],
    ['a cost on average of one group', ofGroups({}, { targetRoas: 3 }), true, false],
    ['a return of the next unit of one group', ofGroups({ marginalRoas: 2 }, {}), false, true],
  ])('%s', (_asks, policy, average, marginal) => {
    expect([isOnAverage(policy), isMarginal(policy), hasCeiling(policy)]).toEqual([
      average,
      marginal,
      average || marginal,
    ])
    expect(hasCeiling(withoutCeilings(policy))).toBe(false)
  })
})
