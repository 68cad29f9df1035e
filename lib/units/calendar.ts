import { Temporal } from 'temporal-polyfill'

/** Milliseconds since 1970-01-01T00:00:00Z. Branded, so that a count of milliseconds is not mistaken for one. */
export type Instant = number & { readonly __brand: 'Instant' }
/** A calendar date in some account's or portfolio's own zone: `2026-11-21`. */
export type AccountDate = string & { readonly __brand: 'AccountDate' }
/** An IANA time zone name that this runtime knows. */
export type TimeZone = string & { readonly __brand: 'TimeZone' }

export const SECOND_MS = 1_000
export const MINUTE_MS = 60_000
export const HOUR_MS = 3_600_000
/** Length of most days; a day of an account's zone may last 23 or 25 hours: see `dayLength`. */
export const DAY_MS = 86_400_000

/** @throws RangeError unless `text` is an ISO 8601 instant with an offset, such as 2026-11-21T06:00:00Z */
export const instant = (text: string): Instant => remembered(knownInstants, text, parseInstant)

function parseInstant(text: string): Instant {
  try {
    return Temporal.Instant.from(text).epochMilliseconds as Instant
  } catch {
    throw new RangeError(`"${text}" is not an instant: write it with its offset, such as 2026-11-21T06:00:00Z`)
  }
}

/**
 * Whether an instant with a zone in brackets, such as 2026-11-21T06:00:00+01:00[Europe/Berlin], has the offset that the zone
 * has then; `instant` looks at the offset alone. True without a zone.
 */
export function agreesWithZone(text: string): boolean {
  if (!text.includes('[')) return true
  try {
    Temporal.ZonedDateTime.from(text, { offset: 'reject' })
    return true
  } catch {
    return false
  }
}

export const later = (from: Instant, ms: number): Instant => (from + ms) as Instant
/** UTC text, to the second where that is exact: `2026-11-21T06:00:00Z`. */
export const isoInstant = (at: Instant): string => new Date(at).toISOString().replace('.000Z', 'Z')

/** @throws RangeError unless `text` is a date that exists, written as 2026-11-21 */
export const accountDate = (text: string): AccountDate => remembered(checkedDates, text, checkDate)

function checkDate(text: string): AccountDate {
  try {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) throw new RangeError()
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString() as AccountDate
  } catch {
    throw new RangeError(`"${text}" is not a date: write it as 2026-11-21`)
  }
}

/** @throws RangeError when this runtime does not know the zone */
export const timeZone = (name: string): TimeZone => remembered(checkedZones, name, checkZone)

function checkZone(name: string): TimeZone {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return name as TimeZone
  } catch {
    throw new RangeError(`time zone "${name}" is unknown: use an IANA name, such as Europe/Berlin`)
  }
}

// A thousand campaigns have ninety thousand days of history, all of the same few dates: each is worked out once. A cache
// of a pure function, emptied before it is large, so that nobody can tell.
const DATES_KEPT = 4_096
const checkedDates = new Map<string, AccountDate>()
const checkedZones = new Map<string, TimeZone>()
const knownInstants = new Map<string, Instant>()
const dayNumbers = new Map<AccountDate, number>()
const datesOfNumbers = new Map<number, AccountDate>()

function remembered<K, V>(known: Map<K, V>, key: K, work: (key: K) => V): V {
  const found = known.get(key)
  if (found !== undefined) return found
  if (known.size >= DATES_KEPT) known.clear()
  const value = work(key)
  known.set(key, value)
  return value
}

/** Days since 1970-01-01 of a date; consecutive dates differ by 1. */
export const dayNumber = (date: AccountDate): number =>
  remembered(dayNumbers, date, () => Date.parse(`${date}T00:00:00Z`) / DAY_MS)
const dateOfNumber = (day: number): AccountDate =>
  remembered(datesOfNumbers, day, () => new Date(day * DAY_MS).toISOString().slice(0, 10) as AccountDate)

export const addDays = (date: AccountDate, days: number): AccountDate => dateOfNumber(dayNumber(date) + days)
/** `to` − `from` in days. */
export const daysBetween = (from: AccountDate, to: AccountDate): number => dayNumber(to) - dayNumber(from)
/** 1 Monday … 7 Sunday (ISO 8601). 1970-01-01 was a Thursday. */
export const dayOfWeek = (date: AccountDate): number => ((((dayNumber(date) + 3) % 7) + 7) % 7) + 1

/** Every date from `from` to `to`, both included; empty when `to` is earlier. */
export const dates = (from: AccountDate, to: AccountDate): readonly AccountDate[] =>
  Array.from({ length: Math.max(0, daysBetween(from, to) + 1) }, (_, i) => addDays(from, i))

interface LocalDay {
  readonly date: AccountDate
  readonly start: Instant
  readonly end: Instant
}

// A zone lookup costs tens of microseconds and every fact asks for one: the last day found for a zone answers the next
// question for it nearly always. A cache of a pure function, so that nobody can tell.
const lastDay = new Map<TimeZone, LocalDay>()

function localDay(at: Instant, zone: TimeZone): LocalDay {
  const cached = lastDay.get(zone)
  if (cached && at >= cached.start && at < cached.end) return cached
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  const day = dayOf(local.toPlainDate().toString() as AccountDate, zone)
  lastDay.set(zone, day)
  return day
}

const knownDays = new Map<string, LocalDay>()

const dayOf = (date: AccountDate, zone: TimeZone): LocalDay =>
  remembered(knownDays, `${date} ${zone}`, () => findDay(date, zone))

function findDay(date: AccountDate, zone: TimeZone): LocalDay {
  const plain = Temporal.PlainDate.from(date)
  return {
    date,
    start: plain.toZonedDateTime(zone).epochMilliseconds as Instant,
    end: plain.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds as Instant,
  }
}

/** The date that the zone's wall calendar shows at `at`. */
export const dateAt = (at: Instant, zone: TimeZone): AccountDate => localDay(at, zone).date

/** First instant of `date` in `zone`. Not always local midnight: where clocks jump forward at midnight it is 01:00. */
export const startOfDay = (date: AccountDate, zone: TimeZone): Instant => dayOf(date, zone).start

/** Milliseconds that `date` lasts in `zone`: 23, 24 or 25 hours for nearly every zone. */
export function dayLength(date: AccountDate, zone: TimeZone): number {
  const { start, end } = dayOf(date, zone)
  return end - start
}

/** Share of the zone's current day already gone, in [0, 1). */
export function dayElapsed(at: Instant, zone: TimeZone): number {
  const { start, end } = localDay(at, zone)
  return (at - start) / (end - start)
}

/** Hour that the zone's wall clock shows, 0 to 23; on a 25-hour day one hour shows twice. */
export const hourAt = (at: Instant, zone: TimeZone): number =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).hour

/**
 * What the zone's wall clock shows, in hours: 13.25 is a quarter past one. On a day of 23 hours it jumps, on one of 25 it
 * shows an hour twice.
 */
export function wallClock(at: Instant, zone: TimeZone): number {
  const { hour, minute, second } = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  return hour + minute / 60 + second / 3600
}

/** First instant after `date` in `zone`. */
export const endOfDay = (date: AccountDate, zone: TimeZone): Instant => dayOf(date, zone).end
