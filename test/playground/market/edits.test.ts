import { describe, expect, it } from 'vitest'
import { later } from '../../../lib/units/calendar.ts'
import { API, afterDays, calmMarket, calmScenario, day, onlyBudget, setBudget, spendOn } from './small-market.ts'

describe('edits', () => {
  const target = { platform: 'google-ads', accountId: '1234567890' } as const

  it('are recorded with who, when, from and to', () => {
    const market = calmMarket()
    market.advanceTo(later(market.start, 90 * 60_000))
    setBudget(market, 115)
    expect(market.accounts[0]!.changes).toEqual([
      {
        at: market.now(),
        actor: API,
        entity: { kind: 'budget', id: onlyBudget(market).id },
        campaignId: [...market.accounts[0]!.campaigns.keys()][0],
        field: 'amount',
        from: '100000000',
        to: '115000000',
      },
    ])
  })

  it.each([
    ['a budget that is not there', { ...target, kind: 'budget', budgetId: '9', amountMicros: 1n }],
    ['a campaign that is not there', { ...target, kind: 'status', level: 'campaign', id: '9', status: 'paused' }],
    ['an account that is not there', { ...target, accountId: '9', kind: 'spend-cap', amountMicros: 1n }],
    ['a negative spend cap', { ...target, kind: 'spend-cap', amountMicros: -1n }],
  ] as const)('are refused for %s', (_what, edit) => {
    expect(() => calmMarket().apply(edit, API)).toThrow(RangeError)
  })

  it('are refused for a negative budget, and nothing is changed', () => {
    const market = calmMarket()
    expect(() => setBudget(market, -1)).toThrow('must be ≥ 0, got -1000000')
    expect(onlyBudget(market).amountMicros).toBe(100_000_000n)
  })

  it('of more than the threshold within a day start learning, smaller ones do not', () => {
    const market = calmMarket({ learning: { conversions: 30 } })
    const [state] = [...market.accounts[0]!.campaigns.values()]
    setBudget(market, 120)
    expect(state!.learning.state).toBe('stable')
    market.advanceTo(afterDays(market, 1))
    setBudget(market, 145)
    expect(state!.learning).toMatchObject({ state: 'learning', conversions: 0, conversionsNeeded: 30 })
    expect(state!.learning.lastSignificantEdit).toBe(market.now())
  })

  it('in many small steps within a day start learning as one large one does', () => {
    const market = calmMarket()
    for (const units of [110, 118, 126]) setBudget(market, units)
    expect([...market.accounts[0]!.campaigns.values()][0]!.learning.state).toBe('learning')
  })

  it('that start learning cost conversions until it ends', () => {
    const expectedOn = (penalty: number): number => {
      const market = calmMarket({ learning: { penalty, conversions: 100_000 } })
      setBudget(market, 200)
      market.advanceTo(afterDays(market, 10))
      return market.truth.caused({ from: day('2026-10-06'), to: day('2026-10-06') })[0]!.expected
    }
    expect(expectedOn(0.2) / expectedOn(0)).toBeCloseTo(0.8, 6)
  })

  it('leave learning limited when too few conversions come in time', () => {
    const market = calmMarket({ learning: { conversions: 100_000, days: 7 } })
    setBudget(market, 200)
    const [state] = [...market.accounts[0]!.campaigns.values()]
    market.advanceTo(afterDays(market, 6))
    expect(state!.learning.state).toBe('learning')
    market.advanceTo(afterDays(market, 8))
    expect(state!.learning.state).toBe('limited')
  })
})

describe('what happens by itself', () => {
  const at = '2026-10-07T10:00:00Z'
  const edit = { kind: 'hand-edit', at, account: '1234567890', budget: 'Search' }

  it('is done by a person, at its time, and stands in the changes', () => {
    const market = calmMarket({ events: [{ ...edit, factor: 10, who: 'jo@shop.example' }] })
    market.advanceTo(afterDays(market, 4))
    expect(market.accounts[0]!.changes).toHaveLength(1)
    expect(market.accounts[0]!.changes[0]).toMatchObject({
      at: Date.parse(at),
      actor: { kind: 'human', name: 'jo@shop.example' },
      from: '100000000',
      to: '1000000000',
    })
    expect(spendOn(market, '2026-10-08')).toBeGreaterThan(900)
  })

  it('is put back when somebody notices, unless it has been put right before', () => {
    const slipped = calmScenario({ events: [{ ...edit, factor: 10, noticedAfterHours: 20 }] })
    const left = calmMarket(slipped)
    left.advanceTo(afterDays(left, 4))
    expect(onlyBudget(left).amountMicros).toBe(100_000_000n)
    const right = calmMarket(slipped)
    right.advanceTo(afterDays(right, 3))
    setBudget(right, 120)
    right.advanceTo(afterDays(right, 5))
    expect(onlyBudget(right).amountMicros).toBe(120_000_000n)
  })

  it('is done by the platform where it raises a budget', () => {
    const market = calmMarket({ events: [{ ...edit, kind: 'automatic-raise', factor: 1.3 }] })
    market.advanceTo(afterDays(market, 4))
    expect(market.accounts[0]!.changes[0]!.actor.kind).toBe('automatic')
    expect(onlyBudget(market).amountMicros).toBe(130_000_000n)
  })

  it('includes a pause by a person, and its end', () => {
    const pause = { kind: 'pause', at, until: '2026-10-09T10:00:00Z', account: '1234567890', campaign: 'Search' }
    const market = calmMarket({ events: [pause] })
    market.advanceTo(afterDays(market, 7))
    expect(spendOn(market, '2026-10-08')).toBe(0)
    expect(spendOn(market, '2026-10-10')).toBeCloseTo(100, 1)
    expect(market.accounts[0]!.changes.map(({ to }) => to)).toEqual(['paused', 'active'])
  })

  it('includes times in which a platform is down or throttles, and only that platform', () => {
    const market = calmMarket({
      events: [
        { kind: 'platform-outage', at, until: '2026-10-07T12:00:00Z', platform: 'google-ads' },
        { kind: 'platform-outage', at, until: '2026-10-07T12:00:00Z', platform: 'meta', throttling: true },
      ],
    })
    const seen = ['2026-10-07T09:59:59Z', at, '2026-10-07T12:00:00Z'].map((when) => {
      market.advanceTo(Date.parse(when) as never)
      return [market.condition('google-ads'), market.condition('meta')]
    })
    expect(seen).toEqual([
      ['up', 'up'],
      ['down', 'throttling'],
      ['up', 'up'],
    ])
  })
})
