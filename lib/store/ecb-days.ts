import {
  type AccountDate,
  accountDate,
  addDays,
  dateAt,
  dayOfWeek,
  hourAt,
  type Instant,
  timeZone,
} from '../units/calendar.ts'

const FRANKFURT = timeZone('Europe/Berlin')
/** Rates are set at about four in the afternoon; an hour more before anybody misses them. */
const OUT_BY_HOUR = 17
/** The European Central Bank sets no rates on these days, beside weekends, Good Friday and Easter Monday. */
const CLOSED_DAYS = ['01-01', '05-01', '12-25', '12-26'] as const

/**
 * Easter Sunday of a year of the Gregorian calendar, after Meeus, Astronomical Algorithms, chapter 8.
 */
function easter(year: number): AccountDate {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100]
  const f = Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3)
  const h = (19 * a + b - Math.floor(b / 4) - f + 15) % 30
  const l = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - h - (c % 4)) % 7
  const m = Math.floor((a + 11 * h + 22 * l) / 451)
  const [month, day] = [Math.floor((h + l - 7 * m + 114) / 31), ((h + l - 7 * m + 114) % 31) + 1]
  return accountDate(`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`)
}

/**
 * Whether the European Central Bank sets rates on a day: weekdays that are no closing day of TARGET.
 * @see https://www.ecb.europa.eu/press/contacts/working-hours/html/index.en.html
 */
export function setsRatesOn(date: AccountDate): boolean {
  if (dayOfWeek(date) > 5 || CLOSED_DAYS.some((day) => date.endsWith(day))) return false
  const sunday = easter(Number(date.slice(0, 4)))
  return date !== addDays(sunday, -2) && date !== addDays(sunday, 1)
}

/** The newest day whose rates can be expected to be out at an instant. */
export function newestRateDay(at: Instant): AccountDate {
  const today = dateAt(at, FRANKFURT)
  let date = hourAt(at, FRANKFURT) >= OUT_BY_HOUR ? today : addDays(today, -1)
  while (!setsRatesOn(date)) date = addDays(date, -1)
  return date
}

/** The day that it is where the rates are set. */
export const frankfurtDay = (at: Instant): AccountDate => dateAt(at, FRANKFURT)
