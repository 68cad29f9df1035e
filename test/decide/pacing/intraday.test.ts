import { describe, expect, test } from 'vitest'
import { type HourlyProfile, hourlyProfile, shareGone } from '../../../lib/decide/pacing/hourly-profile.ts'
import {
  type AccountDay,
  type DayHours,
  type Intraday,
  type IntradayTerms,
  intraday,
} from '../../../lib/decide/pacing/intraday.ts'
import { accountDate, timeZone } from '../../../lib/units/calendar.ts'
import { dice } from '../../measure/dice.ts'

const BERLIN = timeZone('Europe/Berlin')
const FLAT: HourlyProfile = { shares: new Array<number>(24).fill(1 / 24), spread: 0.15 }

/** A day of 100 by plan that is expected to spend 100, as Berlin's clocks run. */
const look = (
  known: number,
  spent: number,
  over: Partial<IntradayTerms & Omit<AccountDay, 'hours'> & DayHours> = {},
): Intraday => {
  const { target = 100, expected = 100, noise = 0.1, maxStepDown = 0.2, profile = FLAT } = over
  return intraday({ accounts: [{ expected, noise, hours: day(known, spent, profile) }], target, maxStepDown })
}

const day = (known: number, spent: number, profile: HourlyProfile = FLAT): DayHours => ({
  date: accountDate('2026-11-20'),
  zone: BERLIN,
  known,
  spent,
  profile,
})

describe('how a day is usually spent', () => {
  test('is even before anything is known', () => {
    expect(hourlyProfile([])).toEqual({
      shares: FLAT.shares.map((one) => expect.closeTo(one, 12)),
      spread: expect.closeTo(0.15, 12),
    })
  })

  test('is learned by the hour, with two even days for a start', () => {
    const evenings = Array.from({ length: 22 }, () => Array.from({ length: 24 }, (_, hour) => (hour >= 12 ? 10 : 0)))
    const { shares } = hourlyProfile(evenings)
    // (0 + 2/24) / 24 and (22/12 + 2/24) / 24.
    expect(shares[3]).toBeCloseTo(2 / 24 / 24, 12)
    expect(shares[20]).toBeCloseTo((22 / 12 + 2 / 24) / 24, 12)
    expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
  })

  test('takes days without spend for unknown, and is the same in every currency', () => {
    const day = Array.from({ length: 24 }, (_, hour) => hour)
    expect(hourlyProfile([day, new Array<number>(24).fill(0)])).toEqual(hourlyProfile([day]))
    const yen = hourlyProfile([day.map((amount) => amount * 160)])
    for (const [hour, share] of hourlyProfile([day]).shares.entries()) expect(yen.shares[hour]).toBeCloseTo(share, 12)
  })

  test.each<[why: string, date: string, hours: number, wanted: number]>([
    ['a day of 24 hours', '2026-11-20', 6, 6 / 24],
    ['a day of 25 hours', '2026-10-25', 6, 6 / 25],
    ['a day of 23 hours', '2026-03-29', 6, 6 / 23],
    ['a whole day of 25 hours', '2026-10-25', 25, 1],
  ])('by then: %s', (_why, date, hours, wanted) => {
    expect(shareGone(FLAT, accountDate(date), BERLIN, hours)).toBeCloseTo(wanted, 12)
  })

  test('the hour that the clock shows twice counts twice, the one that it skips not at all', () => {
    const atTwo: HourlyProfile = { shares: Array.from({ length: 24 }, (_, h) => (h === 2 ? 0.77 : 0.01)), spread: 0.1 }
    expect(shareGone(atTwo, accountDate('2026-10-25'), BERLIN, 4)).toBeCloseTo(
      (0.02 + 2 * 0.77) / (0.23 + 2 * 0.77),
      12,
    )
    expect(shareGone(atTwo, accountDate('2026-03-29'), BERLIN, 2)).toBeCloseTo(0.02 / 0.23, 12)
  })
})

