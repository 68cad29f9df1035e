import { describe, expect, test } from 'vitest'
import { standingSpend } from '../../lib/decide/pace-day.ts'
import { decide } from '../../lib/decide/plan.ts'
import { questionsOf } from '../../lib/decide/questions.ts'
import type { Pace } from '../../lib/model/plan.ts'
import { mainUnits } from '../../lib/units/money.ts'
import { estimatesOf, type KnownCampaign, type KnownMarket, observationOf, planOfMarket } from './handmade.ts'
import { someCapabilities } from './samples.ts'

/** Spends 100 a day and brings 10 conversions with it. Ten days remain, today included. */
const ONE: KnownCampaign = { id: '1', budget: 100, level: 10 }
const paceOf = (target: number, over: Partial<KnownMarket> = {}): Pace =>
  planOfMarket({ accounts: [ONE], target, ...over }).pace!
const dayOf = (target: number, policy: NonNullable<KnownMarket['policy']> = {}): number =>
  mainUnits(planOfMarket({ accounts: [ONE], target, policy }).dayTarget)

describe('the target of the day', () => {
  test('is an even part of what remains where every day is alike', () => {
    expect(dayOf(140)).toBeCloseTo(140, 4)
  })

  test('is what the budgets stand at while that is near enough: within 5 % · 9 / 14, ten days before the end', () => {
    expect(dayOf(103)).toBeCloseTo(100, 4)
    expect(dayOf(104)).toBeCloseTo(104, 4)
  })

  test('follows an announced event, and takes its money from the other days', () => {
    // Ten days of which two are to have twice the money: 1,400 / 12 for each of the others.
    const event = (from: string, to: string) => ({ events: [{ name: 'fair', from, to, expectedUplift: 2 }] })
    expect(dayOf(140, event('2026-11-21', '2026-11-22'))).toBeCloseTo((2 * 1400) / 12, 3)
    expect(dayOf(140, event('2026-11-25', '2026-11-26'))).toBeCloseTo(1400 / 12, 3)
  })

  test('follows a season that is announced as an event, and an event within it on top', () => {
    const winter = { name: 'winter', from: '2026-11-26', to: '2026-12-20', expectedUplift: 1.3 }
    // Five days as ever and five of 1.3: 1,400 / 11.5.
    expect(dayOf(140, { events: [winter] })).toBeCloseTo(1400 / 11.5, 3)
    const fair = { name: 'fair', from: '2026-11-27', to: '2026-11-27', expectedUplift: 2 }
    expect(dayOf(140, { events: [winter, fair] })).toBeCloseTo(1400 / 12.8, 3)
  })

  test('has more of what remains when half of the portfolio is to leave after three days', () => {
    const plan = planOfMarket({
      accounts: [ONE, { ...ONE, id: '2' }],
      target: 130,
      policy: { members: [{ id: '2', class: 'prospecting', to: '2026-11-23' }, { class: 'prospecting' }] },
    })
    // Three days of two campaigns and seven of one: 1,300 · 2 / 13.
    expect(mainUnits(plan.dayTarget)).toBeCloseTo(200, 3)
  })
})

