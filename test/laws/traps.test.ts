import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dayOfWeekFactors } from '../../lib/measure/day-of-week.ts'
import type { UsableDay } from '../../lib/measure/series.ts'
import type { Plan } from '../../lib/model/plan.ts'
import { addDays, dayOfWeek } from '../../lib/units/calendar.ts'
import { type KnownCampaign, type KnownMarket, planOfMarket } from '../decide/handmade.ts'
import { aState, decisionOn, euros, planOf, standsAt } from '../decide/samples.ts'
import { dice, poisson } from '../measure/dice.ts'
import { anObservation, type CampaignSpec, type DayFigures, TODAY } from '../measure/samples.ts'
import { seenAccounts, specOf, totalBudget } from './markets.ts'

/** What a budget's days showed, the last of them yesterday. */
const lately =
  (days: readonly DayFigures[]): NonNullable<CampaignSpec['days']> =>
  (age) =>
    days.at(-age)

describe('day-of-week factors that money follows', () => {
  /** Weeks in which each day's money follows the factors that were learned before, of a demand that is always the same. */
  function afterWeeks(weeks: number, strength: number): readonly number[] {
    let factors: readonly number[] = [1.1, 1, 1, 1, 1, 0.9, 1]
    const days: UsableDay[] = []
    for (let week = 0; week < weeks; week++) {
      for (let i = 0; i < 7; i++) {
        const date = addDays(TODAY, -7 * (weeks - week) + i)
        const spend = 100 * factors[dayOfWeek(date) - 1]! ** strength
        const ageDays = 7 * (weeks - week) - i
        days.push({ date, ageDays, spend, conversions: 500 * (spend / 100) ** 0.6, value: 0, exposure: 1 })
      }
      factors = dayOfWeekFactors([days])
    }
    return factors
  }

  test.each([1, 2.5])(
    'do not feed on themselves, at a strength of %d: where every day is alike they go to 1',
    (strength) => {
      for (const factor of afterWeeks(8, strength)) expect(Math.abs(factor - 1)).toBeLessThan(0.01)
    },
  )
})

describe('a budget that is worth more', () => {
  interface Life {
    readonly id: string
    /** Of each day, the last one today's. */
    readonly amounts: number[]
    readonly days: DayFigures[]
    readonly rate: number
  }
  const lifeOf = (id: string, budget: number, rate: number): Life => ({
    ...{ id, rate, amounts: [budget] },
    days: Array.from({ length: 28 }, (_, i) => ({ spend: budget + (i % 3), conversions: rate * (budget + (i % 3)) })),
  })
  /** What each stood at when a day was over, as Sluice keeps it. */
  const recordOf = ({ id, amounts }: Life) =>
    aState(id, amounts.at(-1)!, {
      // The last move was yesterday's.
      day: addDays(TODAY, -1),
      dayStart: { kind: 'money', amount: euros(amounts.at(-2) ?? amounts[0]!) },
      past: amounts
        .slice(0, -1)
        .map((amount, i) => ({
          date: addDays(TODAY, i - amounts.length),
          value: { kind: 'money' as const, amount: euros(amount) },
        }))
        .slice(-9),
    })

  /** What the first stands at on each day, when what both spend and bring is what the next plan sees. */
  function course(days: number): readonly number[] {
    const lives = [lifeOf('1', 20, 0.5), lifeOf('2', 300, 0.02)]
    for (let day = 0; day < days; day++) {
      const observation = anObservation({
        accounts: [
          {
            key: 'google-ads:1',
            campaigns: lives.map((one) => ({ id: one.id, budget: one.amounts.at(-1)!, days: lately(one.days) })),
            over: { levers: lives.map(recordOf) },
          },
        ],
        target: 320,
        policy: { exploration: { maxCost: 0 } },
      })
      const plan = planOf(observation)
      for (const { id, amounts, days: seen, rate } of lives) {
        const next = standsAt(plan, id)
        amounts.push(next)
        seen.push({ spend: next, conversions: rate * next })
      }
    }
    return lives[0]!.amounts
  }

  test('grows to ten times what it began with and beyond: no ceiling is a multiple of the first budget', () => {
    const amounts = course(16)
    // 1.2¹³ is 10.7.
    expect(amounts.at(-1)).toBeGreaterThan(10 * 20)
    for (const [i, amount] of amounts.slice(1).entries()) expect(amount).toBeLessThanOrEqual(1.2 * amounts[i]! + 0.01)
  })
})

