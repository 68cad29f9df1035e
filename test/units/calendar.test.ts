import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  accountDate,
  addDays,
  dateAt,
  dates,
  dayElapsed,
  dayLength,
  dayNumber,
  dayOfWeek,
  daysBetween,
  endOfDay,
  HOUR_MS,
  hourAt,
  type Instant,
  instant,
  isoInstant,
  later,
  startOfDay,
  timeZone,
} from '../../lib/units/calendar.ts'

const anyDate = fc.integer({ min: -30_000, max: 60_000 }).map((day) => addDays(accountDate('1970-01-01'), day))
const ZONES = [
  'UTC',
  'America/Los_Angeles',
  'America/Santiago',
  'America/St_Johns',
  'Asia/Beirut',
  'Asia/Kolkata',
  'Africa/Cairo',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Pacific/Apia',
  'Pacific/Kiritimati',
].map(timeZone)

describe('an instant', () => {
  test.each([
    ['2026-11-21T06:00:00Z', 1_795_240_800_000],
    ['2026-11-21T07:00:00+01:00', 1_795_240_800_000],
    ['1970-01-01T00:00:00.001Z', 1],
  ])('%s is read', (text, ms) => {
    expect(instant(text)).toBe(ms)
  })

  test.each(['2026-11-21', '2026-11-21T06:00:00', 'now', '', '2026-13-01T00:00:00Z'])(
    '"%s" is refused with a remedy',
    (text) => {
      expect(() => instant(text)).toThrow(`"${text}" is not an instant: write it with its offset`)
    },
  )

  test('is written in UTC, with milliseconds only where there are any', () => {
    expect(isoInstant(instant('2026-11-21T07:00:00+01:00'))).toBe('2026-11-21T06:00:00Z')
    expect(isoInstant(later(instant('2026-11-21T06:00:00Z'), 5))).toBe('2026-11-21T06:00:00.005Z')
  })
})

describe('a date', () => {
  test.each([
    '2026-02-29',
    '2026-1-1',
    '20261121',
    '2026-00-10',
    '2026-11-31',
    '2026-11-21T00:00:00Z',
    '',
    '+02026-01-01',
  ])('"%s" is refused with a remedy', (text) => {
    expect(() => accountDate(text)).toThrow(`"${text}" is not a date: write it as 2026-11-21`)
  })

  test.each([
    ['2026-01-31', 1, '2026-02-01'],
    ['2026-02-28', 1, '2026-03-01'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2026-03-01', -1, '2026-02-28'],
    ['2026-03-01', 365, '2027-03-01'],
    ['2100-02-28', 1, '2100-03-01'],
    ['2026-11-21', 0, '2026-11-21'],
  ])('%s and %d days is %s', (from, days, wanted) => {
    expect(addDays(accountDate(from), days)).toBe(wanted)
    expect(daysBetween(accountDate(from), accountDate(wanted))).toBe(days)
  })

  // Known from history and from the calendar on the wall.
  test.each([
    ['1969-07-20', 7],
    ['1970-01-01', 4],
    ['1969-12-31', 3],
    ['2000-02-29', 2],
    ['2024-02-29', 4],
    ['2026-11-21', 6],
    ['2026-11-23', 1],
  ])('%s is day %d of the week', (date, weekday) => {
    expect(dayOfWeek(accountDate(date))).toBe(weekday)
  })

  test('days are counted without gaps', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -4000, max: 4000 }), (date, days) => {
        expect(daysBetween(date, addDays(date, days))).toBe(days)
        expect(dayNumber(addDays(date, 1))).toBe(dayNumber(date) + 1)
        expect(dayOfWeek(addDays(date, 7))).toBe(dayOfWeek(date))
        expect(dayOfWeek(addDays(date, 1))).toBe((dayOfWeek(date) % 7) + 1)
      }),
    )
  })

  test('a range holds both its ends, and nothing when it is upside down', () => {
    expect(dates(accountDate('2026-02-27'), accountDate('2026-03-02'))).toEqual([
      '2026-02-27',
      '2026-02-28',
      '2026-03-01',
      '2026-03-02',
    ])
    expect(dates(accountDate('2026-03-02'), accountDate('2026-03-02'))).toEqual(['2026-03-02'])
    expect(dates(accountDate('2026-03-02'), accountDate('2026-03-01'))).toEqual([])
  })
})

describe('a time zone', () => {
  test.each(['Europe/Berln', 'CEST+1', '', 'Mars/Olympus'])('"%s" is refused with a remedy', (name) => {
    expect(() => timeZone(name)).toThrow(`time zone "${name}" is unknown: use an IANA name, such as Europe/Berlin`)
  })
})

