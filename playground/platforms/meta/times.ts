import { Temporal } from 'temporal-polyfill'
import {
  type AccountDate,
  addDays,
  type Instant,
  later,
  SECOND_MS,
  startOfDay,
  type TimeZone,
} from '../../../lib/units/calendar.ts'

const two = (n: number): string => n.toString().padStart(2, '0')

/** Graph's date-time: `2026-11-21T09:00:00-0800`, with the zone's offset at that instant and no colon in it. */
export function graphTime(at: Instant, zone: TimeZone | 'UTC' = 'UTC'): string {
  if (zone === 'UTC') return `${new Date(at).toISOString().slice(0, 19)}+0000`
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
  const clock = `${two(local.hour)}:${two(local.minute)}:${two(local.second)}`
  return `${local.toPlainDate().toString()}T${clock}${local.offset.slice(0, 6).replace(':', '')}`
}

// A structure of ten thousand campaigns asks for the same few dates again and again, and a zone lookup is dear.
const dayEdges = new Map<string, string>()

function remembered(key: string, text: () => string): string {
  const known = dayEdges.get(key)
  if (known !== undefined) return known
  if (dayEdges.size > 5_000) dayEdges.clear()
  const fresh = text()
  dayEdges.set(key, fresh)
  return fresh
}

/** First instant of the date. */
export const dayStartTime = (date: AccountDate, zone: TimeZone): string =>
  remembered(`${date} ${zone}`, () => graphTime(startOfDay(date, zone), zone))

/** Last second of the date: what Ads Manager fills in as an end. */
export const dayEndTime = (date: AccountDate, zone: TimeZone): string =>
  remembered(`${date} ${zone} end`, () => graphTime(later(startOfDay(addDays(date, 1), zone), -SECOND_MS), zone))

export const offsetHours = (at: Instant, zone: TimeZone): number =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).offsetNanoseconds / 3.6e12

/** Instant of a Graph time parameter: seconds since 1970, a date (UTC midnight) or a date-time with its offset. */
export function parseGraphTime(text: string): Instant | undefined {
  if (/^\d{9,11}$/.test(text)) return (Number(text) * SECOND_MS) as Instant
  const at = Date.parse(
    /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text.replace(/([+-]\d{2})(\d{2})$/, '$1:$2'),
  )
  return Number.isNaN(at) ? undefined : (at as Instant)
}

export const unixSeconds = (at: Instant): number => Math.floor(at / SECOND_MS)