describe('a new campaign', () => {
  const beside = { id: '2', budget: 100, rate: 0.03 }
  /** After so many days on which it spent all of its budget, with what is on record of its lever. */
  const planAfter = (days: number, isRecorded = true): Plan => {
    const figures = Array.from({ length: days }, () => ({ spend: 30, conversions: 15 }))
    return planOf(
      anObservation({
        accounts: [
          {
            key: 'google-ads:1',
            campaigns: [{ id: '1', budget: 30, days: lately(figures) }, beside],
            over: { levers: isRecorded ? [aState('1', 30, { ours: false })] : [] },
          },
        ],
        target: 140,
      }),
    )
  }

  test('of which there is no day yet is held for that, and not because it "cannot spend"', () => {
    expect(decisionOn(planAfter(0), '1')).toMatchObject({ kind: 'hold', reason: 'too-little-history' })
  })

  test.each([3, 4, 7])('is raised once %d days speak for it', (days) => {
    expect(standsAt(planAfter(days), '1')).toBe(36)
  })

  test('is raised whether or not anything is on record of its budget', () => {
    expect(standsAt(planAfter(3, false), '1')).toBe(36)
  })

  test('that has nothing to deliver against is not limited: nothing of nothing is not a share', () => {
    const market: KnownMarket = {
      accounts: [
        { id: '1', budget: 100, level: 10, estimate: { deliveryRatio: undefined, recentSpendPerDay: 0 } },
        { id: '2', budget: 100, level: 1 },
      ],
      target: 300,
    }
    expect(standsAt(planOfMarket(market), '1')).toBe(200)
  })
})

describe('pacing', () => {
  /** By the largest change of a budget, as a share of what it stood at. */
  const largestStep = (plan: Plan): number =>
    plan.decisions.reduce((most, decision) => {
      if (decision.kind === 'hold') return most
      const { from, to } = decision.change
      if (from.kind !== 'money' || to.kind !== 'money') return most
      return Math.max(most, Math.abs(Number(to.amount.micros) / Number(from.amount.micros) - 1))
    }, 0)
  const CENTS = 0.0006

  test('never moves a lever beyond what restarts its learning, however far the flight is off its path', () => {
    fc.assert(
      fc.property(
        seenAccounts,
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        fc.constantFrom('2026-11-21', '2026-11-23', '2026-11-30'),
        (seen, load, to) => {
          const spec = specOf(seen, load, {
            policy: {
              flight: { from: '2026-11-01', to, total: `${(load * 30 * totalBudget(seen)).toFixed(2)} EUR` },
              guardrails: { maxStepUp: 1, maxStepDown: 1, maxDayRise: 1 },
              events: [{ name: 'rush', from: '2026-11-21', to: '2026-11-22', expectedUplift: 5 }],
            },
          })
          expect(largestStep(planOf(anObservation(spec)))).toBeLessThan(0.2 + CENTS)
        },
      ),
      { numRuns: 40 },
    )
  })

  test('nor with several decisions on one day: what was raised this morning is raised no further', () => {
    const campaign: KnownCampaign = { id: '1', budget: 120, level: 10 }
    const market: KnownMarket = {
      accounts: [
        {
          key: 'google-ads:1',
          campaigns: [campaign],
          over: { levers: [aState('1', 120, { day: TODAY, dayStart: { kind: 'money', amount: euros(100) } })] },
        },
      ],
      target: 900,
      capabilities: { learningSafeStep: 0.2 },
    }
    expect(standsAt(planOfMarket(market), '1')).toBe(120)
  })

  test('goes further only where the platform has no learning phases', () => {
    const market = (learningSafeStep: number): KnownMarket => ({
      accounts: [{ id: '1', budget: 100, level: 10 }],
      target: 900,
      policy: { guardrails: { maxStepUp: 0.35, maxStepDown: 0.35, maxDayRise: 0.35 } },
      capabilities: { learningSafeStep },
    })
    expect(standsAt(planOfMarket(market(0.2)), '1')).toBe(120)
    expect(standsAt(planOfMarket(market(1)), '1')).toBe(135)
  })
})

describe('a level that falls', () => {
  test('is followed: a budget that stopped bringing is cut within days, not within its memory', () => {
    const roll = dice(11)
    const figures = (mean: (age: number) => number): NonNullable<CampaignSpec['days']> => {
      const days = Array.from({ length: 29 }, (_, age) => ({
        spend: 100 * (0.9 + 0.2 * roll()),
        conversions: poisson(mean(age), roll),
      }))
      return (age) => days[age]
    }
    const plan = planOf(
      anObservation({
        accounts: [
          {
            key: 'google-ads:1',
            campaigns: [
              { id: '1', budget: 100, days: figures((age) => (age > 8 ? 30 : 6)) },
              { id: '2', budget: 100, days: figures(() => 18) },
            ],
          },
        ],
        target: 200,
        policy: { exploration: { maxCost: 0 } },
      }),
    )
    expect(standsAt(plan, '1')).toBeLessThan(standsAt(plan, '2'))
  })
})