describe('a day of a zone', () => {
  // Starts and ends from the time zone database (zdump).
  test.each<[why: string, zone: string, date: string, start: string, hours: number]>([
    ['an ordinary day', 'Europe/Berlin', '2026-11-21', '2026-11-20T23:00:00Z', 24],
    ['clocks go forward: 23 hours', 'Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z', 23],
    ['clocks go back: 25 hours', 'Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00Z', 25],
    ['23 hours in Los Angeles', 'America/Los_Angeles', '2026-03-08', '2026-03-08T08:00:00Z', 23],
    ['25 hours in Los Angeles', 'America/Los_Angeles', '2026-11-01', '2026-11-01T07:00:00Z', 25],
    ['half-hour offset', 'Asia/Kolkata', '2026-11-21', '2026-11-20T18:30:00Z', 24],
    ['the earliest zone, UTC+14', 'Pacific/Kiritimati', '2026-11-21', '2026-11-20T10:00:00Z', 24],
    ['no midnight: the day starts at 01:00', 'America/Santiago', '2026-09-06', '2026-09-06T04:00:00Z', 23],
    ['the day before it ends there', 'America/Santiago', '2026-09-05', '2026-09-05T04:00:00Z', 24],
    ['an hour shows twice before midnight', 'America/Santiago', '2026-04-04', '2026-04-04T03:00:00Z', 25],
    ['no midnight in Beirut', 'Asia/Beirut', '2026-03-29', '2026-03-28T22:00:00Z', 23],
    ['no midnight in Cairo', 'Africa/Cairo', '2026-04-24', '2026-04-23T22:00:00Z', 23],
    ['clocks move by half an hour', 'Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00Z', 24.5],
  ])('%s: %s %s', (_why, name, date, start, hours) => {
    const zone = timeZone(name)
    const day = accountDate(date)
    expect(isoInstant(startOfDay(day, zone))).toBe(start)
    expect(dayLength(day, zone)).toBe(hours * HOUR_MS)
    expect(endOfDay(day, zone)).toBe(instant(start) + hours * HOUR_MS)
    expect(dateAt(startOfDay(day, zone), zone)).toBe(date)
    expect(dateAt(later(startOfDay(day, zone), -1), zone)).toBe(addDays(day, -1))
    expect(dateAt(later(endOfDay(day, zone), -1), zone)).toBe(date)
  })

  test('days follow each other without gap or overlap', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 18_000, max: 24_000 }), (zone, n) => {
        const day = addDays(accountDate('1970-01-01'), n)
        expect(endOfDay(day, zone)).toBe(startOfDay(addDays(day, 1), zone))
      }),
    )
  })

  test('what was asked before makes no difference', () => {
    const at = fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }).map((ms) => ms as Instant)
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), at, at, (zone, one, other) => {
        const alone = dateAt(one, zone)
        dateAt(other, zone)
        expect(dateAt(one, zone)).toBe(alone)
        expect(startOfDay(alone, zone) <= one && one < endOfDay(alone, zone)).toBe(true)
        const elapsed = dayElapsed(one, zone)
        expect(elapsed >= 0 && elapsed < 1).toBe(true)
      }),
    )
  })

  test.each<[at: string, zone: string, share: number]>([
    ['2026-11-21T11:00:00Z', 'Europe/Berlin', 12 / 24],
    // 12:00 in Berlin: 11 of 23 hours are gone, and 13 of 25.
    ['2026-03-29T10:00:00Z', 'Europe/Berlin', 11 / 23],
    ['2026-10-25T11:00:00Z', 'Europe/Berlin', 13 / 25],
    ['2026-09-06T04:00:00Z', 'America/Santiago', 0],
  ])('at %s in %s %d of the day is gone', (at, zone, share) => {
    expect(dayElapsed(instant(at), timeZone(zone))).toBeCloseTo(share, 12)
  })

  test.each<[at: string, zone: string, hour: number]>([
    ['2026-11-21T06:59:59Z', 'Europe/Berlin', 7],
    ['2026-11-21T18:29:00Z', 'Asia/Kolkata', 23],
    ['2026-11-21T18:30:00Z', 'Asia/Kolkata', 0],
    // 02:30 twice on the night that clocks go back.
    ['2026-10-25T00:30:00Z', 'Europe/Berlin', 2],
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', 2],
    ['2026-09-06T04:00:00Z', 'America/Santiago', 1],
  ])('at %s the clocks of %s show hour %d', (at, zone, hour) => {
    expect(hourAt(instant(at), timeZone(zone))).toBe(hour)
  })
})
