import { describe, expect, test } from 'vitest'
import { observe } from '../../lib/control/observe.ts'
import {
  type AccountDate,
  accountDate,
  addDays,
  dates,
  HOUR_MS,
  later,
  startOfDay,
  timeZone,
} from '../../lib/units/calendar.ts'
import { liveUntil } from '../simulation/days.ts'
import { PORTFOLIO, rig } from '../simulation/rig.ts'

const BERLIN = timeZone('Europe/Berlin')
const LOS_ANGELES = 'America/Los_Angeles'

interface Morning {
  readonly date: AccountDate
  readonly daysLeft: number | undefined
  readonly spent: number
  readonly target: number
  readonly lands: readonly number[]
  readonly noReturn: string | undefined
}

/**
 * The daily plans from the day before a flight to the day after it. Budgets of 900 a day are spent whole on every day of their
 * account's calendar and are never moved, for the portfolio is in shadow mode.
 */
async function morningsOf(
  [from, to]: readonly [AccountDate, AccountDate],
  total: number,
  zones: Readonly<Record<string, string>> = {},
): Promise<readonly Morning[]> {
  const stage = await rig({
    zones,
    mode: 'shadow',
    start: later(startOfDay(addDays(from, -1), BERLIN), HOUR_MS),
    policy: { flight: { from, to, total: `${total} EUR` }, exploration: { maxCost: 0 } },
  })
  await stage.ready()
  const end = startOfDay(addDays(to, 2), BERLIN)
  await liveUntil(stage, end)
  const plans = await stage.loop.plans.between(PORTFOLIO, startOfDay(addDays(from, -1), BERLIN), end)
  const days = dates(addDays(from, -1), addDays(to, 1))
  return days.map((date) => {
    const own = plans.filter(
      ({ occasion, madeAt }) =>
        occasion === 'daily' && madeAt >= startOfDay(date, BERLIN) && madeAt < startOfDay(addDays(date, 1), BERLIN),
    )
    expect(own).toHaveLength(1)
    const { pace, dayTarget } = own[0]!
    return {
      date,
      daysLeft: pace?.daysLeft,
      spent: pace?.spent ?? Number.NaN,
      target: Number(dayTarget.micros) / 1e6,
      lands: [pace?.landing.low ?? Number.NaN, pace?.landing.high ?? Number.NaN],
      noReturn: pace?.noReturn?.kind,
    }
  })
}

const FLIGHTS: readonly (readonly [why: string, from: string, to: string])[] = [
  ['that begins on a day of 25 hours', '2026-10-25', '2026-10-27'],
  ['that ends on a day of 25 hours', '2026-10-23', '2026-10-25'],
  ['that begins on a day of 23 hours', '2026-03-29', '2026-03-31'],
  ['that ends on a day of 23 hours', '2026-03-27', '2026-03-29'],
  ['over the end of a February of 28 days', '2026-02-27', '2026-03-01'],
  ['that ends on a 28 February', '2026-02-26', '2026-02-28'],
  ['that ends on a 29 February', '2028-02-27', '2028-02-29'],
  ['over a new year', '2026-12-30', '2027-01-01'],
]

async function expectEvenShares(first: string, last: string, zones: Readonly<Record<string, string>>): Promise<void> {
  const mornings = await morningsOf([accountDate(first), accountDate(last)], 2700, zones)
  expect(mornings.map(({ daysLeft }) => daysLeft)).toEqual([0, 3, 2, 1, 0])
  const inside = mornings.slice(1, 4)
  expect(inside.map(({ spent }) => Math.round(spent))).toEqual([0, 900, 1800])
  for (const { target, lands, noReturn } of inside) {
    // Conversions are whole numbers, so that weekdays are not thought to be quite alike.
    expect(Math.abs(target / 900 - 1)).toBeLessThan(0.01)
    expect(lands[0]).toBeLessThanOrEqual(2700.01)
    expect(lands[1]).toBeGreaterThanOrEqual(2699.99)
    expect(noReturn).toBeUndefined()
  }
  expect(mornings[4]).toMatchObject({ target: 0 })
}

describe('a flight whose days have their shares, and whose money is counted once', () => {
  test.each(FLIGHTS)('%s', async (_why, first, last) => expectEvenShares(first, last, {}))

  // At five in the morning in Berlin it is still the day before in Los Angeles and Honolulu.
  test.each([
    ['Los Angeles and Tokyo', 'ends on a day of 25 hours', '2026-10-23', '2026-10-25', LOS_ANGELES, 'Asia/Tokyo'],
    [
      'Auckland and Honolulu',
      'begins on a day of 23',
      '2026-03-29',
      '2026-03-31',
      'Pacific/Auckland',
      'Pacific/Honolulu',
    ],
    ['Los Angeles and Auckland', 'ends with February', '2026-02-26', '2026-02-28', LOS_ANGELES, 'Pacific/Auckland'],
  ])('of accounts in %s, planned for in Berlin, that %s', async (_where, _why, first, last, one, two) =>
    expectEvenShares(first, last, { '1': one, '2': two }),
  )
})

test('what an account in Auckland has spent of the portfolio’s today is no more counted as before it at noon than at night', async () => {
  const from = accountDate('2026-10-23')
  const today = accountDate('2026-10-25')
  const stage = await rig({
    zones: { '2': 'Pacific/Auckland' },
    mode: 'shadow',
    start: later(startOfDay(from, BERLIN), HOUR_MS),
    policy: { flight: { from, to: today, total: '2700 EUR' } },
  })
  await stage.ready()
  const spentAt = async (hours: number): Promise<readonly number[]> => {
    await liveUntil(stage, later(startOfDay(today, BERLIN), hours * HOUR_MS))
    const { accounts, flightSpentMicros } = await observe(stage.policy, 'correction', stage.loop)
    return accounts.map(({ account }) => Number(flightSpentMicros.get(account)) / 1e6)
  }
  expect(await spentAt(4)).toEqual([1200, 600])
  // Three in the morning of the 26th in Auckland.
  expect(await spentAt(16)).toEqual([1200, 600])
})

test('a flight of a day of 23 hours that asks for twice what budgets spend can not be reached, and says so beforehand', async () => {
  const [before, day] = await morningsOf([accountDate('2026-03-29'), accountDate('2026-03-29')], 1800)
  expect(before).toMatchObject({ daysLeft: 0, noReturn: 'under' })
  // 900 and a fifth more.
  expect(day).toMatchObject({ daysLeft: 1, noReturn: 'under' })
  expect(day?.lands[1]).toBeLessThan(1500)
})
