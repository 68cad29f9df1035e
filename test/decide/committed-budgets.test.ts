import { describe, expect, test } from 'vitest'
import { type KnownMarket, planOfMarket } from './handmade.ts'

/** Two budgets of 100, of which the second has promised more than it spends over ten days. */
const promised = (policy: KnownMarket['policy'], atLeast = 1500, guardrails: object = {}): KnownMarket => ({
  accounts: [
    { id: '1', budget: 100, level: 10 },
    { id: '2', budget: 100, level: 3 },
  ],
  target: 300,
  policy: {
    commitments: [
      { name: 'upfront', match: { id: '2' }, atLeast: `${atLeast} EUR`, from: '2026-11-21', by: '2026-11-30' },
    ],
    guardrails: { maxStepUp: 0.2, ...guardrails },
    ...policy,
  },
})
const toldOf = (market: KnownMarket): string => planOfMarket(market).pace!.warnings!.join(' ')

describe('a plan tells of a commitment that cannot be met', () => {
  test('but not of one that can', () => {
    expect(toldOf(promised({}))).not.toMatch(/will miss/)
  })

  test('because its campaigns leave the portfolio first', () => {
    const members = [{ id: '2', class: 'prospecting', to: '2026-11-24' }, { class: 'prospecting' }]
    // 120 + 144 + 172.80 + 207.36.
    expect(toldOf(promised({ members }))).toMatch(/will miss 855\.84 .* 644\.16 at most.*one budget left by 2026-11-24/)
  })

  test('because budgets may not be so large', () => {
    expect(toldOf(promised({}, 1500, { maxDailyBudget: '130 EUR' }))).toMatch(/will miss 210\.00 .* 1290\.00 at most/)
    const bounds = [{ account: 'google-ads:1', budget: '92', atMost: '130 EUR' }]
    expect(toldOf(promised({ bounds }))).toMatch(/1290\.00 at most.*one budget can be no larger/)
  })

  test('because the group that they are in may not have so much', () => {
    const groups = [{ name: 'dear', match: { id: '2' }, atMost: '110 EUR' }]
    expect(toldOf(promised({ groups }))).toMatch(
      /will miss 400\.00 .*group "dear" gets at most 110\.00 EUR a day \(atMost\)/,
    )
    const shares = [{ name: 'dear', match: { id: '2' }, atMostShare: 0.4 }]
    expect(toldOf(promised({ groups: shares }))).toMatch(
      /group "dear" gets at most 120\.00 EUR a day \(atMostShare 0\.4\)/,
    )
  })

  test('and counts what is still to come into the portfolio', () => {
    const members = [
      { id: '2', class: 'prospecting', from: '2026-11-26', launchBudget: '150 EUR' },
      { class: 'prospecting' },
    ]
    // 150 · (1 + 1.2 + … + 1.2⁴) = 1116.24.
    expect(toldOf(promised({ members }))).toMatch(/will miss 383\.76 .* 1116\.24 at most.*not there before 2026-11-26/)
  })
})
