import { describe, expect, test } from 'vitest'
import { type CommittedBudget, commitmentFloors } from '../../../lib/decide/pacing/commitments.ts'
import { dayPlan } from '../../../lib/decide/pacing/day-plan.ts'
import { dayWeights } from '../../../lib/decide/pacing/weights.ts'
import { accountRef } from '../../../lib/model/account.ts'
import type { Commitment } from '../../../lib/model/policy.ts'
import { accountDate, addDays, dates } from '../../../lib/units/calendar.ts'
import { dice } from '../../measure/dice.ts'
import { aCampaign } from '../../model/samples.ts'
import { euros } from '../samples.ts'
import { DAY_OF_WEEK } from './flights.ts'

const FROM = accountDate('2026-09-01')
const day = (n: number) => addDays(FROM, n - 1)
const TO = day(60)
const TOTAL = 240_000

const TV: Commitment = { name: 'TV', match: { class: 'opaque' }, atLeast: euros(100_000), by: TO }
const LAUNCH = { name: 'Launch', from: day(20), perDay: 500 }
const SALE_ENDS = day(25)
const WEIGHTS = dayWeights(FROM, TO, {
  dayOfWeek: DAY_OF_WEEK,
  parts: [{ share: 0.3 }, { share: 0.5 }, { share: 0.2, to: SALE_ENDS }],
})

interface Spent {
  tv: number
  search: number
  sale: number
  launch: number
}

/** Sixty days: what is asked for first, the rest in proportion to where budgets stand, by steps of 20 % at most. */
function flown(seed: number): readonly Spent[] {
  const roll = dice(seed)
  const noisy = (amount: number): number => amount * (0.8 + 0.4 * roll())
  const stepped = (from: number, wanted: number): number => Math.min(1.2 * from, Math.max(0.8 * from, wanted))
  const at: Spent = { tv: 1200, search: 2000, sale: 800, launch: 0 }
  const past: Spent[] = []
  for (const today of dates(FROM, TO)) {
    const sum = (of: keyof Spent): number => past.reduce((total, one) => total + one[of], 0)
    const spent = sum('tv') + sum('search') + sum('sale') + sum('launch')
    if (today > SALE_ENDS) at.sale = 0
    const steady = at.tv + at.search + at.sale + at.launch
    const plan = dayPlan({
      from: FROM,
      to: TO,
      total: TOTAL,
      today,
      spent,
      weights: WEIGHTS,
      launches: [LAUNCH],
      steady,
    })
    const tv: CommittedBudget = {
      id: 'tv',
      subject: { account: accountRef('tiktok', '1'), fed: [{ campaign: aCampaign('1'), class: 'opaque' }] },
      spend: at.tv,
    }
    const [floor] = commitmentFloors({
      commitments: [TV],
      flightFrom: FROM,
      today,
      budgets: [tv],
      spent: new Map([['TV', sum('tv')]]),
      stepUp: 0.2,
      noise: 0.12,
    })
    at.launch = plan.launches[0]?.atLeast ?? 0
    const rest = plan.target - at.launch
    const standing = at.tv + at.search + at.sale
    const share = rest / standing
    at.tv = stepped(at.tv, Math.max(floor?.atLeast ?? 0, at.tv * share))
    const left = (rest - at.tv) / (at.search + at.sale)
    at.search = stepped(at.search, at.search * left)
    at.sale = at.sale > 0 ? stepped(at.sale, at.sale * left) : 0
    past.push({ tv: noisy(at.tv), search: noisy(at.search), sale: noisy(at.sale), launch: noisy(at.launch) })
  }
  return past
}

describe('a commitment of 100,000 by day 60, a launch on day 20, an end on day 25', () => {
  const flights = Array.from({ length: 40 }, (_, seed) => flown(seed + 1))
  const total = (days: readonly Spent[], of: keyof Spent): number => days.reduce((sum, one) => sum + one[of], 0)

  test('keeps the commitment', () => {
    for (const days of flights) expect(total(days, 'tv')).toBeGreaterThanOrEqual(100_000)
  })

  test('funds the launch from its first day on, and not before', () => {
    for (const days of flights) {
      expect(total(days.slice(0, 19), 'launch')).toBe(0)
      // 500 a day within the ±20 % that platforms err by.
      expect(Math.min(...days.slice(19).map(({ launch }) => launch))).toBeGreaterThanOrEqual(400)
    }
  })

  test('spends nothing on what has ended', () => {
    for (const days of flights) expect(total(days.slice(25), 'sale')).toBe(0)
  })

  test('and lands within 1 % of the total', () => {
    for (const days of flights) {
      const spent = total(days, 'tv') + total(days, 'search') + total(days, 'sale') + total(days, 'launch')
      expect(Math.abs(spent / TOTAL - 1)).toBeLessThan(0.01)
    }
  })
})
