import { describe, expect, test } from 'vitest'
import { type DayTerms, dayPlan, type PaceStatus, toleranceAt } from '../../../lib/decide/pacing/day-plan.ts'
import { dayWeights } from '../../../lib/decide/pacing/weights.ts'
import { accountDate, addDays, daysBetween } from '../../../lib/units/calendar.ts'

/** A flight of 100 a day in November 2026, everything even. */
function planOn(today: string, over: Partial<DayTerms> & { readonly first?: string; readonly last?: string } = {}) {
  const from = accountDate(over.first ?? '2026-11-01')
  const to = accountDate(over.last ?? '2026-11-30')
  return dayPlan({
    from,
    to,
    total: 100 * (daysBetween(from, to) + 1),
    today: accountDate(today),
    spent: 100 * Math.max(0, daysBetween(from, accountDate(today))),
    weights: dayWeights(from, to, { dayOfWeek: [1, 1, 1, 1, 1, 1, 1] }),
    launches: [],
    ...over,
  })
}

describe('what today is to spend', () => {
  test.each<[why: string, today: string, over: Partial<DayTerms>, wanted: number]>([
    ['is exact when nothing is known of the budgets', '2026-11-10', {}, 100],
    ['leaves budgets that are 3 % off two weeks before the end', '2026-11-10', { steady: 103 }, 103],
    ['and 5 % off', '2026-11-10', { steady: 95 }, 95],
    ['moves budgets that are further off', '2026-11-10', { steady: 105.1 }, 100],
    ['from below too', '2026-11-10', { steady: 94.9 }, 100],
    // Eight days left: half of the tolerance of 5 %.
    ['is stricter a week before the end', '2026-11-23', { steady: 102.6 }, 100],
    ['though it still leaves them when they are near', '2026-11-23', { steady: 102.4 }, 102.4],
    ['is exact on the last day', '2026-11-30', { steady: 103 }, 100],
    ['is never more than remains', '2026-11-29', { spent: 2999.9, steady: 0.051 }, 0.05],
    ['is nothing when the money is gone', '2026-11-10', { spent: 3000, steady: 100 }, 0],
    ['is nothing before the flight', '2026-10-31', { spent: 0 }, 0],
    ['is nothing after the flight', '2026-12-01', { spent: 2900 }, 0],
  ])('%s', (_why, today, over, wanted) => expect(planOn(today, over).target).toBeCloseTo(wanted, 9))

  test('is all of it on a flight of one day', () => {
    const plan = planOn('2026-11-05', { first: '2026-11-05', last: '2026-11-05', steady: 60 })
    expect(plan).toMatchObject({ target: 100, daysLeft: 1, pace: undefined, status: 'unknown' })
  })

  test.each(['2026-02', '2026-03', '2026-04', '2026-10'])(
    'is an even share of %s, whatever its days and hours',
    (month) => {
      const last = addDays(
        addDays(accountDate(`${month}-28`), 4),
        -Number(addDays(accountDate(`${month}-28`), 4).slice(8)),
      )
      const days = Number(last.slice(8))
      const plan = planOn(`${month}-01`, { first: `${month}-01`, last, total: 3000 })
      expect(plan.daysLeft).toBe(days)
      expect(plan.target).toBeCloseTo(3000 / days, 9)
    },
  )

  test('gives a launch its own money, and says so', () => {
    const launches = [{ name: 'New shop', from: accountDate('2026-11-20'), perDay: 30 }]
    const before = planOn('2026-11-19', { launches })
    expect(before.launches).toEqual([])
    // 12 days remain with 1,200: 11 × 30 are kept, the rest is 72.50 a day.
    expect(before.target).toBeCloseTo(72.5, 9)
    expect(before.why).toBe('72.50 today of the 1200.00 that remain for 12 days, 330.00 of them kept for "New shop"')
    expect(planOn('2026-11-20', { launches }).launches).toEqual([{ name: 'New shop', atLeast: 30 }])
  })
})

describe('the pace', () => {
  test.each<[why: string, today: string, over: Partial<DayTerms>, pace: number | undefined, status: PaceStatus]>([
    ['is unknown on the first day, and not 0 %', '2026-11-01', {}, undefined, 'unknown'],
    ['is on track early at 80 %', '2026-11-03', { spent: 160 }, 0.8, 'on-track'],
    ['is under late at 95 %', '2026-11-29', { spent: 2660 }, 0.95, 'under'],
    ['is over late at 105 %', '2026-11-29', { spent: 2940 }, 1.05, 'over'],
    ['is on track on the last day within 1 %', '2026-11-30', { spent: 2880 }, 2880 / 2900, 'on-track'],
    ['is 0 when days passed and nothing was spent', '2026-11-11', { spent: 0 }, 0, 'under'],
    ['tells when the money is gone', '2026-11-20', { spent: 3000 }, 3000 / 1900, 'exhausted'],
    ['has nothing to say outside the flight', '2026-12-03', { spent: 3000 }, undefined, 'outside-flight'],
  ])('%s', (_why, today, over, pace, status) => {
    const plan = planOn(today, over)
    if (pace === undefined) expect(plan.pace).toBeUndefined()
    else expect(plan.pace).toBeCloseTo(pace, 9)
    expect(plan.status).toBe(status)
  })

  test('asks of each remaining day an even share of what remains', () => {
    expect(planOn('2026-11-21', { spent: 1500 }).requiredPerDay).toBe(150)
  })
})

test('the tolerance narrows over the last two weeks, to nothing', () => {
  expect([30, 15, 8, 1, 0].map(toleranceAt)).toEqual([0.05, 0.05, 0.025, 0, 0])
})