describe('where a flight stands', () => {
  test('is told with what was spent, what remains of it and where it lands', () => {
    const pace = paceOf(100)
    // 20 days of 100 before, and as much for ten more.
    expect(pace).toMatchObject({ spent: 2000, total: 3000, daysLeft: 10, status: 'on-track' })
    expect(pace.requiredPerDay).toBeCloseTo(100, 6)
    expect(pace.landing.mean).toBeCloseTo(3000, -2)
    expect(pace.landing.low).toBeLessThan(pace.landing.mean)
    expect(pace.landing.high).toBeGreaterThan(pace.landing.mean)
  })

  test('is told in the base currency, amount by amount', () => {
    const { why, noReturn } = paceOf(150, { policy: { guardrails: { maxStepUp: 0.35 } } })
    expect(why[0]).toBe('150.00 EUR today of the 1500.00 EUR that remain for 10 days')
    expect(noReturn?.why).toMatch(/^if budgets stay as they are 500\.00 EUR stay unspent; from 2026-/)
  })

  test('is as uncertain as its days have been', () => {
    const market = { accounts: [ONE], target: 100 }
    const widthAt = (spendNoise: number): number => {
      const plan = decide(
        observationOf(market),
        { ...estimatesOf(market), spendNoise },
        () => someCapabilities,
        'inputs',
      )
      return plan.pace!.landing.high - plan.pace!.landing.low
    }
    expect(widthAt(0.2)).toBeGreaterThan(1.8 * widthAt(0.1))
    expect(widthAt(0)).toBe(0)
  })

  test('is short where steps do not reach announced demand, and is not where the event’s step was approved', () => {
    const fair = { name: 'fair', from: '2026-11-30', to: '2026-11-30', expectedUplift: 4 }
    const landing = (over: object): number =>
      paceOf(100, { policy: { events: [{ ...fair, ...over }], guardrails: { maxStepUp: 0.2 } } }).landing.mean
    // Nine days of 1,000 / 13 or nearly, and on the last a fifth more, where four times as much is asked for.
    expect(landing({})).toBeLessThan(2850)
    expect(landing({ budgetFactor: 4 })).toBeCloseTo(3000, -1.7)
  })

  test('that nothing can go wrong with has no point of no return', () => {
    expect(paceOf(100).noReturn).toBeUndefined()
  })

  test('ends below its total, and misses nothing, where the next unit of money is not worth its price', () => {
    // z (1+2) / (z+2) of 10 conversions at 100: the next euro brings 10 · 6 / (z+2)² / 100, a tenth at z = 0.449.
    const policy = { goal: { kind: 'conversions', marginalCpa: '10 EUR' } }
    const { landing, noReturn, why } = planOfMarket({ accounts: [{ ...ONE, halfway: 2 }], target: 100, policy }).pace!
    expect(landing.mean).toBeCloseTo(2000 + 10 * 100 * (Math.sqrt(6) - 2), -2)
    expect(noReturn).toBeUndefined()
    expect(why.at(-1)).toContain('stay unspent because the next unit would cost more than the ceiling allows')
  })

  test('names from when on the total could no longer be reached', () => {
    expect(paceOf(150, { policy: { guardrails: { maxStepUp: 0.35 } } }).noReturn).toMatchObject({ kind: 'under' })
    expect(paceOf(60, { policy: { guardrails: { maxStepDown: 0.35 } } }).noReturn).toMatchObject({ kind: 'over' })
  })

  test('is not said to be overspent where bounds will bring budgets down to less than there is', () => {
    const { landing, noReturn } = paceOf(90, { policy: { guardrails: { maxDailyBudget: '60 EUR', maxStepDown: 0.2 } } })
    expect(landing.mean).toBeLessThan(2000 + 10 * 70)
    expect(noReturn).toBeUndefined()
  })

  test('reckons with the steps that the platform takes, not with those that the policy would allow', () => {
    const dateOf = (learningSafeStep: number): string | undefined =>
      paceOf(200, {
        policy: { guardrails: { maxStepUp: 0.35 } },
        capabilities: { learningSafeStep },
      }).noReturn?.date
    expect(dateOf(0.2)! < dateOf(0.35)!).toBe(true)
    // Σ 100 · 1.2ⁱ over the ten days is 3,115.
    expect(paceOf(400, { capabilities: { learningSafeStep: 0.2 } }).landing.mean).toBeLessThan(2000 + 3115 + 60)
  })
})

describe('what a budget spends if it is left alone', () => {
  const spendOf = (over: Partial<KnownCampaign>): number => {
    const market = { accounts: [{ ...ONE, ...over }], target: 100 }
    const [question] = questionsOf(observationOf(market), estimatesOf(market), () => someCapabilities)
    return standingSpend(question!)
  }

  test.each<[what: string, over: Partial<KnownCampaign>, expected: number]>([
    ['is what platforms make of it', { estimate: { delivery: 1.1 } }, 110],
    [
      'is what it can spend, where something else limits it',
      { estimate: { deliveryRatio: 0.4, deliverablePerDay: 45 } },
      45,
    ],
    // (4 × 0.85 + 3) / 7, which is less than what it could spend.
    ['and no more than the budget', { estimate: { deliveryRatio: 0.85, deliverablePerDay: 98 } }, 640 / 7],
    [
      'is what it lately spent, of a lifetime budget',
      { holder: { period: 'lifetime' }, estimate: { recentSpendPerDay: 12 } },
      12,
    ],
    ['is nothing where it feeds nothing that runs', { campaign: { status: 'paused' } }, 0],
  ])('%s', (_what, over, expected) => expect(spendOf(over)).toBeCloseTo(expected, 9))
})
