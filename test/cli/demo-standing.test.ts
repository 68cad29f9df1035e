import { describe, expect, test } from 'vitest'
import { landingLines, limitedByLines, limitLines } from '../../cli/demo/standing.ts'
import type { HoldDecision, PlanHeader, PlanId } from '../../lib/model/plan.ts'
import { instant, timeZone } from '../../lib/units/calendar.ts'
import { currency, fromDecimal } from '../../lib/units/money.ts'

const BERLIN = timeZone('Europe/Berlin')
const LANDING = { mean: 100, low: 90, high: 110 }
const PACE = { status: 'on-track', spent: 10, total: 100, daysLeft: 9, landing: LANDING, why: [] } as const

/** As far as these lines look at one. */
const header = (id: string, over: Partial<PlanHeader> = {}): PlanHeader =>
  ({ id: id as PlanId, occasion: 'daily', madeAt: instant('2026-10-05T22:30:00Z'), ...over }) as PlanHeader
const held = (of: PlanHeader, name: string, limitedBy?: 'budget' | 'audience') => ({
  header: of,
  decision: { kind: 'hold', name, ...(limitedBy ? { limitedBy } : {}) } as HoldDecision,
  outcome: undefined,
})

describe('how a run’s portfolio stood', () => {
  test('is a landing for each daily plan within the flight, on the portfolio’s own date', () => {
    const unspent = fromDecimal('12.50', currency('EUR'))
    const plans = [
      // Half past midnight of the 6th in Berlin.
      header('a', { pace: PACE, unspent }),
      header('b', { pace: PACE, occasion: 'correction' }),
      header('c', { pace: { ...PACE, daysLeft: 0 } }),
      header('d'),
    ]
    expect(landingLines(plans, BERLIN)).toEqual([{ date: '2026-10-06', ...LANDING, unspent: 12.5 }])
  })

  test('is each limit once, with its days and its mean worth where it can be said', () => {
    const target = (worthPerUnit: number) => ({ name: 'day-target', detail: 'no more', worthPerUnit })
    const floor = { name: 'marginal-floor', detail: 'asks', worthPerUnit: 0 }
    const plans = [
      header('a', { limits: [target(0.02)] }),
      header('b', { limits: [floor, target(0.04)] }),
      header('c', { limits: [target(9)], occasion: 'correction' }),
      header('d'),
    ]
    const [first, second] = limitLines(plans)
    expect(first).toMatchObject({ name: 'day-target', days: 2 })
    expect(first?.worthPerUnit).toBeCloseTo(0.03, 12)
    expect(second).toEqual({ name: 'marginal-floor', detail: 'asks', days: 1 })
  })

  test('is what limits budgets by the last daily plan, most first', () => {
    const [old, last, correction] = [header('a'), header('b'), header('c', { occasion: 'correction' })]
    const decided = [
      held(old, 'One', 'audience'),
      ...[
        held(last, 'One', 'budget'),
        held(last, 'Two', 'budget'),
        held(last, 'Three', 'audience'),
        held(last, 'Four'),
      ],
      held(correction, 'One', 'audience'),
    ]
    expect(limitedByLines(decided)).toEqual([
      { by: 'budget', budgets: ['One', 'Two'] },
      { by: 'audience', budgets: ['Three'] },
    ])
    expect(limitedByLines([])).toEqual([])
  })
})