describe('a day in progress', () => {
  test.each<[why: string, hours: number, spent: number, verdict: Intraday['verdict']]>([
    ['is unknown before an hour of it is known', 0, 0, 'unknown'],
    ['is on its path when half of the money is gone at noon', 12, 50, 'on-path'],
    ['is not judged by one busy hour', 1, 10, 'on-path'],
    ['is ahead when 80 % is gone at noon', 12, 80, 'ahead'],
    ['is behind when a tenth is gone at noon', 12, 10, 'behind'],
    ['is behind when nothing was spent by evening', 20, 0, 'behind'],
    ['is ahead when all is gone in the afternoon', 15, 100, 'ahead'],
  ])('%s', (_why, hours, spent, verdict) => expect(look(hours, spent).verdict).toBe(verdict))

  test('is projected from what was expected and what the hours show', () => {
    // Shown 160 ± 24; expected 100 ± 30, half of what lies between: weight 900 / 1,476.
    const weight = 900 / 1476
    const { projected, expectedShare } = look(12, 80)
    expect(expectedShare).toBeCloseTo(0.5, 12)
    expect(projected?.mean).toBeCloseTo(160 * weight + 100 * (1 - weight), 9)
    expect(projected!.high80 - projected!.mean).toBeCloseTo(1.28155 * Math.sqrt(weight) * 24, 3)
  })

  test('is known when it is over', () => {
    expect(look(24, 93).projected).toEqual({ mean: 93, low80: 93, high80: 93 })
  })

  test('is cut so that it ends on its target, by no more than a step', () => {
    // 0.9 of the day known: shown 111.1; what was expected hardly counts any more.
    const late = look(22, 105, { profile: { ...FLAT, spread: 0.02 } })
    expect(late.verdict).toBe('ahead')
    // What is spent stays spent: the budget goes to 105, not to 100.
    expect(late.cut).toBeCloseTo(105 / late.projected!.mean, 9)
    expect(look(12, 80).cut).toBe(0.8)
  })

  test.each([
    ['on its path', look(12, 50)],
    ['behind', look(12, 10)],
  ])('is left alone when it is %s: a lag is made up by other days', (_why, day) => expect(day.cut).toBeUndefined())

  test('never proposes a raise, and never projects less than is spent', () => {
    const roll = dice(7)
    for (let i = 0; i < 500; i++) {
      const spent = 300 * roll()
      const { cut = 0.9, projected } = look(Math.floor(25 * roll()), spent, { target: 10 + 200 * roll() })
      expect(cut).toBeLessThan(1)
      expect(cut).toBeGreaterThanOrEqual(0.8)
      if (projected) expect(projected.low80).toBeGreaterThanOrEqual(spent)
    }
  })

  test('says the same of the same day in another currency', () => {
    const yen = look(12, 80 * 160, { target: 16_000, expected: 16_000 })
    expect(yen.verdict).toBe('ahead')
    expect(yen.projected?.mean).toBeCloseTo(160 * look(12, 80).projected!.mean, 6)
  })

  test('has an interval that holds the day four times in five', () => {
    const roll = dice(11)
    let held = 0
    const days = 400
    for (let d = 0; d < days; d++) {
      // Hours of independent noise about an even profile whose spread from half a day on is 0.15.
      const hours = Array.from(
        { length: 24 },
        () => (100 / 24) * (1 + 0.15 * Math.sqrt(24) * Math.sqrt(3) * (2 * roll() - 1)),
      )
      const total = hours.reduce((a, b) => a + b, 0)
      const { projected } = look(
        12,
        hours.slice(0, 12).reduce((a, b) => a + b, 0),
        { noise: 0.15 },
      )
      if (projected!.low80 <= total && total <= projected!.high80) held += 1
    }
    expect(held / days).toBeGreaterThan(0.72)
    expect(held / days).toBeLessThan(0.9)
  })
})

describe('the day of several accounts', () => {
  const known: AccountDay = { expected: 100, noise: 0.1, hours: day(12, 80) }
  const terms = { target: 200, maxStepDown: 0.2 }

  test('is the sum of theirs, and they err together', () => {
    const one = look(12, 80)
    const two = intraday({ accounts: [known, known], ...terms })
    expect(two.projected?.mean).toBeCloseTo(2 * one.projected!.mean, 9)
    expect(two.projected?.low80).toBeCloseTo(2 * one.projected!.low80, 9)
    expect(two).toMatchObject({ verdict: one.verdict, cut: one.cut, expectedShare: expect.closeTo(0.5, 12) })
  })

  test('has what was expected of an account whose hours are not known, and its doubt', () => {
    const one = look(12, 80)
    const two = intraday({ accounts: [known, { expected: 100, noise: 0.1 }], ...terms })
    expect(two.expectedShare).toBeCloseTo(0.25, 12)
    expect(two.projected?.mean).toBeCloseTo(one.projected!.mean + 100, 9)
    // Z80 of a tenth of 100.
    expect(two.projected?.low80).toBeCloseTo(one.projected!.low80 + 100 - 12.8155, 3)
  })

  test('is unknown while nothing is known of any of them', () => {
    expect(intraday({ accounts: [{ expected: 100, noise: 0.1 }], ...terms }).verdict).toBe('unknown')
    expect(intraday({ accounts: [], ...terms }).verdict).toBe('unknown')
  })
})
