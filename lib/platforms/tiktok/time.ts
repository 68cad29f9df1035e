import { type AccountDate, dateAt, type Instant, later, SECOND_MS, type TimeZone } from '../../units/calendar.ts'
import type { TikTokAdGroup } from './schema.ts'

type Scheduled = Pick<TikTokAdGroup, 'schedule_type' | 'schedule_start_time' | 'schedule_end_time'>

/** Schedules are in UTC, whatever the account's zone; days are the account's. */
export function startsOn(adGroups: readonly Scheduled[], zone: TimeZone): AccountDate | undefined {
  const starts = adGroups.flatMap(({ schedule_start_time }) => schedule_start_time ?? [])
  return starts.length === 0 ? undefined : dateAt(Math.min(...starts) as Instant, zone)
}

/** The last day that any of them has time left on; `undefined` as soon as one runs on: its end is ten years away. */
export function lastEnd(adGroups: readonly Scheduled[], zone: TimeZone): AccountDate | undefined {
  const ends = adGroups.map((one) => (one.schedule_type === 'SCHEDULE_START_END' ? one.schedule_end_time : undefined))
  const known = ends.flatMap((end) => end ?? [])
  if (known.length === 0 || known.length < ends.length) return undefined
  // What ends at midnight ends on the day before.
  return dateAt(later(Math.max(...known) as Instant, -SECOND_MS), zone)
}
